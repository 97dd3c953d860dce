"""CSV files as people export them: plain or gz, UTF-8 or UTF-16, with a byte-order mark or without, comma or semicolon."""

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce

from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F

from qualscore.deliveries.headers import normalised
from qualscore.errors import ConfigurationError, DataError
from qualscore.paths import shown
from qualscore.storage import files as storage
from qualscore.storage.files import Entry

# Of each file so many bytes are read for its header, and the larger number where they hold no whole record.
HEAD_BYTES, LONG_HEAD_BYTES = 1 << 16, 1 << 20
ENCODINGS = {codecs.BOM_UTF8: "UTF-8", codecs.BOM_UTF16_LE: "UTF-16", codecs.BOM_UTF16_BE: "UTF-16"}
FOREIGN = {b"PK\x03\x04": "a ZIP or Excel file", b"PAR1": "a Parquet file", b"\xd0\xcf\x11\xe0": "an old Excel file", b"%PDF": "a PDF"}
SIGNS_OF_DAMAGE = (
    *("Unexpected end of", "EOFException", "ZipException", "incorrect data check", "invalid block", "invalid stored block"),
    "not a gzip",
)
DAMAGED = "ends in the middle, or is damaged; deliver it again"
DELIMITERS = ",;\t|"
# Cells beyond the header's that are looked at for content.
SURPLUS = 20
# Files up to which each is read as a frame of its own, so that a row's line is known: a plan of a thousand frames takes minutes.
ONE_BY_ONE = 20
# A row's id holds its task's number above these bits, and its place among the task's rows in them.
ROW_BITS = 33
OURS = ("_file", "_line", "_surplus", "_record")


@dataclass(frozen=True)
class Header:
    """The first record of a file, and how to read the others."""

    names: tuple[str, ...]
    delimiter: str
    encoding: str
    is_there: bool = True


def listed(spark: SparkSession, path: str) -> list[str]:
    """The files at a path: itself, those of a folder, or those that a pattern with * matches; sorted.

    Raises:
        ConfigurationError: there is none.
    """
    return [entry.path for entry in entries(spark, path)]


def entries(spark: SparkSession, path: str) -> list[Entry]:
    """`listed`, with each file's size and time of change."""
    try:
        found = storage.matching(spark, path)
        parts = [part for it in found for part in (storage.listed(spark, it.path) if it.is_folder else [it])]
    except OSError as error:
        raise ConfigurationError(f"{path}: cannot be read: {error}") from None
    files = [it for it in parts if not it.is_folder and (len(found) == len(parts) == 1 or it.name[0] not in "._")]
    if not files:
        raise ConfigurationError(f"{path}: no such file" if not found else f"{path}: a folder without files")
    return sorted(files, key=lambda entry: entry.path)


def headers(spark: SparkSession, files: Sequence[str], own: tuple[str, ...] = ()) -> dict[str, Header]:
    """The header of each file; `own` are the names of the columns of files that have none.

    Raises:
        DataError: a file is empty, has no row below its header, or is no CSV file.
    """
    first = dict(zip(files, _heads(spark, files, HEAD_BYTES), strict=True))
    cut = [file for file, content in first.items() if len(content) == HEAD_BYTES and not _has_record(content)]
    whole = first | dict(zip(cut, _heads(spark, cut, LONG_HEAD_BYTES), strict=True))
    return {file: _header(file, content, own) for file, content in whole.items()}


def _has_record(content: bytes) -> bool:
    """Whether something follows the first record."""
    text = _text(content)
    rest = io.StringIO(text.lstrip("\r\n"), newline="")
    try:
        next(csv.reader(rest, delimiter=_delimiter(text)), None)
    except csv.Error:
        return True
    return bool(rest.read().strip())


def _header(file: str, content: bytes, own: tuple[str, ...]) -> Header:
    kind = next((name for magic, name in FOREIGN.items() if content.startswith(magic)), None)
    if kind:
        raise DataError(f"{shown(file)}: is {kind}; export it as CSV")
    encoding, text = _encoding(content), _text(content)
    if not text.strip():
        raise DataError(f"{shown(file)}: is empty; deliver it again with a header and rows")
    delimiter = _delimiter(text)
    rest = io.StringIO(text.lstrip("\r\n"), newline="")
    try:
        names = next(csv.reader(rest, delimiter=delimiter))
    except csv.Error as error:
        raise DataError(f"{shown(file)}: the header cannot be read as CSV: {error}") from None
    if own and [normalised(name) for name in names] != [normalised(name) for name in own]:
        if len(names) != len(own):
            raise DataError(f"{shown(file)}: has {len(names)} columns, not the {len(own)} of a file of this kind: {', '.join(own)}")
        return Header(own, delimiter, encoding, is_there=False)
    if not rest.read().strip() and len(content) < LONG_HEAD_BYTES:
        raise DataError(f"{shown(file)}: has a header and no rows; deliver it again, or take the source out of the configuration")
    named = tuple(name.strip().lstrip("\ufeff") or f"_column_{place}" for place, name in enumerate(names, start=1))
    return Header(named, delimiter, encoding)


