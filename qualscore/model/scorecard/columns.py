"""The columns that the conditions of criteria may name, with their types, and what they are of account features."""

from collections.abc import Iterable

from pyspark.sql import Column
from pyspark.sql import functions as F

from qualscore import contracts
from qualscore.features.intent import MEASURES

FEATURES, CRM_ACCOUNTS = "features/account_features", "clean/crm_accounts"
NESTED = ("tech_stack", "intent")
"""Columns of account features that conditions see in other forms: as lists of names, and as a column for each keyword set and measure."""
STACK = {"products": "product", "categories": "category"}


def types(keyword_sets: Iterable[str]) -> dict[str, dict[str, str]]:
    """For `when` and `crm_accounts` the columns and Spark's names of their types; SET.MEASURE of each keyword set."""
    features = {name: kind for name, kind in _of_contract(FEATURES).items() if name not in NESTED}
    features |= dict.fromkeys(STACK, "array<string>")
    features |= {f"{name}.{measure}": kind for name in keyword_sets for measure, kind in MEASURES.items()}
    return {"when": features, "crm_accounts": _of_contract(CRM_ACCOUNTS)}


def account_columns(keyword_sets: Iterable[str]) -> dict[str, Column]:
    """The columns of `when` by name, over rows of account features."""
    columns = {name: F.col(name) for name in _of_contract(FEATURES) if name not in NESTED}
    columns |= {name: _names(field) for name, field in STACK.items()}
    return columns | {f"{name}.{measure}": _of_set(name, measure) for name in keyword_sets for measure in MEASURES}


def crm_columns() -> dict[str, Column]:
    """The columns of `crm_accounts` by name, over rows of clean/crm_accounts."""
    return {name: F.col(name) for name in _of_contract(CRM_ACCOUNTS)}


def reads(names: Iterable[str]) -> list[str]:
    """The columns of account features behind columns of conditions."""
    known = _of_contract(FEATURES)
    of_name = {name: (name,) if name in known else ("tech_stack",) if name in STACK else _behind(name) for name in names}
    return list(dict.fromkeys(column for columns in of_name.values() for column in columns))


def _behind(name: str) -> tuple[str, ...]:
    measure = name.rpartition(".")[2]
    return ("intent",) if measure == "weeks_since_last" else ("intent", f"intent_signals_{_window(measure)}w")


def _of_contract(table: str) -> dict[str, str]:
    return {field.name: field.dataType.simpleString() for field in contracts.load(table).schema.fields}


def _names(field: str) -> Column:
    """The different names in the stack; those without one are left out."""
    return F.array_distinct(F.array_compact(F.col("tech_stack")[field]))


def _of_set(keyword_set: str, measure: str) -> Column:
    """A measure of a keyword set: without a signal 0, or null where the deliveries do not cover the window."""
    seen = F.get(F.filter("intent", lambda it: it["keyword_set"] == F.lit(keyword_set)), F.lit(0))[measure]
    if measure == "weeks_since_last":
        return seen
    return F.coalesce(seen, F.when(F.col(f"intent_signals_{_window(measure)}w").isNotNull(), 0))


def _window(measure: str) -> int:
    return 13 if measure == "trend" else int(measure.rpartition("_")[2][:-1])
