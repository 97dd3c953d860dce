"""Where delivered files are: what a path names, their sizes and times."""

from pyspark.sql import SparkSession

from qualscore.deliveries.byte_streams import DAMAGED, plain
from qualscore.deliveries.csv_files import is_hidden
from qualscore.errors import ConfigurationError
from qualscore.storage import files as storage
from qualscore.storage.files import Entry

__all__ = ["DAMAGED", "entries", "is_damage", "is_whole", "listed", "plain"]

SIGNS_OF_DAMAGE = (
    *("Unexpected end of", "EOFException", "ZipException", "incorrect data check", "invalid block", "invalid stored block"),
    *("not a gzip", "is not a Parquet file", "Could not read footer"),
)


def listed(spark: SparkSession, path: str) -> list[str]:
    """The files at a path: itself, those of a folder, or those that a pattern with * matches; sorted.

    Raises:
        ConfigurationError: there is none.
    """
    return [entry.path for entry in entries(spark, path)]


def entries(spark: SparkSession, path: str) -> list[Entry]:
    """`listed`, with each file's size and time of change."""
    try:
        matching = storage.matching(spark, path)
        parts = [part for it in matching for part in (storage.listed(spark, it.path) if it.is_folder else [it])]
    except OSError as error:
        raise ConfigurationError(f"{path}: cannot be read: {error}") from None
    files = [it for it in parts if not it.is_folder and (len(matching) == len(parts) == 1 or not is_hidden(it.name))]
    if not files:
        hidden = [it.name for it in parts if not it.is_folder]
        other = f"a folder whose files are hidden by their names ({', '.join(hidden[:3])}); rename them without _ or . before"
        raise ConfigurationError(f"{path}: " + ("no such file" if not matching else other if hidden else "a folder without files"))
    return sorted(files, key=lambda entry: entry.path)


def is_damage(message: str) -> bool:
    """Whether Java's words are those for a packed file that is cut or broken."""
    return any(sign in message for sign in SIGNS_OF_DAMAGE)


def is_whole(spark: SparkSession, file: str) -> bool:
    """Whether a file can be read, and unpacked, to its end."""
    try:
        storage.read_through(spark, file)
    except OSError:
        return False
    return True
