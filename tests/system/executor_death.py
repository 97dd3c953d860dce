"""Keeps rows in both ways on a cluster, kills the executor, and says what is left of them. Arguments: the master, a folder."""

import os
import signal
import sys
from collections.abc import Iterator

from pyspark.sql import DataFrame, SparkSession

from qualscore import checkpoints


def executors(_: Iterator[int]) -> Iterator[int]:
    """The process of Java around a task's Python: its daemon's parent."""
    with open(f"/proc/{os.getppid()}/stat") as file:
        yield int(file.read().rpartition(")")[2].split()[1])


def left_of(rows: DataFrame) -> str:
    try:
        return str(sorted(row.id for row in rows.collect()))
    except Exception as error:
        return "lost" if "Checkpoint block" in str(error) else str(error)


if __name__ == "__main__":
    master, folder = sys.argv[1:]
    settings = {"spark.master": master, "spark.executor.memory": "1g", "spark.cores.max": "1", "spark.ui.enabled": "false"}
    settings["spark.jars"] = os.environ["QUALSCORE_JARS"]  # of the session's catalog, which spark-defaults names
    session = SparkSession.builder.config(map=settings).getOrCreate()
    session.sparkContext.setCheckpointDir(f"file:{folder}")
    kept = {}
    for mode in (checkpoints.LOCAL, checkpoints.RELIABLE):
        session.conf.set(checkpoints.MODE, mode)
        kept[mode] = session.range(3).repartition(2).transform(checkpoints.kept)
    (process,) = set(session.sparkContext.parallelize([0], 1).mapPartitions(executors).collect())
    os.kill(process, signal.SIGKILL)
    for mode, rows in kept.items():
        print(mode, left_of(rows))
