"""The main job as a person runs it, on a small sample and on a cluster, whose executors see of the code only what is sent to them.

That a cluster leaves the tables of a run on one machine is shown by tests/slow/test_sample_on_cluster.py.
"""

import json
import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from pyspark.sql import SparkSession

from qualscore import contracts
from qualscore.launcher.submission import set_up
from tests import cluster, postgres
from tests.in_process import run_job
from tests.launched import HOME, Ran, launched, of_the_sample

ACCOUNT_TABLES = ("crm_accounts", "crm_opportunities", "activities", "account_lists", "firmographics")
ZONE = "America/Los_Angeles"
# In the database without a zone: late on a day, and within the hour that Los Angeles skips.
CRM = {"0011": ("company1.com", "2026-01-01 20:30:00", "2026-02-01"), "0012": ("company2.com", "2026-03-08 02:30:00", "2026-02-28")}
QUERY = "SELECT * FROM account WHERE id IN ('0011', '0012')"
# The settings of a small run, which are for one machine: compiled expressions are those of the run that reads a database.
BRIEF = {
    "spark.executor.extraJavaOptions": "-XX:TieredStopAtLevel=1",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
}
COMPILED = {"spark.sql.codegen.wholeStage": "true", "spark.sql.codegen.factoryMode": "FALLBACK"}


