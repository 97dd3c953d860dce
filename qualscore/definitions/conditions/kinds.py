"""Whether the values of a condition go together: everything that is wrong with its columns and types, at once."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import singledispatchmethod

from qualscore.config import nearest
from qualscore.definitions.conditions import tree
from qualscore.definitions.conditions.functions import FUNCTIONS, WORDS, Kind
from qualscore.definitions.conditions.mistakes import Mistake

TRUTHS = frozenset(("true", "false", "yes", "no"))
"""Texts that Spark reads as true or false; it reads t, f, y, n, 1 and 0 too."""


def kind_of_type(spark_type: str) -> Kind:
    """The kind of a column by Spark's name of its type."""
    if spark_type.startswith("decimal") or spark_type in ("tinyint", "smallint", "int", "bigint", "float", "double"):
        return "number"
    plain: dict[str, Kind] = {
        "string": "text", "date": "date", "timestamp": "date", "boolean": "truth", "array<string>": "list",
    }  # fmt: skip
    return plain.get(spark_type, "other")


def resolved(name: str, columns: Sequence[str]) -> str | None:
    """The column that a name means, whatever its capitals where that is one column; None for none."""
    if name in columns:
        return name
    alike = [column for column in columns if column.lower() == name.lower()]
    return alike[0] if len(alike) == 1 else None


