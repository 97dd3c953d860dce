"""Fit beside current intent, and what the market is cut by, of every account: scores/fit_intent."""

import math
from collections.abc import Mapping, Sequence
from datetime import date
from functools import reduce
from operator import add
from typing import Literal

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from qualscore import contracts
from qualscore.columns.industries import industry_group
from qualscore.joins import to_be_joined
from qualscore.model.judging.slices import SIZES
from qualscore.model.scorecard.columns import account_columns
from qualscore.model.scoring.bands import FINAL, HIGHLY_LIKELY, LIKELY, MODEL
from qualscore.scores import trends
from qualscore.scores.crm_states import NOT_IN_CRM

FIT_INTENT = "scores/fit_intent"
UNSCORED, UNKNOWN = "unscored", "unknown"
HIGH, SOME, NONE = "high", "some", "none"
CALL_NOW, NURTURE, NOT_NOW = "call_now", "nurture", "not_now"
HIGH_SIGNALS = 3  # keywords in the last 4 weeks, each week's counted
INTENT = ("intent", "intent_signals_4w", "intent_signals_13w")
OF_SCORE = ("score", *FINAL, "band", "action", "is_example")
KeywordSets = Literal["all"] | Sequence[str]


def described(features: DataFrame, crm_states: DataFrame) -> DataFrame:
    """What fit is looked at beside: the market's columns but the band, and the columns of intent. No row is added.

    Args:
        features: features/account_features.
        crm_states: as the function of that name makes them.
    """
    accounts = features.select("domain", "company_name", "as_of_on", "country", "industry", "sector", "firmo_size", *INTENT)
    grouped = _with_groups(accounts).join(to_be_joined(crm_states), "domain", "left")
    return grouped.select(
        *("domain", "company_name", "as_of_on", *INTENT),
        F.coalesce("country", F.lit(UNKNOWN)).alias("country"),
        F.coalesce("industry_group", F.lit(UNKNOWN)).alias("industry"),
        size(F.col("firmo_size")).alias("size"),
        F.coalesce("crm_state", F.lit(NOT_IN_CRM)).alias("crm_state"),
    )


def fit_intent(
    accounts: DataFrame,
    scores: DataFrame,
    history: DataFrame,
    *,
    keyword_sets: Mapping[str, KeywordSets],
    first_on: Mapping[str, date],
    as_of: date,
) -> DataFrame:
    """A row for each account and score: scores/fit_intent.

    Args:
        accounts: as `described` makes them; moved once for all scores.
        scores: scores/account_scores.
        history: scores/score_history.
        keyword_sets: by score those that its definition uses.
        first_on: by score the day of its first run, where that is known.
        as_of: the day that features and scores describe.
    """
    of_each = []
    for name, sets in keyword_sets.items():
        own, steps = (it.where(F.col("score_name") == name) for it in (scores, history))
        known = _with_trend(own.select("domain", *OF_SCORE).withColumns(_final()), steps, first_on.get(name), as_of)
        of_each.append(_of_score(accounts, known, name, sets))
    contract = contracts.load(FIT_INTENT)
    return contract.conform(reduce(DataFrame.unionByName, of_each).select(*contract.columns))


def intent_level(signals_4w: Column, signals_13w: Column) -> Column:
    """How much an account researches now.

    >>> counts = [(3, 3), (2, 9), (0, 1), (0, 0), (1, None), (0, None), (None, None)]
    >>> frame = spark.createDataFrame(counts, "a int, b int")
    >>> [row.level for row in frame.select(intent_level(F.col("a"), F.col("b")).alias("level")).collect()]
    ['high', 'some', 'some', 'none', 'some', 'unknown', 'unknown']
    """
    some = F.greatest(signals_4w, signals_13w) > 0
    return F.when(signals_4w >= HIGH_SIGNALS, HIGH).when(some, SOME).when(signals_13w == 0, NONE).otherwise(UNKNOWN)


