"""Gains: which share of the customers is in the top of the accounts, for every size of the top; of the model and of one-line rules."""

from typing import Any

import numpy as np

from qualscore.definitions.definition import Features
from qualscore.model.encoding.arrays import Array
from qualscore.model.judging import single_factors
from qualscore.model.learning.evaluation import rank
from qualscore.model.learning.evidence import Evidence

TOPS = (0.5, 1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 25, 30, 40, 50, 60, 70, 80, 90, 100)
"""Percent of all accounts, at which the share is told."""


def gains(evidence: Evidence, features: Features) -> dict[str, Any]:
    """The share of the customers in the top accounts.

    Returns:
        top_percent; model; and rules: the best by ROC-AUC and, where it is another, the best by recall in the top 10 %, each with
        rule and found.
    """
    is_example, weight = evidence.judged["is_example"].to_numpy(bool), evidence.weight
    rules = single_factors.rules(evidence.judged, features, evidence.technologies)
    measured = single_factors.judge(rules, is_example, np.ones(len(is_example), bool), weight=weight)
    best = {it.rule: it for name in ("roc_auc", "recall_at_10") if (it := single_factors.best(measured, name)) is not None}
    order_of = {it.name: it.order for it in rules}
    return {
        "top_percent": list(TOPS),
        "model": found(*evidence.margins, weight=weight),
        "rules": [{"rule": name, "found": found(order_of[name][is_example], order_of[name][~is_example], weight=weight)} for name in best],
    }


def found(examples: Array, unlabelled: Array, *, weight: float, tops: tuple[float, ...] = TOPS) -> list[float]:
    """The share of the examples in each top; of equal margins at its edge as large a share of examples as of others.

    Args:
        examples: float (examples,), their margins.
        unlabelled: float (unlabelled,), margins of the drawn accounts.
        weight: how many unlabelled accounts each drawn one stands for.
        tops: percent of all accounts.

    >>> found(np.array([3.0, 1.0]), np.array([2.0, 0.0]), weight=1, tops=(25, 50, 75, 100))
    [0.5, 0.5, 1.0, 1.0]
    """
    ranked = rank(examples, unlabelled)
    cells = weight * ranked.cells
    size = ranked.examples + cells[1::2]
    start = ranked.examples.cumsum() - ranked.examples + cells.cumsum()[0:-1:2]
    total = len(examples) + weight * len(unlabelled)
    shares = [float((ranked.examples * np.clip(top / 100 * total - start, 0, size) / size).sum() / len(examples)) for top in tops]
    return [min(1.0, share) for share in shares]
