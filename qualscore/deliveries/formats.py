"""Deliveries whose columns have names and types of their own: JSON lines, Parquet, Delta."""

from typing import Literal

from pyspark.errors import AnalysisException
from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F
from pyspark.sql import types as T

from qualscore.deliveries import files
from qualscore.errors import DataError
from qualscore.ingest.delivery import quoted
from qualscore.paths import of_spark
from qualscore.storage import files as storage

Form = Literal["csv", "json", "parquet", "delta"]
BROKEN = "_broken_record"
NESTED = T.StructType | T.ArrayType | T.MapType
JSON, PARQUET = (".json", ".jsonl", ".ndjson", ".json.gz", ".jsonl.gz", ".ndjson.gz"), (".parquet", ".pq")


def kind(spark: SparkSession, path: str) -> Form:
    """What is at a path: a Delta table by its log, the others by the names of their files; everything else is CSV.

    Raises:
        ConfigurationError: there is nothing.
    """
    if storage.exists(spark, f"{path.rstrip('/')}/_delta_log"):
        return "delta"
    first = files.listed(spark, path)[0].lower()
    return "json" if first.endswith(JSON) else "parquet" if first.endswith(PARQUET) else "csv"


def read(spark: SparkSession, path: str, form: Form) -> DataFrame:
    """The rows as they are; of JSON all values are texts, and what is no JSON is in BROKEN.

    Raises:
        DataError: it cannot be read.
    """
    try:
        if form == "json":
            return spark.read.options(primitivesAsString="true", columnNameOfCorruptRecord=BROKEN).json(of_spark(path))
        return spark.read.format(form).load(of_spark(path))
    except AnalysisException as error:
        raise DataError(f"{path}: cannot be read as {form}: {str(error).splitlines()[0]}") from None


def as_text(frame: DataFrame, place: str) -> DataFrame:
    """Every column as text, nested ones as JSON, and `_file`, `_line`, `_surplus`, `_native_PLACE` (ingest.Delivery).

    Rows of such files are read by many tasks: `_line` counts within a task's block, which its higher digits tell.
    """
    fields = [field for field in frame.schema.fields if field.name != BROKEN]
    texts = [_text(field) for field in fields]
    natives = [F.col(quoted(it.name)).alias(f"_native_{place}") for place, it in enumerate(fields) if not _is_text(it)]
    file = F.regexp_replace(F.coalesce(F.nullif(F.input_file_name(), F.lit("")), F.lit(place)), "^file:/+", "/")
    broken = F.col(BROKEN) if BROKEN in frame.columns else F.lit(None).cast("string")
    line = (F.monotonically_increasing_id() + 1).alias("_line")
    return frame.select(*texts, *natives, file.alias("_file"), line, broken.alias("_surplus"))


def _is_text(field: T.StructField) -> bool:
    return isinstance(field.dataType, T.StringType | NESTED)


def _text(field: T.StructField) -> Column:
    column = F.col(quoted(field.name))
    return (F.to_json(column) if isinstance(field.dataType, NESTED) else column.cast("string")).alias(field.name)
