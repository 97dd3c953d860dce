"""What an account is worth to call: the probability that its score states, times what a won deal brings.

The score of a model states a ratio, LR = score / (100 - score): how many times as common its margin is among customers as among the
accounts that they are compared with (model/scoring/calibration.py). With the odds of customers to others it is a probability, by Bayes:

    p = LR o / (1 + LR o)          expected value = p x mean amount of the won deals of the score's customers, in US dollars

The odds o are those at which the accounts of the CRM, whom somebody has dealt with, have together as many customers as they have (where
the CRM knows fewer others than customers, all scored accounts). So p is the share of CRM accounts of such a score that are customers by
now: what is to be expected in the long run of accounts that are worked as those were, and no forecast for a quarter. Points of rules
state no ratio: p and the expected value are null, and lists are shared by points. Where no deal of the customers has an amount, the mean
is that of all won deals; where none has, the expected value is null and lists are shared by p. Scores that people set in a model's place
state nothing: p is the model's.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import pandas as pd
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from qualscore.joins import to_be_joined
from qualscore.scores.crm_states import NOT_IN_CRM
from qualscore.universe.labels import outcome_on

HIGHEST = 99.99  # a score of 100 would state that it is certain
WIDEST = 40.0  # of the logarithm of the odds
STEPS = 60


@dataclass(frozen=True)
class Worth:
    """What turns a model's score into a probability and a value.

    Attributes:
        odds: of customers to others; null of rules.
        deal_usd: mean amount of a won deal; null where none is known.
    """

    odds: float | None
    deal_usd: float | None

    def probability(self, score: Column) -> Column:
        """That an account of the score becomes a customer; null where none is stated.

        >>> frame = spark.createDataFrame([(50.0,), (95.0,), (100.0,), (None,)], "score double")
        >>> [row.p for row in frame.select(F.round(Worth(0.1, None).probability(F.col("score")), 3).alias("p")).collect()]
        [0.091, 0.655, 0.999, None]
        """
        if self.odds is None:
            return F.lit(None).cast("double")
        capped = F.least(score, F.lit(HIGHEST))
        odds = capped / (100 - capped) * self.odds
        return F.when(score.isNotNull(), odds / (1 + odds))

    def expected_value(self, score: Column) -> Column:
        """US dollars; null where the probability or the amount is not known."""
        return self.probability(score) * F.lit(self.deal_usd).cast("double")

    def weight(self, score: Column) -> Column:
        """What owners' lists are made equal by: the expected value, as far as it is known."""
        return F.coalesce(self.probability(score), score / 100) * F.lit(1.0 if self.deal_usd is None else self.deal_usd)


def worths(fit_intent: DataFrame, deals: DataFrame, *, predictive: Mapping[str, bool], as_of: date) -> dict[str, Worth]:
    """By score what turns it into a value. Two actions: a count of all rows, and a look at the customers.

    Args:
        fit_intent: scores/fit_intent.
        deals: clean/crm_opportunities.
        predictive: by score whether a model gives it.
        as_of: the day after which nothing counts.
    """
    points = F.floor("score").cast("int").alias("points")
    in_crm = (F.col("crm_state") != NOT_IN_CRM).alias("in_crm")
    scored = fit_intent.where("score is not null").groupBy("score_name", points, "is_example", in_crm)
    counted = scored.agg(F.count(F.lit(1)).alias("accounts")).toPandas()
    amounts = _mean_amounts(fit_intent, deals, as_of)
    return {
        name: Worth(odds(counted[counted["score_name"] == name]) if is_model else None, amounts.get(name, amounts.get(None)))
        for name, is_model in predictive.items()
    }


def odds(counted: pd.DataFrame) -> float:
    """The odds at which as many customers are expected as there are.

    Args:
        counted: of one score points (whole ones), is_example, in_crm and accounts.

    >>> rows = [(95, True, True, 10), (50, False, True, 90), (20, False, False, 900)]
    >>> known = pd.DataFrame(rows, columns=["points", "is_example", "in_crm", "accounts"])
    >>> round(odds(known), 3)
    0.054
    """
    in_crm = counted[counted["in_crm"]]
    customers = in_crm.loc[in_crm["is_example"], "accounts"].sum()
    among = in_crm if customers <= in_crm["accounts"].sum() / 2 else counted
    customers = among.loc[among["is_example"], "accounts"].sum()
    middle = (among["points"] + 0.5).clip(upper=HIGHEST)
    ratios, accounts = (middle / (100 - middle)).to_numpy(float), among["accounts"].to_numpy(float)
    low, high = -WIDEST, WIDEST
    for _ in range(STEPS):  # the expected number grows with the odds
        tried = math.exp((low + high) / 2)
        is_too_many = float((accounts * ratios * tried / (1 + ratios * tried)).sum()) > customers
        low, high = (low, (low + high) / 2) if is_too_many else ((low + high) / 2, high)
    return math.exp((low + high) / 2)


def _mean_amounts(fit_intent: DataFrame, deals: DataFrame, as_of: date) -> dict[str | None, float]:
    """The mean amount of won deals: by score of its customers', and under None of all."""
    is_won = (outcome_on(as_of) == "won") & F.coalesce(F.col("created_on") <= F.lit(as_of), F.lit(True))
    won = deals.where(is_won & F.col("amount").isNotNull()).select("domain", F.col("amount").cast("decimal(28,2)").alias("amount"))
    customers = fit_intent.where("is_example").select("score_name", "domain")
    of_scores = customers.join(to_be_joined(won), "domain", "inner")  # a customer once for each of its deals
    both = of_scores.select("score_name", "amount").unionByName(won.select(F.lit(None).cast("string").alias("score_name"), "amount"))
    means = both.groupBy("score_name").agg(F.avg("amount").cast("double").alias("amount")).collect()
    return {row["score_name"]: float(row["amount"]) for row in means if row["amount"] is not None}
