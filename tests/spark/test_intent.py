"""What an account researched before a date: windows, sets, coverage."""

from datetime import date, timedelta
from typing import Any

import pytest
from pyspark.sql import DataFrame, Row, SparkSession

from qualscore import contracts, features
from qualscore.features import intent

SUNDAY = date(2026, 5, 31)
MONDAY = date(2026, 5, 25)  # of the week that ends on SUNDAY
EVERYWHERE = [("else.com", "kafka", MONDAY + timedelta(weeks=week), 50.0, ["data"]) for week in (-60, 10)]
Signal = tuple[str, str, date, float, list[str]]


def weeks_ago(weeks: int) -> date:
    return MONDAY - timedelta(weeks=weeks)


def signals(spark: SparkSession, rows: list[Signal]) -> DataFrame:
    names = ("domain", "keyword", "week_on", "strength")
    return contracts.load("clean/intent_signals").rows(spark, [dict(zip(names, row, strict=False)) for row in rows])


def sets_of(rows: list[Signal]) -> dict[str, list[str]]:
    """Name to keywords, as people write them."""
    held = [(name, keyword) for _, keyword, _, _, names in rows for name in names]
    return {name: [keyword.title() for its, keyword in held if its == name] for name, _ in held}


def described(spark: SparkSession, dates: list[tuple[str, date]], rows: list[Signal], **given: Any) -> dict[tuple[str, date], Row]:
    described_rows = features.account_features(
        spark.createDataFrame([(domain, domain, day) for domain, day in dates], "domain string, company_name string, as_of_on date"),
        firmographics=contracts.load("clean/firmographics").rows(spark, []),
        technographics=contracts.load("clean/technographics").rows(spark, []),
        intent_signals=signals(spark, rows),
        keyword_sets=sets_of(rows),
        **given,
    )
    by_key = {
        (row["domain"], row["as_of_on"]): row for row in contracts.load("features/account_features").conform(described_rows).collect()
    }
    assert len(by_key) == len(dates)
    return by_key


def counts(row: Row) -> list[int | None]:
    return [row[f"intent_signals_{weeks}w"] for weeks in (4, 13, 52)]


def test_a_week_counts_once_it_is_over_and_for_364_days(spark: SparkSession) -> None:
    day = timedelta(days=1)
    dates = {
        "unfinished": SUNDAY - day,  # week_on + 6 is tomorrow
        "just over": SUNDAY,
        "the last of 4": SUNDAY + timedelta(weeks=3, days=6),
        "the first after 4": SUNDAY + timedelta(weeks=4),
        "the last of 13": SUNDAY + timedelta(weeks=12, days=6),
        "the first after 13": SUNDAY + timedelta(weeks=13),
        "363 days": MONDAY + 363 * day,
        "364 days": MONDAY + 364 * day,
    }
    later = [("else.com", "kafka", MONDAY + timedelta(weeks=week), 50.0, ["data"]) for week in (-60, 60)]
    rows = described(spark, [("a.com", on) for on in dates.values()], [("a.com", "kafka", MONDAY, 70.0, ["data"]), *later])
    seen = {name: (*counts(rows["a.com", on]), rows["a.com", on]["intent_weeks_since_last"]) for name, on in dates.items()}
    assert seen == {
        "unfinished": (0, 0, 0, None),
        "just over": (1, 1, 1, 0),
        "the last of 4": (1, 1, 1, 3),
        "the first after 4": (0, 1, 1, 4),
        "the last of 13": (0, 1, 1, 12),
        "the first after 13": (0, 0, 1, 13),
        "363 days": (0, 0, 1, 51),
        "364 days": (0, 0, 0, None),
    }
    assert {name: rows["a.com", on]["has_data"] for name, on in dates.items() if name in ("unfinished", "just over", "364 days")} == {
        "unfinished": False,
        "just over": True,
        "364 days": False,
    }


