"""The stage `ingest`: what is in the tables after runs that follow each other."""

from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from types import SimpleNamespace

import pytest
from pyspark.sql import DataFrame, SparkSession

from qualscore import config
from qualscore.runs.console import Console
from qualscore.runs.run import Run
from qualscore.stages.ingest import ingest_deliveries
from qualscore.storage.tables import Tables
from tests.small_universe import AS_OF

FILES = {"crm_accounts": "Account.csv", "crm_opportunities": "Opportunity.csv"}
ACCOUNTS = "Id,Name,Website,SystemModstamp\n0015g00000AbCdE,Acme,{website},{modified_on}\n"
DEALS = "Id,AccountId,StageName,IsClosed,IsWon,CreatedDate\n{deal},0015g00000AbCdE,Won,true,true,2026-01-05\n"


def ingest(spark: SparkSession, folder: Path, **delivered: str) -> dict[str, str]:
    """A run on what the CRM delivers as changes; the domains of the stored deals."""
    (folder / "Account.csv").write_text(ACCOUNTS.format(**delivered))
    (folder / "Opportunity.csv").write_text(DEALS.format(**delivered))
    sources = [f"  - {{table: {table}, path: {file}, delivers: changes}}" for table, file in FILES.items()]
    (folder / "it.yml").write_text("\n".join(["sources:", *sources]))
    settings = config.load(folder / "it.yml", warehouse=str(folder / "warehouse"))
    console, options = Console(StringIO(), StringIO(), False, datetime.now(UTC)), SimpleNamespace(dry_run=False, as_of=None)
    tables = Tables(spark, settings.warehouse)
    ingest_deliveries(Run("it", datetime.now(UTC), AS_OF, options, settings, [], tables, ("", None), console))
    return {row["opportunity_id"]: row["domain"] for row in tables.read("clean/crm_opportunities").collect()}


def test_stored_deals_follow_a_corrected_account_even_after_a_run_that_broke_off(
    spark: SparkSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert ingest(spark, tmp_path, website="acme.com", modified_on="2026-01-01", deal="0065g1") == {"0065g1": "acme.com"}
    merge = Tables.merge
    for broken, website in {"crm_opportunities": "acme.io", "crm_accounts": "acme.net"}.items():

        def write(tables: Tables, name: str, frame: DataFrame, *, broken: str = broken) -> None:
            if name == f"clean/{broken}":
                raise OSError("the disk is full")
            merge(tables, name, frame)

        corrected = {"website": website, "modified_on": "2026-02-01", "deal": "0065g2"}
        with monkeypatch.context() as patched, pytest.raises(OSError, match="full"):
            patched.setattr(Tables, "merge", write)
            ingest(spark, tmp_path, **corrected)
        assert ingest(spark, tmp_path, **corrected) == dict.fromkeys(["0065g1", "0065g2"], website)
