"""A condition's tree to a Spark Column: each node by the call that Spark's own SQL makes of it, so that null behaves as in Spark."""

import operator
from collections.abc import Callable, Mapping
from datetime import date
from functools import singledispatchmethod
from typing import Any

from pyspark.sql import Column
from pyspark.sql import functions as F

from qualscore.columns.spelling import letters, letters_of
from qualscore.definitions.conditions import tree
from qualscore.definitions.conditions.kinds import resolved

SIGNS: dict[str, Callable[[Any, Any], Column]] = {
    "=": operator.eq, "<>": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
    "<=>": lambda left, right: left.eqNullSafe(right), "+": operator.add, "-": operator.sub, "*": operator.mul,
    "/": operator.truediv, "%": operator.mod, "||": F.concat,
}  # fmt: skip
LARGEST_LONG = 2**63


class Columns:
    """Columns of trees without mistakes."""

    def __init__(self, columns: Mapping[str, Column], as_of: Column | date | None) -> None:
        """Takes the columns by name, and the day."""
        self._columns, self._as_of = columns, F.lit(as_of)

    @singledispatchmethod
    def of(self, node: tree.Node) -> Column:
        """The value of a node."""
        raise AssertionError(node)

    @of.register
    def _(self, node: tree.Literal) -> Column:
        value = node.value
        if isinstance(value, int) and not -LARGEST_LONG <= value < LARGEST_LONG:
            return F.lit(float(value))  # no number of the data is as large
        return F.lit(value)

    @of.register
    def _(self, node: tree.Name) -> Column:
        name = resolved(node.name, [*self._columns])
        return self._as_of if name is None else self._columns[name]

    @of.register
    def _(self, node: tree.Call) -> Column:
        return F.call_function(node.function, *map(self.of, node.arguments))

    @of.register
    def _(self, node: tree.Arithmetic) -> Column:
        return SIGNS[node.sign](self.of(node.left), self.of(node.right))

    @of.register
    def _(self, node: tree.Comparison) -> Column:
        return SIGNS[node.sign](self.of(node.left), self.of(node.right))

    @of.register
    def _(self, node: tree.Joined) -> Column:
        return _joined(operator.and_ if node.word == "and" else operator.or_, [*map(self.of, node.conditions)])

    @of.register
    def _(self, node: tree.Not) -> Column:
        return ~self.of(node.condition)

    @of.register
    def _(self, node: tree.Is) -> Column:
        value = self.of(node.value)
        return value.isNull() if node.what == "null" else value.eqNullSafe(F.lit(node.what == "true"))

    @of.register
    def _(self, node: tree.In) -> Column:
        return self.of(node.value).isin([*map(self.of, node.options)])

    @of.register
    def _(self, node: tree.Between) -> Column:
        return self.of(node.value).between(self.of(node.low), self.of(node.high))

    @of.register
    def _(self, node: tree.Match) -> Column:
        value = self.of(node.value)
        called: Column = getattr(value, node.how)(node.pattern)
        return called

    @of.register
    def _(self, node: tree.Has) -> Column:
        value = self.of(node.value)
        wanted = sorted({*map(letters, node.names_wanted)})
        each = [wanted] if node.how == "any" else [[name] for name in wanted]
        return _joined(operator.and_, [_holds_one(value, names) for names in each])

    @of.register
    def _(self, node: tree.Within) -> Column:
        value = self.of(node.value)
        months = {"month": 1, "year": 12}.get(node.unit)
        days = {"day": 1, "week": 7}.get(node.unit, 0)
        since = F.add_months(self._as_of, -months * node.number) if months else F.date_sub(self._as_of, days * node.number)
        return value.between(since, self._as_of)


def _joined(by: Callable[[Any, Any], Column], columns: list[Column]) -> Column:
    """Columns joined by halves: of thousands a chain would be a tree too deep for Spark."""
    half = len(columns) // 2
    return by(_joined(by, columns[:half]), _joined(by, columns[half:])) if half else columns[0]


def _holds_one(value: Column, spelt: list[str]) -> Column:
    return F.exists(value, lambda name: letters_of(name).isin(spelt))
