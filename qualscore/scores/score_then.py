"""The score that an account had on a former day, by scores/score_history."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from qualscore.joins import to_be_joined

KEYS = ("score_name", "domain")


def with_score_then(rows: DataFrame, history: DataFrame, *, on: str) -> DataFrame:
    """Replaces score and band by those of a former day; null where there was no score. No row is added.

    Those of the latest change up to the day; else what the account had before its first later change; else the present ones.

    Args:
        rows: score_name, domain, score and band as they are now, and the day; at most as many as a CRM has deals.
        history: scores/score_history.
        on: the column of the day.
    """
    days = to_be_joined(rows.select(*KEYS, on).where(F.col("domain").isNotNull()).distinct())
    changes = history.select(
        *KEYS,
        F.struct("as_of_on", "scored_at").alias("_when"),
        F.struct("score", "band").alias("_after"),
        F.struct(F.col("score_before").alias("score"), F.col("band_before").alias("band")).alias("_before"),
    )
    is_up_to = F.col("_when.as_of_on") <= F.col(on)
    then = (
        changes.join(days, [*KEYS], "inner")  # a change once for each day that is asked of its account
        .groupBy(*KEYS, on)
        .agg(
            F.max_by("_after", F.when(is_up_to, F.col("_when"))).alias("_after"),
            F.min_by("_before", F.when(~is_up_to, F.col("_when"))).alias("_before"),
        )
    )
    had = F.coalesce("_after", "_before", F.struct("score", "band"))
    known = rows.join(to_be_joined(then), [*KEYS, on], "left").withColumn("_had", had)
    return known.withColumns({name: F.col(f"_had.{name}") for name in ("score", "band")}).select(*rows.columns)
