"""Where a run keeps rows between two steps: with its executors, or in files that survive one's death and go with the run."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from datetime import datetime, timedelta

from pyspark.sql import SparkSession

from qualscore import checkpoints
from qualscore.config import Settings
from qualscore.deliveries import staged
from qualscore.paths import of_spark
from qualscore.storage import files

# A run that has kept nothing for so long has died: whatever it left is removed by the next one.
STALE = timedelta(hours=48)


@contextmanager
def kept_rows(session: SparkSession, settings: Settings, *, run_id: str, now: datetime) -> Iterator[None]:
    """Names the places of what is kept while a run lasts: rows, by the setting `checkpoints`, and deliveries that are made anew."""
    folder = settings.staging or f"{settings.warehouse}/_staging"
    is_safe = is_reliable(session, settings)
    session.conf.set(staged.FOLDER, folder)
    session.conf.set(checkpoints.MODE, checkpoints.RELIABLE if is_safe else checkpoints.LOCAL)
    try:
        with _files(session, folder, run_id, now) if is_safe else nullcontext():
            yield
    finally:
        session.conf.set(checkpoints.MODE, checkpoints.LOCAL)
        session.conf.unset(staged.FOLDER)


@contextmanager
def _files(session: SparkSession, folder: str, run_id: str, now: datetime) -> Iterator[None]:
    """The folder of a run's rows, gone when the run ends; what dead runs have left goes when it begins."""
    remove_stale(session, folder, before=now - STALE)
    place = f"{folder}/{run_id}"
    session.sparkContext.setCheckpointDir(of_spark(place))
    try:
        yield
    finally:
        with suppress(OSError):  # a later run removes it
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
