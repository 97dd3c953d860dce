"""Values that give the answer away: the seller's own product in the stack data, a list that only customers are on.

A value is *frequent* when at least a fifth of the examples have it and it is 50 times as common among them as among unlabelled
accounts. Of 41 customers 9 may have what is 61 times as common by chance: training stops only when the lower end of the ratio's
95 % interval is 50 or more, else it warns. A value is *exclusive* when hardly an account but examples has it. A sample cannot tell
that of a large universe, where none of 20,000 drawn accounts has what 200 have: so the accounts are counted.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from qualscore.columns.spelling import letters
from qualscore.definitions.definition import Definition, Kind
from qualscore.errors import TrainingRefused
from qualscore.intervals import NORMAL_95
from qualscore.model.encoding.inputs import LIFTED

COMMON_SHARE = 0.2  # of the examples
# On real data: give-aways 125 to 800 times, their intervals from 102 on; legitimate values up to 60 times at 22 % of 41 customers.
TIMES_AS_COMMON = 50.0
FEWEST_EXAMPLES = 10
ALMOST_ALL = 0.9  # of the accounts with the value are examples

STACK: dict[str, Kind] = {"tech_products": "products", "tech_categories": "categories"}
KINDS: dict[str, str] = {**STACK, **dict.fromkeys(LIFTED, "columns")}


@dataclass(frozen=True)
class ValueCount:
    """How many examples, unlabelled and reference accounts have a value of a column."""

    column: str
    value: str | None
    examples: int
    unlabelled: int
    reference: int


@dataclass(frozen=True)
class Ratio:
    """How many times as common something is on one side, and the lower end of the 95 % interval."""

    times: float
    low: float


def ratio(having: int, of: int, others_having: int, of_others: int) -> Ratio:
    """The ratio of two shares with the interval of its logarithm (Katz and others 1978).

    Where none of the others has it, half an account is added to each number: the ratio is finite, and its interval wide.

    >>> found = ratio(9, 41, 65, 18_000)
    >>> round(found.times), round(found.low)
    (61, 33)
    """
    more = 0.0 if others_having else 0.5
    a, n, b, m = having + more, of + more, others_having + more, of_others + more
    logarithm, error = math.log(a / n) - math.log(b / m), math.sqrt(1 / a - 1 / n + 1 / b - 1 / m)
    return Ratio(math.exp(logarithm), math.exp(logarithm - NORMAL_95 * error))


def count_values(accounts: DataFrame) -> list[ValueCount]:
    """Counts every value of categorical columns and of the stack: an action, one scan. Of a universe there are too many."""
    return collected(counted_values(accounts, columns=(*LIFTED, *STACK)))


def collected(values: DataFrame) -> list[ValueCount]:
    """Rows of `counted_values`, on the driver: an action."""
    return [ValueCount(**row.asDict()) for row in values.collect()]


def counted_values(accounts: DataFrame, *, columns: Sequence[str]) -> DataFrame:
    """One row for each value of the columns: column, value, examples, unlabelled, reference.

    Args:
        accounts: features with_stack and is_example, is_unlabelled, is_reference.
        columns: what is counted; those of STACK are arrays.
    """
    pairs = [_pairs(name) for name in columns]
    flags = {"examples": "is_example", "unlabelled": "is_unlabelled", "reference": "is_reference"}
    return (
        accounts.select(*flags.values(), F.explode(F.concat(*pairs)).alias("pair"))
        .groupBy("pair.column", "pair.value")
        .agg(*(F.count_if(F.col(flag)).alias(name) for name, flag in flags.items()))
    )


def _pairs(name: str) -> Column:
    """An account's values of a column, each as (column, value)."""
    values = F.array_distinct(name) if name in STACK else F.array(F.col(name))
    return F.transform(values, lambda value: F.struct(F.lit(name).alias("column"), value.alias("value")))


def sides(counts: Sequence[ValueCount]) -> tuple[int, int]:
    """The examples and the unlabelled accounts that were counted: each has one country, perhaps null."""
    of_country = [it for it in counts if it.column == "country"]
    return sum(it.examples for it in of_country), sum(it.unlabelled for it in of_country)


def _among(pairs: Column, names: Sequence[str]) -> Column:
    return F.filter(pairs, lambda pair: pair["value"].isin(list(names)))


def suspects(counts: Sequence[ValueCount], definition: Definition) -> list[ValueCount]:
    """The values that are exclusive in the training frame; no others can be exclusive in the universe."""
    return [it for it in _used(counts, definition) if _is_exclusive(it.examples, it.unlabelled)]


