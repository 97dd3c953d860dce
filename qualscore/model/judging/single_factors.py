"""What a single factor finds: a score that loses to a one-line rule is not good enough."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from qualscore.definitions.definition import PREFIXES, Features
from qualscore.model.encoding.arrays import Array
from qualscore.model.encoding.encoding import SMOOTHING
from qualscore.model.encoding.inputs import LIFTED, NUMERIC
from qualscore.model.learning.evaluation import intervals, ranking
from qualscore.model.learning.evidence import is_left_out

REPORTED = 5
DRAWS = 200


@dataclass(frozen=True)
class Rule:
    """Accounts sorted by one factor.

    Attributes:
        name: in plain words.
        column: the factor's column, for `leave_out`.
        order: float (accounts,), the highest first; unknown values are the lowest.
    """

    name: str
    column: str
    order: Array


@dataclass(frozen=True)
class Measured:
    """A rule's name, its factor's column, and the measures of `ranking`."""

    rule: str
    column: str
    measures: dict[str, float]
    ends: dict[str, tuple[float, float]] = field(default_factory=dict)
    """Of the measures' 95 % intervals, where they are known."""


def rules(judged: pd.DataFrame, features: Features, technologies: tuple[str, ...] = ()) -> list[Rule]:
    """Every single factor that the model may use: numbers sorted both ways, categories by their lift, technologies as yes or no.

    Args:
        judged: is_example, calibration_fold, numeric and categorical columns, technology_0, ...
        features: what is left out of the model is no rule either.
        technologies: names of the technologies.
    """
    used = [name for name in judged if not is_left_out(str(name), features)]
    numbers = [str(name) for name in used if str(name).startswith(tuple(PREFIXES.values()))]
    possible = [rule for name in numbers for rule in _both_ways(name, judged[name].to_numpy(float, na_value=np.nan))]
    possible += [Rule(f"{name}, by how common among customers", name, cross_fitted_lifts(judged, name)) for name in LIFTED if name in used]
    for i, name in enumerate(technologies):
        has = judged[f"technology_{i}"].fillna(False).to_numpy(bool).astype(float)
        possible += [Rule(name, name, has), Rule(f"not: {name}", name, -has)]
    return [rule for rule in possible if len(rule.order) and rule.order.min() < rule.order.max()]


def _both_ways(column: str, values: Array) -> Iterator[Rule]:
    factor = NUMERIC.get(column, {"tech_count": "technologies known"}.get(column, column))
    if factor == "employees" and column == "firmo_size":
        factor = "size (employees, or estimated from other values)"
    for order, sign in (("most first", 1.0), ("least first", -1.0)):
        yield Rule(f"{factor}, {order}", column, np.where(np.isnan(values), -np.inf, sign * values))


def cross_fitted_lifts(judged: pd.DataFrame, column: str) -> Array:
    """How much more common each account's value is among examples of the other folds than among their unlabelled: float (accounts,)."""
    codes, values = pd.factorize(judged[column], use_na_sentinel=False)
    folds, is_example = judged["calibration_fold"].to_numpy(), judged["is_example"].to_numpy(bool)
    lifts = np.zeros(len(judged))
    for fold in np.unique(folds):
        others = folds != fold
        seen, common = (np.bincount(codes[others & side], minlength=len(values)) for side in (is_example, ~is_example))
        expected = common / max(1, common.sum()) * seen.sum()
        lifts[~others] = np.log((seen + SMOOTHING) / (expected + SMOOTHING))[codes[~others]]
    return lifts


def judge(rules: Sequence[Rule], is_example: Array, within: Array, *, weight: float) -> list[Measured]:
    """What each rule finds among the accounts `within` (bool), the best ROC-AUC first, ties by name.

    Args:
        rules: that may be as good as the model.
        is_example: bool (accounts,).
        within: bool (accounts,).
        weight: how many unlabelled accounts each drawn one stands for.
    """
    examples, unlabelled = within & is_example, within & ~is_example
    measured = [Measured(it.name, it.column, ranking(it.order[examples], it.order[unlabelled], weight=weight)) for it in rules]
    return sorted(measured, key=lambda it: (-it.measures["roc_auc"], it.rule))


def best(measured: Sequence[Measured], measure: str) -> Measured | None:
    """The first of the best by one measure."""
    return max(measured, key=lambda it: it.measures[measure], default=None)


def the_best(measured: Sequence[Measured], most: int = REPORTED) -> list[Measured]:
    """The best few by ROC-AUC, and the best by recall in the top 10 %."""
    chosen, by_recall = [*measured[:most]], best(measured, "recall_at_10")
    return chosen + ([by_recall] if by_recall is not None and by_recall not in chosen else [])


def with_intervals(chosen: Sequence[Measured], rules: Sequence[Rule], is_example: Array, *, weight: float) -> list[Measured]:
    """Adds the intervals of measured rules: among all accounts."""
    order_of = {it.name: it.order for it in rules}
    orders = [order_of[it.rule] for it in chosen]
    return [
        replace(it, ends=intervals(order[is_example], order[~is_example], weight=weight, draws=DRAWS))
        for it, order in zip(chosen, orders, strict=True)
    ]


def reported(chosen: Sequence[Measured]) -> list[dict[str, object]]:
    """Rule, column and measures, and the intervals where they are known."""
    return [{"rule": it.rule, "column": it.column, **it.measures} | ({"intervals": it.ends} if it.ends else {}) for it in chosen]
