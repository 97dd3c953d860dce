"""Scores that people set in place of the model's: which of them are in force on a day, and the scores with them."""

from collections.abc import Sequence
from datetime import date

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from qualscore.joins import to_be_joined
from qualscore.model.scoring.bands import FINAL, MODEL

OF_A_NUMBER, OF_A_DECISION = "override_score", "override_"
SHOWN = 5


def in_force(overrides: DataFrame, *, score_names: Sequence[str], as_of: date) -> DataFrame:
    """score_name, domain, score_final, final_cause and is_contested (others say otherwise): a row for each score and account.

    Args:
        overrides: clean/overrides, whose contract says which of several goes first.
        score_names: of the scores that are meant.
        as_of: the day; what ends on it still applies.
    """
    valid = overrides.where(F.col("expires_on").isNull() | (F.col("expires_on") >= F.lit(as_of)))
    names = F.when(F.col("score_name").isNull(), F.array(*map(F.lit, score_names))).otherwise(F.array("score_name"))
    named = valid.withColumns({"_is_of_all": F.col("score_name").isNull(), "score_name": F.explode(names)})
    of_account = Window.partitionBy("score_name", "domain")
    first = of_account.orderBy("_is_of_all", F.desc_nulls_last("decided_on"), F.asc_nulls_last("expires_on"))
    known = {
        "_place": F.row_number().over(first),
        "is_contested": F.min("score_final").over(of_account) < F.max("score_final").over(of_account),
        "final_cause": F.coalesce(F.concat(F.lit(OF_A_DECISION), "decision"), F.lit(OF_A_NUMBER)),
    }
    meant = named.where(F.col("score_name").isin(list(score_names))).withColumns(known)
    return meant.where("_place = 1").select("score_name", "domain", *FINAL, "is_contested")


def overridden(scores: DataFrame, in_force: DataFrame) -> DataFrame:
    """Rows of scores/account_scores with the final scores that people set. No row is added: there is one for a score and an account."""
    theirs = to_be_joined(in_force.select("score_name", "domain", *(F.col(name).alias(f"_{name}") for name in FINAL)))
    joined = scores.join(theirs, ["score_name", "domain"], "left")
    return joined.withColumns({name: F.coalesce(f"_{name}", name) for name in FINAL}).drop(*(f"_{name}" for name in FINAL))


def by_people(scores: DataFrame) -> DataFrame:
    """The rows, of a table with final_cause, whose final score people set."""
    return scores.where(F.col("final_cause") != MODEL)


def became(in_force: DataFrame, scores: DataFrame) -> DataFrame:
    """By score_name: overrides (that are in force), without_score, contested, and `lost`, the first domains of those without a score.

    Args:
        in_force: as the function of that name makes it.
        scores: the rows of scores/account_scores that were made with it.
    """
    there = by_people(scores).select("score_name", "domain", F.lit(True).alias("_is_there"))
    known = in_force.join(there, ["score_name", "domain"], "left")
    is_lost = F.col("_is_there").isNull()
    return known.groupBy("score_name").agg(
        F.count_if(~is_lost).alias("overrides"),
        F.count_if(is_lost).alias("without_score"),
        F.count_if("is_contested").alias("contested"),
        F.slice(F.array_sort(F.collect_list(F.when(is_lost, F.col("domain")))), 1, SHOWN).alias("lost"),
    )
