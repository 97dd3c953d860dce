"""What a factor's values tell: how common each value, or range of values, is among customers and among all, and how scores move along."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from qualscore.features.firmographic import MARKET_CAP_BANDS
from qualscore.intervals import wilson
from qualscore.model.encoding.arrays import Array
from qualscore.model.encoding.encoding import SMOOTHING
from qualscore.model.encoding.inputs import LIFTED
from qualscore.model.judging.explained_accounts import ExplainedAccounts

FEWEST = 5
"""Numbers of fewer accounts are withheld: such values are counted under 'other'."""
MOST_VALUES = 6
OTHER, UNKNOWN = "other", "unknown"
EMPLOYEES = (0, 10, 50, 200, 1_000, 10_000)
REVENUES_USD = (0, 1e6, 1e7, 1e8, 1e9)
YEARS = (0, 3, 6, 11, 21, 51)
COUNTS = (0, 1, 2, 4, 8, 16)
SIGNALS = (0, 1, 5, 20)

Level = tuple[str, Array]
"""A value in words, and which accounts have it: bool (accounts,)."""


def levels(accounts: ExplainedAccounts, factors: Sequence[str]) -> list[dict[str, Any]]:
    """For each factor its levels.

    Returns:
        factor, and levels: level, customers, accounts (both as many as they stand for), customers_share, all_share, rate (customers
        among the accounts with it) with its 95 % interval, and moves: the mean contribution. A level of fewer than FEWEST accounts is
        counted with the others or, where there are none, has no numbers.
    """
    return [{"factor": name, "levels": [_row(accounts, name, *it) for it in _levels(accounts, name)]} for name in factors]


def _row(accounts: ExplainedAccounts, factor: str, level: str, having: Array) -> dict[str, Any]:
    is_example = accounts.is_example
    customers = float((having & is_example).sum()) * accounts.example_weight
    others = float((having & ~is_example).sum()) * accounts.weight
    total = customers + others
    if total < FEWEST:
        return {"level": level, "withheld": True}
    all_accounts = is_example.sum() * accounts.example_weight + (~is_example).sum() * accounts.weight
    low, high = wilson(customers, total)
    return {
        "level": level, "customers": customers, "accounts": total,
        "customers_share": customers / (is_example.sum() * accounts.example_weight), "all_share": total / all_accounts,
        "rate": customers / total, "low": low, "high": high,
        "moves": float(accounts.of(factor)[0][having].astype(float).mean()),
    }  # fmt: skip


def _levels(accounts: ExplainedAccounts, factor: str) -> Iterator[Level]:
    if factor in LIFTED:
        return _of_texts(accounts, accounts.texts[factor])
    values = accounts.of(factor)[1].astype(float)
    if factor.startswith("uses "):
        return iter([("uses it", values > 0), ("does not use it", ~(values > 0))])
    if factor == "listed on a stock exchange":
        return _known([("listed", values == 1), ("not listed", values == 0)], values)
    if factor == "market cap":
        return _known([(name, values == rank) for rank, name in enumerate(MARKET_CAP_BANDS, 1)], values)
    return _known(_ranges(*_scale(factor, values)), values)


def _scale(factor: str, values: Array) -> tuple[Array, Sequence[float], str]:
    """A factor's values as a person counts them, where its ranges begin, and the unit."""
    if factor == "employees":
        return np.round(np.expm1(values)), EMPLOYEES, "employees"
    if factor == "revenue":
        return 10**values, REVENUES_USD, "$"
    if factor == "company age":
        return values, YEARS, "years"
    if factor.startswith("research"):
        return values, SIGNALS, "signals"
    return values, COUNTS, "technologies"


def range_of(factor: str, value: float) -> str:
    """The level of a number of a factor that is counted, in the unit of the model's column.

    >>> range_of("technologies known", 3.0), range_of("company age", 12.0), range_of("revenue", 7.7)
    ('2 to 3 technologies', '11 to 20 years', '$10M to $100M')
    """
    ranges = _ranges(*_scale(factor, np.array([float(value)])))
    return next((name for name, having in ranges if having[0]), UNKNOWN)


def _ranges(values: Array, starts: Sequence[float], unit: str) -> list[Level]:
    ends = [*starts[1:], np.inf]
    return [(_range(low, high, unit), (values >= low) & (values < high)) for low, high in zip(starts, ends, strict=True)]


def _range(low: float, high: float, unit: str) -> str:
    """In words.

    >>> _range(10, 50, "employees"), _range(16, np.inf, "technologies"), _range(1e6, 1e7, "$"), _range(0, 1, "signals")
    ('10 to 49 employees', '16 technologies or more', '$1M to $10M', 'no signals')
    """
    if unit == "$":
        return (
            f"under {_dollars(high)}"
            if low == 0
            else f"{_dollars(low)} or more"
            if np.isinf(high)
            else f"{_dollars(low)} to {_dollars(high)}"
        )
    if np.isinf(high):
        return f"{low:,.0f} {unit} or more"
    if high == low + 1:
        return f"no {unit}" if low == 0 else f"{low:,.0f} {unit.removesuffix('s')}" if unit != "technologies" else "1 technology"
    return f"{low:,.0f} to {high - 1:,.0f} {unit}"


def _dollars(amount: float) -> str:
    return f"${amount / 1e9:,.0f}B" if amount >= 1e9 else f"${amount / 1e6:,.0f}M"


def _known(levels: Sequence[Level], values: Array) -> Iterator[Level]:
    """Those that any account has, and those of which the value is missing."""
    yield from (it for it in [*levels, (UNKNOWN, np.isnan(values))] if it[1].any())


def _of_texts(accounts: ExplainedAccounts, texts: Array) -> Iterator[Level]:
    """The values that set customers apart most, either way; then the other ones, then the missing ones."""
    is_missing = np.array([it is None for it in texts])
    names, codes = np.unique(texts[~is_missing].astype(str), return_inverse=True)
    counted = [np.bincount(codes[side[~is_missing]], minlength=len(names)) for side in (accounts.is_example, ~accounts.is_example)]
    seen, total = counted[0] * accounts.example_weight, counted[0] * accounts.example_weight + counted[1] * accounts.weight
    shown = sorted(_telling(seen, total), key=lambda place: (-seen[place] / total[place], names[place]))
    yield from ((str(names[place]), texts == names[place]) for place in shown)
    is_other = ~is_missing & ~np.isin(texts.astype(str), names[shown])
    yield from (it for it in ((OTHER, is_other), (UNKNOWN, is_missing)) if it[1].any())


def _telling(seen: Array, total: Array) -> list[int]:
    """The places of at most MOST_VALUES values of FEWEST accounts at least, by how many more or fewer customers have them than expected."""
    expected = total / max(1.0, total.sum()) * seen.sum()
    off = np.abs(np.log((seen + SMOOTHING) / (expected + SMOOTHING))) * np.sqrt(expected + seen)
    possible = np.flatnonzero(total >= FEWEST)
    return [int(it) for it in possible[np.argsort(-off[possible], kind="stable")][:MOST_VALUES]]
