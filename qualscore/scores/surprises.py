"""Deals that went otherwise than the score let expect, by name: scores/score_surprises."""

from collections.abc import Mapping, Sequence
from datetime import date

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from qualscore import contracts
from qualscore.joins import to_be_joined
from qualscore.model.scoring.bands import HIGHLY_LIKELY, UNLIKELY
from qualscore.scores.performance import of_scores
from qualscore.scores.score_then import with_score_then
from qualscore.universe.labels import outcome_on

SURPRISES = "scores/score_surprises"
WON_LOW, LOST_HIGH = "won_scored_low", "lost_scored_high"
OF_DEAL = ("opportunity_id", "opportunity_name", "domain", "owner", "amount", "created_on", "close_on")


def score_surprises(
    fit_intent: DataFrame,
    scores: DataFrame,
    deals: DataFrame,
    history: DataFrame,
    *,
    products: Mapping[str, Sequence[str]],
    first_on: Mapping[str, date],
    as_of: date,
) -> DataFrame:
    """Won deals of accounts that were Unlikely, and lost ones of accounts that were Highly Likely, when the deal was created.

    Args:
        fit_intent: scores/fit_intent.
        scores: scores/account_scores.
        deals: clean/crm_opportunities, of which those count that were created after the first day of the score.
        history: scores/score_history.
        products: by score those whose deals count; none: all.
        first_on: by score the day of its first run, where that is known.
        as_of: the day after which nothing counts.
    """
    outcome = outcome_on(as_of)
    decided = deals.where((F.col("created_on") <= F.lit(as_of)) & F.col("domain").isNotNull() & (outcome != "open"))
    each = of_scores(decided.select(*OF_DEAL, "products", outcome.alias("outcome")), products, first_on).where("created_on > first_on")
    keys = ["score_name", "domain"]
    domains = to_be_joined(each.select("domain").distinct())
    now = fit_intent.select(*keys, "company_name", "score", "band").join(domains, "domain", "left_semi")
    then = with_score_then(each.join(to_be_joined(now), keys, "inner"), history, on="created_on")
    is_won, is_lost = F.col("outcome") == "won", F.col("outcome") == "lost"
    surprise = F.when(is_won & (F.col("band") == UNLIKELY), WON_LOW).when(is_lost & (F.col("band") == HIGHLY_LIKELY), LOST_HIGH)
    surprising = then.withColumn("surprise", surprise).where("surprise is not null")
    present = scores.select(*keys, F.col("score").alias("score_now"), "top_factors").join(domains, "domain", "left_semi")
    known = surprising.join(to_be_joined(present), keys, "left").withColumnsRenamed({"score": "score_then", "amount": "amount_usd"})
    contract = contracts.load(SURPRISES)
    return contract.conform(known.withColumn("as_of_on", F.lit(as_of)).select(*contract.columns))
