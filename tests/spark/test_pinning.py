"""Which versions a stage reads, and what is recorded of them."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from types import SimpleNamespace

import pytest
from pyspark.sql import DataFrame, SparkSession

from qualscore import config, contracts
from qualscore.runs.console import Console
from qualscore.runs.main import _run_one
from qualscore.runs.pinning import pinned
from qualscore.runs.records import RUNS
from qualscore.runs.run import Outcome, Run, Stage
from qualscore.storage.tables import Tables
from tests.small_universe import AS_OF

LISTS, NONE = "clean/account_lists", "clean/activities"


def listed(run: Run, *domains: str) -> DataFrame:
    return contracts.load(LISTS).rows(run.spark, [{"list_name": "customers", "domain": domain} for domain in domains])


def domains(run: Run) -> list[str]:
    return sorted(row["domain"] for row in run.tables.read(LISTS).collect())


def stage(name: str, work: Callable[[Run], None], *inputs: str) -> Stage:
    def done(run: Run) -> Outcome:
        work(run)
        return Outcome("done")

    return Stage(name, done, lambda run: {}, inputs=inputs)


@pytest.fixture(params=["folder", "catalog"])
def run(request: pytest.FixtureRequest, spark: SparkSession, tmp_path: Path) -> Run:
    settings = config.load(None, warehouse=str(tmp_path / "warehouse"))
    tables = Tables(spark, settings.warehouse, f"spark_catalog.p{abs(hash(tmp_path))}" if request.param == "catalog" else None)
    console = Console(StringIO(), StringIO(), False, datetime.now(UTC))
    return Run("first", datetime.now(UTC), AS_OF, SimpleNamespace(dry_run=False), settings, [], tables, ("", None), console)


def test_a_stage_reads_and_records_the_versions_of_its_start(run: Run) -> None:
    """Another writer changes one table while the stage works, and makes another that was not there."""
    run.tables.replace(LISTS, listed(run, "a.com"))
    seen: list[list[str] | bool] = []

    def read(pinned_run: Run) -> None:
        seen.append(domains(pinned_run))
        run.tables.replace(LISTS, listed(run, "b.com", "c.com"))
        run.tables.append(NONE, contracts.load(NONE).rows(run.spark, []))
        seen.extend([domains(pinned_run), pinned_run.tables.exists(NONE)])

    start = run.tables.version(LISTS)
    assert _run_one(run, stage("reading", read, LISTS, NONE), None, None) == 0
    assert seen == [["a.com"], ["a.com"], False] and domains(run) == ["b.com", "c.com"]
    (row,) = run.tables.read(RUNS).collect()
    assert row["inputs"] == {LISTS: start, NONE: -1} and row["outputs"] == {}


def test_readers_see_what_the_last_completed_run_left(run: Run) -> None:
    """Not what one that died or is at work has committed; maintenance, which is nobody's run, holds nobody back."""

    def reads() -> list[str]:
        return domains(pinned(run, [LISTS]))

    def work(of: Run, *, dies: bool = False) -> None:
        of.tables.replace(LISTS, listed(of, "dead.com" if dies else "alive.com"))
        if dies:
            raise OSError("the disk is full")

    run.tables.replace(LISTS, listed(run, "first.com"))
    assert reads() == ["first.com"]  # no record tells of it
    assert _run_one(run, stage("writing", work), None, None) == 0
    left = run.tables.version(LISTS)
    assert run.tables.read(RUNS).first()["outputs"] == {LISTS: left}  # type: ignore[index]
    assert reads() == ["alive.com"]
    run.spark.conf.unset("spark.databricks.delta.commitInfo.userMetadata")
    run.spark.sql(f"ALTER TABLE {run.tables.identifier(LISTS)} SET TBLPROPERTIES ('its' = 'kept')")
    assert pinned(run, [LISTS]).tables.version(LISTS) == left + 1

    broken = stage("writing", lambda of: work(of, dies=True))
    assert _run_one(run_of(run, "second"), broken, None, None) == 1
    assert domains(run) == ["dead.com"] and reads() == ["alive.com"]
    assert pinned(run, [LISTS]).tables.version(LISTS) == left + 1
    assert _run_one(run_of(run, "third"), stage("writing", work), None, None) == 0
    assert pinned(run, [LISTS]).tables.version(LISTS) == run.tables.version(LISTS)


def run_of(run: Run, run_id: str) -> Run:
    return replace(run, run_id=run_id)
