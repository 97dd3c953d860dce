"""Scores as they are stored beside those that are made again: which accounts differ, and in what."""

from typing import Any

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from qualscore import contracts
from qualscore.columns.contents import row_hash
from qualscore.model.scoring.scoring_pass import OF_THE_RUN, SCORES

SHOWN = 10


def differences(stored: DataFrame, again: DataFrame) -> DataFrame:
    """The accounts of one score that are in one frame alone, or that differ in any column but those of a run.

    Args:
        stored: rows of scores/account_scores.
        again: the same, made anew.

    Returns:
        domain, in_stored, in_again, and of either side the score, margin and model_version; a scan of both.
    """
    content = row_hash([field for field in contracts.load(SCORES).schema.fields if field.name not in OF_THE_RUN])
    sides = [_side(frame, content, name) for name, frame in (("stored", stored), ("again", again))]
    both = sides[0].join(sides[1], "domain", "full")
    differs = ~F.col("content_stored").eqNullSafe(F.col("content_again"))
    there = {f"in_{name}": F.col(f"content_{name}").isNotNull() for name in ("stored", "again")}
    return both.where(differs).withColumns(there).drop("content_stored", "content_again")


def _side(frame: DataFrame, content: Column, name: str) -> DataFrame:
    shown = [F.col(column).alias(f"{column}_{name}") for column in ("score", "margin", "top_factors")]
    return frame.select("domain", content.alias(f"content_{name}"), *shown)


def in_words(row: dict[str, Any]) -> str:
    """One account's difference.

    >>> in_words({"domain": "a.com", "in_stored": True, "in_again": False, "score_stored": 12.5})
    'a.com: stored with 12.50, not scored again'
    """
    if not row["in_again"]:
        return f"{row['domain']}: stored with {row['score_stored']:.2f}, not scored again"
    if not row["in_stored"]:
        return f"{row['domain']}: not stored, scores {row['score_again']:.2f}"
    if row["score_stored"] != row["score_again"]:
        return f"{row['domain']}: stored with {row['score_stored']:.2f}, scores {row['score_again']:.2f}"
    if row["margin_stored"] != row["margin_again"]:
        return f"{row['domain']}: the same score of another margin, {row['margin_stored']!r} for {row['margin_again']!r}"
    return f"{row['domain']}: the same score with other columns, stored with '{row['top_factors_stored']}'"
