"""The stage `ingest`: what is in the tables after runs that follow each other."""

from dataclasses import replace
from datetime import UTC, date, datetime
from io import StringIO
from pathlib import Path
from types import SimpleNamespace
from uuid import uuid4

import pytest
from pyspark.sql import DataFrame, SparkSession

from qualscore import config
from qualscore.runs.console import Console
from qualscore.runs.main import _run_one
from qualscore.runs.run import Run
from qualscore.stages.build_features import BUILD_FEATURES
from qualscore.stages.ingest import INGEST, ingest_deliveries
from qualscore.stages.reading import clean
from qualscore.storage.tables import Tables
from qualscore.universe import accounts
from tests.small_universe import AS_OF

FILES = {"crm_accounts": "Account.csv", "crm_opportunities": "Opportunity.csv"}
ACCOUNTS = "Id,Name,Website,SystemModstamp\n0015g00000AbCdE,Acme,{website},{modified_on}\n"
DEALS = "Id,AccountId,StageName,IsClosed,IsWon,CreatedDate\n{deal},0015g00000AbCdE,Won,true,true,2026-01-05\n"


def ingest(spark: SparkSession, folder: Path, **delivered: str) -> dict[str, str]:
    """A run on what the CRM delivers as changes; the domains of the stored deals."""
    (folder / "Account.csv").write_text(ACCOUNTS.format(**delivered))
    (folder / "Opportunity.csv").write_text(DEALS.format(**delivered))
    run = run_on(spark, folder, *(f"{{table: {table}, path: {file}, delivers: changes}}" for table, file in FILES.items()))
    ingest_deliveries(run)
    return {row["opportunity_id"]: row["domain"] for row in run.tables.read("clean/crm_opportunities").collect()}


def run_on(spark: SparkSession, folder: Path, *sources: str, as_of: date = AS_OF) -> Run:
    """A run with a warehouse in a folder."""
    (folder / "it.yml").write_text("\n".join(["sources:", *(f"  - {it}" for it in sources)]))
    settings = config.load(folder / "it.yml", warehouse=str(folder / "warehouse"))
    Path(settings.warehouse).mkdir(exist_ok=True)
    console, options = Console(StringIO(), StringIO(), False, datetime.now(UTC)), SimpleNamespace(dry_run=False, as_of=None)
    return Run(uuid4().hex, datetime.now(UTC), as_of, options, settings, [], Tables(spark, settings.warehouse), ("", None), console)


def recorded(run: Run) -> tuple[str, dict[str, int]]:
    """The stage as a job runs it, with its record; what it says, and the versions of its tables."""
    printed = StringIO()
    run = replace(run, console=replace(run.console, progress=printed))
    assert _run_one(run, INGEST, None, None) == 0, printed.getvalue()
    layers = (folder for layer in ("clean", "rejected") for folder in Path(run.settings.warehouse, layer).iterdir())
    names = sorted(f"{folder.parent.name}/{folder.name}" for folder in layers)
    return printed.getvalue(), {name: run.tables.version(name) for name in names}


