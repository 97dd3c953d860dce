"""Values that give the answer away: the seller's own product in the stack data, a list that only customers are on."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from qualscore.definitions.definition import Definition
from qualscore.errors import TrainingRefused
from qualscore.model.encoding.inputs import LIFTED

COMMON_SHARE = 0.2  # of the examples
TIMES_AS_COMMON = 50.0  # on real data: give-aways 125 to 800 times, the nearest legitimate value 37 times at 8 %
FEWEST_EXAMPLES = 10
ALMOST_ALL = 0.9  # of the accounts with the value are examples

STACK = ("tech_products", "tech_categories")
KINDS = {"tech_products": "products", "tech_categories": "categories"} | dict.fromkeys(LIFTED, "columns")


@dataclass(frozen=True)
class ValueCount:
    """How many examples, unlabelled and reference accounts have a value of a column."""

    column: str
    value: str | None
    examples: int
    unlabelled: int
    reference: int


def count_values(accounts: DataFrame, *, columns: Sequence[str] = (*LIFTED, *STACK)) -> list[ValueCount]:
    """Counts every value of categorical columns and of the stack in one scan.

    Args:
        accounts: features with_stack and is_example, is_unlabelled, is_reference.
        columns: what is counted; those of STACK are arrays.
    """
    pairs = [_pairs(name) if name in STACK else F.array(_pair(name, F.col(name))) for name in columns]
    flags = {"examples": "is_example", "unlabelled": "is_unlabelled", "reference": "is_reference"}
    counted = (
        accounts.select(*flags.values(), F.explode(F.concat(*pairs)).alias("pair"))
        .groupBy("pair.column", "pair.value")
        .agg(*(F.count_if(F.col(flag)).alias(name) for name, flag in flags.items()))
    )
    return [ValueCount(**row.asDict()) for row in counted.collect()]


def _pair(name: str, value: Column) -> Column:
    return F.struct(F.lit(name).alias("column"), value.alias("value"))


def _pairs(name: str) -> Column:
    return F.transform(F.array_distinct(name), lambda value: _pair(name, value))


def refuse(counts: list[ValueCount], definition: Definition, *, n_examples: int, drawn: int, of: int) -> None:
    """Stops training when a value that is neither left out nor allowed gives the answer away.

    Args:
        counts: in the training frame, every row as of its own date: what the deal caused is not counted.
        definition: what is left out and allowed.
        n_examples: examples in the frame.
        drawn: unlabelled accounts in the frame.
        of: all unlabelled accounts; a value's number among them is estimated from the drawn ones.

    Raises:
        TrainingRefused: names every such value, and how to leave it out or allow it.
    """
    allowed = definition.features.allow
    unseen = {*definition.features.leave_out.columns, *allowed.columns}
    names = {"tech_products": {*allowed.products}, "tech_categories": {*allowed.categories}}
    estimated = [replace(it, unlabelled=round(it.unlabelled * of / max(drawn, 1))) for it in counts if it.value is not None]
    used = [it for it in estimated if it.column not in unseen and it.value not in names.get(it.column, ())]
    found = [it for it in used if _gives_away(it, n_examples, of)]
    if found:
        lines = [f"  {_said(it, n_examples, of)}" for it in sorted(found, key=lambda it: -it.examples)]
        raise TrainingRefused("\n".join([f"{definition.name}: the answer is given away; a model would only learn to look it up:", *lines]))


def _gives_away(count: ValueCount, n_examples: int, n_unlabelled: int) -> bool:
    share, usual = count.examples / n_examples, count.unlabelled / n_unlabelled
    frequent = share >= COMMON_SHARE and share >= TIMES_AS_COMMON * usual
    exclusive = count.examples >= FEWEST_EXAMPLES and count.examples >= ALMOST_ALL * (count.examples + count.unlabelled)
    return frequent or exclusive


def _said(count: ValueCount, n_examples: int, n_unlabelled: int) -> str:
    kind = KINDS[count.column]
    noun = {"products": "product", "categories": "category"}.get(kind, count.column)
    key = count.column if kind == "columns" else count.value
    return (
        f"{noun} '{count.value}': {count.examples} of {n_examples} examples have it, "
        f"{count.unlabelled} of {n_unlabelled} unlabelled accounts; "
        f"leave it out with features.leave_out.{kind}: [{key}], or, if it is no result of the sale, features.allow.{kind}: [{key}]"
    )
