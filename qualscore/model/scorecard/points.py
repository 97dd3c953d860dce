"""Shares of criteria to points out of 100."""

import numpy as np

from qualscore.definitions.scorecard import Scorecard
from qualscore.model.encoding.arrays import Array

DECIMALS = 6  # of a sum of points: what is 50 by hand is not 49.999999


def contributions(shares: Array, scorecard: Scorecard) -> Array:
    """Points out of 100 of each criterion: float (rows, criteria). Their sum is an account's margin.

    Points below the caps of their groups, times 100 / full marks. Where criteria are ignored as unknown, the others are counted as if
    they were all that there is: divided by their share of what an account can get, but by no less than `least_known`.

    Args:
        shares: float (rows, criteria), 0 to 1; NaN is unknown.
        scorecard: the criteria.
    """
    points = np.array([it.points for it in scorecard.criteria])
    gained = np.nan_to_num(shares) * points
    for members, cap in _groups(scorecard):
        for side in (members & (points > 0), members & (points < 0)):
            total = np.abs(gained[:, side].sum(axis=1))
            gained[:, side] *= np.where(total > cap, cap / np.maximum(total, cap), 1.0)[:, None]
    full = scorecard.full_marks or scorecard.attainable
    scaled: Array = gained * (100 / full) / np.maximum(_known(shares, scorecard), scorecard.least_known)[:, None]
    return scaled


def margins(of_criteria: Array) -> Array:
    """The sums of contributions: float (rows,)."""
    total: Array = np.round(of_criteria.sum(axis=1), DECIMALS)
    return total


def scores(margins: Array) -> Array:
    """0 to 100, rounded down to 2 decimals."""
    stored: Array = np.floor(np.round(100 * np.clip(margins, 0, 100), DECIMALS)) / 100
    return stored


def _groups(scorecard: Scorecard) -> list[tuple[Array, float]]:
    """The members, bool (criteria,), of each group that has a cap, and the cap."""
    group_of = [it.group for it in scorecard.criteria]
    return [(np.array([it == group for it in group_of]), cap) for group, cap in scorecard.caps.items()]


def _known(shares: Array, scorecard: Scorecard) -> Array:
    """The share of what an account can get that is left without the ignored criteria: float (rows,)."""
    ignorable = np.array([it.ignore_when_unknown for it in scorecard.criteria])
    left = np.maximum([it.points for it in scorecard.criteria], 0.0) * ~(np.isnan(shares) & ignorable)
    total = left.sum(axis=1)
    for members, cap in _groups(scorecard):
        of_group = left[:, members].sum(axis=1)
        total += np.minimum(of_group, cap) - of_group
    share: Array = total / scorecard.attainable
    return share