@dataclass
class Check:
    """The mistakes of a condition.

    Attributes:
        columns: name to Spark's name of its type.
        texts_hold_all: whether a text may be compared with any kind, as Spark does: of delivered columns, which are all texts.
        has_day: whether there is an as_of.
        mistakes: in the order of the nodes.
    """

    columns: Mapping[str, str]
    texts_hold_all: bool = False
    has_day: bool = True
    mistakes: list[Mistake] = field(default_factory=list)

    def condition(self, node: tree.Node, where: str = "") -> None:
        """Adds a mistake unless the node is a condition."""
        kind = self.kind(node)
        if kind not in ("truth", "nothing", None):
            self._add(node.at, f"is no condition{where}: it gives {WORDS[kind]}, not true or false")

    @singledispatchmethod
    def kind(self, node: tree.Node) -> Kind | None:
        """What a node's value is; None where a mistake keeps it unknown."""
        raise AssertionError(node)

    @kind.register
    def _(self, node: tree.Literal) -> Kind | None:
        if node.value is None:
            return "nothing"
        if isinstance(node.value, bool):
            return "truth"
        return "text" if isinstance(node.value, str) else "date" if isinstance(node.value, date) else "number"

    @kind.register
    def _(self, node: tree.Name) -> Kind | None:
        column = resolved(node.name, [*self.columns])
        if column is not None:
            return kind_of_type(self.columns[column])
        if node.name.lower() == tree.AS_OF:
            return self._day(node)
        self._add(node.at, f"no column '{node.name}', {nearest(node.name, [*self.columns])}")
        return None

    @kind.register
    def _(self, node: tree.Call) -> Kind | None:
        function, count = FUNCTIONS[node.function], len(node.arguments)
        if not function.least <= count <= function.most:
            wanted = f"{function.least}" if function.least == function.most else f"{function.least} to {function.most}"
            self._add(node.at, f"{node.function} takes {wanted} argument(s), not {count}")
        kinds = [self.kind(argument) for argument in node.arguments]
        for place, (argument, kind) in enumerate(zip(node.arguments, kinds, strict=True)):
            takes = function.takes[min(place, len(function.takes) - 1)]
            fits = kind in (None, "nothing", *takes) or (kind == "text" and self.texts_hold_all and "list" not in takes)
            if kind is not None and not fits:
                self._add(argument.at, f"{node.function} takes {' or '.join(WORDS[it] for it in takes)} here, not {WORDS[kind]}")
        return function.gives or next((kind for kind in reversed(kinds) if kind != "nothing"), "nothing")

    @kind.register
    def _(self, node: tree.Arithmetic) -> Kind | None:
        left, right = self.kind(node.left), self.kind(node.right)
        if node.sign == "||":
            return "text"
        if left == "date" and node.sign in "+-" and right in ("number", "nothing", None):
            return "date"
        for side, kind in ((node.left, left), (node.right, right)):
            if kind not in ("number", "nothing", None) and not (kind == "text" and self.texts_hold_all):
                self._add(side.at, f"{node.sign} takes numbers, not {WORDS[kind]}")
        return "number"

    @kind.register
    def _(self, node: tree.Comparison) -> Kind | None:
        self._alike(node.left, node.right)
        return "truth"

    @kind.register
    def _(self, node: tree.Joined) -> Kind | None:
        for condition in node.conditions:
            self.condition(condition, f" beside '{node.word}'")
        return "truth"

    @kind.register
    def _(self, node: tree.Not) -> Kind | None:
        self.condition(node.condition, " behind 'not'")
        return "truth"

    @kind.register
    def _(self, node: tree.Is) -> Kind | None:
        kind = self.kind(node.value)
        if node.what != "null" and kind not in ("truth", "nothing", None):
            self._add(node.at, f"'is {node.what}' is asked of conditions, not of {WORDS[kind]}")
        return "truth"

    @kind.register
    def _(self, node: tree.In) -> Kind | None:
        for option in node.options:
            self._alike(node.value, option)
        return "truth"

    @kind.register
    def _(self, node: tree.Between) -> Kind | None:
        self._alike(node.value, node.low)
        self._alike(node.value, node.high)
        return "truth"

    @kind.register
    def _(self, node: tree.Match) -> Kind | None:
        kind = self.kind(node.value)
        if kind == "list":
            self._add(node.at, f"'{node.how}' is asked of text; of a list ask: has any ('a', 'b')")
        elif kind not in ("text", "nothing", None):
            self._add(node.at, f"'{node.how}' is asked of text, not of {WORDS[kind]}")
        return "truth"

    @kind.register
    def _(self, node: tree.Has) -> Kind | None:
        kind = self.kind(node.value)
        if kind not in ("list", "nothing", None):
            self._add(node.at, f"'has' is asked of lists, not of {WORDS[kind]}: of a text ask: in ('a', 'b'), or contains 'a'")
        return "truth"

    @kind.register
    def _(self, node: tree.Within) -> Kind | None:
        kind = self.kind(node.value)
        self._day(node)
        if kind not in ("date", "nothing", None) and not (kind == "text" and self.texts_hold_all):
            self._add(node.at, f"'within' is asked of dates, not of {WORDS[kind]}")
        return "truth"

    def _day(self, node: tree.Node) -> Kind | None:
        if not self.has_day:
            self._add(node.at, "there is no as_of here: name the day, such as date '2026-05-31'")
        return "date"

    def _alike(self, left: tree.Node, right: tree.Node) -> None:
        """Adds a mistake where two values cannot be compared."""
        kinds = self.kind(left), self.kind(right)
        if None in kinds or "nothing" in kinds:
            return
        if "list" in kinds or "other" in kinds:
            self._add(right.at, "lists are not compared: ask has any ('a', 'b')" if "list" in kinds else "this column cannot be compared")
        elif kinds[0] != kinds[1] and not ("text" in kinds and self.texts_hold_all):
            for mistake in _unlike(left, right, kinds):  # type: ignore[arg-type]
                self._add(mistake.at, mistake.sentence)

    def _add(self, at: int, sentence: str) -> None:
        if all((it.at, it.sentence) != (at, sentence) for it in self.mistakes):  # a value that is compared twice is wrong once
            self.mistakes.append(Mistake(at, sentence))


def _unlike(left: tree.Node, right: tree.Node, kinds: tuple[Kind, Kind]) -> Iterator[Mistake]:
    """What is wrong with two values of different kinds: nothing where a text that is written here reads as the other kind."""
    text, other, kind = (left, right, kinds[1]) if kinds[0] == "text" else (right, left, kinds[0])
    if "text" not in kinds:
        yield Mistake(right.at, f"{WORDS[kinds[0]]} cannot be compared with {WORDS[kinds[1]]}")
    elif not isinstance(text, tree.Literal):
        hint = ": put the value in quotes" if isinstance(other, tree.Literal) else ""
        yield Mistake(other.at, f"text cannot be compared with {WORDS[kind]}{hint}")
    elif not _reads_as(str(text.value), kind):
        yield Mistake(text.at, f"'{text.value}' is not {WORDS[kind]}" + (" such as '2026-05-31'" if kind == "date" else ""))


def _reads_as(text: str, kind: Kind) -> bool:
    if kind == "truth":
        return text.lower() in TRUTHS
    try:
        return bool(date.fromisoformat(text)) if kind == "date" else Decimal(text).is_finite()
    except (ValueError, InvalidOperation):
        return False
