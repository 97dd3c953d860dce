"""Outcomes of lists: 500 simulated tables, whose intervals have to cover the truth as often as they say."""

from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest

from qualscore.scores.outcome_measures import OUTCOMES, measured

TABLES = 500
CALLED, CONTROL = 400, 100
SHARES = {"contacted": 0.5, "opportunity": 0.05, "won": 0.02}  # of the held out
EXPECTED = 0.04  # share of won ones


def simulated(effect: float, *, seed: int) -> list[dict[str, Any]]:
    """Rows of 500 lists, each with accounts whose shares are SHARES, and of called ones higher by an effect."""
    draws = np.random.default_rng(seed)
    rows = []
    for number in range(TABLES):
        for is_control, accounts in ((False, CALLED), (True, CONTROL)):
            counts = {name: draws.binomial(accounts, share + (0 if is_control else effect)) for name, share in SHARES.items()}
            rows.append(
                {"kind": "list", "name": f"list_{number:03}", "since_on": date(2026, 6, 1), "band": "all", "is_control": is_control,
                 "accounts": accounts, "revenue_usd": 0.0, "expected": EXPECTED * accounts, **counts}
            )  # fmt: skip
    return measured(pd.DataFrame(rows).sample(frac=1, random_state=seed))


def share_of(rows: list[dict[str, Any]], **wanted: str) -> float:
    """Of all rows of an outcome, or of each, those that say something."""
    return float(np.mean([all(row[name] == value for name, value in wanted.items()) for row in rows]))


@pytest.fixture(scope="module")
def without_effect() -> list[dict[str, Any]]:
    return simulated(0.0, seed=1)


@pytest.fixture(scope="module")
def with_effect() -> list[dict[str, Any]]:
    return simulated(0.15, seed=2)


@pytest.mark.parametrize("effect", [0.0, 0.15])
def test_intervals_cover_the_truth_as_often_as_they_say(
    effect: float, without_effect: list[dict[str, Any]], with_effect: list[dict[str, Any]]
) -> None:
    """Nineteen of twenty; of 500 the number is off by 2 points in one of twenty cases."""
    rows = with_effect if effect else without_effect
    for outcome in OUTCOMES:
        mine, truth = [row for row in rows if row["outcome"] == outcome], SHARES[outcome]
        assert len(mine) == TABLES
        covers = {
            "share": np.mean([row["share_low"] <= truth + effect <= row["share_high"] for row in mine]),
            "control_share": np.mean([row["control_share_low"] <= truth <= row["control_share_high"] for row in mine]),
            "difference": np.mean([row["difference_low"] <= effect <= row["difference_high"] for row in mine]),
        }
        assert all(0.925 <= it <= 0.99 for it in covers.values()), (outcome, covers)


def test_a_planted_effect_is_found_and_none_where_none_is_planted(
    without_effect: list[dict[str, Any]], with_effect: list[dict[str, Any]]
) -> None:
    for outcome in ("opportunity", "won"):
        planted, plain = ([row for row in rows if row["outcome"] == outcome] for rows in (with_effect, without_effect))
        assert share_of(planted, effect="more") > 0.95, outcome
        assert share_of(plain, effect="none_seen") > 0.93, outcome


def test_all_lists_together_tell_an_effect_from_none(without_effect: list[dict[str, Any]], with_effect: list[dict[str, Any]]) -> None:
    for rows, effect in ((without_effect, "none_seen"), (with_effect, "more")):
        sums = {
            name: [sum(row[name] for row in rows if row["outcome"] == it) for it in OUTCOMES] for name in ("reached", "control_reached")
        }
        sides = [
            dict(zip(OUTCOMES, sums[name], strict=True)) | {"is_control": is_control, "accounts": number * TABLES}
            for name, is_control, number in (("reached", False, CALLED), ("control_reached", True, CONTROL))
        ]
        subject = {
            "kind": "list_all_days",
            "name": "all",
            "since_on": date(2026, 6, 1),
            "band": "all",
            "revenue_usd": 0.0,
            "expected": None,
        }
        assert {row["effect"] for row in measured(pd.DataFrame([subject | it for it in sides]))} == {effect}


def test_what_is_won_is_held_against_what_was_expected(without_effect: list[dict[str, Any]], with_effect: list[dict[str, Any]]) -> None:
    """.02 and .17 won where .04 were expected."""
    won, many = ([row for row in rows if row["outcome"] == "won"] for rows in (without_effect, with_effect))
    assert {(row["expected"], row["expected_share"]) for row in won} == {(EXPECTED * CALLED, EXPECTED)}
    assert share_of(won, against_expected="more") == 0 and share_of(won, against_expected="fewer") > 0.5
    assert share_of(many, against_expected="more") > 0.99
    assert not any("expected" in row for row in without_effect if row["outcome"] != "won")


def test_one_row_for_each_outcome_and_no_side_is_needed() -> None:
    """A score has no held out accounts, and all of a small list may be held out."""
    counts = {"accounts": 10, "contacted": 5, "opportunity": 1, "won": 0, "revenue_usd": 0.0, "expected": None}
    score = {"kind": "score", "name": "platform", "since_on": date(2026, 6, 1), "band": "likely", "is_control": False, **counts}
    held_out = {"kind": "list", "name": "tiny", "since_on": date(2026, 6, 1), "band": "all", "is_control": True, **counts}
    rows = measured(pd.DataFrame([score, held_out]))
    assert [(row["name"], row["outcome"], row["accounts"], row["reached"], row.get("control_reached")) for row in rows] == [
        *(("tiny", outcome, 0, 0, counts[outcome]) for outcome in OUTCOMES),
        *(("platform", outcome, 10, counts[outcome], None) for outcome in OUTCOMES),
    ]
    assert not any("effect" in row or "expected" in row for row in rows)
    assert all("share" not in row for row in rows[:3])
