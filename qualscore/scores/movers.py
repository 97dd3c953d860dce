"""Who changes band between two runs of a score, of rows of scores/score_history."""

from typing import Any

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

KINDS = ("change", "cause", "band_before", "band")


def counted(changes: DataFrame) -> list[dict[str, Any]]:
    """How many accounts of each score change in which way: score_name, KINDS, accounts."""
    grouped = changes.groupBy("score_name", *KINDS).agg(F.count(F.lit(1)).alias("accounts"))
    return [row.asDict() for row in grouped.collect()]


def largest(changes: DataFrame, scores: DataFrame, *, most: int) -> list[dict[str, Any]]:
    """The accounts of one score that change band by the most points, ties by domain: with their names, scores and bands of both runs.

    Args:
        changes: of the score.
        scores: its rows of scores/account_scores, of the run that the changes lead to.
        most: no more of them.
    """
    moved = changes.where((F.col("change") == "changed") & (F.col("band") != F.col("band_before")))
    points = F.abs(F.col("score") - F.col("score_before"))
    chosen = [row.asDict() for row in moved.orderBy(F.desc(points), "domain").limit(most).collect()]
    named = scores.where(F.col("domain").isin([it["domain"] for it in chosen])).select("domain", "company_name").collect()
    names = {row["domain"]: row["company_name"] for row in named}
    return [{**it, "company_name": names.get(it["domain"])} for it in chosen]