def size(firmo_size: Column) -> Column:
    """The range of employees, of the logarithm of 1 + employees; the parts of the universe that a model is judged by.

    >>> frame = spark.createDataFrame([(n,) for n in (0.0, 50.0, 51.0, 10_000.0, 10_001.0, None)], "n double")
    >>> [row.size for row in frame.select(size(F.log1p("n")).alias("size")).collect()]
    ['1-50', '1-50', '51-250', '1001-10000', '10001+', 'unknown']
    """
    ranges = F.lit(None).cast("string")
    for low, high in reversed(SIZES):
        is_below = F.lit(True) if math.isinf(high) else firmo_size < math.log1p(high + 0.5)
        ranges = F.when(is_below, f"{low + 1:.0f}+" if math.isinf(high) else f"{max(low + 1, 1):.0f}-{high:.0f}").otherwise(ranges)
    return F.when(firmo_size.isNull(), UNKNOWN).otherwise(ranges)


def _with_groups(accounts: DataFrame) -> DataFrame:
    """Adds industry_group, null when unknown. No row is added: each pair of names is looked up once."""
    names = accounts.select("industry", "sector").distinct()
    nothing = F.lit(None).cast("string")
    group = industry_group(F.col("industry"), F.col("sector"), naics=nothing, sic=nothing, nace=nothing)
    groups = to_be_joined(
        names.select(F.col("industry").alias("_industry"), F.col("sector").alias("_sector"), group.alias("industry_group"))
    )
    is_same = F.col("industry").eqNullSafe(F.col("_industry")) & F.col("sector").eqNullSafe(F.col("_sector"))
    return accounts.join(groups, is_same, "left").drop("_industry", "_sector")


def _with_trend(scores: DataFrame, history: DataFrame, first_on: date | None, as_of: date) -> DataFrame:
    """Adds score_trend and points_moved to the accounts of one score. No row is added: moves are by domain, too."""
    moved = scores.join(trends.moved(history, as_of=as_of), "domain", "left")
    began = F.greatest(F.lit(first_on).cast("date"), F.col("_new_on"))
    trend = trends.trend(F.col("score"), F.col("_hundredths"), began, as_of=as_of)
    points = F.coalesce(F.col("_hundredths") / 100, F.lit(0.0))
    return moved.withColumns({"score_trend": trend, "points_moved": points}).drop("_hundredths", "_new_on")


def _final() -> dict[str, Column]:
    """The final scores, also of a table that was written before there were any: the model's."""
    by_model = zip(FINAL, (F.col("score"), F.lit(MODEL)), strict=True)
    return {name: F.coalesce(name, value) for name, value in by_model}


def _of_score(accounts: DataFrame, known: DataFrame, name: str, keyword_sets: KeywordSets) -> DataFrame:
    """The accounts beside one score; one row per domain on either side."""
    level = intent_level(*(_signals(keyword_sets, weeks) for weeks in (4, 13)))
    joined = accounts.join(known, "domain", "left").withColumns(
        {
            "score_name": F.lit(name),
            "band": F.coalesce("band", F.lit(UNSCORED)),
            "is_example": F.coalesce("is_example", F.lit(False)),
            "intent_level": level,
        }
    )
    fits = F.col("band").isin(HIGHLY_LIKELY, LIKELY)
    return joined.withColumn("advice", F.when(fits & (F.col("intent_level") == HIGH), CALL_NOW).when(fits, NURTURE).otherwise(NOT_NOW))


def _signals(keyword_sets: KeywordSets, weeks: int) -> Column:
    """Signals of the last weeks; of some keyword sets those of each, added."""
    if keyword_sets == "all":
        return F.col(f"intent_signals_{weeks}w")
    columns = account_columns(keyword_sets)
    return reduce(add, (columns[f"{name}.signals_{weeks}w"] for name in keyword_sets))