def count_others(accounts: DataFrame, values: Sequence[ValueCount]) -> dict[tuple[str, str], int]:
    """By column and value how many accounts have it that are no examples, counted over the universe: one scan, none for no value.

    Args:
        accounts: all accounts, marked and with_stack. Those that the definition excludes are not counted: they may be customers too.
        values: which.
    """
    if not values:
        return {}
    wanted: dict[str, list[str]] = {}
    for value in values:
        wanted.setdefault(value.column, []).append(str(value.value))
    others = accounts.where(F.col("has_data") & ~F.col("is_excluded") & ~F.col("is_withheld") & ~F.col("is_example"))
    pairs = [_among(_pairs(name), names) for name, names in wanted.items()]
    counted = others.select(F.explode(F.concat(*pairs)).alias("pair")).groupBy("pair.column", "pair.value").count()
    count_of = {(str(row["column"]), str(row["value"])): int(row["count"]) for row in counted.collect()}
    return {_key(it): count_of.get(_key(it), 0) for it in values}


def judge(counts: Sequence[ValueCount], definition: Definition, *, others: Mapping[tuple[str, str], int]) -> list[str]:
    """Stops training when a value that is neither left out nor allowed gives the answer away; returns a warning of what may.

    Args:
        counts: in the training frame, every row as of its own date: what the deal caused is not counted.
        definition: what is left out and allowed.
        others: of the `suspects`, what `count_others` returns.

    Raises:
        TrainingRefused: names every such value, and how to leave it out or allow it.
    """
    of = sides(counts)
    used = sorted(_used(counts, definition), key=lambda it: (-it.examples, *_key(it)))
    exclusive = {it: _exclusive_in_words(it, of[0], others[_key(it)]) for it in used if _is_exclusive(it.examples, others.get(_key(it)))}
    frequent = {it: ratio(it.examples, of[0], it.unlabelled, of[1]) for it in used if it.examples >= COMMON_SHARE * of[0] and of[1]}
    given = exclusive | {it: _frequent_in_words(it, of, measured) for it, measured in frequent.items() if measured.low >= TIMES_AS_COMMON}
    if given:
        lines = [f"  {_named(it)}: {said}; {_advice(it)}" for it, said in given.items()]
        raise TrainingRefused("\n".join([f"{definition.name}: the answer is given away; a model would only learn to look it up:", *lines]))
    return [
        f"{definition.name}: {_named(count)} may give the answer away: {_frequent_in_words(count, of, measured)}; {_advice(count)}"
        for count, measured in frequent.items()
        if measured.times >= TIMES_AS_COMMON
    ]


def _key(count: ValueCount) -> tuple[str, str]:
    return count.column, str(count.value)


def _used(counts: Sequence[ValueCount], definition: Definition) -> list[ValueCount]:
    """The values that the definition neither leaves out nor allows. That something is missing gives nothing away."""
    allowed, left = definition.features.allow, definition.features.leave_out
    unseen = {name for name in KINDS if left.has("columns", name) or allowed.has("columns", name)}
    spelt = {column: allowed.spelt(kind) for column, kind in STACK.items()}
    known = [it for it in counts if it.value is not None and it.column not in unseen]
    return [it for it in known if letters(it.value) not in spelt.get(it.column, ())]  # type: ignore[arg-type]  # it has a value


def _is_exclusive(examples: int, others: int | None) -> bool:
    return others is not None and examples >= FEWEST_EXAMPLES and examples >= ALMOST_ALL * (examples + others)


def _exclusive_in_words(count: ValueCount, n_examples: int, others: int) -> str:
    return f"{count.examples} of {n_examples} examples have it, and only {others} of all other accounts"


def _frequent_in_words(count: ValueCount, of: tuple[int, int], measured: Ratio) -> str:
    return (
        f"{count.examples} of {of[0]} examples have it, {count.unlabelled} of {of[1]} unlabelled accounts: "
        f"{measured.times:,.0f} times as common, at least {measured.low:,.0f} times with 95 % confidence"
    )


def _named(count: ValueCount) -> str:
    noun = {"products": "product", "categories": "category"}.get(KINDS[count.column], count.column)
    return f"{noun} '{count.value}'"


def _advice(count: ValueCount) -> str:
    kind = KINDS[count.column]
    key = count.column if kind == "columns" else count.value
    return f"leave it out with features.leave_out.{kind}: [{key}], or, if it is no result of the sale, features.allow.{kind}: [{key}]"
