"""Clean sources to the universe: one row per domain, each value from the best source that has it."""

from functools import reduce

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from qualscore import contracts

# Kinds of source, the best first, for display. (A model reads clean/firmographics, where the universe comes first.)
PRECEDENCE = ("csv", "firmographics")
KEYS = ("domain", "sources", "value_sources")


def universe(firmographics: DataFrame, account_lists: DataFrame) -> DataFrame:
    """Every account of clean/firmographics and clean/account_lists, by the contract clean/accounts."""
    contract = contracts.load("clean/accounts")
    values = [name for name in contract.columns if name not in KEYS]
    profiles = {"csv": latest(account_lists, by=["event_on", "list_name"]), "firmographics": latest(firmographics, by=["observed_on"])}
    ranked = [_profile(frame, values, kind=kind, rank=PRECEDENCE.index(kind)) for kind, frame in profiles.items()]
    united = reduce(DataFrame.unionByName, ranked)
    # One row per domain; at most one profile of a kind, so that the order within is total.
    known = united.groupBy("domain").agg(F.sort_array(F.collect_list("profile")).alias("profiles"))
    best = {name: _best(name) for name in values}
    described = known.select("domain", _kinds().alias("sources"), *(column.alias(f"_{name}") for name, column in best.items()))
    chosen = [F.col(f"_{name}.value").alias(name) for name in values]
    return contract.conform(described.select("domain", *chosen, "sources", _value_sources(values).alias("value_sources")))


def latest(frame: DataFrame, *, by: list[str]) -> DataFrame:
    """The latest row of each domain, a row without a date being the earliest; `by` has to tell its rows apart."""
    order = Window.partitionBy("domain").orderBy(*(F.desc_nulls_last(name) for name in by))
    return frame.withColumn("_place", F.row_number().over(order)).where("_place = 1").drop("_place")


def _profile(frame: DataFrame, values: list[str], *, kind: str, rank: int) -> DataFrame:
    """domain, profile: what one kind of source says; null for what it has no column for."""
    types = {field.name: field.dataType for field in contracts.load("clean/accounts").schema.fields}
    columns = [(F.col(name) if name in frame.columns else F.lit(None)).cast(types[name]).alias(name) for name in values]
    return frame.select("domain", F.struct(F.lit(rank).alias("rank"), F.lit(kind).alias("kind"), *columns).alias("profile"))


def _best(name: str) -> Column:
    """(kind, value) of the first profile that has the value; null when none has."""
    having = F.filter("profiles", lambda profile: profile[name].isNotNull())
    found = F.transform(having, lambda profile: F.struct(profile["kind"].alias("kind"), profile[name].alias("value")))
    return F.when(F.size(found) > 0, found[0])


def _kinds() -> Column:
    return F.array_sort(F.transform("profiles", lambda profile: profile["kind"]))


def _value_sources(values: list[str]) -> Column:
    pairs = [
        F.when(F.col(f"_{name}").isNotNull(), F.struct(F.lit(name).alias("key"), F.col(f"_{name}.kind").alias("value"))) for name in values
    ]
    return F.map_from_entries(F.filter(F.array(*pairs), lambda pair: pair.isNotNull()))
