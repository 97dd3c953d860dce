"""The same companies in every form that they may be delivered in."""

import gzip
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from qualscore import contracts, deliveries, ingest
from qualscore.config import Source
from qualscore.deliveries.csv_files import ONE_BY_ONE
from qualscore.errors import DataError
from qualscore.ingest import Ingested
from tests.spark.test_ingest import RULES

ROWS = pd.DataFrame(
    {
        "domain": ["a.com", "www.b.com", "nowhere", None, "A.com"] + [f"c{place}.com" for place in range(25)],
        "name": ["A, Inc.", "B\nGroup", "N", "O", "A again"] + [f"C {place}" for place in range(25)],
        "employees": [1200.0, None, 5.0, 7.0, 3.0, *map(float, range(25))],
        "observed_on": [date(2026, 10, 1)] * 30,
    }
)


def _csv(spark: SparkSession, folder: Path) -> Path:
    ROWS.to_csv(folder / "it.csv", index=False)
    return folder / "it.csv"


def _packed(spark: SparkSession, folder: Path) -> Path:
    ROWS.to_csv(folder / "it.csv.gz", index=False)
    return folder / "it.csv.gz"


def _many(spark: SparkSession, folder: Path) -> Path:
    (folder / "parts").mkdir()
    for place in range(len(ROWS)):
        ROWS.iloc[[place]].to_csv(folder / "parts" / f"{place:02}.csv", index=False)
    assert len(ROWS) > ONE_BY_ONE
    return folder / "parts"


def _json(spark: SparkSession, folder: Path) -> Path:
    ROWS.assign(observed_on="2026-10-01").to_json(folder / "it.jsonl", orient="records", lines=True)
    return folder / "it.jsonl"


def _parquet(spark: SparkSession, folder: Path) -> Path:
    ROWS.to_parquet(folder / "it.parquet")
    return folder / "it.parquet"


def _delta(spark: SparkSession, folder: Path) -> Path:
    spark.read.parquet(str(_parquet(spark, folder))).write.format("delta").save(str(folder / "table"))
    return folder / "table"


def judged(spark: SparkSession, path: Path) -> Ingested:
    source, contract = Source(table="firmographics", path=str(path), id="it"), contracts.load("clean/firmographics")
    return ingest.table([(source, deliveries.read(spark, source, contract))], contract, rules=RULES).checkpointed()


@pytest.mark.parametrize("form", [_csv, _packed, _many, _json, _parquet, _delta])
def test_every_form_gives_the_same_rows(spark: SparkSession, tmp_path: Path, form: Callable[[SparkSession, Path], Path]) -> None:
    outcome = judged(spark, form(spark, tmp_path))
    clean = outcome.clean.where(~F.col("domain").startswith("c")).orderBy("domain")
    kept = [(row["domain"], row["company_name"], row["employees"], row["observed_on"]) for row in clean.collect()]
    # Where the files are read in any order, either row of a.com may be the later one.
    assert kept in [
        [("a.com", name, employees, date(2026, 10, 1)), ("b.com", "B Group", None, date(2026, 10, 1))]
        for name, employees in (("A again", 3), ("A, Inc.", 1200))
    ]
    (summary,) = outcome.summaries()
    assert (summary.rows_read, summary.clean, summary.superseded, summary.rejected) == (30, 27, 1, 2)
    assert summary.reasons == {"INVALID_DOMAIN": 1, "NO_DOMAIN": 1}


def test_json_may_be_nested_broken_and_uneven(spark: SparkSession, tmp_path: Path) -> None:
    lines = ['{"domain": "a.com", "employees": 1200, "tags": ["x", {"y": 1}]}', '{"domain": "b.com", "employees": ', '{"domain": "c.com"}']
    (tmp_path / "it.json").write_text("\n".join(lines))
    outcome = judged(spark, tmp_path / "it.json")
    assert sorted((row["domain"], row["employees"]) for row in outcome.clean.collect()) == [("a.com", 1200), ("c.com", None)]
    (refused,) = outcome.rejected.collect()
    assert [(it["reason"], it["value"]) for it in refused["reasons"]][-1] == ("NOT_JSON", lines[1])
    assert outcome.summaries()[0].unmapped == ("tags",)
    assert json.loads(refused["row"])["_record"] == lines[1]


@pytest.mark.parametrize("rows", [2_000, 200_000], ids=["within its head", "later"])
def test_a_file_that_was_cut_is_named(spark: SparkSession, tmp_path: Path, rows: int) -> None:
    whole = gzip.compress("\n".join(["domain,name", *(f"c{place}.com,{place * place}" for place in range(rows))]).encode())
    file = tmp_path / "it.csv.gz"
    file.write_bytes(whole[: len(whole) * 9 // 10])
    with pytest.raises(DataError) as caught:
        judged(spark, file)
    (tmp_path / "other.csv.gz").write_bytes(whole)
    sources = [Source(table="firmographics", path=str(it), id=it.name) for it in (tmp_path / "other.csv.gz", file)]
    # What only shows while rows are read is found in Spark's words.
    for error in (caught.value, deliveries.explained(spark, ValueError("java.io.EOFException: Unexpected end of input stream"), sources)):
        assert str(error) == f"{file}: ends in the middle, or is damaged; deliver it again"
    assert deliveries.explained(spark, ValueError("the disk is full"), sources) is None
