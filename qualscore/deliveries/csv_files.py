"""CSV text in UTF-8: its header, and the records below it."""

import csv
import io
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import islice
from typing import Protocol

from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F

from qualscore.deliveries.byte_streams import plain
from qualscore.deliveries.headers import joined, normalised
from qualscore.errors import DataError
from qualscore.paths import of_spark

HEAD_BYTES = 1 << 20
DELIMITERS = ",;\t|"
# Records of the beginning that are compared with the header.
LOOKED_AT = 50
# Cells beyond the header's that are looked at for content.
SURPLUS = 20
# Files up to which each is read as a frame of its own, so that a row's line is known: a plan of a thousand frames takes minutes.
ONE_BY_ONE = 20
# A row's id holds its task's number above these bits, and its place among the task's rows in them.
ROW_BITS = 33
MISFIT = "has {} columns, not the {} of a file of this kind: {}"
OURS = ("_file", "_line", "_surplus", "_record")


@dataclass(frozen=True)
class Header:
    """The first record of a file, and how to read the others."""

    names: tuple[str, ...]
    delimiter: str
    is_there: bool = True


class CsvPart(Protocol):
    """A file as `opening` gives it."""

    @property
    def file(self) -> str:
        """The file as it is delivered."""

    @property
    def path(self) -> str:
        """The file that Spark reads."""

    @property
    def head(self) -> Header | None:
        """The header of the file."""

    @property
    def first_line(self) -> int:
        """The line of the first record."""


def header(place: str, text: str, own: tuple[str, ...] = (), *, is_whole: bool, delimiter: str) -> Header:
    """The header of a text.

    Args:
        place: the file, for messages.
        text: the beginning of the file, decoded.
        own: the names of the columns of a file that has no header.
        is_whole: whether the text is the whole file.
        delimiter: between cells.

    Raises:
        DataError: the file is empty, has no row below its header, or is no CSV file.
    """
    if not text.strip():
        raise DataError(f"{place}: is empty; deliver it again with a header and rows")
    rest = io.StringIO(text.lstrip("\r\n"), newline="")
    try:
        names = next(csv.reader(rest, delimiter=delimiter))
    except csv.Error as error:
        raise DataError(f"{place}: the header cannot be read as CSV: {error}") from None
    if own and [normalised(name) for name in names] != [normalised(name) for name in own]:
        if len(names) != len(own):
            raise DataError(f"{place}: {MISFIT.format(len(names), len(own), ', '.join(own))}")
        return Header(own, delimiter, is_there=False)
    if not rest.read().strip() and is_whole:
        raise DataError(f"{place}: has a header and no rows; deliver it again, or take the source out of the configuration")
    named = tuple(name.strip().lstrip("\ufeff") or f"_column_{place}" for place, name in enumerate(names, start=1))
    return Header(named, delimiter)


def misfit(place: str, text: str, head: Header) -> list[str]:
    """What a person should know of a header that its first rows do not fit.

    Args:
        place: the file, for messages.
        text: the beginning of the file, decoded.
        head: what `header` found there.
    """
    try:
        rows = list(islice(csv.reader(io.StringIO(text.lstrip("\r\n"), newline=""), delimiter=head.delimiter), 1, LOOKED_AT))[:-1]
    except csv.Error:
        return []
    name = joined(head.names, rows, DELIMITERS.replace(head.delimiter, ""))
    if name is None:
        return []
    return [
        f"{place}: the rows have more cells than the header, in which {name!r} may be several columns: then all behind it stand under a"
        f" wrong header; set them off by {head.delimiter!r}"
    ]


def delimiter_of(text: str) -> str:
    """What stands between the cells of the first line.

    >>> delimiter_of('name;"a,b";web')
    ';'
    """
    lines = text.lstrip("\ufeff\r\n").splitlines()
    counts = Counter(character for character in re.sub(r'"[^"]*"', "", lines[0] if lines else "") if character in DELIMITERS)
    return counts.most_common(1)[0][0] if counts else ","


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


def all_records(spark: SparkSession, parts: Sequence[CsvPart]) -> DataFrame:
    """The records below the headers as text, and `_file`, `_line`, `_surplus` (ingest.Delivery).

    A file is read by one task, because a line break within quotes looks like the end of a record from anywhere else. Many files
    are read together, and then `_line` counts within the files that one task reads.
    """
    if len(parts) <= ONE_BY_ONE:
        frames = [_records(spark, [part], F.lit(plain(part.file))) for part in parts]
    else:
        kinds: dict[tuple[Header | None, int], list[CsvPart]] = {}
        for part in parts:
            kinds.setdefault((part.head, part.first_line), []).append(part)
        frames = [_records(spark, alike, read_from(parts)) for alike in kinds.values()]
    # Counted after the union, not in each file's frame: Spark moves what follows into all branches of a union unless it has to be
    # counted first, and 16 files then had 16 copies of the cleaning to plan and to compile.
    place = F.monotonically_increasing_id().bitwiseAND(F.lit((1 << ROW_BITS) - 1))
    return reduce(DataFrame.unionByName, frames).withColumn("_line", place + F.col("_line"))


def read_from(parts: Sequence[CsvPart]) -> Column:
    """The file that a row was read from, as it is delivered; of a staged copy the name of what it was made of."""
    read = F.regexp_replace(F.input_file_name(), "^file:/+", "/")
    staged = [(part.path.rsplit("/", 1)[-1], plain(part.file)) for part in parts if part.path != part.file]
    if not staged:
        return read
    known = F.create_map(*(F.lit(it) for pair in staged for it in pair))
    return F.coalesce(F.element_at(known, F.substring_index(read, "/", -1)), read)


def _records(spark: SparkSession, parts: Sequence[CsvPart], name: Column) -> DataFrame:
    """The records of one kind of files; `_line` is that of the first record."""
    head, line = parts[0].head or Header((), ","), parts[0].first_line
    fields = ", ".join(f"`{name.replace('`', '``')}` string" for name in (*head.names, "_record"))
    dialect = {"sep": head.delimiter, "escape": '"'}
    # Without column pruning, so that a record is judged by all its cells whatever is selected of it.
    options = dialect | {"header": str(head.is_there).lower(), "multiLine": "true", "columnPruning": "false"}
    read = spark.read.schema(fields).options(columnNameOfCorruptRecord="_record", **options)
    # Spark keeps the whole record where its cells are not as many as the header's: fewer are fine, more are not.
    wide = ", ".join(f"{'beyond' if place >= len(head.names) else 'c'}{place} string" for place in range(len(head.names) + SURPLUS))
    # One expression that is asked for kept records only: twenty, for every row, took twice as long as reading the row.
    has_more = F.to_json(F.from_csv("_record", wide, dialect)).rlike(
        r'[{,]"beyond[0-9]+":'
    )  # a quote within a cell has a backslash before it
    place = {"_file": name, "_line": F.lit(line)}
    return (
        read.csv([of_spark(literal(part.path)) for part in parts])
        .withColumns(place | {"_surplus": F.when(F.col("_record").isNotNull() & has_more, F.col("_record"))})
        .drop("_record")
    )


def literal(file: str) -> str:
    """Characters that Spark takes for a pattern, taken as they are."""
    return re.sub(r"([\[\]{}*?\\])", r"\\\1", file)


def is_hidden(name: str) -> bool:
    """Whether Spark leaves out a file of this name."""
    return name.startswith(("_", "."))