@pytest.fixture(scope="module")
def master(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A cluster in Los Angeles."""
    with cluster.running(tmp_path_factory.mktemp("spark"), cores=2, memory="2g", variables={"TZ": ZONE}) as master:
        yield master


def on_cluster(master: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return launched(*arguments, options=("--master", master, "--executor-memory", "2g", *settings(BRIEF)), TZ=ZONE)


def settings(values: Mapping[str, str]) -> list[str]:
    return [part for name, value in values.items() for part in ("--conf", f"{name}={value}")]


@pytest.fixture(scope="module")
def ran(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory, master: str) -> Ran:
    folder = tmp_path_factory.mktemp("main job")
    sample = ["--accounts", "5000", "--seed", "7", "--output", str(folder / "sample"), "--warehouse", str(folder / "made")]
    made = run_job(spark, "generate_sample", *sample)
    assert made.returncode == 0, made.stderr
    for definition in (folder / "sample" / "scores").glob("*.yml"):
        definition.write_text(definition.read_text().replace("training: {", "training: {repeats: 1, folds: 3, trees: 60, "))
    return Ran(on_cluster(master, *arguments_in(folder)), folder / "warehouse")


def arguments_in(folder: Path) -> list[str]:
    return of_the_sample(folder / "sample", folder / "warehouse")


def test_a_score_with_too_few_customers_is_refused_and_the_other_finishes(ran: Ran) -> None:
    assert ran.done.returncode == 4, ran.done.stderr
    assert re.search(r"analytics: \d+ customers with a domain and data .*at least 50 are needed", ran.done.stderr)
    assert set(ran.table("scores/account_scores").score_name) == {"platform"}
    assert not list(ran.warehouse.glob("_staging/*"))
    assert "Traceback" not in ran.done.stdout + ran.done.stderr and "\tat " not in ran.done.stderr
    with closing(sqlite3.connect(ran.warehouse / "_mlflow" / "mlflow.db")) as store:
        assert store.execute("select name from registered_models").fetchall() == [("qualscore.platform",)]
    reports = ran.warehouse / "reports"
    found = sorted(it.name for it in reports.iterdir() if not it.name.startswith("."))
    assert found == ["analytics", "business.html", "index.html", "platform"] and (reports / "platform" / "business.html").exists()
    refused = (reports / "analytics" / "model.md").read_text()
    assert "**Refused.**" in refused and "at least 50 are needed" in refused


def test_a_model_comes_with_what_was_measured_and_what_to_doubt(ran: Ran) -> None:
    report = json.loads((ran.warehouse / "reports" / "platform" / "metrics.json").read_text())
    runs = ran.table("scores/score_runs")
    (kept,) = (dict(it) for it in runs[(runs.job == "train") & (runs.score_name == "platform")].metrics)
    for name in (
        "roc_auc",
        "average_precision",
        "recall_at_1",
        "recall_at_5",
        "recall_at_10",
        "calibration_error",
        "customers",
        "unlabelled",
    ):
        assert kept[name] == report[name], name
    low, high = report["intervals"]["roc_auc"]
    assert (kept["roc_auc_low"], kept["roc_auc_high"]) == (low, high) and low < report["roc_auc"] < high
    assert f"{report['roc_auc']:.3f} ({low:.3f} to {high:.3f})" in ran.done.stdout
    assert report["model_version"] == 1 and report["slices"] and report["rules"]
    for doubt in report["suspicions"]:
        assert doubt["said"] in ran.done.stderr and doubt["advice"] in ran.done.stderr


def test_every_account_is_scored_or_listed(ran: Ran) -> None:
    accounts = ran.table("clean/accounts").domain
    sources = pd.concat([ran.table(f"clean/{table}").domain for table in ACCOUNT_TABLES])
    assert accounts.is_unique and set(accounts) == set(sources.dropna())
    scored, unscored = ran.table("scores/account_scores").domain, ran.table("scores/unscored_accounts")
    unscored = unscored[unscored.score_name == "platform"]
    listed = unscored.domain.dropna()
    assert sorted([*scored, *listed]) == sorted(accounts)
    examples, lists = ran.table("scores/account_scores").query("is_example").domain, ran.table("clean/account_lists")
    assert set(examples) == set(lists[lists.list_name == "customers_platform"].domain.dropna()) & set(scored) != set()
    assert set(unscored[unscored.domain.notna()].reason) == {"EXCLUDED", "NO_DATA"}
    assert set(unscored[unscored.domain.isna()].reason) <= {"NO_DOMAIN", "INVALID_DOMAIN", "FREE_MAIL_DOMAIN", "SHARED_HOST"}
    rejecting = [f"rejected/{table}" for table in ("firmographics", "account_lists", "activities")]
    keeping = [f"clean/{table}" for table in ("crm_accounts", "crm_opportunities")]
    frames = [ran.table(table).query("domain_problem.notna()", engine="python") for table in (*rejecting, *keeping)]
    keys = [frame[["source", frame.columns[0] if "account_key" not in frame else "account_key"]].drop_duplicates() for frame in frames]
    assert min(map(len, keys)) > 0 and unscored.domain.isna().sum() == sum(map(len, keys))


def test_keys_are_unique_and_no_address_leaves_the_refused_rows(ran: Ran) -> None:
    """Of all tables that there are after a run of the sample."""
    written = [contract for contract in contracts.all_contracts() if (ran.warehouse / contract.name).exists()]
    assert len(written) > 20
    address = re.compile(r"[^@\s\"']+@[^@\s\"']+[.][a-z]+")
    for contract in written:
        frame = ran.table(contract.name)
        twice = frame[frame.duplicated(list(contract.key), keep=False)]
        assert twice.empty, f"{contract.name}: {twice[list(contract.key)].head()}"
        if contract.layer != "rejected":
            texts = frame.select_dtypes(exclude=["number", "bool", "datetime"]).astype(str)
            shown = {name: it.group() for name in texts for text in texts[name] if (it := address.search(text))}
            assert not shown, f"{contract.name}: {shown}"
    assert not ran.table("rejected/activities").account_key.str.contains("@").any()


def test_what_became_of_each_delivery_is_said_and_kept(ran: Ran) -> None:
    (kept,) = (row for row in ran.table("scores/score_runs").to_dict("records") if row["job"] == "ingest")
    delivery_of = {it["source"]: it for it in kept["deliveries"]}
    assert len(delivery_of) == 12, sorted(delivery_of)
    for source, delivery in delivery_of.items():
        assert delivery["rows_read"] == delivery["clean"] + delivery["rejected"] + delivery["superseded"] > 0, source
        row = rf"^{re.escape(source[:30])}.* {delivery['rows_read']:,} +{delivery['clean']:,} +{delivery['superseded']:,} "
        assert re.search(row, ran.done.stdout, re.MULTILINE), source
    assert 0 < delivery_of["crm_accounts:accounts.csv"]["deleted"] <= delivery_of["crm_accounts:accounts.csv"]["superseded"]
    assert dict(delivery_of["crm_accounts:accounts.csv"]["fill"])["employees"] > 0.85
    assert "connection mode: connected (CRM and marketing automation)" in ran.done.stderr


def test_contributions_add_up_for_every_row(ran: Ran) -> None:
    scores = ran.table("scores/account_scores")
    listed = [
        sum(f["contribution"] for side in sides for f in side) for sides in zip(scores.factors_for, scores.factors_against, strict=True)
    ]
    np.testing.assert_allclose(scores.base + listed + scores.other_contribution, scores.margin, atol=1e-5)


def test_other_delta_clients_read_the_same_rows_as_spark(ran: Ran, spark: SparkSession) -> None:
    for name, key in {"account_scores": ["domain"], "top_accounts": ["rank"], "unscored_accounts": ["account_key", "source"]}.items():
        ours = spark.read.format("delta").load(str(ran.warehouse / "scores" / name)).toPandas()
        ours, theirs = (_by_key(frame, key) for frame in (ours, ran.table(f"scores/{name}")))
        assert len(ours) > 0
        pd.testing.assert_frame_equal(theirs, ours, check_dtype=False)


def _by_key(frame: pd.DataFrame, key: list[str]) -> pd.DataFrame:
    """Sorted; a list of factors as text, whether Spark or Arrow made it; times in one unit without a zone."""
    plain = {name: frame[name].map(_as_text) for name in frame if name.startswith("factors_")}
    plain |= {name: pd.to_datetime(frame[name], utc=True).dt.as_unit("us") for name in frame if name.endswith("_at")}
    return frame.assign(**plain).sort_values(["score_name", *key, "domain"]).reset_index(drop=True)


def _as_text(factors: Any) -> str:
    return "; ".join(f"{it['factor']}={it['value']} {it['contribution']:.9g}" for it in factors)


def test_the_best_accounts_are_ranked(ran: Ran) -> None:
    best = ran.table("scores/top_accounts").sort_values("rank")
    scores = ran.table("scores/account_scores").sort_values(["margin", "domain"], ascending=[False, True])
    assert list(best["rank"]) == list(range(1, len(best) + 1))
    assert list(best.domain) == list(scores.domain)


def test_a_second_run_does_only_what_is_due(ran: Ran, spark: SparkSession) -> None:
    before = ran.table("scores/account_scores")
    again = run_job(spark, *arguments_in(ran.warehouse.parent), "--json")
    assert again.returncode == 4
    for stage in ("ingest", "build_features", "train platform", "score platform", "activate", "report"):
        assert f"{stage}: up to date" in again.stderr
    pd.testing.assert_frame_equal(ran.table("scores/account_scores"), before)
    assert all(json.loads(line) for line in again.stdout.splitlines())
    runs = ran.table("scores/score_runs")
    failed = runs[runs.job == "train"].set_index("score_name").exit_code
    assert failed["platform"] == 0 and set(failed["analytics"]) == {4}
    assert (runs[runs.job == "ingest"].exit_code == 0).all()


def test_a_dry_run_names_inputs_and_disk_and_writes_nothing(ran: Ran, spark: SparkSession) -> None:
    before = len(ran.table("scores/score_runs"))
    dry = run_job(spark, *arguments_in(ran.warehouse.parent), "--dry-run", "--restart")
    assert dry.returncode == 0, dry.stderr
    ingest, check, features, *_, last = dry.stdout.splitlines()
    assert re.fullmatch(
        r"would run: ingest, reading .*/firmographics_2026-11-01\.csv\.gz \([\d,]+ kB\), .*partners\.csv \(\d+ kB\)", ingest
    )
    assert check.startswith("would run: check_definitions, reading clean/crm_opportunities (version ")
    assert re.fullmatch(r"would run: build_features, reading clean/accounts \(version \d+\), .*", features)
    assert re.fullmatch(rf"needs about \d+ MB in {ran.warehouse}, and \d+ MB of temporary files while deliveries are read", last)
    assert len(ran.table("scores/score_runs")) == before


def test_days_of_a_database_do_not_depend_on_the_zone_of_the_machine(tmp_path: Path) -> None:
    values = ", ".join(f"('{key}', 'Company', '{domain}', '{at}', '{on}')" for key, (domain, at, on) in CRM.items())
    columns = "id text, name text, website text, created_date timestamp, modified_on date"
    with postgres.running() as server:
        server.sql(f"CREATE TABLE account ({columns}); INSERT INTO account VALUES {values};")
        jdbc = f'{{url: "{server.url}", table: "{QUERY}", user_env: CRM_USER, password_env: CRM_PASSWORD}}'
        (tmp_path / "own.yml").write_text(f"sources: [{{table: crm_accounts, jdbc: {jdbc}}}]\nscores: []\n")
        user = {"CRM_USER": postgres.USER, "CRM_PASSWORD": postgres.PASSWORD}
        ingest = ("ingest", "--config", str(tmp_path / "own.yml"), "--warehouse", str(tmp_path / "warehouse"))
        ran = Ran(launched(*ingest, options=settings(COMPILED), TZ=ZONE, **user), tmp_path / "warehouse")
    assert ran.done.returncode == 0, ran.done.stderr
    rows = ran.table("clean/crm_accounts").sort_values("account_id")
    assert list(rows.created_on) == [date(2026, 1, 1), date(2026, 3, 8)]
    assert list(rows.modified_on) == [date(2026, 2, 1), date(2026, 2, 28)]


def test_rows_that_are_kept_in_files_outlive_an_executor(master: str, tmp_path: Path) -> None:
    command = [sys.executable, str(Path(__file__).with_name("executor_death.py")), master, str(tmp_path)]
    variables = set_up() | {"SPARK_LOCAL_IP": "127.0.0.1", "PYTHONPATH": str(HOME)}
    done = subprocess.run(command, env=variables, capture_output=True, text=True, check=False, timeout=300)
    assert done.stdout.splitlines() == ["local lost", "reliable [0, 1, 2]"], done.stderr
