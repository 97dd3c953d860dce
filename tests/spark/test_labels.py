"""Selectors: any, all and not of account lists, and the date of an example."""

from datetime import date
from typing import Any

import pytest
from pyspark.sql import SparkSession

from qualscore import contracts, labels
from qualscore.definition import Definition, Reference

EARLY, LATE = date(2025, 1, 1), date(2026, 1, 1)
MEMBERS = [
    ("won", "both.com", LATE),
    ("old", "both.com", EARLY),
    ("won", "won.com", None),
    ("old", "old.com", EARLY),
    ("won", "me.com", LATE),
]
DOMAINS = ["both.com", "me.com", "none.com", "old.com", "won.com"]


def label(spark: SparkSession, examples: dict[str, Any], **more: Any) -> dict[str, tuple[bool, bool, date | None]]:
    accounts = spark.createDataFrame([(domain,) for domain in DOMAINS], "domain string")
    lists = contracts.load("clean/account_lists").rows(spark, [{"list_name": n, "domain": d, "event_on": on} for n, d, on in MEMBERS])
    definition = Definition.model_validate({"name": "one", "examples": examples, **more})
    found = labels.label(accounts, account_lists=lists, definition=definition, own_domains=("me.com",)).collect()
    assert len(found) == len(DOMAINS)
    return {row["domain"]: (row["is_example"], row["is_excluded"], row["event_on"]) for row in found}


def test_any_takes_the_first_event_of_all_that_hold(spark: SparkSession) -> None:
    found = label(spark, {"any": [{"account_list": "won"}, {"account_list": "old"}]})
    assert found["both.com"] == (True, False, EARLY)
    assert found["won.com"] == (True, False, None)
    assert found["old.com"] == (True, False, EARLY)
    assert found["none.com"][0] is False


def test_own_domains_are_neither_examples_nor_scored(spark: SparkSession) -> None:
    assert label(spark, {"account_list": "won"})["me.com"] == (False, True, LATE)


def test_all_needs_each_and_not_turns_round(spark: SparkSession) -> None:
    found = label(spark, {"all": [{"account_list": "old"}, {"not": {"account_list": "won"}}]})
    assert [domain for domain, (is_example, _, _) in found.items() if is_example] == ["old.com"]
    assert found["old.com"][2] == EARLY


def test_who_is_excluded_is_no_example(spark: SparkSession) -> None:
    found = label(spark, {"account_list": "won"}, exclude={"account_list": "old"})
    assert found["both.com"][:2] == (False, True) and found["old.com"][:2] == (False, True) and found["won.com"][:2] == (True, False)


@pytest.mark.parametrize(
    ("reference", "inside"),
    [
        (Reference(), ["big.de", "small.de", "big.us", "unknown"]),
        (Reference(country=("DE",)), ["big.de", "small.de"]),
        (Reference(country=("DE",), min_employees=10), ["big.de"]),
    ],
)
def test_the_reference_takes_known_values_only(spark: SparkSession, reference: Reference, inside: list[str]) -> None:
    rows = [("big.de", "DE", 2.3979), ("small.de", "DE", 2.3026), ("big.us", "US", 9.0), ("unknown", None, None)]  # log1p of 10 and 9
    frame = spark.createDataFrame(rows, "domain string, country string, firmo_size double")
    assert [row["domain"] for row in frame.where(labels.in_reference(reference)).collect()] == inside
