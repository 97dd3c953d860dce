"""Records without any content, as spreadsheets export them below and between the rows: they are no rows."""

from collections.abc import Sequence

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from qualscore.ingest.delivery import quoted

CONTENT = r"[^\s\u00a0\u2007\u202f\u200b\ufeff]"
# Columns of which the first sign is looked at; a record without any among them is looked at as a whole.
FIRST = 50


def without_blanks(frame: DataFrame, columns: Sequence[str]) -> DataFrame:
    """The rows of a delivery's frame that hold something: a letter, a number or a sign in some column, or surplus cells."""
    cells = [quoted(name) for name in columns]
    # The first cell tells of nearly all rows: one comparison, without a copy of the text.
    begins = " OR ".join(f"({cell} >= '!' AND {cell} < '\x7f')" for cell in cells[:FIRST])
    holds = F.concat_ws("", *(F.col(cell) for cell in cells)).rlike(CONTENT)
    return frame.where(F.expr(begins) | F.col("_surplus").isNotNull() | holds)