def repeated(names: tuple[str, ...]) -> list[str]:
    """What is wrong with the names of a header; Spark tells headers apart without regard to case.

    >>> repeated(("Name", "domain", "name"))
    ["header 'name' is repeated (columns 1, 3); rename or remove one"]
    """
    places: dict[str, list[str]] = {}
    for place, name in enumerate(names, start=1):
        places.setdefault(name.lower(), []).append(str(place))
    twice = [f"header {name!r} is repeated (columns {', '.join(it)}); rename or remove one" for name, it in places.items() if len(it) > 1]
    return twice + [f"header {name!r} is Qualscore's own; rename it" for name in OURS if name in places]


def all_records(spark: SparkSession, heads: Mapping[str, Header]) -> DataFrame:
    """The records below the headers as text, and `_file`, `_line`, `_surplus` (ingest.Delivery).

    A file is read by one task, because a line break within quotes looks like the end of a record from anywhere else. Many files
    are read together, and then `_line` counts within the files that one task reads.
    """
    if len(heads) <= ONE_BY_ONE:
        frames = [_records(spark, file, F.lit(shown(file)), head) for file, head in heads.items()]
    else:
        name = F.regexp_replace(F.input_file_name(), "^file:/+", "/")
        kinds: dict[Header, list[str]] = {}
        for file, head in heads.items():
            kinds.setdefault(head, []).append(file)
        frames = [_records(spark, alike, name, head) for head, alike in kinds.items()]
    # Counted after the union, not in each file's frame: Spark moves what follows into all branches of a union unless it has to be
    # counted first, and 16 files then had 16 copies of the cleaning to plan and to compile.
    place = F.monotonically_increasing_id().bitwiseAND(F.lit((1 << ROW_BITS) - 1))
    return reduce(DataFrame.unionByName, frames).withColumn("_line", place + F.col("_line"))


def _records(spark: SparkSession, file: str | list[str], name: Column, head: Header) -> DataFrame:
    """One kind of files; `_line` is that of the first record."""
    fields = ", ".join(f"`{name.replace('`', '``')}` string" for name in (*head.names, "_record"))
    dialect = {"sep": head.delimiter, "escape": '"'}
    # Without column pruning, so that a record is judged by all its cells whatever is selected of it.
    options = dialect | {"header": str(head.is_there).lower(), "multiLine": "true", "columnPruning": "false", "encoding": head.encoding}
    read = spark.read.schema(fields).options(columnNameOfCorruptRecord="_record", **options)
    # Spark keeps the whole record where its cells are not as many as the header's: fewer are fine, more are not.
    wide = ", ".join(f"{'beyond' if place >= len(head.names) else 'c'}{place} string" for place in range(len(head.names) + SURPLUS))
    # One expression that is asked for kept records only: twenty, for every row, took twice as long as reading the row.
    has_more = F.to_json(F.from_csv("_record", wide, dialect)).rlike(
        r'[{,]"beyond[0-9]+":'
    )  # a quote within a cell has a backslash before it
    place = {"_file": name, "_line": F.lit(2 if head.is_there else 1)}
    return (
        read.csv([_literal(it) for it in file] if isinstance(file, list) else _literal(file))
        .withColumns(place | {"_surplus": F.when(F.col("_record").isNotNull() & has_more, F.col("_record"))})
        .drop("_record")
    )


def is_damage(said: str) -> bool:
    """Whether Java's words are those for a packed file that is cut or broken."""
    return any(sign in said for sign in SIGNS_OF_DAMAGE)


def _literal(file: str) -> str:
    """Characters that Spark takes for a pattern, taken as they are."""
    return re.sub(r"([\[\]{}*?\\])", r"\\\1", file)


def _delimiter(text: str) -> str:
    line = re.sub(r'"[^"]*"', "", text.lstrip("\r\n").splitlines()[0])
    counts = Counter(character for character in line if character in DELIMITERS)
    return counts.most_common(1)[0][0] if counts else ","


def is_whole(spark: SparkSession, file: str) -> bool:
    """Whether a file can be read, and unpacked, to its end."""
    try:
        storage.read_through(spark, file)
    except OSError:
        return False
    return True


def _encoding(content: bytes) -> str:
    return next((name for mark, name in ENCODINGS.items() if content.startswith(mark)), "UTF-8")


def _text(content: bytes) -> str:
    encoding = _encoding(content)
    return content.decode("utf-8-sig" if encoding == "UTF-8" else encoding, errors="replace")


def _heads(spark: SparkSession, files: Sequence[str], most: int) -> list[bytes]:
    """The first bytes of each, unpacked."""
    try:
        return storage.heads(spark, files, most)
    except OSError as error:
        said = str(error)
        file = shown(str(error.filename))
        raise DataError(f"{file}: {DAMAGED if is_damage(said) else f'cannot be read: {error.strerror}'}") from None
