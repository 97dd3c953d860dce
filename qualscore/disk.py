"""What a run will write, before it is written: estimates from what was delivered, and the room that there is."""

from collections.abc import Collection
from typing import Any

from pyspark.sql import SparkSession

from qualscore.config import Settings
from qualscore.deliveries import state
from qualscore.errors import ConfigurationError
from qualscore.tables import Tables

UNIVERSE = "clean/accounts"
# Bytes, measured on 42,000 companies delivered as packed CSV and nine scores: 24 delivered for an account, 2.5 written for
# each of them (clean, universe, features), and 82 + 42 written for an account's score and its place among the best.
DELIVERED_PER_ACCOUNT = 24
DISK_PER_DELIVERED = 3
DISK_PER_SCORE = 150
WRITING = ("ingest", "score")


def estimate(tables: Tables, settings: Settings, *, scores: int) -> dict[str, int]:
    """Bytes by stage, from the deliveries' size; from the universe's own size once it is known."""
    delivered = state.size(tables.spark, settings.sources)
    accounts = tables.read(UNIVERSE).count() if tables.exists(UNIVERSE) else delivered // DELIVERED_PER_ACCOUNT
    return dict(zip(WRITING, (DISK_PER_DELIVERED * delivered, DISK_PER_SCORE * accounts * scores), strict=True))


def free(spark: SparkSession, warehouse: str) -> int:
    """Bytes that the warehouse's file system has left; an object store says that it has no end."""
    jvm: Any = spark.sparkContext._jvm
    path = jvm.org.apache.hadoop.fs.Path(warehouse)
    return int(path.getFileSystem(spark.sparkContext._jsc.hadoopConfiguration()).getStatus(path).getRemaining())


def warning(tables: Tables, settings: Settings, *, scores: int, stages: Collection[str]) -> str | None:
    """What to say before a run whose stages may need more room than there is."""
    needed = sum(size for stage, size in estimate(tables, settings, scores=scores).items() if stage in stages)
    room = free(tables.spark, settings.warehouse)
    return f"the run may need about {_gigabytes(needed)}, and {settings.warehouse} has {_gigabytes(room)} left" if needed > room else None


def require(tables: Tables, settings: Settings, *, scores: int, stage: str) -> None:
    """Raises ConfigurationError when a stage alone needs more room than there is."""
    if stage not in WRITING:
        return  # the deliveries of an object store are not listed again for nothing
    needed, room = estimate(tables, settings, scores=scores)[stage], free(tables.spark, settings.warehouse)
    if needed > room:
        said = f"{stage} needs about {_gigabytes(needed)}, and {settings.warehouse} has {_gigabytes(room)} left"
        raise ConfigurationError(f"{said}: make room, or choose another --warehouse")


def _gigabytes(size: int) -> str:
    return f"{size / (1 << 30):.1f} GB"
