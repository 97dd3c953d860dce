"""What became of the accounts of call lists: scores/list_outcomes."""

from datetime import date
from functools import reduce

import pandas as pd
from pyspark.sql import Column, DataFrame, SparkSession, Window
from pyspark.sql import functions as F

from qualscore import checkpoints, contracts
from qualscore.joins import to_be_joined
from qualscore.scores.outcome_measures import OUTCOMES, SUBJECT, measured
from qualscore.universe.labels import outcome_on

LIST_OUTCOMES = "scores/list_outcomes"
LIST, ALL_DAYS, SCORE = "list", "list_all_days", "score"
ALL_BANDS = "all"


def counted(lists: DataFrame, activities: DataFrame, deals: DataFrame, *, as_of: date) -> pd.DataFrame:
    """Counts of accounts by subject, called or held out, and outcome, as `measured` takes them: an action.

    What happens on the day of a list, and before, does not count. An account counts for all days of a list from the first day that it was
    on the list, and for a score from the first list of the score that it was on, held out or not: some other list may have called it.

    Args:
        lists: scores/call_lists.
        activities: clean/activities.
        deals: clean/crm_opportunities.
        as_of: the day after which nothing counts.
    """
    followed = checkpoints.kept(lists.transform(_followed, _events(activities, deals, as_of)))
    no_control = F.lit(False)
    each = [
        _counts(followed, LIST, F.col("list_name"), F.col("made_on"), F.lit(ALL_BANDS), F.col("is_control")),
        _counts(_first(followed, "list_name"), ALL_DAYS, F.col("list_name"), None, F.lit(ALL_BANDS), F.col("is_control")),
        _counts(_first(followed, "score_name"), SCORE, F.col("score_name"), None, F.col("band"), no_control),
    ]
    return reduce(DataFrame.unionByName, each).toPandas()


def list_outcomes(spark: SparkSession, counts: pd.DataFrame, *, as_of: date) -> DataFrame:
    """Rows of scores/list_outcomes.

    Args:
        spark: the session.
        counts: as `counted` makes them.
        as_of: the day that accounts were followed to.
    """
    return contracts.load(LIST_OUTCOMES).rows(spark, [row | {"followed_to_on": as_of} for row in measured(counts)])


def _events(activities: DataFrame, deals: DataFrame, as_of: date) -> DataFrame:
    """domain, on, and whether it is an opportunity, won, and for how much; each is a contact."""
    no, nothing = F.lit(False), F.lit(None).cast("decimal(28,2)")
    is_won = outcome_on(as_of) == "won"
    amount = F.when(is_won, F.col("amount").cast("decimal(28,2)"))  # sums of doubles differ with their order
    each = [
        deals.select(
            "domain", F.col("created_on").alias("on"), F.lit(True).alias("opportunity"), is_won.alias("won"), amount.alias("amount")
        ),
        activities.select("domain", F.col("active_on").alias("on"), no.alias("opportunity"), no.alias("won"), nothing.alias("amount")),
    ]
    return reduce(DataFrame.unionByName, each).where(F.col("domain").isNotNull() & (F.col("on") <= F.lit(as_of)))


def _followed(lists: DataFrame, events: DataFrame) -> DataFrame:
    """Rows of lists with whether each of OUTCOMES came after the list's day, and the amount won. No row is added."""
    keys = ("list_name", "made_on", "domain")
    listed = lists.select(*keys, "is_control", "score_name", "band", "probability")
    on_lists = events.join(to_be_joined(listed.select("domain").distinct()), "domain", "left_semi")
    later = on_lists.join(to_be_joined(listed.select(*keys)), "domain", "inner").where(F.col("on") > F.col("made_on"))
    what = [F.lit(True).alias("contacted"), F.max("opportunity").alias("opportunity"), F.max("won").alias("won")]
    became = later.groupBy(*keys).agg(*what, F.sum("amount").alias("amount"))
    none = {name: F.coalesce(name, F.lit(False)) for name in OUTCOMES}
    return listed.join(to_be_joined(became), [*keys], "left").withColumns(none)


def _first(followed: DataFrame, of: str) -> DataFrame:
    """The first row of an account on a list, or of a score."""
    number = F.row_number().over(Window.partitionBy(of, "domain").orderBy("made_on", "list_name"))
    return followed.withColumn("_number", number).where("_number = 1").drop("_number")


def _counts(rows: DataFrame, kind: str, name: Column, since: Column | None, band: Column, is_control: Column) -> DataFrame:
    """Accounts by subject; without a day of their own, from the first one."""
    day = F.lit(None).cast("date") if since is None else since
    subject = [F.lit(kind).alias("kind"), name.alias("name"), day.alias("_since_on"), band.alias("band"), is_control.alias("is_control")]
    sums = [F.count_if(it).alias(it) for it in OUTCOMES]
    probability = F.col("probability").cast("decimal(20,12)")
    expected = F.when(F.count("probability") == F.count(F.lit(1)), F.sum(probability)).cast("double").alias("expected")
    revenue = F.coalesce(F.sum("amount"), F.lit(0)).cast("double").alias("revenue_usd")
    grouped = rows.groupBy(*subject).agg(F.min("made_on").alias("_first_on"), F.count(F.lit(1)).alias("accounts"), *sums, expected, revenue)
    first_on = F.min("_first_on").over(Window.partitionBy("kind", "name", "_since_on", "band"))
    return grouped.withColumn("since_on", F.coalesce("_since_on", first_on)).select(
        *SUBJECT, "is_control", "accounts", *OUTCOMES, "expected", "revenue_usd"
    )
