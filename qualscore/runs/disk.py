"""What a run will write, before it is written: estimates from what was delivered, and the room that there is."""

from collections.abc import Collection

from pyspark.sql import SparkSession

from qualscore.config import Settings, Source
from qualscore.deliveries import state
from qualscore.errors import ConfigurationError
from qualscore.internals import local_folder
from qualscore.storage import files
from qualscore.storage.tables import Tables

UNIVERSE = "clean/accounts"
# Bytes, measured on 42,000 companies delivered as packed CSV and nine scores: 24 delivered for an account, 2.5 written for
# each of them (clean, universe, features), and 82 + 42 written for an account's score and its place among the best. Of tables for use a
# row beside the score is 25, as Parquet writes made-up ones; the others are fewer rows.
DELIVERED_PER_ACCOUNT = 24
DISK_PER_DELIVERED = 3
DISK_PER_SCORE = 150
DISK_PER_USE = 35
WRITING = ("ingest", "score", "activate")
# While an ingest lasts it holds rows on the executors' own disks. Bytes for each delivered one, measured on a generated universe of 55
# million companies (3.8 GB of Parquet): 5 of firmographics, 8 of technographics, 12 of intent; with the hashes of keys 8.5 of all. A row
# takes as much however it is delivered: for each byte of CSV that is 1.1.
PLAIN = (".csv", ".txt", ".tsv", ".json", ".jsonl", ".ndjson")
HELD_PER_PACKED, HELD_PER_PLAIN = 9.0, 1.2


def estimate(tables: Tables, settings: Settings, *, scores: int) -> dict[str, int]:
    """Bytes by stage, from the deliveries' size; from the universe's own size once it is known."""
    delivered = state.size(tables.spark, settings.sources)
    accounts = tables.read(UNIVERSE).count() if tables.exists(UNIVERSE) else delivered // DELIVERED_PER_ACCOUNT
    rows = accounts * scores
    return dict(zip(WRITING, (DISK_PER_DELIVERED * delivered, DISK_PER_SCORE * rows, DISK_PER_USE * rows), strict=True))


def held(spark: SparkSession, settings: Settings) -> int:
    """Bytes of temporary files that an ingest holds while it lasts."""
    return int(sum(_held_per_byte(source) * state.size(spark, [source]) for source in settings.sources))


def _held_per_byte(source: Source) -> float:
    return HELD_PER_PLAIN if source.name.lower().endswith(PLAIN) else HELD_PER_PACKED


def needs(tables: Tables, settings: Settings, *, scores: int) -> tuple[str, dict[str, int]]:
    """The room that a whole run needs, in words and as bytes by kind."""
    kept, temporary = sum(estimate(tables, settings, scores=scores).values()), held(tables.spark, settings)
    sentence = (
        f"needs about {_megabytes(kept)} in {settings.warehouse}, and {_megabytes(temporary)} of temporary files while deliveries are read"
    )
    return sentence, {"disk_bytes": kept, "temporary_bytes": temporary}


def warnings(tables: Tables, settings: Settings, *, scores: int, stages: Collection[str]) -> list[str]:
    """What to say before a run whose stages may need more room than there is."""
    needed = sum(size for stage, size in estimate(tables, settings, scores=scores).items() if stage in stages)
    room = files.free(tables.spark, settings.warehouse)
    lines = [f"the run may need about {_gigabytes(needed)}, and {settings.warehouse} has {_gigabytes(room)} left"] if needed > room else []
    if "ingest" in stages and str(tables.spark.sparkContext.master).startswith("local"):
        needed, folder = held(tables.spark, settings), local_folder(tables.spark)
        if needed > (room := files.free(tables.spark, folder)):
            sentence = f"ingest may hold about {_gigabytes(needed)} of temporary files, and {folder} has {_gigabytes(room)} left"
            lines.append(f"{sentence}: `-- --conf spark.local.dir=FOLDER` names another folder")
    return lines


def require(tables: Tables, settings: Settings, *, scores: int, stage: str) -> None:
    """Raises ConfigurationError when a stage alone needs more room than there is."""
    if stage not in WRITING:
        return  # the deliveries of an object store are not listed again for nothing
    needed, room = estimate(tables, settings, scores=scores)[stage], files.free(tables.spark, settings.warehouse)
    if needed > room:
        sentence = f"{stage} needs about {_gigabytes(needed)}, and {settings.warehouse} has {_gigabytes(room)} left"
        raise ConfigurationError(f"{sentence}: make room, or choose another --warehouse")


def _gigabytes(size: int) -> str:
    return f"{size / (1 << 30):.1f} GB"


def _megabytes(size: int) -> str:
    return f"{max(1, size >> 20):,} MB"
