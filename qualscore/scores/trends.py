"""Where the score of an account is going, by scores/score_history."""

from datetime import date, timedelta

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

IMPROVING, STEADY, DECLINING, TOO_NEW = "improving", "steady", "declining", "too_new"
WINDOW, YOUNG = timedelta(days=90), timedelta(days=28)
LEAST_POINTS = 5


def moved(history: DataFrame, *, as_of: date) -> DataFrame:
    """domain, _hundredths (of points, as a whole number), _new_on: accounts that came or moved within WINDOW, of one score.

    A move counts whose cause is data: another model, or other bands, are no news of the account.
    """
    recent = history.where((F.col("as_of_on") > F.lit(as_of - WINDOW)) & (F.col("as_of_on") <= F.lit(as_of)))
    by_data = (F.col("change") == "changed") & (F.col("cause") == "data")
    hundredths = F.round((F.col("score") - F.col("score_before")) * 100).cast("bigint")
    return recent.groupBy("domain").agg(
        F.coalesce(F.sum(F.when(by_data, hundredths)), F.lit(0)).alias("_hundredths"),
        F.max(F.when(F.col("change") == "new", F.col("as_of_on"))).alias("_new_on"),
    )


def trend(score: Column, hundredths: Column, first_on: Column, *, as_of: date) -> Column:
    """The trend; null without a score.

    Args:
        score: of today.
        hundredths: of points that it moved; null: none.
        first_on: the day of its first score; null: long ago.
        as_of: today.

    >>> young, old = date(2026, 5, 5), date(2026, 5, 4)
    >>> rows = [(60.0, 500, None), (60.0, -501, None), (60.0, 499, None), (60.0, None, young), (60.0, 900, old), (None, 900, None)]
    >>> frame = spark.createDataFrame(rows, "score double, moved bigint, first_on date")
    >>> found = trend(F.col("score"), F.col("moved"), F.col("first_on"), as_of=date(2026, 6, 1))
    >>> [row.trend for row in frame.select(found.alias("trend")).collect()]
    ['improving', 'declining', 'steady', 'too_new', 'improving', None]
    """
    points = F.coalesce(hundredths, F.lit(0))
    known = F.when(first_on > F.lit(as_of - YOUNG), TOO_NEW).when(points >= 100 * LEAST_POINTS, IMPROVING)
    return F.when(score.isNotNull(), known.when(points <= -100 * LEAST_POINTS, DECLINING).otherwise(STEADY))
