"""Rows that are kept between two steps, so that what made them is not done again, nor planned again."""

from pyspark.sql import DataFrame

MODE = "spark.qualscore.checkpoints"
LOCAL, RELIABLE = "local", "reliable"


def kept(rows: DataFrame) -> DataFrame:
    """The same rows in the same parts, worked out now and read from where they are kept: an action.

    A run on this machine keeps them with its executors, which are its own process. On a cluster an executor may die and take what it
    holds with it, and Spark cannot make it again: there rows are kept in files (`runs.staging` names the place) that outlive it.
    """
    mode = rows.sparkSession.conf.get(MODE, LOCAL)
    return rows.checkpoint() if mode == RELIABLE else rows.localCheckpoint()
