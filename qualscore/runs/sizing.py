"""Into how many parts Spark shuffles rows: as many as the data asks for."""

from pyspark.sql import SparkSession

from qualscore.config import Settings
from qualscore.deliveries import state
from qualscore.storage.tables import Tables

SHUFFLE_PARTITIONS = "spark.sql.shuffle.partitions"
# Delivered bytes for one part, and the least for which a core is given a part of its own: each part costs a task in every stage, and a
# file in every table.
BYTES_PER_PARTITION, LEAST_BYTES = 32 << 20, 4 << 20
# As many parts as this machine has cores are made of any data: a small run is over in no time however its rows are parted.
FEW = 32
# What deliveries of databases have become: their size is not known before they are read.
TABLES = ("clean/firmographics", "clean/technographics", "clean/intent_signals", "clean/crm_accounts", "features/account_features")


def fit_partitions(session: SparkSession, settings: Settings, tables: Tables) -> None:
    """Sets the number of shuffle partitions by the size of the data, unless the user has given a number."""
    if session.sparkContext.getConf().contains(SHUFFLE_PARTITIONS):
        return
    size = state.size(session, settings.sources)
    if any(source.jdbc for source in settings.sources):
        size = max(size, sum(tables.size(name) for name in TABLES))
    session.conf.set(SHUFFLE_PARTITIONS, shuffle_partitions(size, cores=session.sparkContext.defaultParallelism))


def shuffle_partitions(size: int, *, cores: int) -> int:
    """The parts for so many delivered bytes: enough that none is too large for a task, and that no core waits for nothing.

    >>> [shuffle_partitions(size, cores=2) for size in (0, 2_000_000, 4_000_000_000)]
    [2, 2, 119]
    >>> [shuffle_partitions(size, cores=2_000) for size in (2_000_000, 10_000_000_000, 500_000_000_000)]
    [32, 2000, 14901]
    """
    return max(min(cores, FEW), min(cores, size // LEAST_BYTES), size // BYTES_PER_PARTITION)