def test_measures_by_hand_and_each_set_of_a_keyword(spark: SparkSession) -> None:
    rows: list[Signal] = [
        *[("a.com", "kafka", weeks_ago(week), 70.25, ["data", "streaming"]) for week in (0, 1, 5)],
        ("a.com", "dashboards", weeks_ago(20), 40.0, ["analytics"]),
        ("a.com", "gardening", weeks_ago(0), 99.0, []),
        ("b.com", "gardening", weeks_ago(0), 99.0, []),
        *EVERYWHERE,
    ]
    dates = [(domain, SUNDAY) for domain in ("a.com", "b.com", "none.com")]
    row_of = {domain: row for (domain, _), row in described(spark, dates, rows).items()}
    trend = 2 / 4 - 3 / 13
    busy = {"signals_4w": 2, "signals_13w": 3, "signals_52w": 3, "strength_4w": 140.5, "strength_13w": 210.75, "strength_52w": 210.75}
    busy |= {"trend": pytest.approx(trend), "weeks_since_last": 0}
    none_now = {"signals_4w": 0, "signals_13w": 0, "signals_52w": 1, "strength_4w": 0.0, "strength_13w": 0.0, "strength_52w": 40.0}
    assert [row.asDict() for row in row_of["a.com"]["intent"]] == [
        {"keyword_set": "analytics", **none_now, "trend": 0.0, "weeks_since_last": 20},
        {"keyword_set": "data", **busy},
        {"keyword_set": "streaming", **busy},
    ]
    # Over all sets a signal counts once; a keyword of no set counts nowhere, but is known.
    total = {name: row_of["a.com"][f"intent_{name}"] for name in intent.MEASURES}
    assert total == busy | {"signals_52w": 4, "strength_52w": 250.75}
    for domain, is_known in (("b.com", True), ("none.com", False)):
        row = row_of[domain]
        assert (row["intent"], row["has_data"]) == ([], is_known)
        assert [row[f"intent_{name}"] for name in intent.MEASURES] == [0, 0, 0, 0.0, 0.0, 0.0, 0.0, None]


def test_what_no_delivery_covers_is_null_and_not_0(spark: SparkSession) -> None:
    """Weeks 20 to 0 before SUNDAY are delivered."""
    rows: list[Signal] = [("a.com", "kafka", weeks_ago(week), 50.0, ["data"]) for week in (0, 20)]
    days = {"all but the year": SUNDAY, "one week missing": SUNDAY + timedelta(weeks=1), "before all": weeks_ago(21)}
    days |= {
        "4 weeks": SUNDAY - timedelta(weeks=9),
        "a week short of 13": SUNDAY - timedelta(weeks=9),
        "just 13": SUNDAY - timedelta(weeks=8),
    }
    dates = [(domain, day) for day in sorted(set(days.values())) for domain in ("a.com", "none.com")]
    row_of = described(spark, dates, rows)
    of = {(domain, name): row_of[domain, day] for domain in ("a.com", "none.com") for name, day in days.items()}
    assert counts(of["a.com", "all but the year"]) == [1, 1, None]
    assert counts(of["none.com", "all but the year"]) == [0, 0, None]
    assert counts(of["none.com", "just 13"]) == [0, 0, None] and counts(of["none.com", "a week short of 13"]) == [0, None, None]
    for name in ("one week missing", "before all"):
        assert [of["none.com", name][total] for total in intent.TOTALS] == [None] * len(intent.TOTALS)
    (in_set,) = of["a.com", "one week missing"]["intent"]
    assert in_set.asDict() == {"keyword_set": "data", **dict.fromkeys(intent.MEASURES)}
    assert of["a.com", "one week missing"]["has_data"] is True
    assert of["none.com", "a week short of 13"]["intent_trend"] is None and of["none.com", "just 13"]["intent_trend"] == 0.0


def test_one_date_for_all_gives_the_same_as_a_date_of_each(spark: SparkSession) -> None:
    rows: list[Signal] = [("a.com", "kafka", weeks_ago(week), 33.3, ["data"]) for week in range(60)]
    dates = [("a.com", SUNDAY), ("none.com", SUNDAY)]
    each = described(spark, dates, rows)
    assert described(spark, dates, rows, as_of=SUNDAY) == each
    # 52 complete weeks begin and end within 364 days when these end on a Sunday.
    assert counts(each["a.com", SUNDAY]) == [4, 13, 52]
