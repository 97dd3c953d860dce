"""What jobs say of bad input. They run in the process of the tests; an end through spark-submit.sh is in test_pipeline.py."""

from pathlib import Path

import pytest
from deltalake import DeltaTable
from pyspark.sql import SparkSession

from tests.in_process import run_job

BAD = {
    "an unknown setting": ("sorces: []\n", None, 2, "sorces: unknown; did you mean 'sources'?"),
    "no file": ("sources: [{table: firmographics, path: nowhere.csv}]\n", None, 2, "nowhere.csv: no such file"),
    "an empty file": ("sources: [{table: firmographics, path: data.csv}]\n", "", 3, "data.csv: is empty"),
    "no column for the domain": (
        "sources: [{table: firmographics, path: data.csv}]\n",
        "site_address,name\na.com,A\n",
        3,
        "no column for domain",
    ),
    "a repeated header": ("sources: [{table: firmographics, path: data.csv}]\n", "domain,name,Name\na.com,A,B\n", 3, "is repeated"),
    "customers without any domain": (
        "sources: [{table: account_lists, list: customers, path: data.csv}]\n",
        "domain,name\n,A\n,B\n",
        3,
        "NO_DOMAIN 2: column domain, header 'domain'; line 2: empty, line 3: empty",
    ),
    "mostly rejects": (
        "sources: [{table: firmographics, path: data.csv}]\n",
        "domain,name\n1.2.3.4,A\n,B\na.com,C\n",
        3,
        "2 of 3 rows rejected",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_one_clear_error(case: str, tmp_path: Path, spark: SparkSession) -> None:
    settings, data, code, message = BAD[case]
    (tmp_path / "own.yml").write_text(settings + "scores: []\n")
    if data is not None:
        (tmp_path / "data.csv").write_text(data)
    ingest = ["ingest", "--config", str(tmp_path / "own.yml"), "--warehouse", str(tmp_path / "warehouse")]
    done = run_job(spark, *ingest)
    assert done.returncode == code
    assert message in done.stderr and "Traceback" not in done.stdout + done.stderr and "\tat " not in done.stderr
    assert not (tmp_path / "warehouse" / "clean" / "firmographics").exists()


@pytest.mark.parametrize("source", ["{table: firmographics, path: data.csv}", "{table: account_lists, list: customers, path: data.csv}"])
def test_one_kind_of_source_alone_is_a_universe(source: str, tmp_path: Path, spark: SparkSession) -> None:
    (tmp_path / "own.yml").write_text(f"sources: [{source}]\nscores: []\n")
    (tmp_path / "data.csv").write_text("domain,name\nwww.a.com,A\nb.com,B\n")
    done = run_job(spark, "ingest", "--config", str(tmp_path / "own.yml"), "--warehouse", str(tmp_path / "warehouse"))
    assert done.returncode == 0, done.stderr
    assert sorted(DeltaTable(str(tmp_path / "warehouse" / "clean" / "accounts")).to_pandas().domain) == ["a.com", "b.com"]


def test_a_warehouse_that_cannot_be_written_is_said_at_once(tmp_path: Path, spark: SparkSession) -> None:
    (tmp_path / "taken").write_text("a file")
    done = run_job(spark, "ingest", "--warehouse", str(tmp_path / "taken" / "warehouse"))
    assert done.returncode == 2
    assert "the warehouse cannot be written" in done.stderr and "Traceback" not in done.stderr
