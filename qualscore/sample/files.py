"""Frames to files that look like exports: one file with a proper name, or a folder where one would be too large."""

import posixpath
import uuid

from pyspark.sql import DataFrame, Observation, SparkSession
from pyspark.sql import functions as F

from qualscore.paths import of_spark
from qualscore.sample.layout import Place
from qualscore.storage import files


def write(frame: DataFrame, folder: str, place: Place) -> int:
    """Write a delivery in place of what is there, in the frame's order; return the number of rows."""
    observation = Observation(f"{place.path} {uuid.uuid4()}")
    frame = frame.observe(observation, F.count(F.lit(1)).alias("rows"))
    target = of_spark(posixpath.join(folder, place.path))
    if not place.is_one_file:
        _save(frame, target, place, compression="gzip" if place.file_format == "csv" else "snappy")
        return int(observation.get["rows"])
    parts = f"{target}.parts"
    compression = "gzip" if target.endswith(".gz") else "none" if place.file_format == "csv" else "snappy"
    _save(frame.coalesce(1), parts, place, compression=compression)
    _keep_only_part(frame.sparkSession, parts, target)
    return int(observation.get["rows"])


def _save(frame: DataFrame, target: str, place: Place, *, compression: str) -> None:
    writer = frame.write.mode("overwrite").option("compression", compression)
    if place.file_format == "csv":  # quotes doubled and blanks kept, as everybody but Spark does it
        writer = writer.options(header=place.has_header, escape='"', emptyValue="")
        writer = writer.options(ignoreLeadingWhiteSpace=False, ignoreTrailingWhiteSpace=False)
    writer.format(place.file_format).save(target)


def _keep_only_part(spark: SparkSession, folder: str, target: str) -> None:
    """Move the one part file of a folder to its name; works on every file system that Spark knows."""
    part = next(entry for entry in files.listed(spark, folder) if entry.name.startswith("part-"))
    files.move(spark, part.path, target)
    files.remove(spark, folder)
    files.remove(spark, posixpath.join(posixpath.dirname(target), f".{posixpath.basename(target)}.crc"))
