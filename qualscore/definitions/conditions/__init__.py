"""Conditions: what rules, segments, lists and the `where` of sources ask of columns, in one grammar.

    employees between 200 and 5000 and country in ('DE', 'AT') and products has any ('Kafka', 'Snowflake')

They read as SQL does, and null behaves as in Spark: a comparison with an unknown value is unknown. They are parsed, checked against names
and types that the caller passes, and made into Columns; no text of theirs reaches SQL. Beside SQL's: `contains`, `has any (...)` and
`has all (...)` of lists, whose names are the same whatever their capitals, spaces and punctuation, `within 30 days` of as_of, and `as_of`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from pyspark.sql import Column

from qualscore.definitions.conditions import tree
from qualscore.definitions.conditions.kinds import Check
from qualscore.definitions.conditions.mistakes import Mistake
from qualscore.definitions.conditions.parser import parse as parse_tree
from qualscore.definitions.conditions.spark import Columns

__all__ = ["Condition", "Mistake", "parse"]


@dataclass(frozen=True)
class Condition:
    """A condition that is well formed; whether it fits columns, `mistakes` says."""

    text: str
    root: tree.Node

    @property
    def names(self) -> tuple[str, ...]:
        """The columns that it names, as written, each once."""
        return tuple(dict.fromkeys(name.name for name in self.root.names))

    def mistakes(self, columns: Mapping[str, str], *, texts_hold_all: bool = False, has_day: bool = True) -> list[str]:
        """One sentence for each thing that is wrong, with its place.

        Args:
            columns: those that it may name, with Spark's names of their types.
            texts_hold_all: whether columns of text may be compared with any kind of value, as Spark does.
            has_day: whether there is an as_of.
        """
        check = Check(columns, texts_hold_all, has_day)
        check.condition(self.root)
        return [str(it) for it in sorted(check.mistakes, key=lambda it: it.at)]

    def column(self, columns: Mapping[str, Column], *, as_of: Column | date | None = None) -> Column:
        """True, false or null.

        Args:
            columns: by name, of the types that `mistakes` was asked about.
            as_of: the day that dates are counted back from, a date or a Column of dates.
        """
        return Columns(columns, as_of).of(self.root)


@lru_cache(maxsize=1_000)
def parse(text: str) -> Condition:
    """The condition that a text says.

    Raises:
        Mistake: it says none; with the place.

    >>> sorted(parse("employees >= 50 and not country = 'US'").names)
    ['country', 'employees']
    >>> parse("employees >= ")
    Traceback (most recent call last):
    qualscore.definitions.conditions.mistakes.Mistake: character 14: a value is expected here, not the end: a column, 'text', a number, a date or true or false
    """  # noqa: E501
    return Condition(text, parse_tree(text))
