"""What a delivery looks like from outside, to tell whether it is new."""

from collections.abc import Sequence
from contextlib import suppress
from uuid import uuid4

from pyspark.sql import SparkSession

from qualscore.config import Source
from qualscore.deliveries import files, mappings
from qualscore.errors import ConfigurationError
from qualscore.paths import shown


def state(spark: SparkSession, source: Source) -> list[str]:
    """One line per file of a source: its name, size in bytes and time of change; and the mapping files with their content.

    What a database holds cannot be told without reading it: it is always new.
    """
    if source.jdbc:
        return [uuid4().hex]
    listed = files.entries(spark, str(source.path))
    return [f"{shown(it.path)} {it.size} {it.changed}" for it in listed] + mappings.fingerprint(source.mapping)


def described(spark: SparkSession, source: Source) -> list[str]:
    """One line per file of a source for people; one that is not there yet is said so."""
    if source.jdbc:
        return [source.place]
    try:
        listed = files.entries(spark, str(source.path))
    except ConfigurationError:
        return [f"{source.place} (not there yet)"]
    return [f"{shown(it.path)} ({max(1, it.size >> 10):,} kB)" for it in listed]


def size(spark: SparkSession, sources: Sequence[Source]) -> int:
    """Bytes of all files that are there."""
    total = 0
    for source in (it for it in sources if it.path):
        with suppress(ConfigurationError):  # said when it is read
            total += sum(it.size for it in files.entries(spark, str(source.path)))
    return total
