"""What an audit counts in tables of any size, in few rows each."""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import reduce

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from qualscore import checkpoints
from qualscore.joins import to_be_joined
from qualscore.model.scoring.bands import HIGHLY_LIKELY
from qualscore.scores.audit.disagreements import BEST
from qualscore.scores.audit.finding import SHOWN
from qualscore.scores.audit.score_faults import CLUMPED

KEPT_DECIMALS = 9  # of margins that are one
DAYS = {
    "clean/firmographics": ("observed_on",),
    "clean/technographics": ("last_seen_on", "first_seen_on"),
    "clean/intent_signals": ("week_on",),
    "clean/crm_accounts": ("created_on", "modified_on"),
    "clean/crm_opportunities": ("created_on", "modified_on"),
    "clean/activities": ("active_on",),
    "features/account_features": ("as_of_on",),
    "scores/account_scores": ("as_of_on",),
}
"""The columns that say of what day a row is."""


def points(scores: DataFrame) -> DataFrame:
    """By score_name, band, is_example and stored score: accounts and percentiles (their sum). One pass over five columns of all scores.

    There are 10,001 stored scores, however many accounts.
    """
    counted = scores.groupBy("score_name", "band", "is_example", "score")
    return checkpoints.kept(counted.agg(F.count(F.lit(1)).alias("accounts"), F.sum("percentile").alias("percentiles")))


def sides(points: DataFrame) -> DataFrame:
    """By score_name: customers and others, in all and inside the top band; accounts; mean_percentile."""
    is_example, is_inside = F.col("is_example"), F.col("band") == HIGHLY_LIKELY
    return points.groupBy("score_name").agg(
        _accounts(is_example).alias("customers"),
        _accounts(is_example & is_inside).alias("customers_inside"),
        _accounts(~is_example).alias("others"),
        _accounts(~is_example & is_inside).alias("others_inside"),
        F.sum("accounts").alias("accounts"),
        (F.sum("percentiles") / F.sum("accounts")).alias("mean_percentile"),
    )


def shared_scores(points: DataFrame) -> DataFrame:
    """score_name, score and accounts of stored scores that many accounts share: at most nine of each."""
    values = points.groupBy("score_name", "score").agg(F.sum("accounts").alias("accounts"))
    of_all = points.groupBy("score_name").agg(F.sum("accounts").alias("all"))
    joined = values.join(F.broadcast(of_all), "score_name", "inner")
    return joined.where(F.col("accounts") > CLUMPED * F.col("all")).drop("all").orderBy("score_name", "score")


def most_frequent_margin(scores: DataFrame, score_name: str, score: float) -> DataFrame:
    """One row: how many of the accounts with a stored score share the most frequent margin."""
    mine = scores.where((F.col("score_name") == score_name) & (F.col("score") == score))
    return mine.groupBy(F.round("margin", KEPT_DECIMALS)).count().agg(F.max("count").alias("same_margin"))


def runs_of_band(history: DataFrame) -> DataFrame:
    """By score_name, run and cause: net numbers of accounts that came into the top band, and into the score."""
    is_inside, was_inside = (F.col(it).eqNullSafe(HIGHLY_LIKELY) for it in ("band", "band_before"))
    into = is_inside.cast("int") - was_inside.cast("int")
    scored = F.col("band").isNotNull().cast("int") - F.col("band_before").isNotNull().cast("int")
    counted = history.groupBy("score_name", "as_of_on", "scored_at", "run_id", "cause")
    return counted.agg(F.sum(into).alias("into"), F.sum(scored).alias("came")).orderBy("score_name", "as_of_on", "scored_at", "cause")


def agreement(top: DataFrame, scores: DataFrame) -> DataFrame:
    """best_of, score_name, accounts, mean_percentile, worst: how the best accounts of each score stand in the others."""
    best = top.where(F.col("rank") <= BEST).select(F.col("score_name").alias("best_of"), "domain")
    joined = scores.select("score_name", "domain", "percentile").join(to_be_joined(best), "domain", "inner")
    ordered = F.array_sort(F.collect_list(F.struct("percentile", "domain")))  # of BEST accounts at most
    return (
        joined.where("best_of <> score_name")
        .groupBy("best_of", "score_name")
        .agg(F.count(F.lit(1)).alias("accounts"), F.avg("percentile").alias("mean_percentile"), F.slice(ordered, 1, SHOWN).alias("worst"))
        .withColumn("worst", F.col("worst.domain"))
        .orderBy("best_of", "score_name")
    )


def newest(tables: Mapping[str, DataFrame], *, as_of: date) -> DataFrame:
    """table, newest_on (the latest day up to `as_of`, null of undated rows) and rows: a pass over the days of each table.

    Args:
        tables: by name, of those of DAYS.
        as_of: what is planned for later days is no news.
    """
    each = [_newest(rows, DAYS[name], as_of).withColumn("table", F.lit(name)) for name, rows in tables.items()]
    return reduce(DataFrame.unionByName, each)


def _newest(rows: DataFrame, days: Sequence[str], as_of: date) -> DataFrame:
    past = [F.max(F.when(F.col(it) <= F.lit(as_of), F.col(it))) for it in days]
    latest = past[0] if len(past) == 1 else F.greatest(*past)
    return rows.agg(latest.alias("newest_on"), F.count(F.lit(1)).alias("rows"))


def covered(features: DataFrame) -> DataFrame:
    """One row: accounts, and those that have firmographics, technographics, intent."""
    firmographic = F.coalesce("country", "industry", "sector", F.col("firmo_size").cast("string"), F.col("founded_year").cast("string"))
    return features.agg(
        F.count(F.lit(1)).alias("accounts"),
        F.count(firmographic).alias("firmographics"),
        F.count_if(F.size("tech_stack") > 0).alias("technographics"),
        F.count_if(F.col("intent_signals_52w") > 0).alias("intent"),
    )


def orphans(deals: DataFrame, accounts: DataFrame) -> DataFrame:
    """opportunity_id, opportunity_name and reason of deals that are of no account. No row is added: accounts have a row each."""
    domains = to_be_joined(deals.where("domain is not null").select("domain").distinct())
    known = accounts.select("domain").join(domains, "domain", "left_semi").withColumn("_is_known", F.lit(True))
    named = deals.join(to_be_joined(known), "domain", "left")
    unknown = F.when(F.col("_is_known").isNull(), "NOT_AN_ACCOUNT")
    reason = F.when(F.col("domain").isNull(), F.coalesce("domain_problem", F.lit("NO_DOMAIN"))).otherwise(unknown)
    return named.select("opportunity_id", "opportunity_name", reason.alias("reason")).where("reason is not null")


def _accounts(condition: Column) -> Column:
    return F.coalesce(F.sum(F.when(condition, F.col("accounts"))), F.lit(0))


def first_names(rows: DataFrame, column: str) -> tuple[str, ...]:
    """The first values of a column in their order, for examples: an action."""
    return tuple(str(row[column]) for row in rows.select(column).orderBy(column).limit(SHOWN).collect())
