"""Features: what CRM and CSV know describes only accounts that the universe does not know."""

from datetime import date
from typing import Any

import pytest
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from qualscore import contracts, features
from qualscore.features import firmographic
from qualscore.features.reading import AsOf
from qualscore.model.learning import coverage

OWN = {"country": "DE", "employees": 9, "revenue_usd": 1e6, "founded_year": 2000}


def described(spark: SparkSession, universe: dict[str, Any] | None) -> dict[str, Any]:
    """Features of an account that the CRM knows, by what the universe says of it."""
    snapshot = [{"domain": "a.com", "observed_on": date(2026, 1, 1), **universe}] if universe is not None else []
    own = contracts.load("clean/accounts").rows(spark, [{"domain": "a.com", "industry": "Technology", "city": "MUNICH", "own_values": OWN}])
    described_rows = features.account_features(
        own.select("domain", "company_name", F.lit(date(2026, 5, 1)).alias("as_of_on")),
        firmographics=contracts.load("clean/firmographics").rows(spark, snapshot),
        technographics=contracts.load("clean/technographics").rows(spark, []),
        keyword_sets={},
        intent_signals=contracts.load("clean/intent_signals").rows(spark, []),
        own_values=own.select("domain", "own_values"),
    )
    return described_rows.collect()[0].asDict()


def test_own_values_fill_all_of_an_account_that_the_universe_does_not_know(spark: SparkSession) -> None:
    row = described(spark, None)
    assert {name: row[name] for name in OWN} == OWN
    assert (row["has_data"], row["is_backfilled"], row["firmo_age_years"]) == (True, True, 26.0)
    assert (row["industry"], row["city"]) == (None, None)  # spelt the CRM's way


def test_gaps_of_an_account_that_the_universe_knows_stay_gaps(spark: SparkSession) -> None:
    row = described(spark, {"country": "AT", "employees_range": "51-200"})
    assert {name: row[name] for name in (*OWN, "employees_range")} == {
        **{"country": "AT", "employees": None, "revenue_usd": None, "founded_year": None},
        "employees_range": "51-200",
    }
    assert row["is_backfilled"] is False
    assert described(spark, {})["has_data"] is False


@pytest.mark.parametrize("months", [(3,), (1, 3), (1, 3, 7), (7, 9)])
def test_days_of_the_snapshots_change_nothing_but_the_time(spark: SparkSession, months: tuple[int, ...]) -> None:
    """Every second company is in the first snapshot, every third in the second, and so on."""
    days = [date(2026, month, 1) for month in months]
    rows = [
        {"domain": f"company{i}.com", "observed_on": day, "employees": 100 * i + place}
        for place, day in enumerate(days, start=2)
        for i in range(0, 40, place)
    ]
    firmographics, when = contracts.load("clean/firmographics").rows(spark, rows), AsOf(spark.range(0).toDF("domain"), date(2026, 5, 1))
    plain, quick = (firmographic.snapshots(when, firmographics, days=known).orderBy("domain").collect() for known in ((), days))
    assert quick == plain
    first = next(row for row in quick if row["domain"] == "company0.com")
    assert (first["employees"], first["is_backfilled"]) == ({(1, 3): 3, (1, 3, 7): 3}.get(months, 2), months == (7, 9))


def test_coverage_by_hand(spark: SparkSession) -> None:
    """3 of 4 examples and 1 of 10 unlabelled are in the CRM: .5 + (.75 - .1) / 2."""
    sides = [(True, number < 3) for number in range(4)] + [(False, number < 1) for number in range(10)]
    rows = [
        (example, not example, ["crm"] if crm else ["firmographics"], [1] if example else [], [1] if crm else []) for example, crm in sides
    ]
    frame = spark.createDataFrame(
        rows, "is_example boolean, is_unlabelled boolean, known_by array<string>, tech_stack array<int>, intent array<int>"
    )
    row = frame.agg(*(share.alias(name) for name, share in coverage.shares().items())).first()
    measures = coverage.measured(row.asDict())
    assert measures["in_crm_auc"] == pytest.approx(0.825)
    names = ("crm_examples", "crm_unlabelled", "csv_examples", "technographics_examples", "intent_unlabelled")
    assert [measures[f"coverage_{name}"] for name in names] == [0.75, 0.1, 0.0, 1.0, 0.1]
    (warning,) = coverage.warnings(measures, "one")
    assert (
        warning.startswith("one: 'is in a CRM' alone would reach ROC-AUC 0.8") and "(75% of the examples, 10% of the unlabelled" in warning
    )
    assert coverage.warnings(measures | {"in_crm_auc": 0.75}, "one") == []
