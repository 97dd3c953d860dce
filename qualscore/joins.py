"""What is joined to a universe."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

MOST_BROADCAST = 2_000_000  # domains that fit into each task's memory


def to_be_joined(few: DataFrame) -> DataFrame:
    """What is joined to a universe: looked for once, and broadcast, so that the universe is not shuffled, unless it is too much."""
    kept = few.localCheckpoint()
    return F.broadcast(kept) if kept.count() <= MOST_BROADCAST else kept
