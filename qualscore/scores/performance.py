"""What became of deals by the score of their accounts: scores/score_performance."""

from collections.abc import Mapping, Sequence
from datetime import date

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from qualscore import checkpoints, contracts
from qualscore.columns.spelling import letters, letters_of
from qualscore.intervals import wilson_columns
from qualscore.joins import to_be_joined
from qualscore.scores.fit_intent import UNSCORED
from qualscore.scores.score_then import with_score_then
from qualscore.universe.labels import outcome_on

PERFORMANCE = "scores/score_performance"
WHEN_CREATED, PRESENT = "score_when_created", "present_score"
TENTH, BAND, ALL = "tenth", "band", "all"
RANGE = ("range_kind", "score_range", "low_score")
OF_DEAL = ("opportunity_id", "opportunity_name", "domain", "owner", "amount", "created_on", "close_on")
OF_ACCOUNT = ("company_name", "score", "band", "is_example")
COUNTS = ("accounts", "won_accounts", "opportunities", "won", "lost", "won_revenue_usd")


def scored_deals(
    fit_intent: DataFrame,
    deals: DataFrame,
    history: DataFrame,
    *,
    products: Mapping[str, Sequence[str]],
    first_on: Mapping[str, date],
    as_of: date,
) -> tuple[DataFrame, DataFrame]:
    """Deals with the score that their account has now; those after the first score also with that of their day.

    A deal is there once for each score that it counts for, with its outcome on the day. Both are computed, and kept.

    Args:
        fit_intent: scores/fit_intent, whose rows of accounts with a deal are joined.
        deals: clean/crm_opportunities.
        history: scores/score_history.
        products: by score those whose deals count; none: all.
        first_on: by score the day of its first run, where that is known.
        as_of: the day after which nothing counts.
    """
    present = checkpoints.kept(_scored(_of_scores(_on_day(deals, as_of), products, first_on), fit_intent))
    later = present.where(F.col("created_on") > F.col("first_on"))
    return present, checkpoints.kept(with_score_then(later, history, on="created_on"))


def score_performance(present: DataFrame, then: DataFrame, fit_intent: DataFrame, *, as_of: date) -> DataFrame:
    """Some fifteen rows for each score and basis: scores/score_performance.

    Args:
        present: deals by the score of now, of `scored_deals`.
        then: deals by the score of then, of the same.
        fit_intent: scores/fit_intent, whose rows are counted.
        as_of: the day after which nothing counts.
    """
    both = present.withColumn("basis", F.lit(PRESENT)).unionByName(then.withColumn("basis", F.lit(WHEN_CREATED)))
    measured = both.transform(_in_ranges).groupBy("score_name", "basis", *RANGE).agg(*_measures())
    return _beside_accounts(checkpoints.kept(measured), _accounts(fit_intent), as_of=as_of)


def _on_day(deals: DataFrame, as_of: date) -> DataFrame:
    """The deals that there are on the day, with the outcome that each has then. An undated one may be of any day."""
    there = deals.where(F.coalesce(F.col("created_on") <= F.lit(as_of), F.lit(True)))
    days = F.datediff("close_on", "created_on")
    return there.select(*OF_DEAL, "products", outcome_on(as_of).alias("outcome"), F.when(days >= 0, days).alias("cycle_days"))


def _of_scores(deals: DataFrame, products: Mapping[str, Sequence[str]], first_on: Mapping[str, date]) -> DataFrame:
    """Deals with score_name and first_on, once for each score that they count for."""
    each = [
        F.when(_is_of(sought), F.struct(F.lit(name).alias("score_name"), F.lit(first_on.get(name)).cast("date").alias("first_on")))
        for name, sought in products.items()
    ]
    return deals.withColumn("_of", F.explode(F.array_compact(F.array(*each)))).select(*deals.columns, "_of.*").drop("products")


def _is_of(products: Sequence[str]) -> Column:
    """Whether a deal is of one of the products, or names none."""
    sought = [letters(it) for it in products]
    named = F.coalesce(F.size("products") > 0, F.lit(False))
    return ~named | F.exists("products", lambda it: letters_of(it).isin(sought)) if sought else F.lit(True)


