"""The 95 % interval of a share, of numbers and of columns."""

from typing import TypeVar

from pyspark.sql import Column
from pyspark.sql import functions as F

NORMAL_95 = 1.96  # half a 95 % interval in standard errors
Number = TypeVar("Number", float, Column)


def wilson(having: float, of: float) -> tuple[float, float]:
    """The score interval of E. B. Wilson: it covers as often as it says of few, too, and of shares near 0 and 1.

    "Probable Inference, the Law of Succession, and Statistical Inference", Journal of the American Statistical Association 22 (1927),
    209-212.

    >>> tuple(round(it, 3) for it in wilson(5, 50))
    (0.043, 0.214)
    """
    low, high = _ends(having / of, of)
    return max(0.0, low), min(1.0, high)


def wilson_columns(having: Column, of: Column) -> tuple[Column, Column]:
    """The same of columns; null where there is nothing to share.

    >>> frame = spark.createDataFrame([(5, 50), (0, 10), (0, 0)], "won int, decided int")
    >>> low, high = wilson_columns(F.col("won"), F.col("decided"))
    >>> [tuple(row) for row in frame.select(F.round(low, 3), F.round(high, 3)).collect()]
    [(0.043, 0.214), (0.0, 0.278), (None, None)]
    """
    number = F.nullif(of, F.lit(0)).cast("double")
    low, high = _ends(having / number, number)
    return F.when(low > 0, low).when(low <= 0, 0.0), F.when(high < 1, high).when(high >= 1, 1.0)


def _ends(share: Number, number: Number) -> tuple[Number, Number]:
    z = NORMAL_95
    middle, whole = share + z * z / (2 * number), 1 + z * z / number
    half = z * (share * (1 - share) / number + z * z / (4 * number * number)) ** 0.5
    return (middle - half) / whole, (middle + half) / whole
