"""What to doubt in a model that looks good: each suspicion with what to do about it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from qualscore.model.encoding.arrays import Array

TOO_GOOD = 0.9  # the best single factors of real universes reach .88
LEAST_CONVINCING, LEAST_LOW_END = 0.70, 0.60
CLUMPED = 0.1
DRIFTED = 0.25  # the usual bound of a population that has changed
POORLY_CALIBRATED = 0.10  # .03 measured on real customers
TOLD_FROM_TODAY = 0.80
PARTS = 10


@dataclass(frozen=True)
class Suspicion:
    """One doubt.

    Attributes:
        kind: its name for programs.
        said: what was found, in a sentence.
        advice: what to do.
    """

    kind: str
    sentence: str
    advice: str


def weak(measures: Mapping[str, float], low_end: float) -> list[Suspicion]:
    """A model that is not much better than chance, or may be none."""
    auc = measures["roc_auc"]
    if auc >= LEAST_CONVINCING and low_end >= LEAST_LOW_END:
        return []
    sentence = f"the model is weak: ROC-AUC {auc:.2f}, and it may be as low as {low_end:.2f}"
    return [
        Suspicion(
            "weak", sentence, "add customers, narrow `examples` to one kind of customer, or deliver data that says more about accounts"
        )
    ]


def too_good(rules: Sequence[Mapping[str, Any]]) -> list[Suspicion]:
    """Single factors that nearly tell examples from the others: more often a result of the sale than its cause."""
    return [
        Suspicion(
            "single_factor",
            f"'{rule['rule']}' alone reaches ROC-AUC {rule['roc_auc']:.2f}",
            f"if it is a result of the sale, leave it out ({how_to_leave_out(str(rule['column']))}); if it is who you sell to, "
            "narrow `reference` to such accounts",
        )
        for rule in rules
        if rule["roc_auc"] > TOO_GOOD
    ]


def how_to_leave_out(column: str) -> str:
    """The definition's setting for a factor."""
    for prefix, kind in (("uses ", "products"), ("technologies in ", "categories")):
        if column.startswith(prefix):
            return f"features.leave_out.{kind}: [{column.removeprefix(prefix)}]"
    return f"features.leave_out.columns: [{column}]"


def clumped(unlabelled: Array) -> list[Suspicion]:
    """One margin that many accounts share: among them the score has no order."""
    _, counts = np.unique(np.round(unlabelled, 9), return_counts=True)
    share = counts.max() / len(unlabelled)
    if share <= CLUMPED:
        return []
    sentence = f"{share:.0%} of the accounts share one score: little is known of them, and among them there is no order"
    return [Suspicion("clumped", sentence, "deliver more about them, or narrow `reference` to accounts of which more is known")]


def beaten(slices: Sequence[Mapping[str, Any]]) -> list[Suspicion]:
    """Slices in which a one-line rule finds clearly more than the model."""
    return [
        Suspicion(
            "rule_wins",
            f"{row['slice']}: '{rule['rule']}' alone is better ({_measures_in_words(rule)})",
            f"for {row['slice']}, make a score of its own with `reference` and `examples` of this slice, or sort by that rule",
        )
        for row in slices
        for rule in [it for it in row["beaten_by"] if it["is_clear"]][:1]
    ]


def _measures_in_words(row: Mapping[str, Any]) -> str:
    if row["measure"] == "roc_auc":
        return f"ROC-AUC {row['value']:.3f}, the model {row['model']:.3f}"
    return f"{row['value']:.0%} of customers in the top 10 %, the model {row['model']:.0%}"


def miscalibrated(error: float) -> list[Suspicion]:
    """Scores that do not mean what they say."""
    if not error > POORLY_CALIBRATED:
        return []
    sentence = f"scores say something else than what was observed: {error:.2f} on average over the bands"
    return [Suspicion("calibration", sentence, "use the order of the accounts and not the score itself until there are more customers")]


def drifted(psi: float | None) -> list[Suspicion]:
    """Accounts whose margins of today are distributed differently from those of the examples' dates."""
    if psi is None or psi <= DRIFTED:
        return []
    sentence = f"today's accounts look different from those of the examples' dates (PSI {psi:.2f}, more than {DRIFTED} is much)"
    advice = "deliver data as it was at those dates (snapshots with observed_on, first_seen_on), or select newer examples"
    return [Suspicion("drift", sentence, advice)]


def by_chance(p: float | None, lists: int) -> list[Suspicion]:
    """A model as good as which a random list's was, too."""
    if p is None or p <= 1.5 / (lists + 1):
        return []
    sentence = (
        f"of {lists} lists drawn at random {round(p * (lists + 1)) - 1} reach as much (p = {p:.2f}): what the model finds may be chance"
    )
    return [Suspicion("by_chance", sentence, "add customers, or narrow `examples` to one kind of customer")]


def told_from_today(auc: float | None, factors: Sequence[str]) -> list[Suspicion]:
    """Accounts of today that a model tells from those of the examples' dates."""
    if auc is None or auc <= TOLD_FROM_TODAY:
        return []
    by = f", above all by {', '.join(factors)}" if factors else ""
    sentence = (
        f"today's accounts can be told from those of the examples' dates (ROC-AUC {auc:.2f}{by}): the model scores what it has not seen"
    )
    advice = "deliver that data as it was at those dates too, leave those inputs out (features.leave_out), or select newer examples"
    return [Suspicion("inputs_drift", sentence, advice)]


def population_stability(before: Array, now: Array) -> float:
    """The population stability index over tenths of `before`: sum of (now - before) * ln(now / before).

    >>> round(population_stability(np.arange(100.0), np.arange(100.0)), 3)
    0.0
    """
    edges = np.unique(np.quantile(before, np.linspace(0, 1, PARTS + 1)[1:-1]))
    shares = []
    for side in (before, now):
        counted = np.bincount(np.searchsorted(edges, side, "left"), minlength=len(edges) + 1)
        shares.append(np.maximum(counted / len(side), 1e-4))  # an empty part would make it infinite
    return float(((shares[1] - shares[0]) * np.log(shares[1] / shares[0])).sum())
