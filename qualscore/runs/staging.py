"""Where a run keeps rows between two steps: with its executors, or in files that survive one's death and go with the run."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta

from pyspark.sql import SparkSession

from qualscore import checkpoints
from qualscore.config import Settings
from qualscore.paths import of_spark
from qualscore.storage import files

# A run that has kept nothing for so long has died: whatever it left is removed by the next one.
STALE = timedelta(hours=48)


@contextmanager
def kept_rows(session: SparkSession, settings: Settings, *, run_id: str, now: datetime) -> Iterator[None]:
    """Names the place for rows that are kept, by the setting `checkpoints`; removes it at the end, and what dead runs have left there."""
    if not is_reliable(session, settings):
        session.conf.set(checkpoints.MODE, checkpoints.LOCAL)
        yield
        return
    folder = settings.staging or f"{settings.warehouse}/_staging"
    remove_stale(session, folder, before=now - STALE)
    place = f"{folder}/{run_id}"
    session.sparkContext.setCheckpointDir(of_spark(place))
    session.conf.set(checkpoints.MODE, checkpoints.RELIABLE)
    try:
        yield
    finally:
        session.conf.set(checkpoints.MODE, checkpoints.LOCAL)
        with suppress(OSError):  # the next run removes it
            files.remove(session, place)


def is_reliable(session: SparkSession, settings: Settings) -> bool:
    """Whether rows outlive executors: as the setting says, and else on every master that is not this process."""
    if settings.checkpoints != "auto":
        return settings.checkpoints == checkpoints.RELIABLE
    return not str(session.sparkContext.master).startswith("local")


def remove_stale(session: SparkSession, folder: str, *, before: datetime) -> None:
    """Removes what runs have left to which nothing was added since."""
    if files.exists(session, folder):
        for left in (entry.path for entry in files.listed(session, folder) if entry.is_folder):
            if _last_change(session, left) < before.timestamp() * 1_000:
                files.remove(session, left)


def _last_change(session: SparkSession, folder: str) -> int:
    """In milliseconds: of a run's folder, Spark's folder in it, and its folders of rows."""
    inner = [entry for entry in files.listed(session, folder) if entry.is_folder]
    rows = [entry for one in inner for entry in files.listed(session, one.path)]
    return max(entry.changed for entry in (files.status(session, folder), *inner, *rows))
