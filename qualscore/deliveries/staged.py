"""Files that Spark cannot read as they are, made anew under plain names: in the run's staging folder, until the run is over."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast
from uuid import uuid4

from pyspark.sql import SparkSession

from qualscore.paths import local, of_spark
from qualscore.storage import files

# The run's own folder, in the warehouse, so that executors reach it; without one the driver's disk.
FOLDER = "spark.qualscore.staging"


@contextmanager
def written(spark: SparkSession, ending: str) -> Iterator[tuple[str, BinaryIO]]:
    """A new file of the staging folder: where it is, and the stream to write it; it is there once the block ends well."""
    place = f"{_folder(spark)}/{uuid4().hex[:16]}.{ending}"
    here = local(place)
    if here:
        Path(here).parent.mkdir(parents=True, exist_ok=True)
        with open(here, "wb") as stream:
            yield place, stream
        return
    with tempfile.NamedTemporaryFile(suffix=f".{ending}") as made:
        yield place, cast(BinaryIO, made)
        made.flush()
        files.put(spark, made.name, place)


def remove(spark: SparkSession) -> None:
    """Frees what this session has staged, or what one left that was killed: nobody else stages while the lock of ingest is held."""
    folder = _folder(spark)
    here = local(folder)
    if here:
        shutil.rmtree(here, ignore_errors=True)
    else:
        files.remove(spark, folder)


def _folder(spark: SparkSession) -> str:
    given = spark.conf.get(FOLDER, None)
    return of_spark(f"{given or f'{tempfile.gettempdir()}/qualscore-{spark.sparkContext.applicationId}'}/deliveries")
