"""Values that are delivered with a type: from type to type, where that gives what the way over their text would give."""

from pyspark.sql import Column
from pyspark.sql import functions as F

from qualscore.columns.dates import FIRST_YEAR, LAST_YEAR

WHOLE, REAL = ("tinyint", "smallint", "int", "bigint"), "double"
# What the text of a number would be read as: by the contract's `clean`, else by its type.
NUMBERS = ("int", "bigint", "double", "money")
UNSIGNED = ("year", "percent", "strength")
EXACT = 10.0**15  # from here on a text has an exponent, or more digits than a double
PLAIN = 10.0**7  # Java writes doubles from here on with an exponent, and those below a thousandth


def native(value: Column, kind: str, wanted: str) -> Column | None:
    """The value as the contract wants it; null where only its text tells. None: this type has to go over its text.

    Args:
        value: as delivered.
        kind: its type.
        wanted: `date`, `boolean`, or what CASTS of ingest.cleaners has for numbers.

    >>> frame = spark.createDataFrame([(1998.0,), (12.5,), (-3.0,), (None,)], "value double")
    >>> found = frame.select(native(F.col("value"), "double", "year").alias("year"), native(F.col("value"), "double", "bigint").alias("n"))
    >>> [tuple(row) for row in found.collect()]
    [(1998, 1998), (None, None), (None, -3), (None, None)]
    """
    if wanted == "date":
        return _date(value, kind)
    if wanted == "boolean":
        return value if kind == "boolean" else None
    if kind not in (*WHOLE, REAL) or wanted not in (*NUMBERS, *UNSIGNED):
        return None
    low = -EXACT if wanted in NUMBERS else 0.0
    is_plain = (value > low) & (value < EXACT) if wanted in NUMBERS else (value >= low) & (value < PLAIN)
    if kind == REAL and wanted in ("percent", "strength"):
        is_plain = is_plain & ((value >= 0.001) | (value == 0))
    if kind == REAL and wanted in ("int", "bigint", "year"):
        is_plain = is_plain & (value == F.floor(value))
    return F.when(is_plain, value.cast({"int": "bigint", "bigint": "bigint", "year": "int"}.get(wanted, "double")))


def has_native(value: Column, kind: str) -> Column:
    """Whether there is a value: NaN stands for nothing, as its text does."""
    return value.isNotNull() & ~F.isnan(value) if kind == REAL else value.isNotNull()


def _date(value: Column, kind: str) -> Column | None:
    if kind not in ("date", "timestamp"):
        return None
    # The years that a text may have: of a day those of the calendar, of a moment those to 2999.
    low, high = (FIRST_YEAR, LAST_YEAR) if kind == "date" else (FIRST_YEAR, 2999)
    return F.when(F.year(value).between(low, high), value.cast("date"))
