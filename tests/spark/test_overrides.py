"""Scores that people set in place of the model's: which are in force, and what becomes of a table of scores."""

from datetime import date
from typing import Any

import pytest
from pyspark.sql import DataFrame, SparkSession

from qualscore import contracts
from qualscore.scores import overrides

AS_OF, BEFORE, AFTER = date(2026, 6, 1), date(2026, 5, 31), date(2026, 12, 31)
NAMES = ("domain", "score_name", "score_final", "decision", "decided_on", "expires_on")
OVERRIDES = [
    ("all.com", None, 90, None, None, None),
    ("narrow.com", None, 100, "always", AS_OF, None),
    ("narrow.com", "one", 10, None, BEFORE, None),  # of one score
    ("later.com", "one", 100, "always", None, None),
    ("later.com", "one", 20, None, BEFORE, AFTER),  # of the latest day
    ("sooner.com", "one", 30, None, BEFORE, None),
    ("sooner.com", "one", 40, None, BEFORE, AFTER),  # ends first
    ("agreed.com", "one", 50, None, BEFORE, None),
    ("agreed.com", "one", 50, None, AS_OF, AFTER),
    ("over.com", "one", 0, "never", None, BEFORE),
    ("today.com", "one", 0, "never", None, AS_OF),
    ("elsewhere.com", "three", 0, "never", None, None),
]


@pytest.fixture(scope="module")
def in_force(spark: SparkSession) -> DataFrame:
    rows = [dict(zip(NAMES, it, strict=True)) for it in OVERRIDES]
    return overrides.in_force(
        contracts.load("clean/overrides").rows(spark, rows), score_names=["one", "two"], as_of=AS_OF
    ).localCheckpoint()


def content(frame: DataFrame) -> list[tuple[Any, ...]]:
    return sorted(tuple(row) for row in frame.collect())


def test_of_several_that_apply_one_goes_first(in_force: DataFrame) -> None:
    """Until the last day that it applies, and for all scores where none is named."""
    assert content(in_force) == [
        ("one", "agreed.com", 50.0, "override_score", False),
        ("one", "all.com", 90.0, "override_score", False),
        ("one", "later.com", 20.0, "override_score", True),
        ("one", "narrow.com", 10.0, "override_score", True),
        ("one", "sooner.com", 40.0, "override_score", True),
        ("one", "today.com", 0.0, "override_never", False),
        ("two", "all.com", 90.0, "override_score", False),
        ("two", "narrow.com", 100.0, "override_always", False),
    ]


def test_a_score_stays_beside_the_final_one(spark: SparkSession, in_force: DataFrame) -> None:
    """Also where both are equal; what is of an account without a score is counted."""
    scores = [("one", "all.com", 90.0), ("one", "else.com", 7.5), ("one", "today.com", 99.0), ("two", "today.com", 98.0)]
    rows = [
        {"score_name": name, "domain": domain, "score": score, "score_final": score, "final_cause": "model", "band": "likely"}
        for name, domain, score in scores
    ]
    final = overrides.overridden(contracts.load("scores/account_scores").rows(spark, rows), in_force).localCheckpoint()
    assert content(final.select("score_name", "domain", "score", "score_final", "final_cause", "band")) == [
        ("one", "all.com", 90.0, 90.0, "override_score", "likely"),
        ("one", "else.com", 7.5, 7.5, "model", "likely"),
        ("one", "today.com", 99.0, 0.0, "override_never", "likely"),
        ("two", "today.com", 98.0, 98.0, "model", "likely"),
    ]
    assert content(overrides.became(in_force, final)) == [
        ("one", 2, 4, 3, ["agreed.com", "later.com", "narrow.com", "sooner.com"]),
        ("two", 0, 2, 0, ["all.com", "narrow.com"]),
    ]
