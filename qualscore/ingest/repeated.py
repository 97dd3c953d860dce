"""Which rows compete for a key: told by hashes, so that the many that do not are neither sorted nor moved."""

from dataclasses import dataclass
from functools import reduce

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

# More repeated hashes than these fit into no task's memory beside its rows: then all rows compete.
MOST_REPEATED = 4_000_000


@dataclass(frozen=True)
class Repeated:
    """`hashes`, a frame of one column `_hash`, each once; and how many there are."""

    hashes: DataFrame
    count: int


def repeated(hashes: list[DataFrame]) -> Repeated:
    """The hashes that several rows have: actions.

    Args:
        hashes: frames of one column `_hash`, of 64 bits. Two keys may share one: they are then only looked at for nothing.
    """
    own = reduce(DataFrame.unionByName, hashes)
    # Eight bytes a row are moved. An aggregate would build a table of all hashes before it sees that hardly any is repeated.
    before = F.lag("_hash").over(Window.partitionBy("_hash").orderBy("_hash"))
    twice = own.withColumn("_before", before).where("_before is not null").select("_hash").distinct().localCheckpoint()
    return Repeated(twice, twice.count())
