"""What is joined to a universe.

A frame whose size a user's data decides is broadcast through `to_be_joined` only. Frames that are small whatever is delivered are
broadcast as they are: hosts of free mail (4,800) and the companies on them, the names of delivered files, the first and last week of
intent, the keywords of keyword sets, names of countries and industries (at most ingest.bulk.name_lookups.MOST_NAMES), repeated hashes
(at most MOST_REPEATED).
"""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from qualscore.checkpoints import kept

MOST_BROADCAST = 2_000_000  # domains that fit into each task's memory


def to_be_joined(few: DataFrame) -> DataFrame:
    """What is joined to a universe: looked for once, and broadcast, so that the universe is not shuffled, unless it is too much.

    An action: the rows are kept and counted, because Spark's own guess of their number is of no use after a grouping.
    """
    held = kept(few)
    return F.broadcast(held) if held.count() <= MOST_BROADCAST else held
