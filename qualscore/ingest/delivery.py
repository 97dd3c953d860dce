"""A delivered file or folder as it came, and which of its rows are wanted."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from pyspark.errors import AnalysisException
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from qualscore.config import DateOrder, Source, nearest
from qualscore.errors import ConfigurationError


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
        scale: contract column to the number that its values are delivered in (thousands: 1000).
        nothing: contract column to further texts that stand for no value (an id of 0).
        named: contract columns that the file's name gives where no cell does; the frame has them as `_named_COLUMN`.
        has_footer: whether rows with nothing but their first cell are a report's footer: they are filtered.
        broken: why a row with a `_surplus` is refused.
        types: delivered header to its type where the delivery has any (Parquet, Delta, a database).
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
    broken: str = "TOO_MANY_CELLS"


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
    delivered = [F.col(quoted(name)) for name in delivery.columns]
    kept = F.lit(True)
    if source.where:
        _check_where(source, delivery.frame.select(*delivered))
        kept = F.coalesce(F.expr(source.where), F.lit(False))
    if delivery.has_footer and len(delivered) > 1:
        kept = kept & F.coalesce(*delivered[1:]).isNotNull()
    return kept


def _check_where(source: Source, delivered: DataFrame) -> None:
    try:
        condition = F.expr(str(source.where)).alias("it")
        kind = delivered.withColumn("it", condition).select("it").schema["it"].dataType.simpleString()
    except AnalysisException as error:
        parameters = error.getMessageParameters() or {}
        if str(error.getErrorClass()).startswith("UNRESOLVED_COLUMN"):
            name = parameters.get("objectName", "").strip("`")
            what = f"no delivered column {name!r}, {nearest(name, delivered.columns)}"
        else:
            what = str(error).strip().splitlines()[0]
        raise ConfigurationError(f"source {source.id}: where: {source.where}\n  {what}") from None
    if kind != "boolean":
        raise ConfigurationError(f"source {source.id}: where: {source.where}\n  is no condition: it gives {kind}, not true or false")


def quoted(name: str) -> str:
    """A header as Spark reads it in an expression, whatever it holds."""
    return f"`{name.replace('`', '``')}`"
