"""What an account researched in the year before a date: per keyword set, and over all of them.

A week is complete on a date when its last day, week_on + 6, is not after it. The windows are the last 4 and 13 complete weeks
and the year: the complete weeks that began less than 364 days before the date. Strength is summed, not averaged: a sum is 0
without signals, as their number is, so that null says one thing only: the deliveries do not cover the window.
"""

from collections.abc import Mapping, Sequence

from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F

from qualscore.features.reading import AsOf

WINDOWS = (4, 13, 52)
YEAR_DAYS = 364
MEASURES = {
    **{f"signals_{weeks}w": "int" for weeks in WINDOWS},
    **{f"strength_{weeks}w": "double" for weeks in WINDOWS},
    **{"trend": "double", "weeks_since_last": "int"},
}
TOTALS = tuple(f"intent_{name}" for name in MEASURES)
RESEARCHED = f"array<struct<keyword_set:string,{','.join(f'{name}:{kind}' for name, kind in MEASURES.items())}>>"


def researched(when: AsOf, signals: DataFrame, keyword_sets: Mapping[str, Sequence[str]]) -> DataFrame:
    """By `when.keys`: the struct `any_set` of MEASURES, and `intent`, the same for each keyword set, in their order.

    A signal counts in each of `keyword_sets` (name to keywords) that holds its keyword, and once in `any_set`; a keyword of no set
    counts nowhere. An account without a signal in the year has no row; accounts that are not described may have one.
    """
    in_year = (F.col("week_on") <= F.date_sub("as_of_on", 6)) & (F.col("week_on") > F.date_sub("as_of_on", YEAR_DAYS))
    sets = F.coalesce("keyword_sets", F.array().cast("array<string>"))
    rows = (
        # No row is added: a keyword is held once. Some dozen words, so that the signals stay where they are.
        when.read(signals.select("domain", "keyword", "week_on", "strength"))
        .where(in_year)
        .join(F.broadcast(_held(signals.sparkSession, keyword_sets)), "keyword", "left")
        .select(
            *("domain", "as_of_on"),
            F.floor((F.datediff("as_of_on", "week_on") - 6) / 7).cast("int").alias("age"),
            # Hundredths as whole numbers: a sum of doubles would depend on the partitioning.
            F.round(F.col("strength") * 100).cast("bigint").alias("hundredths"),
            (F.size(sets) > 0).alias("counts"),
            F.explode(F.concat(sets, F.array(F.lit(None).cast("string")))).alias("keyword_set"),
        )
    )
    # Sums before any list: of a domain with a million signals one row per keyword set is left in each partition.
    by_set = rows.groupBy("domain", "as_of_on", "keyword_set").agg(*_sums())
    measured = (
        by_set.crossJoin(coverage(signals))
        .withColumn("trend", _trend())
        .withColumns(_where_covered({name: F.col(name) for name in MEASURES}))
    )
    of_set = F.when(F.col("keyword_set").isNotNull(), F.struct("keyword_set", *MEASURES))
    of_any = F.when(F.col("keyword_set").isNull(), F.struct(*MEASURES))
    return measured.groupBy(*when.keys).agg(
        F.max(of_any).alias("any_set"), F.array_sort(F.collect_list(of_set)).cast(RESEARCHED).alias("intent")
    )


def _held(spark: SparkSession, keyword_sets: Mapping[str, Sequence[str]]) -> DataFrame:
    """`keyword` in lower case, each once, and `keyword_sets`: the names of the sets that hold the keyword, in alphabetical order."""
    sets_of: dict[str, set[str]] = {}
    for name, words in keyword_sets.items():
        for word in words:
            sets_of.setdefault(word.lower(), set()).add(name)
    return spark.createDataFrame([(word, sorted(names)) for word, names in sets_of.items()], "keyword string, keyword_sets array<string>")


def coverage(signals: DataFrame) -> DataFrame:
    """One row, for a cross join: first_week_on and last_week_on of all deliveries; null when there are none."""
    return F.broadcast(signals.agg(F.min("week_on").alias("first_week_on"), F.max("week_on").alias("last_week_on")))


