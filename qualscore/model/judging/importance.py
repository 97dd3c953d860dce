"""What a model looks at: how much each factor moves scores, which way, and how differently from account to account."""

from typing import Any

import numpy as np

from qualscore.model.encoding.arrays import Array
from qualscore.model.judging.explained_accounts import ExplainedAccounts

PARTS = (0.05, 0.25, 0.5, 0.75, 0.95)
"""Of the accounts: the quantiles of a factor's contributions."""


def importance(accounts: ExplainedAccounts) -> list[dict[str, Any]]:
    """All factors that move a margin, the most important first, ties by name.

    `moves` is the mean absolute contribution over as many customers as other accounts.

    Returns:
        factor, moves, customers_mean, others_mean, and customers and others: the contributions at the quantiles PARTS.
    """
    rows = []
    for place, name in enumerate(accounts.factors):
        customers, others = (accounts.contributions[side, place].astype(float) for side in (accounts.is_example, ~accounts.is_example))
        moves = (_mean(np.abs(customers)) + _mean(np.abs(others))) / 2
        if moves > 0:
            row = {"factor": name, "moves": moves, "customers_mean": _mean(customers), "others_mean": _mean(others)}
            rows.append(row | {"customers": _quantiles(customers), "others": _quantiles(others)})
    return sorted(rows, key=lambda it: (-it["moves"], it["factor"]))


def _mean(values: Array) -> float:
    return float(values.mean()) if len(values) else 0.0


def _quantiles(values: Array) -> list[float]:
    return np.quantile(values, PARTS).tolist() if len(values) else [0.0] * len(PARTS)