def _scored(deals: DataFrame, fit_intent: DataFrame) -> DataFrame:
    """Adds company_name, score, band and is_example as they are now; null of deals of no account. No row is added."""
    with_deals = to_be_joined(deals.where("domain is not null").select("domain").distinct())
    scores = fit_intent.select("score_name", "domain", *OF_ACCOUNT).join(with_deals, "domain", "left_semi")
    return deals.join(to_be_joined(scores), ["score_name", "domain"], "left")


def _in_ranges(rows: DataFrame) -> DataFrame:
    """Each row of a score three times: in its tenth, in its band, and in all."""
    low = F.when(F.col("score").isNotNull(), F.least(F.floor(F.col("score") / 10) * 10, F.lit(90))).cast("double")
    nowhere = F.lit(None).cast("double")
    ranges = {
        TENTH: (F.when(low.isNotNull(), F.format_string("%.0f to %.0f", low, low + 10)), low),
        BAND: (F.col("band"), nowhere),
        ALL: (F.lit(ALL), nowhere),
    }
    each = [
        F.struct(F.lit(kind).alias("range_kind"), F.coalesce(name, F.lit(UNSCORED)).alias("score_range"), start.alias("low_score"))
        for kind, (name, start) in ranges.items()
    ]
    return rows.withColumn("_range", F.explode(F.array(*each))).select(*rows.columns, "_range.*")


def _measures() -> list[Column]:
    is_won = F.col("outcome") == "won"
    amount = F.when(is_won, F.col("amount").cast("decimal(28,2)"))  # sums of doubles differ with their order
    return [
        F.count_distinct(F.when(is_won, F.col("domain"))).alias("won_accounts"),
        F.count(F.lit(1)).alias("opportunities"),
        F.count_if(is_won).alias("won"),
        F.count_if(F.col("outcome") == "lost").alias("lost"),
        F.sum(amount).cast("double").alias("won_revenue_usd"),
        F.avg(amount).cast("double").alias("average_deal_usd"),
        F.median(F.when(is_won, F.col("cycle_days"))).alias("median_cycle_days"),
        F.max("is_example").alias("has_examples"),
    ]


def _accounts(fit_intent: DataFrame) -> DataFrame:
    """The number of accounts by score and range: one pass over three columns of all rows."""
    points = fit_intent.groupBy("score_name", "band", F.floor("score").alias("score")).agg(F.count(F.lit(1)).alias("_accounts"))
    return points.transform(_in_ranges).groupBy("score_name", *RANGE).agg(F.sum("_accounts").alias("accounts"))


def _beside_accounts(measured: DataFrame, accounts: DataFrame, *, as_of: date) -> DataFrame:
    """Of each score, and of each basis that has deals (PRESENT in any case), the ranges that have accounts or deals."""
    contract = contracts.load(PERFORMANCE)
    names = accounts.select("score_name").distinct().withColumn("basis", F.lit(PRESENT))
    bases = names.unionByName(measured.select("score_name", "basis")).distinct()
    spine = accounts.join(F.broadcast(bases), "score_name", "inner").withColumnRenamed("low_score", "_low")
    counts = {name: F.coalesce(name, F.lit(0)) for name in COUNTS}
    rows = spine.join(measured, [*contract.key], "full").withColumns(counts | {"low_score": F.coalesce("low_score", "_low")})
    decided = F.col("won") + F.col("lost")
    low, high = wilson_columns(F.col("won"), decided)
    rates = rows.withColumns({"conversion": F.try_divide("won", decided), "conversion_low": low, "conversion_high": high})
    of_all = F.max(F.when(F.col("range_kind") == ALL, F.col("conversion"))).over(Window.partitionBy("score_name", "basis"))
    lift = F.try_divide("conversion", of_all)
    others = {"lift": lift, "has_examples": F.coalesce("has_examples", F.lit(False)), "as_of_on": F.lit(as_of)}
    return contract.conform(rates.withColumns(others).select(*contract.columns))
