"""The ideal customer and its opposite: the levels of factors that raise and lower scores, with how common they are."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from qualscore.model.judging.levels import OTHER, UNKNOWN

LISTED = 8
CLEARLY = 1.5  # times as common on one side as on the other
COMMON = 0.03  # of the side that has it: a rarer trait describes nobody
FEWEST_CUSTOMERS = 5

Rows = Sequence[Mapping[str, Any]]


def profile(factors: Rows) -> dict[str, list[dict[str, Any]]]:
    """Traits of customers, and traits of accounts that are none, one a factor: those that matter to most accounts first.

    Args:
        factors: of `levels.levels`.

    Returns:
        ideal and opposite: factor, level, customers, accounts, customers_share, all_share, times (one share by the other), moves.
    """
    traits = [it for of in factors for it in _traits(of)]
    ideal = [it for it in traits if it["moves"] > 0 and it["times"] >= CLEARLY and it["customers"] >= FEWEST_CUSTOMERS]
    opposite = [it for it in traits if it["moves"] < 0 and it["times"] <= 1 / CLEARLY]
    return {
        "ideal": _first(ideal, "customers_share"),
        "opposite": _first(opposite, "all_share"),
    }


def _traits(factor: Mapping[str, Any]) -> Iterable[dict[str, Any]]:
    """What is not known of an account, and what it does not use, is no trait to look for."""
    for level in factor["levels"]:
        if "withheld" not in level and level["level"] not in (OTHER, UNKNOWN, "does not use it"):
            yield {"factor": factor["factor"], "times": level["customers_share"] / level["all_share"], **level}


def _first(traits: list[dict[str, Any]], side: str) -> list[dict[str, Any]]:
    """The best level of each factor, by how far it moves scores times how common it is."""
    common = sorted((it for it in traits if it[side] >= COMMON), key=lambda it: (-abs(it["moves"]) * it[side], it["factor"], it["level"]))
    best = {it["factor"]: it for it in reversed(common)}
    return sorted(best.values(), key=lambda it: -abs(it["moves"]) * it[side])[:LISTED]
