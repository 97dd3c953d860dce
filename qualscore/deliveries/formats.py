"""Deliveries whose columns have names and types of their own: JSON lines, Parquet, Delta."""

from collections.abc import Sequence
from typing import Literal

from py4j.protocol import Py4JJavaError  # type: ignore[import-untyped]
from pyspark.errors import PySparkException
from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F
from pyspark.sql import types as T

from qualscore.deliveries.csv_files import literal, read_from
from qualscore.deliveries.opening import Part
from qualscore.errors import DataError
from qualscore.ingest.delivery import quoted
from qualscore.paths import of_spark
from qualscore.storage import files as storage

Form = Literal["json", "parquet", "delta"]
BROKEN = "_broken_record"
NESTED = T.StructType | T.ArrayType | T.MapType
# Days before 1582 as they are written: what they mean is judged with the row.
AS_WRITTEN = {"datetimeRebaseMode": "CORRECTED", "int96RebaseMode": "CORRECTED"}


def is_delta(spark: SparkSession, path: str) -> bool:
    """Whether there is a Delta table at a path."""
    return storage.exists(spark, f"{path.rstrip('/')}/_delta_log")


def read(spark: SparkSession, path: str, form: Form, parts: Sequence[Part] = ()) -> DataFrame:
    """The rows as they are; of JSON all values are texts, and what is no JSON is in BROKEN.

    Args:
        spark: the session.
        path: of the source.
        form: of what is there.
        parts: its files, of JSON and Parquet.

    Raises:
        DataError: it cannot be read.
    """
    # Named one by one only where some are staged copies: Spark starts a job to list more than 32 files.
    is_as_delivered = len(parts) > 1 and all(part.path == part.file for part in parts)
    paths = [of_spark(path)] if is_as_delivered or not parts else [of_spark(literal(part.path)) for part in parts]
    try:
        if form == "json":
            return spark.read.options(primitivesAsString="true", columnNameOfCorruptRecord=BROKEN).json(paths)
        if form == "delta":
            return spark.read.format("delta").load(of_spark(path))
        return _with_moments(spark.read.options(**AS_WRITTEN).parquet(*paths), parts)
    except (PySparkException, Py4JJavaError) as error:
        lines = str(error).splitlines()
        causes = [line for line in lines if "Exception: " in line and "SparkException" not in line]
        raise DataError(f"{path}: cannot be read as {form}: {[*causes, *lines][0].strip()}") from None


def _with_moments(frame: DataFrame, parts: Sequence[Part]) -> DataFrame:
    """Nanoseconds, which Spark reads as whole numbers (nanosAsLong), as moments."""
    nanos = {name for part in parts for name in part.nanos} & {name for name, kind in frame.dtypes if kind == "bigint"}
    moments = {name: F.timestamp_micros(F.expr(f"{quoted(name)} div 1000")) for name in sorted(nanos)}
    return frame.withColumns(moments) if moments else frame


def as_text(frame: DataFrame, place: str, parts: Sequence[Part] = ()) -> DataFrame:
    """Every column as text, nested ones as JSON, and `_file`, `_line`, `_surplus`, `_native_PLACE` (ingest.Delivery).

    Rows of such files are read by many tasks: `_line` counts within a task's block, which its higher digits tell.
    """
    fields = [field for field in frame.schema.fields if field.name != BROKEN]
    texts = [_text(field) for field in fields]
    natives = [F.col(quoted(it.name)).alias(f"_native_{place}") for place, it in enumerate(fields) if not _is_text(it)]
    file = F.coalesce(F.nullif(read_from(parts), F.lit("")), F.lit(place))
    broken = F.col(BROKEN) if BROKEN in frame.columns else F.lit(None).cast("string")
    line = (F.monotonically_increasing_id() + (parts[0].first_line if parts else 1)).alias("_line")
    return frame.select(*texts, *natives, file.alias("_file"), line, broken.alias("_surplus"))


def _is_text(field: T.StructField) -> bool:
    return isinstance(field.dataType, T.StringType | NESTED)


def _text(field: T.StructField) -> Column:
    column = F.col(quoted(field.name))
    return (F.to_json(column) if isinstance(field.dataType, NESTED) else column.cast("string")).alias(field.name)
