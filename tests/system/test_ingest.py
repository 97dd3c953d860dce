"""Ingest as it is run day after day: killed, and with deliveries that are not as they were."""

import json
import os
import signal
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from deltalake import DeltaTable
from pyspark.sql import SparkSession

from tests.in_process import run_job
from tests.launched import BRIEF, HOME

ROWS = 8_000


def deliver(folder: Path, employees: int, header: str = "domain,name,employees") -> None:
    rows = (f"company{place}.com,Company {place},{employees}" for place in range(ROWS))
    (folder / "data.csv").write_text("\n".join([header, *rows, ""]))


def arguments(folder: Path) -> list[str]:
    return ["ingest", "--config", str(folder / "own.yml"), "--warehouse", str(folder / "warehouse")]


def start(folder: Path) -> subprocess.Popen[str]:
    command: Sequence[str] = [str(HOME / "spark-submit.sh"), *arguments(folder), *BRIEF]
    pipes = {"stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE}
    return subprocess.Popen(command, text=True, start_new_session=True, env=os.environ | {"MLFLOW_TRACKING_URI": ""}, **pipes)


def firmographics(folder: Path) -> pd.DataFrame:
    return DeltaTable(str(folder / "warehouse" / "clean" / "firmographics")).to_pandas()


def held(folder: Path) -> dict[str, Any]:
    """Who holds the lock, by its last entry; nothing when it was released."""
    last = max((folder / "warehouse" / "_locks" / "ingest" / "_entries").glob("*.json"))
    entry: dict[str, Any] = json.loads(last.read_text())
    return entry if entry["state"] == "held" else {}


def parts(folder: Path) -> set[Path]:
    return set((folder / "warehouse" / "clean" / "firmographics").rglob("*.parquet"))


@pytest.fixture(scope="module")
def folder(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("day after day")
    (folder / "own.yml").write_text(
        "sources: [{table: firmographics, path: data.csv, observed_on: 2026-11-01}]\nscores: []\nmax_rejected_share: 1\n"
    )
    deliver(folder, 10)
    done = run_job(spark, *arguments(folder))
    assert done.returncode == 0, done.stderr
    return folder


def test_a_killed_ingest_leaves_the_old_version_and_the_next_one_completes(folder: Path, spark: SparkSession) -> None:
    before, known, version = firmographics(folder), parts(folder), DeltaTable(str(folder / "warehouse/clean/firmographics")).version()
    deliver(folder, 20)
    process = start(folder)
    while parts(folder) == known and process.poll() is None:
        time.sleep(0.02)
    # Spark has a process group of its own, which outlives a launcher that is killed.
    os.killpg(os.getpgid(held(folder)["pid"]), signal.SIGKILL)
    printed = process.communicate()[1]
    assert process.returncode == 128 + signal.SIGKILL and parts(folder) > known, printed  # in the middle of the write
    assert DeltaTable(str(folder / "warehouse/clean/firmographics")).version() == version
    pd.testing.assert_frame_equal(firmographics(folder), before)
    assert held(folder)
    done = run_job(spark, *arguments(folder))
    assert done.returncode == 0, done.stderr
    assert set(firmographics(folder)["employees"]) == {20} and len(firmographics(folder)) == ROWS


def test_a_delivery_with_other_headers_is_reported_and_corrupts_nothing(folder: Path, spark: SparkSession) -> None:
    columns = list(firmographics(folder).columns)
    deliver(folder, 40, header="domain,company,colour")
    done = run_job(spark, *arguments(folder))
    assert done.returncode == 0, done.stderr
    for change in ("company_name now comes from 'company', before from 'name'", "no longer delivered: employees", "new headers: 'colour'"):
        assert f"firmographics:data.csv: {change}" in done.stderr
    now = firmographics(folder)
    assert list(now.columns) == columns and len(now) == ROWS
    assert now["employees"].isna().all() and set(now["company_name"].str[:7]) == {"Company"}
    again = run_job(spark, *arguments(folder))
    assert (again.returncode, again.stdout) == (0, "") and "ingest: up to date" in again.stderr
