"""Files through Hadoop: what a path means, how much is read of many files, and rows that outlive executors."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pyspark.sql import SparkSession

from qualscore import checkpoints, config, deliveries
from qualscore.config import Settings
from qualscore.contracts import load
from qualscore.deliveries import byte_streams, opening
from qualscore.runs import staging
from qualscore.storage import files
from qualscore.storage.remote_file import RemoteFile

NOW = datetime.now(UTC)


@pytest.fixture
def on_a_cluster(spark: SparkSession) -> SparkSession:
    """A session as on a cluster whose paths are those of HDFS; nobody answers there."""
    session = spark.newSession()
    session.conf.set("fs.defaultFS", "hdfs://127.0.0.1:1")
    return session


def test_a_path_without_a_scheme_is_of_this_machine(on_a_cluster: SparkSession, tmp_path: Path) -> None:
    (tmp_path / "a b.csv").write_text("domain,name\nacme.com,Acme\n")
    on_a_cluster.range(2).selectExpr("concat('c', id, '.com') AS domain").write.parquet(f"file:{tmp_path}/parts")
    (tmp_path / "rows.json").write_text('{"domain": "b.com"}\n')
    for name, domains in {"a b.csv": ["acme.com"], "parts": ["c0.com", "c1.com"], "rows.json": ["b.com"]}.items():
        source = config.Source(table="firmographics", path=str(tmp_path / name))
        frame = deliveries.read(on_a_cluster, source, load("clean/firmographics")).frame
        assert sorted(row.domain for row in frame.select("domain").collect()) == domains
    assert files.write(on_a_cluster, str(tmp_path), "note.txt", "ä") == f"{tmp_path}/reports/note.txt"
    assert files.read(on_a_cluster, f"{tmp_path}/reports/note.txt").decode() == "ä"
    files.move(on_a_cluster, f"{tmp_path}/reports/note.txt", f"{tmp_path}/rows.json")
    assert [(it.name, it.size, it.is_folder) for it in files.matching(on_a_cluster, f"{tmp_path}/*.json")] == [("rows.json", 2, False)]
    assert files.free(on_a_cluster, str(tmp_path)) > 0
    with pytest.raises(OSError, match="FileNotFound") as caught:
        files.status(on_a_cluster, str(tmp_path / "nothing"))
    assert caught.value.filename == str(tmp_path / "nothing")


def test_little_is_read_of_each_of_many_far_files(spark: SparkSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[int] = []
    readinto = RemoteFile.readinto

    def counted(file: RemoteFile, buffer: Any) -> int:
        read.append(readinto(file, buffer))
        return read[-1]

    monkeypatch.setattr(byte_streams, "local", lambda path: None)
    monkeypatch.setattr(opening, "LOOKED_THROUGH_FAR", 0)
    monkeypatch.setattr(RemoteFile, "readinto", counted)
    for number in range(5):
        (tmp_path / f"{number}.csv").write_text("domain,name\n" + "acme.com,Acme\n" * 100_000)
    wide = ",".join(f"a column with a long name {place}" for place in range(5_000))
    (tmp_path / "wide.csv").write_text(f"domain,{wide}\nacme.com\n")
    parts = [opening.open_part(spark, f"file:{file}", among=6) for file in sorted(tmp_path.iterdir())]
    assert [len(part.head.names) for part in parts if part.head] == [2] * 5 + [5_001]
    # Of each its beginning twice: for its header, and for its encoding and quotes.
    assert sum(read) < 6 * 3 * opening.FAR_HEAD_BYTES + (1 << 18)


@pytest.fixture
def reliable(spark: SparkSession, tmp_path: Path) -> Iterator[SparkSession]:
    """A session that keeps rows in files."""
    session = spark.newSession()
    settings = config.load(None, changes=["checkpoints=reliable"], warehouse=str(tmp_path / "ware house"))
    with staging.kept_rows(session, settings, run_id="r1", now=NOW):
        yield session
    assert session.conf.get(checkpoints.MODE) == checkpoints.LOCAL


def test_rows_in_files_are_the_same_in_the_same_parts(reliable: SparkSession, tmp_path: Path) -> None:
    frame = (
        reliable.range(40)
        .selectExpr("id", "array(id, NULL) AS few", "struct(id AS a) AS one")
        .repartition(4, "id")
        .sortWithinPartitions("id")
    )
    kept = frame.transform(checkpoints.kept)
    assert kept.rdd.glom().collect() == frame.rdd.glom().collect() and kept.schema == frame.schema
    assert len(list((tmp_path / "ware house" / "_staging" / "r1").rglob("part-*"))) == 4
    assert "Shuffle" not in str(kept._jdf.queryExecution().executedPlan())  # type: ignore[operator]


def test_what_a_run_keeps_goes_with_it_and_what_a_dead_one_left_later(spark: SparkSession, tmp_path: Path) -> None:
    old, new = (tmp_path / "_staging" / name / "uuid" / "rdd-1" for name in ("old", "new"))
    for folder in (old, new):
        folder.mkdir(parents=True)
    long_ago = (NOW - timedelta(hours=49)).timestamp()
    for folder in (old, *old.parents[:2]):
        os.utime(folder, (long_ago, long_ago))
    settings: Settings = config.load(None, changes=["checkpoints=reliable"], warehouse=str(tmp_path))
    session = spark.newSession()
    with staging.kept_rows(session, settings, run_id="mine", now=NOW):
        session.range(3).transform(checkpoints.kept)
        assert sorted(it.name for it in (tmp_path / "_staging").iterdir()) == ["mine", "new"]
    assert [it.name for it in (tmp_path / "_staging").iterdir()] == ["new"]
