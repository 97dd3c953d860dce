"""A delivered file or folder as it came, and which of its rows are wanted."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from qualscore.columns import Decimals
from qualscore.config import DateOrder, Source
from qualscore.definitions.conditions import Condition, Mistake, parse
from qualscore.errors import ConfigurationError

# What is told of a cell: the contract column, the cell as delivered, and why.
REASON = "struct<column:string,value:string,reason:string>"
LONGEST_SHOWN = 80


@dataclass(frozen=True)
class Delivery:
    """A delivered file or folder, unchanged.

    Attributes:
        frame: every delivered column as text under its own header, and `_file`, `_line` (the record's number, the header
            being 1), `_surplus` (the whole record where it has more cells than the header, else null); where the delivery has
            types also `_native_PLACE`, the value itself of the column at that place of `columns`.
        columns: the delivered headers.
        mapping: contract column to delivered header.
        unmapped: the headers that no contract column takes.
        dates: how dates such as 03/04/2026 are written; None where nobody said it.
        file_dates: file to how it writes them, where its files differ.
        scale: contract column to the number that its values are delivered in (thousands: 1000).
        nothing: contract column to further texts that stand for no value (an id of 0).
        named: contract columns that the file's name gives where no cell does; the frame has them as `_named_COLUMN`.
        has_footer: whether rows with nothing but their first cell are a report's footer: they are filtered.
        decimals: contract column to the sign before the decimals of its numbers, where the file tells it.
        others: contract column to the header that holds its value where its own is empty.
        currencies: contract column of an amount to the header of its currency.
        codes: contract column of an amount to the currency that its header names.
        stages: outcome to the names of stages that the mapping gives it.
        separators: contract column to what sets off several values in a cell, where the mapping says it.
        is_told: whether all of its rows were asked for the order of their dates and the sign before their decimals.
        findings: what in the delivery contradicts itself, in words.
        broken: why a row with a `_surplus` is refused.
        types: delivered header to its type where the delivery has any (Parquet, Delta, a database).
        files: as delivered, what `_file` says of a row; none of a table.
        remarks: what a person should know of how the files were read.
    """

    frame: DataFrame
    columns: tuple[str, ...]
    mapping: Mapping[str, str]
    unmapped: tuple[str, ...] = ()
    dates: DateOrder | None = None
    scale: Mapping[str, float] = field(default_factory=dict)
    nothing: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    named: tuple[str, ...] = ()
    types: Mapping[str, str] = field(default_factory=dict)
    has_footer: bool = False
    decimals: Mapping[str, Decimals] = field(default_factory=dict)
    others: Mapping[str, str] = field(default_factory=dict)
    currencies: Mapping[str, str] = field(default_factory=dict)
    codes: Mapping[str, str] = field(default_factory=dict)
    stages: Mapping[Literal["won", "lost", "open"], tuple[str, ...]] = field(default_factory=dict)
    separators: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    is_told: bool = False
    findings: tuple[str, ...] = ()
    broken: str = "TOO_MANY_CELLS"
    files: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    file_dates: Mapping[str, DateOrder] = field(default_factory=dict)


def cells(source: Source, delivery: Delivery) -> DataFrame:
    """The delivered cells as one struct, so that no header meets a column of ours, and whether `where` keeps the row.

    Raises:
        ConfigurationError: a `where` that does not parse, names unknown columns or is no condition.
    """
    delivered = [F.col(quoted(name)) for name in delivery.columns]
    whole = F.struct(*delivered, F.col("_surplus").alias("_record"))
    named = [f"_named_{name}" for name in delivery.named]
    return delivery.frame.select("_file", "_line", *named, is_kept(source, delivery).alias("_kept"), whole.alias("_cells"))


def is_kept(source: Source, delivery: Delivery) -> Column:
    """Whether `where` keeps a row of the delivery's frame, and it is no footer.

    Raises:
        ConfigurationError: as `cells`.
    """
    delivered = {name: F.col(quoted(name)) for name in delivery.columns}
    kept = F.lit(True)
    if source.where:
        condition = _condition(source, source.where, delivery.frame.select(*delivered.values()))
        kept = F.coalesce(condition.column(delivered), F.lit(False))
    if delivery.has_footer and len(delivered) > 1:
        kept = kept & F.coalesce(*[*delivered.values()][1:]).isNotNull()
    return kept


def _condition(source: Source, where: str, delivered: DataFrame) -> Condition:
    types = {field.name: field.dataType.simpleString() for field in delivered.schema.fields}
    try:
        condition = parse(where)
        mistakes = condition.mistakes(types, texts_hold_all=True, has_day=False)
    except Mistake as mistake:
        mistakes = [str(mistake)]
    if mistakes:
        raise ConfigurationError("\n".join([f"source {source.id}: where: {where}", *(f"  {it}" for it in mistakes)]))
    return condition


def shown(cell: Column) -> Column:
    """A cell for people: short, and without anybody's address."""
    return F.when(cell.contains("@"), "(an e-mail address)").otherwise(F.left(F.trim(cell), F.lit(LONGEST_SHOWN)))


def with_note(column: str, value: Column, reason: Column) -> Column:
    """The list `_notes` of a row with one more note, where there is a reason for it."""
    note = F.array(F.struct(F.lit(column).alias("column"), value.alias("value"), reason.alias("reason"))).cast(f"array<{REASON}>")
    return F.when(reason.isNull(), F.col("_notes")).otherwise(F.coalesce(F.concat("_notes", note), note))


def quoted(name: str) -> str:
    """A header as Spark reads it in an expression, whatever it holds."""
    return f"`{name.replace('`', '``')}`"
