"""What rows hold, as numbers that tell whether content is the same."""

from collections.abc import Iterable

from pyspark.sql import Column
from pyspark.sql import functions as F
from pyspark.sql import types as T

NESTED = T.StructType | T.ArrayType | T.MapType


def row_hash(fields: Iterable[T.StructField]) -> Column:
    """A hash of 64 bits of the values of a row, each with its place: Spark's own passes over nulls, wherever they stand.

    >>> frame = spark.createDataFrame([("x", None, ["y"]), (None, "x", ["y"]), ("x", None, ["y"])], "a string, b string, c array<string>")
    >>> first, moved, same = [row.it for row in frame.select(row_hash(frame.schema.fields).alias("it")).collect()]
    >>> first == same, first == moved
    (True, False)
    """
    values: list[Column] = []
    for place, field in enumerate(fields):
        value = F.col(field.name)
        values += [F.to_json(value) if isinstance(field.dataType, NESTED) else value, F.lit(place)]
    return F.xxhash64(*values)
