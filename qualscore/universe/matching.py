"""Whether the values that definitions name are in the data: a misspelt product would select, or leave out, nothing, silently."""

import difflib
from collections.abc import Callable, Iterable, Mapping, Sequence

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from qualscore.columns.spelling import folded, letters
from qualscore.definitions.definition import Definition, Kind
from qualscore.definitions.selection import Selection
from qualscore.universe.labels import Records

# Key of a selector to the column that it is compared with, and to how its spellings are made one.
OF_DEALS = {
    "product": ("products", letters),
    "stage": ("stage", folded),
    "type": ("opportunity_type", folded),
    "owner": ("owner", folded),
}
# Names of inputs to the column of the stack data that has them.
OF_STACK: dict[Kind, str] = {"products": "product", "categories": "category"}
SHOWN = 5
LEAST_LETTERS = 3  # of a word that is looked for inside others

# (selector, key) to the values delivered, the most frequent first; ("account_list", "") to the lists that have a row; ("features", kind)
# to names of inputs.
Delivered = Mapping[tuple[str, str], Sequence[str]]


def delivered(records: Records, definitions: Sequence[Definition], *, technographics: DataFrame, columns: Sequence[str]) -> Delivered:
    """The values of what the definitions name, by one pass over each table that has some.

    Args:
        records: what selectors select from.
        definitions: all that are judged.
        technographics: the stack data, read where products or categories are left out or allowed.
        columns: of account features, those that may be left out or allowed.
    """
    leaves = [leaf for definition in definitions for leaf in definition.selectors]
    deals = {key: column for key, (column, _) in OF_DEALS.items() if any(_wanted(leaf, "opportunities", key) for leaf in leaves)}
    values_of: dict[tuple[str, str], Sequence[str]] = {}
    if deals:
        values_of |= {("opportunities", key): values for key, values in _values(records.crm_opportunities, deals).items()}
    if "stage" in deals and records.crm_opportunity_history is not None:
        earlier = _values(records.crm_opportunity_history, {"stage": "stage"})["stage"]
        values_of["opportunities", "stage"] = list(dict.fromkeys([*values_of["opportunities", "stage"], *earlier]))
    if any(_wanted(leaf, "activities", "type") for leaf in leaves):
        values_of["activities", "type"] = _values(records.activities, {"type": "activity_type"})["type"]
    expects_of_lists = any(it.account_list is not None for definition in definitions for it in definition.expect)
    if expects_of_lists or any(leaf.kind == "account_list" for leaf in leaves):
        values_of["account_list", ""] = _values(records.account_lists, {"": "list_name"})[""]
    named = {str(kind): column for kind, column in OF_STACK.items() if any(_named(definition, kind) for definition in definitions)}
    if named:
        values_of |= {("features", kind): values for kind, values in _values(technographics, named).items()}
    return values_of | {("features", "columns"): columns}


def findings(definitions: Sequence[Definition], known: Delivered) -> list[str]:
    """One line for each value that matches nothing, with the nearest one that is delivered."""
    comparisons = {("opportunities", key): spelling for key, (_, spelling) in OF_DEALS.items()} | {("activities", "type"): letters}
    selected = [
        f"{definition.name}: {node.place}.{kind}.{key}: '{word}' matches nothing; {_hint(word, known[kind, key])}"
        for definition in definitions
        for node in definition.leaves
        for (kind, key), spelling in comparisons.items()
        for word in _unmatched(_wanted(node.selection, kind, key), known.get((kind, key), ()), spelling)
    ]
    return selected + [
        f"{definition.name}: {place}: '{word}' matches nothing; {_hint(word, known.get(('features', kind), ()), are=are)}"
        for definition in definitions
        for kind, are in (*((kind, "delivered") for kind in OF_STACK), ("columns", "known"))
        for place, words in _named(definition, kind)
        for word in _unmatched(words, known.get(("features", kind), ()), letters)
    ]


def empty_lists(definitions: Iterable[Definition], known: Delivered) -> list[str]:
    """One line for each list of examples, criteria or expected accounts that has no row."""
    expected = [
        f"{definition.name}: expect.{number}: the account list '{it.account_list}' has no row: no model can be tried on it"
        for definition in definitions
        for number, it in enumerate(definition.expect)
        if it.account_list is not None and it.account_list not in known["account_list", ""]
    ]
    return expected + [
        f"{definition.name}: {node.place}: the account list '{node.selection.account_list}' has no row: it selects 0 accounts"
        for definition in definitions
        for node in definition.nodes
        if node.place.startswith("examples")
        and node.selection.account_list is not None
        and node.selection.account_list not in known["account_list", ""]
    ]


def _named(definition: Definition, kind: Kind) -> list[tuple[str, tuple[str, ...]]]:
    """The names of inputs of one kind, by their place in the definition."""
    features = {"leave_out": definition.features.leave_out, "allow": definition.features.allow}
    return [(f"features.{name}.{kind}", getattr(inputs, kind)) for name, inputs in features.items() if getattr(inputs, kind)]


def _wanted(leaf: Selection, kind: str, key: str) -> tuple[str, ...]:
    return tuple(getattr(getattr(leaf, kind), key)) if leaf.kind == kind else ()


def _unmatched(wanted: Iterable[str], values: Sequence[str], spelling: Callable[[str], str]) -> list[str]:
    there = {spelling(value) for value in values}
    return [word for word in wanted if spelling(word) not in there]


def _hint(word: str, values: Sequence[str], *, are: str = "delivered") -> str:
    """The nearest value, one that holds the word, else the most frequent ones."""
    by_letters = {letters(value): value for value in reversed(values)}
    holding = [value for value in map(letters, values) if len(word) >= LEAST_LETTERS and letters(word) in value]
    close = difflib.get_close_matches(letters(word), by_letters, n=1) or holding
    if close:
        return f"did you mean '{by_letters[close[0]]}'?"
    shown = ", ".join(f"'{value}'" for value in values[:SHOWN])
    more = f" and {len(values) - SHOWN:,} more" if len(values) > SHOWN else ""
    return f"{are}: {shown}{more}" if values else "no value is delivered"


def _values(table: DataFrame, columns: Mapping[str, str]) -> dict[str, list[str]]:
    """Distinct values by key, the most frequent first."""
    pairs = F.concat(*(_pairs(table, key, column) for key, column in columns.items()))
    counted = table.select(F.explode(pairs).alias("it")).where("it.value is not null").groupBy("it.key", "it.value").count()
    rows = counted.orderBy(F.desc("count"), "value").collect()
    return {key: [row["value"] for row in rows if row["key"] == key] for key in columns}


def _pairs(table: DataFrame, key: str, column: str) -> Column:
    """(key, value) of one value or of several; none without."""
    values = F.col(column) if table.schema[column].dataType.typeName() == "array" else F.array(F.col(column))
    pairs = F.transform(values, lambda value: F.struct(F.lit(key).alias("key"), value.alias("value")))
    return F.coalesce(pairs, F.array().cast("array<struct<key:string,value:string>>"))
