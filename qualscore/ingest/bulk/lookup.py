"""Rows that need no judgement, told in columns: by texts that were judged before, and by the forms of texts, numbers, dates and domains.

Java's patterns take half a microsecond for each cell, and every step that Spark makes of a cleaning copies the whole row. Here a table
of hashes or one pattern of RE2 tells most cells, in some 50 and 120 nanoseconds. A row of which one cell is not told is left to the
column functions. They have also judged the texts that are known here, and of the forms they say the same.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import pyarrow as pa
import pyarrow.compute as pc
from pyspark.sql import DataFrame, Row
from pyspark.sql import functions as F
from pyspark.sql import types as T
from pyspark.sql.pandas.types import to_arrow_type

from qualscore.internals import first_of_parts

# Rows of each part that are looked at for frequent texts; so many different ones among them at most; texts of a column that are known.
LOOKED_AT, MOST_DIFFERENT, MOST_KNOWN = 10_000, 5_000, 20_000
UNUSUAL = "? "  # before a name: a count of texts that are not of the usual form
Form = Literal["text", "name", "whole", "decimal", "date"]
# A first letter that begins nothing that stands for nothing; words with the others that do not go on like it.
FIRST = r"[!\"$-'*+.-;=>@-MO-TV-\[\]-mo-tv-~]"
NO_NOTHING = r"[nN][!-\-0-@B-HJ-NP-TV-`b-hj-np-tv-~][!-~]*|[nN][!-~]{4,}|[uU][!-MO-mo-~][!-~]*|[uU][nN][!-CE-JL-ce-jl-~][!-~]*"
# Narrower than what the column functions read: a text that matches means the same there.
FORMS: Mapping[Form, str] = {
    # Words with single spaces between them that do not start as what stands for nothing does.
    "text": rf"^(?:{FIRST}[!-~]*|{NO_NOTHING})(?: [!-~]+)*$",
    # The same without what may set off several of them.
    "name": rf"^(?:{FIRST}[!-+\--:<-{{}}~]*)(?: [!-+\--:<-{{}}~]+)*$",
    "whole": r"^(?:0|[1-9][0-9]{0,14})$",
    # Three decimals may be a group of thousands.
    "decimal": r"^(?:0|[1-9][0-9]{0,11})(?:[.](?:[0-9]{1,2}|[0-9]{4,9}))?$",
    # Days that every year has.
    "date": r"^(?:1[6-9]|2\d)\d\d-(?:(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])|(?:0[13-9]|1[0-2])-(?:29|30)|(?:0[13578]|1[02])-31)$",
}


@dataclass(frozen=True)
class Known:
    """Texts (null may be one of them) and the value of each."""

    texts: pa.Array
    values: pa.Array


@dataclass(frozen=True)
class Formed:
    """A column of ever new texts: their form, whether null is fine, the unit they are in, and the least and the most of a number."""

    form: Form
    is_optional: bool = True
    scale: float | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Lookup:
    """How the values of a row are told.

    Attributes:
        cells: name of a value to the column of its delivered texts.
        known: name to texts with values.
        formed: name to the form of its texts, of those that are not known.
        domain: name of the value that is a domain.
        hosts: `columns.plain_addresses`: the pattern of domains, that of addresses, and the hosts that are none although they match.
        types: name to the type of its value.
        own: columns that are needed only of rows that are not told.
    """

    cells: Mapping[str, str]
    known: Mapping[str, Known]
    formed: Mapping[str, Formed]
    domain: str
    hosts: tuple[str, str, pa.Array]
    types: Mapping[str, T.DataType] = field(default_factory=dict)
    own: tuple[str, ...] = ()


@dataclass(frozen=True)
class FirstTexts:
    """What the first rows of each part hold.

    Attributes:
        frequent: by name the texts that are met again and again; none of a column of ever new ones.
        unusual: the names of which a text is not of the form that was asked for.
    """

    frequent: Mapping[str, list[str | None]] = field(default_factory=dict)
    unusual: frozenset[str] = frozenset()


def first_texts(rows: DataFrame, cells: Mapping[str, str], forms: Mapping[str, Form]) -> FirstTexts:
    """The texts of the first rows: an action.

    Args:
        rows: with `_kept` and the cells.
        cells: name to column.
        forms: of some names, the form that their texts usually have.
    """

    def counted(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            for name, cell in cells.items():
                counts = _of_kept(batch, cell).value_counts()
                texts = counts.field("values")
                if len(counts) <= MOST_DIFFERENT:
                    yield _counts(name, texts, counts.field("counts"))
                unusual = len(texts) - texts.null_count - _matches(texts, FORMS[forms[name]]).true_count if name in forms else 0
                if unusual:
                    yield _counts(f"{UNUSUAL}{name}", pa.array([None], pa.string()), pa.array([unusual], pa.int64()))

    if not cells:
        return FirstTexts()
    first = first_of_parts(rows.select("_kept", *sorted(set(cells.values()))), LOOKED_AT)
    counts = first.mapInArrow(counted, "name string, text string, n bigint")
    by_name: dict[str, list[Row]] = {}
    for row in counts.groupBy("name", "text").agg(F.sum("n").alias("n")).orderBy(F.desc("n")).collect():
        by_name.setdefault(row["name"], []).append(row)
    unusual = frozenset(name.removeprefix(UNUSUAL) for name in by_name if name.startswith(UNUSUAL))
    known = {name: counted for name, counted in by_name.items() if not name.startswith(UNUSUAL) and _come_again(counted)}
    return FirstTexts({name: [row["text"] for row in counted[:MOST_KNOWN]] for name, counted in known.items()}, unusual)


def _counts(name: str, texts: pa.Array, numbers: pa.Array) -> pa.RecordBatch:
    return pa.RecordBatch.from_arrays([pa.array([name] * len(texts)), texts, numbers], names=["name", "text", "n"])


def _come_again(counted: list[Row]) -> bool:
    """Whether a further row hardly has a new text: the share of texts that were met once estimates it (Good and Turing)."""
    rows: int = sum(row["n"] for row in counted)
    return rows < MOST_DIFFERENT or 4 * sum(row["n"] == 1 for row in counted) < rows


def with_values(rows: DataFrame, lookup: Lookup) -> DataFrame:
    """Adds the values, and `_fits`: whether all of a row are told. Rows: with `_kept`, `_is_doubtful` and the cells."""
    held = {it.name: it.dataType for it in rows.schema.fields if it.name != "_is_doubtful"}
    types = held | {name: lookup.types[name] for name in lookup.cells} | {"_fits": T.BooleanType()}
    # All may be null: what a file's name gives, which no row lacks, goes from rows that are told.
    schema = T.StructType([T.StructField(name, kind) for name, kind in types.items()])

    def looked_up(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        return (_looked_up(batch, lookup) for batch in batches)

    return rows.mapInArrow(looked_up, schema)


def _looked_up(batch: pa.RecordBatch, lookup: Lookup) -> pa.RecordBatch:
    columns = dict(zip(batch.schema.names, batch.columns, strict=True))
    fits = pc.and_not(columns["_kept"], columns.pop("_is_doubtful"))
    for name, cell in lookup.cells.items():
        texts, kind = _of_kept(batch, cell), to_arrow_type(lookup.types[name])
        if name == lookup.domain:
            is_told, columns[name] = _domain(texts, *lookup.hosts)
        elif name in lookup.known:
            is_told, columns[name] = _known_or_formed(texts, lookup.known[name], lookup.formed.get(name), kind)
        else:
            is_told, columns[name] = _formed(texts, lookup.formed[name], kind)
        fits = pc.and_(fits, is_told)
    columns |= {name: pc.if_else(fits, None, columns[name]) for name in lookup.own}
    return pa.RecordBatch.from_arrays([*columns.values(), fits], names=[*columns, "_fits"])


def _of_kept(batch: pa.RecordBatch, cell: str) -> pa.Array:
    kept, texts = (batch.column(batch.schema.get_field_index(name)) for name in ("_kept", cell))
    return texts if kept.true_count == len(kept) else pc.if_else(kept, texts, None)


def _matches(texts: pa.Array, pattern: str) -> pa.Array:
    return pc.fill_null(pc.match_substring_regex(texts, pattern), False)


def _known(texts: pa.Array, known: Known) -> tuple[pa.Array, pa.Array]:
    places = pc.index_in(texts, value_set=known.texts)
    return places.is_valid(), known.values.take(places)


def _known_or_formed(texts: pa.Array, known: Known, formed: Formed | None, kind: pa.DataType) -> tuple[pa.Array, pa.Array]:
    is_told, values = _known(texts, known)
    if formed is None or is_told.true_count == len(is_told):
        return is_told, values
    is_new = pc.invert(is_told)
    new_told, new_values = _formed(texts.filter(is_new), formed, kind)
    return pc.replace_with_mask(is_told, is_new, new_told), pc.replace_with_mask(values, is_new, new_values)


def _formed(texts: pa.Array, formed: Formed, kind: pa.DataType) -> tuple[pa.Array, pa.Array]:
    is_told = _matches(texts, FORMS[formed.form])
    values: Any = pc.if_else(is_told, texts, None)
    if formed.form in ("whole", "decimal"):
        values = pc.cast(values, pa.int64() if formed.form == "whole" else pa.float64())
        values = values if formed.scale is None else pc.multiply(pc.cast(values, pa.float64()), formed.scale)
        values = pc.cast(values, kind, safe=False)
        if formed.low is not None:
            is_told = pc.and_(is_told, pc.fill_null(pc.greater_equal(values, formed.low), False))
        if formed.high is not None:
            is_told = pc.and_(is_told, pc.fill_null(pc.less_equal(values, formed.high), False))
    elif formed.form == "date":
        values = pc.cast(values, kind)
    return pc.or_(is_told, texts.is_null()) if formed.is_optional else is_told, values


def _domain(texts: pa.Array, plain: str, address: str, exceptions: pa.Array) -> tuple[pa.Array, pa.Array]:
    hosts: Any = pc.ascii_lower(texts)
    is_plain = _matches(hosts, plain)
    if is_plain.true_count < len(hosts):
        others = pc.extract_regex(hosts.filter(pc.invert(is_plain)), address)
        hosts = pc.replace_with_mask(hosts, pc.invert(is_plain), pc.struct_field(others, "host"))
    is_told = pc.and_not(hosts.is_valid(), pc.is_in(hosts, value_set=exceptions))
    return is_told, pc.if_else(is_told, hosts, None)
