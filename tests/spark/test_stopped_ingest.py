"""An ingest that stops for its deliveries says enough to mend them, and keeps the refused rows."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from io import StringIO
from pathlib import Path
from types import SimpleNamespace

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyspark.sql import SparkSession

from qualscore import config
from qualscore.errors import DataError
from qualscore.runs.console import Console
from qualscore.runs.run import Outcome, Run
from qualscore.stages.ingest import ingest_deliveries
from qualscore.storage.tables import Tables
from tests.small_universe import AS_OF

VISITS = """Email Address,Type,Activity Date
a@birch-test.com,call,2026-03-01
b@birch-test.com,call,week 9
c@birch-test.com,call,"in the
spring of 2026"
d@birch-test.com,call,soon
e@birch-test.com,,later
"""


def run_of(spark: SparkSession, folder: Path, sources: Sequence[str]) -> Run:
    """A run on sources of a folder, each in YAML."""
    (folder / "run.yml").write_text("\n".join(["sources:", *(f"  - {{{it}}}" for it in sources)]), encoding="utf-8")
    settings = config.load(folder / "run.yml", warehouse=str(folder / "warehouse"))
    console, options = Console(StringIO(), StringIO(), False, datetime.now(UTC)), SimpleNamespace(dry_run=False, as_of=None)
    return Run("it", datetime.now(UTC), AS_OF, options, settings, [], Tables(spark, settings.warehouse), ("", None), console)


def ingest(spark: SparkSession, folder: Path, *sources: str) -> tuple[Outcome, Tables]:
    run = run_of(spark, folder, sources)
    return ingest_deliveries(run), run.tables


@pytest.mark.parametrize("large", [False, True], ids=["small", "large"])
def test_what_is_refused_is_said_with_header_line_and_value_and_kept(
    spark: SparkSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, large: bool
) -> None:
    if large:
        monkeypatch.setattr("qualscore.stages.ingest.LARGE", 0)
    (tmp_path / "visits.csv").write_text(VISITS)
    (tmp_path / "won.csv").write_text("website,name\nbirch-test.com,Birch\n,Half\n")
    run = run_of(spark, tmp_path, ["table: activities, path: visits.csv", "table: account_lists, list: won, path: won.csv"])
    with pytest.raises(DataError) as caught:
        ingest_deliveries(run)
    warehouse = run.settings.warehouse
    assert str(caught.value).splitlines() == [
        "more than 50% of a source is rejected:",
        "  activities:visits.csv: 4 of 5 rows rejected for activities",
        "    NOT_A_DATE 4: column active_on, header 'Activity Date'; line 3: 'week 9', line 4: 'in the spring of 2026', line 5: 'soon', ..."
        " (set `dates: mdy` or `dates: dmy` on the source where the order of day and month is in doubt)",
        "    MISSING 1: column activity_type, header 'Type'; line 6: empty",
        "The refused rows, whole and with all their reasons: "
        f"delta.`{warehouse}/rejected_last/account_lists`, delta.`{warehouse}/rejected_last/activities`",
        "The tables are as they were. Mend the deliveries or their mapping, or raise max_rejected_share.",
    ]
    kept = {table: run.tables.read(f"rejected_last/{table}").orderBy("line").collect() for table in ("activities", "account_lists")}
    assert [(row["source"], row["line"]) for row in kept["activities"]] == [("activities:visits.csv", line) for line in (3, 4, 5, 6)]
    assert [(row["line"], row["domain_problem"]) for row in kept["account_lists"]] == [(3, "NO_DOMAIN")]
    assert not any(run.tables.exists(f"{layer}/activities") for layer in ("clean", "rejected"))


def test_a_file_that_gives_no_row_stops_the_run(spark: SparkSession, tmp_path: Path) -> None:
    (tmp_path / "won.csv").write_text("website,name\n,\n \t,\n")
    with pytest.raises(DataError, match=r"won.csv: no row was read \(source account_lists:won:won.csv\)\nAll records are blank"):
        ingest(spark, tmp_path, "table: account_lists, list: won, path: won.csv")


def test_days_that_no_calendar_has_are_no_values_and_stop_nothing(spark: SparkSession, tmp_path: Path) -> None:
    days = ["0001-01-01", "1/1/0001 12:00:00 AM", "0000-00-00", "2026-03-04"]
    (tmp_path / "won.csv").write_text("\n".join(["website,date", *(f"a{place}-test.com,{day}" for place, day in enumerate(days)), ""]))
    held = pa.table({"account id": ["B", "C"], "website": ["b-test.com", "c-test.com"]})
    held = held.append_column("created date", pa.array([date(1, 1, 1), date(2026, 3, 4)]))
    pq.write_table(held.append_column("modified on", pa.array([datetime(1, 1, 1), None], pa.timestamp("us"))), tmp_path / "firms.parquet")
    sources = ["table: account_lists, list: won, path: won.csv", "table: crm_accounts, path: firms.parquet"]
    _, tables = ingest(spark, tmp_path, *sources)
    day_of = {row["domain"]: row["event_on"] for row in tables.read("clean/account_lists").collect()}
    assert day_of == {"a0-test.com": None, "a1-test.com": None, "a2-test.com": None, "a3-test.com": date(2026, 3, 4)}
    rows = tables.read("clean/crm_accounts").select("domain", "created_on").collect()
    assert {tuple(row) for row in rows} == {("b-test.com", None), ("c-test.com", date(2026, 3, 4))}
