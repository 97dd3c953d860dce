"""Firmographics as of a date, and the numbers that the model sees of them."""

from collections.abc import Sequence
from datetime import date
from functools import reduce
from operator import or_

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from qualscore import contracts
from qualscore.columns import range_midpoint_employees, range_midpoint_revenue
from qualscore.features.reading import AsOf

FIRMOGRAPHIC_VALUES = (
    *("country", "state", "city", "sector", "industry", "employees", "employees_range", "revenue_usd"),
    *("revenue_range", "market_cap_band", "is_listed", "founded_year"),
)
MARKET_CAP_BANDS = ("Nano Cap", "Micro Cap", "Small Cap", "Mid Cap", "Large Cap", "Mega Cap")
# Typical headcount of a listed company by market-cap band: the only size there is for 8 of 10 of them.
BAND_EMPLOYEES = (40, 150, 700, 3_500, 15_000, 80_000)
REVENUE_PER_EMPLOYEE_USD = 250_000


def snapshots(when: AsOf, firmographics: DataFrame, *, days: Sequence[date] = ()) -> DataFrame:
    """By `when.keys`: the latest snapshot on or before the date, else the earliest one (`is_backfilled`).

    An account without a snapshot has no row; accounts that are not described may have one.

    Args:
        when: the dates.
        firmographics: clean/firmographics.
        days: the days of all its snapshots. With them and one date for all rows, only accounts that the best snapshot does not have
            are looked for in the others.
    """
    if when.day is None or not days:
        return _chosen(when, firmographics)
    before = [day for day in days if day <= when.day]
    is_best = F.col("observed_on") == F.lit(max(before) if before else min(days))
    best = firmographics.where(is_best)
    chosen = best.select("domain", F.lit(not before).alias("is_backfilled"), *FIRMOGRAPHIC_VALUES)
    if len(days) == 1:
        return chosen
    others = firmographics.where(~is_best).join(best.select("domain"), "domain", "left_anti")
    return chosen.unionByName(_chosen(when, others))


def _chosen(when: AsOf, firmographics: DataFrame) -> DataFrame:
    values = F.struct(*FIRMOGRAPHIC_VALUES)
    known = F.when(F.col("observed_on") <= F.col("as_of_on"), F.col("observed_on"))
    chosen = (
        when.read(firmographics.select("domain", "observed_on", values.alias("values")))
        .groupBy(*when.keys)
        .agg(F.max_by("values", known).alias("known"), F.min_by("values", "observed_on").alias("earliest"))
    )
    values_chosen = F.coalesce("known", "earliest").alias("values")
    return chosen.select(*when.keys, F.col("known").isNull().alias("is_backfilled"), values_chosen).select(
        *when.keys, "is_backfilled", "values.*"
    )


def filled(described: DataFrame, own_values: DataFrame) -> DataFrame:
    """Describes accounts that no snapshot knows by CRM, marketing automation and CSV; as that is of today, the row is backfilled.

    Single gaps of an account that a snapshot knows stay gaps. Every customer is in the CRM and most companies are not: on the
    sample, whose CRM is fuller than its universe, filling them taught the models who is in the CRM, and the customers that they
    were not shown were found worse (ROC-AUC .841 for .879 and .776 for .858). State, city, sector and industry are free text,
    spelt by each source its own way, and are not taken for the same reason.

    Args:
        described: domain, is_backfilled (null without a snapshot) and the values of the snapshots.
        own_values: domain, own_values; one row per domain.
    """
    names = contracts.load("clean/accounts").fields_of("own_values")
    own = {name: F.when(F.col("is_backfilled").isNull(), F.col(f"own_values.{name}")) for name in names}
    is_own = reduce(or_, (value.isNotNull() for value in own.values()))
    values = {name: F.coalesce(F.col(name), value) for name, value in own.items()}
    known = own_values.where("own_values is not null").select("domain", "own_values")
    return (
        described.join(known, "domain", "left")
        .withColumns(values | {"is_backfilled": F.coalesce("is_backfilled", is_own)})
        .drop("own_values")
    )


def with_inputs(frame: DataFrame) -> DataFrame:
    """Adds the numeric inputs; a missing value is null."""
    measured = {
        "_employees": F.coalesce(F.col("employees").cast("double"), range_midpoint_employees(F.col("employees_range"))),
        "_revenue": F.coalesce(F.col("revenue_usd"), range_midpoint_revenue(F.col("revenue_range"))),
    }
    employees, revenue = map(F.col, measured)
    inputs = {
        "firmo_employees_log": F.log1p(employees),
        "firmo_size": F.log1p(F.coalesce(employees, _by_band(BAND_EMPLOYEES), revenue / REVENUE_PER_EMPLOYEE_USD)),
        "firmo_revenue_log": F.when(revenue > 0, F.log10(revenue)),
        "firmo_market_cap": _by_band(range(1, len(MARKET_CAP_BANDS) + 1)),
        "firmo_age_years": company_age(F.col("founded_year"), F.col("as_of_on")),
        "firmo_is_listed": F.col("is_listed").cast("double"),
    }
    return frame.withColumns(measured).withColumns(inputs).drop(*measured)


def company_age(founded_year: Column, as_of_on: Column) -> Column:
    """Whole years since founding on a date; null when unknown or in the future.

    >>> rows = [(2016,), (2030,), (None,)]
    >>> frame = spark.createDataFrame(rows, "founded_year int").withColumn("as_of_on", F.lit(date(2026, 5, 1)))
    >>> [row.age for row in frame.select(company_age(F.col("founded_year"), F.col("as_of_on")).alias("age")).collect()]
    [10.0, None, None]
    """
    age = (F.year(as_of_on) - founded_year).cast("double")
    return F.when(age >= 0, age)


def _by_band(values: Sequence[int]) -> Column:
    pairs = zip(MARKET_CAP_BANDS, values, strict=True)
    return F.coalesce(*(F.when(F.col("market_cap_band") == band, F.lit(float(value))) for band, value in pairs))