def set_coverage(signals: DataFrame, keyword_sets: Mapping[str, Sequence[str]]) -> DataFrame:
    """keyword_set, signals, weeks, first_week_on, last_week_on: what is delivered for each keyword set; none of one without a signal.

    Weeks are counted before sets: no domain is moved.

    Args:
        signals: clean/intent_signals.
        keyword_sets: name to keywords.
    """
    held = F.broadcast(_held(signals.sparkSession, keyword_sets))
    of_week = signals.select("keyword", "week_on").join(held, "keyword").select(F.explode("keyword_sets").alias("keyword_set"), "week_on")
    counted = of_week.groupBy("keyword_set", "week_on").agg(F.count(F.lit(1)).alias("signals"))
    return counted.groupBy("keyword_set").agg(
        F.sum("signals").alias("signals"),
        F.count(F.lit(1)).alias("weeks"),
        F.min("week_on").alias("first_week_on"),
        F.max("week_on").alias("last_week_on"),
    )


def researching(features: DataFrame) -> DataFrame:
    """keyword_set, accounts (with a signal in the year), accounts_13w: by the accounts' features."""
    each = features.select(F.explode("intent").alias("of_set")).select("of_set.keyword_set", "of_set.signals_13w")
    return each.groupBy("keyword_set").agg(F.count(F.lit(1)).alias("accounts"), F.count_if(F.col("signals_13w") > 0).alias("accounts_13w"))


def with_totals(described: DataFrame, signals: DataFrame) -> DataFrame:
    """Turns `any_set` into the columns TOTALS: without a signal 0, or null where the deliveries do not cover the window.

    Args:
        described: as_of_on, any_set and intent; both null without a signal. No row is added.
        signals: clean/intent_signals.
    """
    measures = {name: F.col(f"any_set.{name}") for name in MEASURES}
    zero = {name: value if name == "weeks_since_last" else F.coalesce(value, F.lit(0)) for name, value in measures.items()}
    totals = dict(zip(TOTALS, _where_covered(zero).values(), strict=True))
    none = F.array().cast(RESEARCHED)
    return (
        described.crossJoin(coverage(signals))
        .withColumns(totals | {"intent": F.coalesce("intent", none)})
        .drop("any_set", "first_week_on", "last_week_on")
    )


def uncovered(totals: Mapping[str, object]) -> list[int]:
    """The windows, in weeks, that the deliveries do not cover, by any row of features.

    >>> uncovered({"intent_signals_4w": 0, "intent_signals_13w": 2, "intent_signals_52w": None})
    [52]
    """
    return [weeks for weeks in WINDOWS if totals[f"intent_signals_{weeks}w"] is None]


def _sums() -> list[Column]:
    sums = [F.min(F.when(F.col("counts"), F.col("age"))).alias("weeks_since_last")]
    for weeks in WINDOWS:
        inside = F.col("counts") & (F.col("age") < weeks)
        strength = F.coalesce(F.sum(F.when(inside, F.col("hundredths"))), F.lit(0)) / 100
        sums += [F.count_if(inside).cast("int").alias(f"signals_{weeks}w"), strength.alias(f"strength_{weeks}w")]
    return sums


def _trend() -> Column:
    """Signals per week of the last 4 weeks less those of the last 13: 0 when nothing changed, or nothing was seen."""
    return F.col("signals_4w") / 4 - F.col("signals_13w") / 13


def _where_covered(measures: Mapping[str, Column]) -> dict[str, Column]:
    """Each measure, or null where first_week_on to last_week_on does not hold all weeks of its window."""
    newest = F.trunc(F.date_sub("as_of_on", 6), "week")
    is_current = F.col("last_week_on") >= newest
    of_year = F.date_add(F.trunc(F.date_sub("as_of_on", YEAR_DAYS), "week"), 7)
    oldest = {4: F.date_sub(newest, 21), 13: F.date_sub(newest, 84), 52: of_year}
    covered = {weeks: is_current & (F.col("first_week_on") <= day) for weeks, day in oldest.items()}
    needed = {f"{measure}_{weeks}w": covered[weeks] for measure in ("signals", "strength") for weeks in WINDOWS}
    # Of an account whose last signal is known, the weeks before do not matter.
    needed |= {"trend": covered[13], "weeks_since_last": is_current}
    return {name: F.when(needed[name], value) for name, value in measures.items()}