def test_stored_deals_follow_a_corrected_account_even_after_a_run_that_broke_off(
    spark: SparkSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert ingest(spark, tmp_path, website="acme.com", modified_on="2026-01-01", deal="0065g1") == {"0065g1": "acme.com"}
    merge = Tables.merge
    for broken, website in {"crm_opportunities": "acme.io", "crm_accounts": "acme.net"}.items():

        def write(tables: Tables, name: str, frame: DataFrame, *, before: DataFrame, broken: str = broken) -> None:
            if name == f"clean/{broken}":
                raise OSError("the disk is full")
            merge(tables, name, frame, before=before)

        corrected = {"website": website, "modified_on": "2026-02-01", "deal": "0065g2"}
        with monkeypatch.context() as patched, pytest.raises(OSError, match="full"):
            patched.setattr(Tables, "merge", write)
            ingest(spark, tmp_path, **corrected)
        assert ingest(spark, tmp_path, **corrected) == dict.fromkeys(["0065g1", "0065g2"], website)


COMPANIES = "domain,name,employees\n" + "".join(f"{name}.com,{name},{place}\n" for place, name in enumerate("abcdefgh", start=1))


def test_only_tables_whose_own_deliveries_changed_are_read_and_written(spark: SparkSession, tmp_path: Path) -> None:
    (tmp_path / "all.csv").write_text(COMPANIES + "gmail.com,Google,9\n")
    (tmp_path / "won.csv").write_text("domain,name\na.com,Ace\nx.com,X\ny.com,Y\njoe@gmail.com,Joe\n")
    (tmp_path / "Account.csv").write_text(ACCOUNTS.format(website="c.com", modified_on="2026-01-01"))
    (tmp_path / "Opportunity.csv").write_text(DEALS.format(deal="0065g1"))
    sources = ["{table: firmographics, path: all.csv, observed_on: 2026-01-01}", "{table: account_lists, list: won, path: won.csv}"]
    sources += [f"{{table: {table}, path: {file}}}" for table, file in FILES.items()]
    run = run_on(spark, tmp_path, *sources)
    _, before = recorded(run)
    counts = _counts(run)

    printed, again = recorded(run_on(spark, tmp_path, *sources, as_of=date(2026, 7, 1)))
    assert again == before
    assert "unchanged: firmographics, crm_accounts, crm_opportunities, account_lists" in printed
    assert _counts(run) == [*counts, *counts], "the record of a run is whole"
    (tmp_path / "sets.yml").write_text("data: [kafka]\n")
    edited = replace(run, settings=run.settings.model_copy(update={"keyword_sets": str(tmp_path / "sets.yml")}))
    assert (INGEST.depends(edited) == INGEST.depends(run), BUILD_FEATURES.depends(edited) == BUILD_FEATURES.depends(run)) == (True, False)

    (tmp_path / "won.csv").write_text("domain,name\na.com,Ace\ny.com,Why\nz.com,Z\nb.com,\njoe@gmail.com,Joe\n")
    _, listed = recorded(run_on(spark, tmp_path, *sources))
    # A table without rows that is written without rows gets no version.
    assert {name for name in listed if listed[name] != before[name]} == {"clean/account_lists", "clean/accounts"}
    assert _universe(run) == _made_anew(run)
    assert {row.partition("'")[2].partition("'")[0] for row in _universe(run)} == {*(f"{it}.com" for it in "abcdefghyz"), "gmail.com"}

    (tmp_path / "Account.csv").write_text(ACCOUNTS.format(website="d.com", modified_on="2026-01-01"))
    _, corrected = recorded(run_on(spark, tmp_path, *sources))
    of_crm = {"clean/crm_accounts", "clean/crm_opportunities", "clean/accounts"}
    assert {name for name in corrected if corrected[name] != listed[name]} == of_crm
    assert _universe(run) == _made_anew(run)
    (deal,) = run.tables.read("clean/crm_opportunities").collect()
    assert deal["domain"] == "d.com"

    (tmp_path / "all.csv").write_text(COMPANIES)
    _, fewer = recorded(run_on(spark, tmp_path, *sources))
    assert fewer["rejected/account_lists"] == corrected["rejected/account_lists"] + 1, "gmail.com is no company any more"
    assert fewer["clean/crm_accounts"] == corrected["clean/crm_accounts"], "judged again, with the same rows"


def _counts(run: Run) -> list[dict[str, object]]:
    return [it.asDict() for row in run.tables.read("scores/score_runs").orderBy("finished_at").collect() for it in row["deliveries"]]


def _universe(run: Run) -> list[str]:
    return sorted(map(str, run.tables.read("clean/accounts").collect()))


def _made_anew(run: Run) -> list[str]:
    return sorted(map(str, accounts.universe(**{table: clean(run, table) for table, _, _ in accounts.PRECEDENCE}).collect()))


def test_an_undated_source_is_what_it_delivers_now(spark: SparkSession, tmp_path: Path) -> None:
    (tmp_path / "dated.csv").write_text("domain,name\na.com,A\nb.com,B\n")
    (tmp_path / "now.csv").write_text("domain,name\nb.com,B1\nc.com,C1\n")
    sources = ["{table: firmographics, path: dated.csv, observed_on: 2026-01-01}", "{table: firmographics, path: now.csv}"]
    days = [date(2026, 6, 1), date(2026, 7, 1), date(2026, 8, 1)]
    run = run_on(spark, tmp_path, *sources, as_of=days[0])
    printed, first = recorded(run)
    assert printed.count("`observed_on: 2026-06-01` at the source, or such a column, would keep history") == 1
    (tmp_path / "now.csv").write_text("domain,name\nb.com,B2\nd.com,D2\n")
    _, second = recorded(run_on(spark, tmp_path, *sources, as_of=days[1]))
    old = [("a.com", "A", date(2026, 1, 1)), ("b.com", "B", date(2026, 1, 1))]
    assert second["clean/firmographics"] == first["clean/firmographics"] + 1
    assert _snapshots(run) == [*old, ("b.com", "B2", days[1]), ("d.com", "D2", days[1])]
    # Delivered again as it was: the rows keep the day of which they are known.
    (tmp_path / "now.csv").write_text("domain,name\nb.com,B2\nd.com,D2\n")
    _, third = recorded(run_on(spark, tmp_path, *sources, as_of=days[2]))
    assert third == second
    assert _snapshots(run) == [*old, ("b.com", "B2", days[1]), ("d.com", "D2", days[1])]


def _snapshots(run: Run) -> list[tuple[str, str, date]]:
    rows = run.tables.read("clean/firmographics").collect()
    return sorted((row["domain"], row["company_name"], row["observed_on"]) for row in rows)
