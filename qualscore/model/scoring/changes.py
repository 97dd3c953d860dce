"""Single changes of one account, each scored by the model: what would have to be otherwise for the next band.

What can be changed is employees, revenue, products, categories of technology and research. Country, age and listing are never proposed:
nobody can act on them.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from qualscore.features.intent import MEASURES
from qualscore.model.encoding import intent
from qualscore.model.scoring import on_driver
from qualscore.model.scoring.bands import HIGHLY_LIKELY, LIKELY, UNLIKELY
from qualscore.model.scoring.pass_model import PassModel

Row = Mapping[str, Any]
NUMBERS = {"employees": "employees", "revenue_usd": "revenue"}
MOST_EMPLOYEES, MOST_REVENUE, LEAST_REVENUE = 1_000_000, 10**12, 10_000


@dataclass(frozen=True)
class Change:
    """One thing that is otherwise.

    Attributes:
        kind: employees, revenue, product, category or research.
        words: in words.
        size: 1 for twice or half of a number, and for one technology or one subject of research more.
        values: columns of account features by their changed values.
    """

    kind: str
    words: str
    size: float
    values: Row


@dataclass(frozen=True)
class Tried:
    """A change and what it makes of the account."""

    change: Change
    score: float
    band: str
    action: str | None


def next_band(score: float, bands: Mapping[str, float]) -> tuple[str, float] | None:
    """The next better band and its lowest score; None of an account that is in the best.

    >>> next_band(49.99, {"likely": 50, "highly_likely": 95}), next_band(95, {"likely": 50, "highly_likely": 95})
    (('likely', 50), None)
    """
    if score < bands[LIKELY]:
        return LIKELY, bands[LIKELY]
    return (HIGHLY_LIKELY, bands[HIGHLY_LIKELY]) if score < bands[HIGHLY_LIKELY] else None


def round_numbers(least: int, most: int) -> list[int]:
    """Numbers of two digits and zeros.

    >>> round_numbers(8, 12), round_numbers(980, 1_200)
    ([8, 9, 10, 11, 12], [980, 990, 1000, 1100, 1200])
    """
    numbers: list[int] = []
    for power in range(int(math.log10(most)) + 1):
        digits = range(1, 10) if power == 0 else range(10, 100)
        numbers += [digit * 10 ** max(0, power - 1) for digit in digits]
    return [it for it in numbers if least <= it <= most]


def numbers(account: Row) -> list[dict[str, Any]]:
    """Other employees and revenues: the column and its value. Their inputs are to be described as those of any account."""
    possible = {"employees": round_numbers(1, MOST_EMPLOYEES), "revenue_usd": round_numbers(LEAST_REVENUE, MOST_REVENUE)}
    return [{name: value} for name, values in possible.items() for value in values if value != account[name]]


def of_number(account: Row, name: str, value: float, values: Row) -> Change:
    """Another number; from an unknown one any other is a step of its own size over 1.

    Args:
        account: as it is.
        name: employees or revenue_usd.
        value: the other one.
        values: the changed columns, inputs among them.
    """
    known = account[name]
    size = (
        abs(math.log2(value / known)) if known else abs(math.log2(value)) if name == "employees" else abs(math.log2(value / LEAST_REVENUE))
    )
    was = f"was {known:,.0f}" if known is not None else "was unknown"
    unit = " US dollars" if name == "revenue_usd" else ""
    return Change(NUMBERS[name], f"{NUMBERS[name]}: {value:,.0f}{unit} ({was})", size, values)


def of_technologies(account: Row, products: Mapping[str, str | None], categories: Sequence[str]) -> Iterator[Change]:
    """One product more, or one technology of a category that is no known product.

    Args:
        account: as it is.
        products: those that the model knows, each with its category.
        categories: those that the model knows.
    """
    stack = list(account["tech_stack"] or [])
    used = {it["product"] for it in stack}
    for product, category in products.items():
        if product not in used:
            yield Change("product", f"uses {product}", 1.0, {"tech_stack": [*stack, {"product": product, "category": category}]})
    for category in categories:
        yield Change(
            "category", f"one more technology in {category}", 1.0, {"tech_stack": [*stack, {"product": None, "category": category}]}
        )


def of_research(account: Row, typical: Mapping[str, Row]) -> Iterator[Change]:
    """Research of a keyword set that the account shows none of, as much as is usual among those who do.

    Args:
        account: as it is; nothing where deliveries do not cover the windows.
        typical: by keyword set its measures.
    """
    shown = {it["keyword_set"] for it in account["intent"] or []}
    for name, measures in typical.items():
        if name not in shown and account["intent_signals_52w"] is not None:
            yield Change("research", intent.factor(name), 1.0, researching(account, name, measures))


def researching(account: Row, keyword_set: str, measures: Row) -> dict[str, Any]:
    """The changed columns of an account that researches a keyword set too; its totals grow by what is new."""
    others = [it for it in account["intent"] or [] if it["keyword_set"] != keyword_set]
    added = sorted([*others, {"keyword_set": keyword_set, **measures}], key=lambda it: str(it["keyword_set"]))
    values: dict[str, Any] = {"intent": added}
    for measure in MEASURES:
        name = f"intent_{measure}"
        before, more = account[name], measures[measure]
        if measure == "weeks_since_last":
            values[name] = more if before is None else min(before, more)
        elif before is not None:
            values[name] = before + more
    return values


def tried(model: PassModel, account: Row, changes: Sequence[Change], schema: pa.Schema) -> list[Tried]:
    """The score of the account with each change, by the model itself.

    Args:
        model: what scores.
        account: account features.
        changes: one at a time.
        schema: of the account features.
    """
    rows = pa.Table.from_pylist([{**account, **it.values} for it in changes], schema)
    if not len(rows):
        return []
    scored = on_driver.scored(model, rows).select(["score", "band", "action"]).to_pylist()
    return [Tried(change, **it) for change, it in zip(changes, scored, strict=True)]


def reaching(all_tried: Sequence[Tried], band: str) -> list[Tried]:
    """Of each kind the smallest change that reaches a band or a better one, the smallest of all first; of equal ones the best score."""
    order = (UNLIKELY, LIKELY, HIGHLY_LIKELY)
    enough = [it for it in all_tried if order.index(it.band) >= order.index(band)]
    ranked = sorted(enough, key=lambda it: (it.change.size, -it.score, it.change.words))
    first: dict[str, Tried] = {}
    for change in ranked:
        first.setdefault(change.change.kind, change)
    return list(first.values())


def nearest(all_tried: Sequence[Tried]) -> Tried | None:
    """The single change that helps most, whether it is enough or not."""
    return max(all_tried, key=lambda it: (it.score, -it.change.size, it.change.words), default=None)
