"""What became of lists in numbers: shares with their intervals, against what was expected, and of called accounts against held out ones.

Pure functions over counts. All intervals are of 95 %: of a share E. B. Wilson's score interval (Journal of the American Statistical
Association 22, 1927, 209-212), of the difference of two shares R. G. Newcombe's hybrid of two of them (method 10 of "Interval estimation
for the difference between independent proportions", Statistics in Medicine 17, 1998, 873-890). Both cover as often as they say of the few
accounts that a list has and of shares near 0. Of 20 lists that do nothing one is expected to show an effect: believe what lists of
several days together show.
"""

import math
from collections.abc import Mapping
from typing import Any

import pandas as pd

from qualscore.intervals import wilson

OUTCOMES = ("contacted", "opportunity", "won")
SUBJECT = ("kind", "name", "since_on", "band")
MORE, FEWER, NONE_SEEN, AS_EXPECTED = "more", "fewer", "none_seen", "as_expected"


def measured(counted: pd.DataFrame) -> list[dict[str, Any]]:
    """A row for each subject and outcome.

    Args:
        counted: SUBJECT, is_control, accounts, the number of those with each of OUTCOMES, revenue_usd, and expected: the number of won ones
            (null where unknown). A subject has one row of called accounts, one of held out ones, or both.
    """
    rows: list[dict[str, Any]] = []
    for subject, of_subject in counted.sort_values([*SUBJECT, "is_control"]).groupby(list(SUBJECT), dropna=False, sort=True):
        sides = {bool(it["is_control"]): it for it in of_subject.to_dict("records")}
        rows += [dict(zip(SUBJECT, subject, strict=True)) | _row(outcome, sides) for outcome in OUTCOMES]
    return rows


def difference(having: int, of: int, control_having: int, control_of: int) -> tuple[float, float, float]:
    """The difference of two shares, and the ends of its interval (Newcombe).

    >>> tuple(round(it, 4) for it in difference(56, 70, 48, 80))  # the first example of his Table II
    (0.2, 0.0524, 0.3339)
    """
    share, control_share = having / of, control_having / control_of
    (low, high), (control_low, control_high) = wilson(having, of), wilson(control_having, control_of)
    apart = share - control_share
    return (
        apart,
        apart - math.hypot(share - low, control_high - control_share),
        apart + math.hypot(high - share, control_share - control_low),
    )


def _row(outcome: str, sides: Mapping[bool, Mapping[Any, Any]]) -> dict[str, Any]:
    called, control = sides.get(False), sides.get(True)
    row: dict[str, Any] = {"outcome": outcome, "accounts": 0, "reached": 0, "revenue_usd": 0.0}
    if called:
        row |= {"accounts": int(called["accounts"]), "reached": int(called[outcome]), "revenue_usd": float(called["revenue_usd"])}
        row |= _share("share", row["reached"], row["accounts"])
        row |= _against_expected(row, called["expected"]) if outcome == "won" else {}
    if control:
        accounts, reached = int(control["accounts"]), int(control[outcome])
        row |= {"control_accounts": accounts, "control_reached": reached, "control_revenue_usd": float(control["revenue_usd"])}
        row |= _share("control_share", reached, accounts)
    if called and control:
        apart, low, high = difference(row["reached"], row["accounts"], row["control_reached"], row["control_accounts"])
        row |= {"difference": apart, "difference_low": low, "difference_high": high, "effect": _side(0.0, low, high, NONE_SEEN)}
    return row


def _share(name: str, having: int, of: int) -> dict[str, float]:
    low, high = wilson(having, of)
    return {name: having / of, f"{name}_low": low, f"{name}_high": high}


def _against_expected(row: Mapping[str, Any], expected: float | None) -> dict[str, Any]:
    if expected is None or math.isnan(expected):
        return {}
    verdict = _side(expected / row["accounts"], row["share_low"], row["share_high"], AS_EXPECTED)
    return {"expected": float(expected), "expected_share": expected / row["accounts"], "against_expected": verdict}


def _side(value: float, low: float, high: float, within: str) -> str:
    """Where an interval lies of a value."""
    return MORE if low > value else FEWER if high < value else within
