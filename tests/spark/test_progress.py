"""What a person sees of long work, and of the room it needs."""

import re
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pyspark import StorageLevel
from pyspark.sql import SparkSession

from qualscore import config
from qualscore.errors import ConfigurationError
from qualscore.runs import disk, progress
from qualscore.storage import files
from qualscore.storage.tables import Tables


def test_long_stages_say_how_far_they_are_and_short_ones_nothing(spark: SparkSession, tmp_path: Path) -> None:
    """Eight parts of 1,000 rows, two at a time, each of half a second."""
    spark.range(0, 8_000, 1, 8).write.parquet(str(tmp_path / "rows"))
    rows = spark.read.option("maxPartitionBytes", 1).parquet(str(tmp_path / "rows")).repartition(8)

    def slowly(batches: Iterator[Any]) -> Iterator[Any]:
        for batch in batches:
            time.sleep(0.5)
            yield batch

    lines: list[str] = []
    try:
        spark.sparkContext.setJobDescription("score platform")
        with progress.shown(spark, lines.append, quiet=0.6, poll=0.1):
            assert rows.mapInArrow(slowly, "id long").count() == 8_000
        assert lines and all(re.match(r"score platform: \d of \d+ parts done", line) for line in lines), lines
        assert re.match(r"score platform: [1-7] of 8 parts done, [\d,]+ rows, [\d,]+ rows a second, about \d:\d\d left", lines[-1]), lines
        lines.clear()
        with progress.shown(spark, lines.append, quiet=60, poll=0.1):
            rows.mapInArrow(slowly, "id long").count()
        assert not lines
    finally:
        spark.sparkContext.setJobDescription(None)


def test_batches_of_what_is_held_are_not_taken_for_rows(spark: SparkSession) -> None:
    held = spark.range(0, 400_000, 1, 8).selectExpr("id", "sha2(cast(id AS string), 512) AS text").persist(StorageLevel.DISK_ONLY)

    def slowly(batches: Iterator[Any]) -> Iterator[Any]:
        for batch in batches:
            time.sleep(0.2)
            yield batch

    lines: list[str] = []
    try:
        held.count()
        with progress.shown(spark, lines.append, quiet=0.6, poll=0.1):
            held.mapInArrow(slowly, "id long, text string").count()
    finally:
        held.unpersist()
    assert any("of 8 parts done, about" in line for line in lines) and not any("rows" in line for line in lines), lines


def test_a_stage_that_cannot_fit_is_not_begun(spark: SparkSession, tmp_path: Path) -> None:
    """A delivery of 8 TB, of which no byte is on the disk."""
    with (tmp_path / "companies.csv").open("wb") as delivery:
        delivery.truncate(8 << 40)
    (tmp_path / "own.yml").write_text("sources: [{table: firmographics, path: companies.csv}]\nscores: []\n")
    settings = config.load(tmp_path / "own.yml", warehouse=str(tmp_path))
    tables = Tables(spark, settings.warehouse)
    needed = disk.estimate(tables, settings, scores=2)
    assert needed == {"ingest": 3 * (8 << 40), "score": 2 * 150 * ((8 << 40) // 24), "activate": 2 * 35 * ((8 << 40) // 24)}
    with pytest.raises(ConfigurationError, match=rf"^ingest needs about 24576\.0 GB, and {tmp_path} has [\d.]+ GB left: make room"):
        disk.require(tables, settings, scores=2, stage="ingest")
    disk.require(tables, settings, scores=2, stage="build_features")
    warehouse, temporary = disk.warnings(tables, settings, scores=2, stages=["ingest", "train", "score"])
    assert warehouse.startswith("the run may need about 126976.0 GB, and ")
    assert re.fullmatch(r"ingest may hold about 9830\.4 GB of temporary files, and /.* has [\d.]+ GB left: .*", temporary)
    assert disk.warnings(tables, settings, scores=2, stages=["train"]) == []


def test_room_is_what_this_user_may_write(spark: SparkSession, tmp_path: Path) -> None:
    (folder := tmp_path / "a b").mkdir()
    assert files.free(spark, str(folder)) == pytest.approx(shutil.disk_usage(folder).free, rel=0.01)


def test_packed_deliveries_are_held_unpacked(spark: SparkSession, tmp_path: Path) -> None:
    for name in ("a.csv", "b.parquet", "c.csv.gz"):
        (tmp_path / name).write_bytes(b"x" * 1_000)
    sources = ", ".join(f"{{table: firmographics, path: {name}}}" for name in ("a.csv", "b.parquet", "c.csv.gz"))
    (tmp_path / "own.yml").write_text(f"sources: [{sources}]\nscores: []\n")
    assert disk.held(spark, config.load(tmp_path / "own.yml", warehouse=str(tmp_path))) == 1_200 + 2 * 9_000
