"""All stages on a real cluster, whose executors see of the code only what is sent to them.

That they leave the tables of a run on one machine is shown by tests/slow/test_sample_on_cluster.py.
"""

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from deltalake import DeltaTable

from qualscore.launcher.submission import set_up
from tests import cluster, postgres
from tests.small_universe import companies
from tests.system.test_pipeline import BRIEF, HOME

# In the database without a zone: late on a day, and within the hour that Los Angeles skips.
CRM = {"0011": ("company1.com", "2026-01-01 20:30:00", "2026-02-01"), "0012": ("company2.com", "2026-03-08 02:30:00", "2026-02-28")}
SETTINGS = """\
sources:
  - {{table: firmographics, path: firmographics.csv, observed_on: 2026-05-01}}
  - {{table: technographics, path: technographics.csv}}
  - {{table: account_lists, list: customers, path: customers.csv}}
  - table: crm_accounts
    jdbc: {{url: "{url}", table: "SELECT * FROM account WHERE id IN ('0011', '0012')", user_env: CRM_USER, password_env: CRM_PASSWORD}}
scores: [small.yml]
"""
COMPANIES = 1_200
ZONE = "America/Los_Angeles"
SCORE = "name: small\nexamples: {account_list: customers}\ntraining: {repeats: 1, folds: 2, trees: 20}\n"


@dataclass(frozen=True)
class Ran:
    """What a run ended with, and the tables that it left."""

    done: subprocess.CompletedProcess[str]
    warehouse: Path

    def table(self, name: str) -> pd.DataFrame:
        return DeltaTable(str(self.warehouse / name)).to_pandas()


def deliver(folder: Path, url: str) -> None:
    frame = companies(COMPANIES)
    frame[["domain", "company_name", "country", "city", "industry", "employees"]].to_csv(folder / "firmographics.csv", index=False)
    stack = frame[frame.uses_kafka][["domain"]].assign(product="Kafka", category="Streaming")
    stack.to_csv(folder / "technographics.csv", index=False)
    frame[frame.is_customer][["domain"]].to_csv(folder / "customers.csv", index=False)
    (folder / "qualscore.yml").write_text(SETTINGS.format(url=url))
    (folder / "small.yml").write_text(SCORE)


def launched(*arguments: str, options: Sequence[str] = (), **variables: str) -> subprocess.CompletedProcess[str]:
    command = [str(HOME / "spark-submit.sh"), *arguments, *BRIEF, *options]
    environment = os.environ | {"MLFLOW_TRACKING_URI": ""} | variables
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment, timeout=1_200)


def arguments(folder: Path, name: str) -> tuple[str, ...]:
    return "--config", str(folder / "qualscore.yml"), "--warehouse", str(folder / name), "--as-of", "2026-06-01"


@pytest.fixture(scope="module")
def master(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with cluster.running(tmp_path_factory.mktemp("spark"), cores=2, memory="2g", variables={"TZ": ZONE}) as master:
        yield master


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory, master: str) -> Ran:
    """On a cluster in Los Angeles."""
    folder = tmp_path_factory.mktemp("a cluster")
    rows = ", ".join(f"('{key}', 'Company', '{domain}', '{at}', '{on}')" for key, (domain, at, on) in CRM.items())
    columns = "id text, name text, website text, created_date timestamp, modified_on date"
    with postgres.running() as server:
        server.sql(f"CREATE TABLE account ({columns}); INSERT INTO account VALUES {rows};")
        deliver(folder, server.url)
        options = ("--master", master, "--executor-memory", "2g")
        user = {"CRM_USER": postgres.USER, "CRM_PASSWORD": postgres.PASSWORD}
        return Ran(launched("pipeline", *arguments(folder, "remote"), options=options, TZ=ZONE, **user), folder / "remote")


def test_all_stages_run_where_nobody_has_the_checkout(ran: Ran) -> None:
    assert ran.done.returncode == 0, ran.done.stderr
    assert not (ran.warehouse / "_staging").exists() or not list((ran.warehouse / "_staging").iterdir())
    delivered = companies(COMPANIES)
    assert set(ran.table("clean/accounts").domain) == set(delivered.domain)
    scores = ran.table("scores/account_scores")
    assert set(scores.domain) == set(delivered.domain)
    assert set(scores[scores.is_example].domain) == set(delivered[delivered.is_customer].domain)
    listed = sum(scores[side].map(lambda factors: sum(it["contribution"] for it in factors)) for side in ("factors_for", "factors_against"))
    assert (scores.base + listed + scores.other_contribution - scores.margin).abs().max() < 1e-5


def test_days_of_a_database_do_not_depend_on_the_zone_of_the_machine(ran: Ran) -> None:
    rows = ran.table("clean/crm_accounts").sort_values("account_id")
    assert list(rows.created_on) == [date(2026, 1, 1), date(2026, 3, 8)]
    assert list(rows.modified_on) == [date(2026, 2, 1), date(2026, 2, 28)]


def test_rows_that_are_kept_in_files_outlive_an_executor(master: str, tmp_path: Path) -> None:
    command = [sys.executable, str(Path(__file__).with_name("executor_death.py")), master, str(tmp_path)]
    variables = set_up() | {"SPARK_LOCAL_IP": "127.0.0.1", "PYTHONPATH": str(HOME)}
    done = subprocess.run(command, env=variables, capture_output=True, text=True, check=False, timeout=300)
    assert done.stdout.splitlines() == ["local lost", "reliable [0, 1, 2]"], done.stderr
