"""Deals that went otherwise than the score let expect, by name: scores/score_surprises."""

from datetime import date

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from qualscore import contracts
from qualscore.joins import to_be_joined
from qualscore.model.scoring.bands import HIGHLY_LIKELY, UNLIKELY

SURPRISES = "scores/score_surprises"
WON_LOW, LOST_HIGH = "won_scored_low", "lost_scored_high"


def score_surprises(then: DataFrame, scores: DataFrame, *, as_of: date) -> DataFrame:
    """Won deals of accounts that were Unlikely, and lost ones of accounts that were Highly Likely, when the deal was created.

    Args:
        then: deals by the score that their account had, of performance.scored_deals.
        scores: scores/account_scores, of which the rows of these accounts are looked at.
        as_of: the day after which nothing counts.
    """
    is_won, is_lost = F.col("outcome") == "won", F.col("outcome") == "lost"
    surprise = F.when(is_won & (F.col("band") == UNLIKELY), WON_LOW).when(is_lost & (F.col("band") == HIGHLY_LIKELY), LOST_HIGH)
    of_accounts = then.where(F.col("is_example").isNotNull())  # whose accounts are still there
    surprising = of_accounts.withColumn("surprise", surprise).where("surprise is not null")
    domains = to_be_joined(surprising.select("domain").distinct())
    now = scores.select("score_name", "domain", F.col("score").alias("score_now"), "top_factors").join(domains, "domain", "left_semi")
    known = surprising.join(to_be_joined(now), ["score_name", "domain"], "left").withColumnsRenamed(
        {"score": "score_then", "amount": "amount_usd"}
    )
    contract = contracts.load(SURPRISES)
    return contract.conform(known.withColumn("as_of_on", F.lit(as_of)).select(*contract.columns))
