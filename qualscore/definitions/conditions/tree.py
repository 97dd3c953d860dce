"""What a condition says, as a tree. `at` is the place of a node's first character, or of its sign, in the text."""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from typing import Literal as OneOf

AS_OF = "as_of"
Unit = OneOf["day", "week", "month", "year"]


@dataclass(frozen=True)
class Node:
    """A part of a condition."""

    at: int

    @property
    def parts(self) -> Iterator["Node"]:
        """The nodes right within this one, in order."""
        for field in fields(self):
            value = getattr(self, field.name)
            yield from (it for it in (value if isinstance(value, tuple) else (value,)) if isinstance(it, Node))

    @property
    def names(self) -> Iterator["Name"]:
        """The names of columns at any depth, in order."""
        if isinstance(self, Name):
            yield self
        for part in self.parts:
            yield from part.names


@dataclass(frozen=True)
class Literal(Node):
    """A value as written; None is null."""

    value: str | int | float | Decimal | bool | date | None


@dataclass(frozen=True)
class Name(Node):
    """A column, or as_of where there is no column of that name."""

    name: str


@dataclass(frozen=True)
class Call(Node):
    """A function of `functions.py` with its arguments."""

    function: str
    arguments: tuple[Node, ...]


@dataclass(frozen=True)
class Arithmetic(Node):
    """Two values joined by + - * / % or ||."""

    sign: str
    left: Node
    right: Node


@dataclass(frozen=True)
class Comparison(Node):
    """Two values compared by = <> < <= > >= or <=>."""

    sign: str
    left: Node
    right: Node


@dataclass(frozen=True)
class Joined(Node):
    """Conditions joined by `and`, or by `or`."""

    word: OneOf["and", "or"]
    conditions: tuple[Node, ...]


@dataclass(frozen=True)
class Not(Node):
    """The contrary of a condition; of an unknown one it is unknown."""

    condition: Node


@dataclass(frozen=True)
class Is(Node):
    """Whether a value is null, true or false: never unknown."""

    value: Node
    what: OneOf["null", "true", "false"]


@dataclass(frozen=True)
class In(Node):
    """Whether a value is one of several."""

    value: Node
    options: tuple[Node, ...]


@dataclass(frozen=True)
class Between(Node):
    """Whether a value is at least `low` and at most `high`."""

    value: Node
    low: Node
    high: Node


@dataclass(frozen=True)
class Match(Node):
    """Whether a text is like a pattern, or contains another one as it is."""

    how: OneOf["like", "ilike", "rlike", "contains"]
    value: Node
    pattern: str


@dataclass(frozen=True)
class Has(Node):
    """Whether a list holds any, or all, of several names, whatever their capitals, spaces and punctuation."""

    how: OneOf["any", "all"]
    value: Node
    names_wanted: tuple[str, ...]


@dataclass(frozen=True)
class Within(Node):
    """Whether a date is of the last days, weeks, months or years before as_of, or of that day."""

    value: Node
    number: int
    unit: Unit
