"""What a delivery looks like from outside, to tell whether it is new."""

from pathlib import Path

from pyspark.sql import SparkSession

from qualscore.config import Source
from qualscore.deliveries import files


def state(spark: SparkSession, source: Source) -> list[str]:
    """One line per file of a source: its name, size in bytes and time of change; a mapping file with its content."""
    listed = [files.status(spark, part) for part in files.listed(spark, source.path)]
    mapping = [Path(source.mapping).read_text()] if Path(source.mapping).is_file() else []
    return [f"{part} {size} {changed}" for part, size, changed in listed] + mapping
