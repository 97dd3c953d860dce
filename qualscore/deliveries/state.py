"""What a delivery looks like from outside, to tell whether it is new."""

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from pyspark.sql import SparkSession

from qualscore.config import Source
from qualscore.deliveries import files
from qualscore.errors import ConfigurationError


def state(spark: SparkSession, source: Source) -> list[str]:
    """One line per file of a source: its name, size in bytes and time of change; a mapping file with its content."""
    listed = [files.status(spark, part) for part in files.listed(spark, str(source.path))]
    mapping = [Path(source.mapping).read_text()] if Path(source.mapping).is_file() else []
    return [f"{part} {size} {changed}" for part, size, changed in listed] + mapping


def described(spark: SparkSession, source: Source) -> list[str]:
    """One line per file of a source for people; one that is not there yet is said so."""
    try:
        listed = [files.status(spark, part) for part in files.listed(spark, str(source.path))]
    except ConfigurationError:
        return [f"{source.place} (not there yet)"]
    return [f"{part} ({max(1, size >> 10):,} kB)" for part, size, _ in listed]


def size(spark: SparkSession, sources: Sequence[Source]) -> int:
    """Bytes of all files that are there."""
    found = 0
    for source in sources:
        with suppress(ConfigurationError):  # said when it is read
            found += sum(files.status(spark, part)[1] for part in files.listed(spark, str(source.path)))
    return found
