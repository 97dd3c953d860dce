"""A call list on the sample, through the jobs: two months later, when those who were called have bought, the tables say so. Some minutes.

It is not among the tests that run by default: ./spark-submit.sh test tests/slow/test_a_list_is_followed.py.
"""

from pathlib import Path

import pandas as pd
import pytest
from pyspark.sql import SparkSession

from tests.in_process import run_job
from tests.launched import Ran

pytestmark = pytest.mark.slow

MADE, FOLLOWED, BOUGHT = "2026-11-22", "2027-01-25", "2026-12-15"
LIST = "name: outreach\nscores: [platform]\nwhen: crm_state = 'untouched'\naccounts: 60\ncontrol_share: 0.4\n"
AMOUNT = 5000.0


def run(spark: SparkSession, job: str, *arguments: str) -> None:
    done = run_job(spark, job, *arguments)
    assert done.returncode == 0, f"{job}: {done.stderr}"


def won_deals(sample: Path, called: pd.Series) -> pd.DataFrame:
    """A won deal for each called account, as the CRM exports them."""
    accounts = pd.read_csv(sample / "deliveries" / "salesforce" / "accounts.csv", dtype=str)
    ids = accounts[accounts["Website"].isin(called)].drop_duplicates("Website")["Id"]
    common = {"Name": "New deal", "StageName": "Closed Won", "Amount": AMOUNT, "CloseDate": BOUGHT, "IsClosed": "true", "IsWon": "true"}
    deals = [{"Id": f"NEW{number}", "AccountId": it, "CreatedDate": "2026-12-01", **common} for number, it in enumerate(ids)]
    return pd.DataFrame(deals)


def test_who_was_called_has_bought(spark: SparkSession, tmp_path: Path) -> None:
    sample, warehouse = tmp_path / "sample", tmp_path / "warehouse"
    run(spark, "generate_sample", "--accounts", "5000", "--seed", "7", "--output", str(sample), "--warehouse", str(tmp_path / "made"))
    (sample / "lists").mkdir()
    (sample / "lists" / "outreach.yml").write_text(LIST)
    configuration = sample / "qualscore.yml"
    configuration.write_text(configuration.read_text() + "lists: [lists/]\n")
    settings = ("--config", str(configuration), "--warehouse", str(warehouse))
    for job in ("ingest", "build_features"):
        run(spark, job, *settings, "--as-of", MADE)
    for job in ("train", "score", "activate"):
        run(spark, job, *settings, "--score", "platform", "--as-of", MADE)
    written = Ran(None, warehouse)  # type: ignore[arg-type]
    listed = written.table("scores/call_lists")
    called, control = listed[~listed["is_control"]]["domain"], listed[listed["is_control"]]["domain"]
    assert len(called) == 60 and len(control) >= 10

    file = sample / "deliveries" / "salesforce" / "opportunities.csv"
    deals = won_deals(sample, called)
    pd.concat([pd.read_csv(file, dtype=str), deals.astype(str)]).to_csv(file, index=False)
    for job in ("ingest", "build_features"):
        run(spark, job, *settings, "--as-of", FOLLOWED)
    for job in ("score", "activate"):
        run(spark, job, *settings, "--score", "platform", "--as-of", FOLLOWED)

    outcomes = written.table("scores/list_outcomes")
    (won,) = outcomes.query("kind == 'list' and name == 'outreach' and outcome == 'won'").to_dict("records")
    assert (won["accounts"], won["reached"]) == (len(called), len(deals)) and (won["control_accounts"], won["control_reached"]) == (
        len(control),
        0,
    )
    assert won["effect"] == "more" and won["difference_low"] > 0 and won["revenue_usd"] == AMOUNT * len(deals)
    surprises = written.table("scores/score_surprises")
    assert set(surprises["surprise"]) <= {"won_scored_low", "lost_scored_high"}
    performance = written.table("scores/score_performance").query("basis == 'score_when_created' and range_kind == 'all'")
    assert performance["won"].tolist() == [len(deals)]
