"""What Spark cannot tell of a Parquet file by itself: whether it is whole, and which columns hold nanoseconds."""

from typing import BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from qualscore.deliveries.byte_streams import DAMAGED
from qualscore.errors import DataError


def nanosecond_columns(stream: BinaryIO, place: str) -> tuple[str, ...]:
    """The columns of moments in nanoseconds, which Spark reads as whole numbers.

    Raises:
        DataError: the file is cut or broken.
    """
    try:
        schema = pq.ParquetFile(stream).schema
    except (pa.ArrowInvalid, OSError):
        raise DataError(f"{place}: is no whole Parquet file: it {DAMAGED}") from None
    columns = [schema.column(number) for number in range(len(schema))]
    return tuple(it.path for it in columns if it.physical_type == "INT64" and "timeunit=nanoseconds" in str(it.logical_type).lower())
