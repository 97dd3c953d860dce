"""Which inputs a model uses, which it does not and why, and how full each of them is."""

from collections.abc import Collection, Iterator, Sequence
from typing import Any

import numpy as np

from qualscore.definitions.definition import PREFIXES, Definition
from qualscore.model.encoding import intent
from qualscore.model.encoding.arrays import Array
from qualscore.model.encoding.inputs import LIFTED, MIN_PRODUCT_ACCOUNTS, NUMERIC, STACK_SIZE
from qualscore.model.judging.explained_accounts import ExplainedAccounts
from qualscore.model.learning.evidence import is_left_out
from qualscore.model.learning.giveaways import ValueCount

LEFT_OUT = "left out by the definition"
EMPTY = "no account has a value"
SAME = "all accounts have the same value"
UNASKED = "given to the model, which found nothing in it"
NO_SIGNAL = "no account has a signal of it"


def inputs_used(accounts: ExplainedAccounts, definition: Definition, moved: Collection[str]) -> list[dict[str, Any]]:
    """Columns and keyword sets, each with how full it is, whether the model uses it, and why not.

    Args:
        accounts: explained.
        definition: what it leaves out.
        moved: the factors that move a margin.

    Returns:
        input, family, customers_filled and others_filled (shares with a value; None of what the model was not given), is_used, why.
    """
    rows = [_row(accounts, *it, definition, moved) for it in _possible(definition)]
    sets = [name for name in accounts.factors if name.startswith("researches: ")]
    rows += [_row(accounts, name, "intent", (), definition, moved) for name in sets]
    if definition.keyword_sets != "all":
        silent = [intent.factor(name) for name in definition.keyword_sets if intent.factor(name) not in sets]
        rows += [_unused(name, "intent", NO_SIGNAL) for name in silent]
    return rows


def _possible(definition: Definition) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Factor, family and columns of what every model may use."""
    for name in LIFTED:
        yield name, "firmographics", (name,)
    for factor in dict.fromkeys(NUMERIC.values()):
        yield factor, "firmographics", tuple(column for column, of in NUMERIC.items() if of == factor)
    yield "technologies known", "technographics", (STACK_SIZE,)
    if definition.keyword_sets == "all":
        yield intent.factor(intent.ANY_SET), "intent", ()


def _row(
    accounts: ExplainedAccounts, factor: str, family: str, columns: Sequence[str], definition: Definition, moved: Collection[str]
) -> dict[str, Any]:
    if factor not in accounts.factors:
        left = family in definition.features.leave_out.families or all(is_left_out(it, definition.features) for it in columns) and columns
        return _unused(factor, family, LEFT_OUT if left else NO_SIGNAL if family == "intent" else EMPTY)
    is_filled, differ = _filled(accounts, factor)
    customers, others = (float(is_filled[side].mean()) if side.any() else 0.0 for side in (accounts.is_example, ~accounts.is_example))
    why = None if factor in moved else EMPTY if not is_filled.any() else SAME if not differ else UNASKED
    filled = {"customers_filled": customers, "others_filled": others}
    return {"input": factor, "family": family, **filled, "is_used": why is None, "why": why}


def _unused(factor: str, family: str, why: str) -> dict[str, Any]:
    return {"input": factor, "family": family, "customers_filled": None, "others_filled": None, "is_used": False, "why": why}


def _filled(accounts: ExplainedAccounts, factor: str) -> tuple[Array, bool]:
    """Which accounts have a value, and whether values differ. An account without a technology, or a signal, has no value."""
    if factor in accounts.texts:
        texts = accounts.texts[factor]
        return np.array([it is not None for it in texts]), len({it for it in texts if it is not None}) > 1
    values = accounts.of(factor)[1]
    is_filled = values > 0 if factor == "technologies known" or factor.startswith("research") else ~np.isnan(values)
    return is_filled, len(np.unique(values[is_filled])) > 1


def stack_used(values: Sequence[ValueCount], definition: Definition, products: Collection[str], moved: Collection[str]) -> dict[str, Any]:
    """How many products and categories the training frame has, how many the model was given, and how many move a margin.

    Args:
        values: counted in the training frame, without what the definition leaves out.
        definition: what it leaves out.
        products: that the model was given.
        moved: the factors that move a margin.
    """
    left = definition.features.leave_out
    known = {it.value for it in values if it.column == "tech_products" and it.value is not None}
    return {
        "products": len(known),
        "products_given": len(products),
        "products_moving": sum(f"uses {name}" in moved for name in products),
        "products_too_rare": len(known - set(products)),
        "fewest_accounts": MIN_PRODUCT_ACCOUNTS,
        "left_out": {"products": list(left.products), "categories": list(left.categories), "columns": list(left.columns)},
        "families_left_out": [name for name in PREFIXES if name in left.families],
    }
