"""The job `account` on a small warehouse, and what it reads."""

import json
from datetime import UTC, date, datetime

import pytest
from pyspark.sql import SparkSession

from qualscore import contracts
from qualscore.scores.account_rows import matches, rows_of
from tests.in_process import run_job
from tests.small_account import DOMAIN, HOSTILE, factor

DAY, AT = date(2026, 6, 1), datetime(2026, 6, 2, 8, tzinfo=UTC)
SCORES = "scores/account_scores"
SCORE = {
    "score_name": "small", "domain": DOMAIN, "company_name": HOSTILE, "score": 44.0, "band": "unlikely", "margin": -0.2, "base": -0.3,
    "percentile": 40.0, "other_contribution": 0.0, "factors_for": [factor("employees", "7", 0.1)], "factors_against": [],
    "is_example": False, "model_version": 1, "run_id": "r1", "as_of_on": DAY, "scored_at": AT,
}  # fmt: skip
AFTER = {**SCORE, "score": 60.0, "band": "likely", "margin": 1.1, "factors_for": [factor("employees", "900", 1.4)], "run_id": "r2"}
CHANGE = {
    "score_name": "small", "domain": DOMAIN, "change": "changed", "cause": "data", "score_before": 44.0, "score": 60.0, "run_id": "r2",
    "band_before": "unlikely", "band": "likely", "model_version_before": 1, "model_version": 1, "as_of_on": DAY, "scored_at": AT,
}  # fmt: skip
NEAR = {
    "score_name": "small", "domain": DOMAIN, "rank": 1, "customer_domain": "umbrella.com", "distance": 0.5, "shared_factors": ["employees"],
    "model_version": 1, "run_id": "r2", "as_of_on": DAY,
}  # fmt: skip
ACCOUNTS = [
    {"domain": DOMAIN, "company_name": HOSTILE, "country": "DE", "employees": 900, "sources": ["crm"]},
    {"domain": "acme-labs.io", "company_name": "ACME Labs", "sources": ["csv"]},
    {"domain": "globex.com", "company_name": "Globex of Acme", "sources": ["firmographics"]},
    {"domain": "initech.com", "company_name": None, "sources": ["firmographics"]},
]


@pytest.fixture(scope="module")
def known(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Where the warehouse is, as arguments."""
    folder = tmp_path_factory.mktemp("known accounts")
    (folder / "small.yml").write_text("name: small\nexamples: {account_list: customers}\n")
    settings = "sources: [{table: account_lists, list: customers, path: won.csv}]\nscores: [small.yml]\n"
    (folder / "own.yml").write_text(settings)
    rows = {
        "clean/accounts": [ACCOUNTS],
        "features/account_features": [[{"domain": DOMAIN, "as_of_on": DAY, "country": "AT", "employees": 900, "is_backfilled": False,
                                        "tech_stack": [], "intent": [], "has_data": True}]],
        SCORES: [[SCORE], [AFTER]],
        "scores/unscored_accounts": [[{"score_name": "small", "account_key": "globex.com", "source": "accounts", "domain": "globex.com",
                                       "reason": "NO_DATA"}]],
        "scores/score_history": [[CHANGE]],
        "scores/nearest_customers": [[NEAR]],
    }  # fmt: skip
    outputs = {name: len(versions) - 1 for name, versions in rows.items()}
    ran = {"run_id": "r2", "job": "score", "score_name": "small", "as_of_on": DAY, "started_at": AT, "finished_at": AT, "exit_code": 0}
    for name, versions in (rows | {"scores/score_runs": [[ran | {"outputs": outputs}]]}).items():
        for version in versions:
            frame = contracts.load(name).rows(spark, version)
            frame.write.format("delta").mode("overwrite").save(str(folder / "warehouse" / name))
    return ["--config", str(folder / "own.yml"), "--warehouse", str(folder / "warehouse")]


def test_an_account_with_what_changed_it(spark: SparkSession, known: list[str]) -> None:
    done = run_job(spark, "account", "https://www.ACME.com/about", "--json", *known)
    assert done.returncode == 0, done.stderr
    made = json.loads(done.stdout)
    (score,), (change,) = made["scores"], made["history"]
    assert (made["domain"], made["company_name"], score["score"], score["band"]) == (DOMAIN, HOSTILE, 60.0, "likely")
    assert [it["customer_domain"] for it in made["nearest"]] == ["umbrella.com"]
    assert change["moved"] == [{"factor": "employees", "before": "7", "now": "900", "difference": 1.3}]
    assert [(it["column"], it["value"], it["kind"], it["differs"]) for it in made["values"]] == [
        ("company_name", HOSTILE, "crm", True), ("country", "DE", "crm", True), ("employees", 900, "crm", False),
    ]  # fmt: skip


def test_a_name_lists_its_accounts_and_one_that_is_alone_is_shown(spark: SparkSession, known: list[str]) -> None:
    several = run_job(spark, "account", "acme", *known)
    assert several.returncode == 0, several.stderr
    assert [line.split()[0] for line in several.stdout.splitlines()[5:]] == [DOMAIN, "acme-labs.io", "globex.com"]
    alone = run_job(spark, "account", "Globex, of ACME", *known)
    assert alone.stdout.splitlines()[:2] == ["Globex of Acme (globex.com)", "known by firmographics"]
    assert "NO_DATA  nothing but its domain and its name is known" in alone.stdout


def test_an_unknown_account(spark: SparkSession, known: list[str]) -> None:
    done = run_job(spark, "account", "nobody.com", *known)
    assert (done.returncode, done.stdout.splitlines()[1]) == (0, "no account of the universe") and "UNKNOWN" in done.stdout


def test_the_best_matches_come_first(spark: SparkSession) -> None:
    accounts = contracts.load("clean/accounts").rows(spark, ACCOUNTS)
    assert [it["domain"] for it in matches(accounts, "Acme-Labs", most=9)] == ["acme-labs.io"]
    assert [it["domain"] for it in matches(accounts, "ACME", most=2)] == [DOMAIN, "acme-labs.io"]
    assert matches(accounts, "umbrella", most=2) == []


def test_what_there_is_much_of_is_summarised(spark: SparkSession) -> None:
    signals = [{"domain": DOMAIN, "keyword": "etl", "week_on": date(2026, 5, 4 + 7 * week), "source": "i"} for week in range(3)]
    signals += [{"domain": "other.com", "keyword": "bi", "week_on": DAY, "source": "i"}]
    tables = {
        name: contracts.load(name).rows(spark, rows) for name, rows in {"clean/intent_signals": signals, "clean/activities": []}.items()
    }
    summary = {"keyword": "etl", "weeks": 3, "last_on": "2026-05-18", "source": "i"}
    assert rows_of(tables, DOMAIN) == {"clean/intent_signals": [summary], "clean/activities": []}
