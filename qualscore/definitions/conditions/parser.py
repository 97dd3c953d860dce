"""A condition's text to its tree: recursive descent, `or` before `and` before `not` before comparisons before + - before * / %.

```
condition = and {"or" and}
and       = not {"and" not}
not       = "not" not | predicate
predicate = value [ comparison value
                  | "is" ["not"] ("null" | "true" | "false" | "unknown" | "distinct" "from" value)
                  | ["not"] ( "in" list | "between" value "and" value | ("like" | "ilike" | "rlike" | "contains") text
                            | "has" ["any" | "all"] (text | list) | "within" number ("days" | "weeks" | "months" | "years") ) ]
value     = term {("+" | "-" | "||") term}
term      = factor {("*" | "/" | "%") factor}
factor    = ["-"] number | text | "true" | "false" | "null" | "date" text | name | "(" condition ")"
          | function "(" values ")" | "cast" "(" value "as" type ")"
```
"""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import TypeVar

from qualscore.config import nearest
from qualscore.definitions.conditions import tree
from qualscore.definitions.conditions.functions import CASTS, FUNCTIONS
from qualscore.definitions.conditions.mistakes import Mistake
from qualscore.definitions.conditions.tokens import Token, tokens

COMPARISONS = {"=": "=", "==": "=", "<>": "<>", "!=": "<>", "<": "<", "<=": "<=", ">": ">", ">=": ">=", "<=>": "<=>"}
UNITS: dict[str, tree.Unit] = {f"{unit}{end}": unit for unit in ("day", "week", "month", "year") for end in ("", "s")}
RESERVED = frozenset(["and", "or", "not", "in", "between", "is", "null", "true", "false", "like", "ilike", "rlike", "regexp"])
"""Words that are no column's name unless they stand in `...`."""
MOST_NESTED = 50
T = TypeVar("T")
NAMES_IN_QUOTES = "a column whose name is no plain word stands in `...`"


def parse(text: str) -> tree.Node:
    """The tree of a condition.

    Raises:
        Mistake: the text is no condition.
    """
    if not text.strip():
        raise Mistake(0, "the condition is empty")
    parser = _Parser(tokens(text))
    node, rest = parser.condition(), parser.now
    if rest.kind != "end":
        raise Mistake(rest.at, f"{_shown(rest)} is not expected here: join conditions with and, or; {NAMES_IN_QUOTES}")
    return node


class _Parser:
    """The tokens of one condition, and how far they are read."""

    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = tokens
        self._place = 0
        self._depth = 0
        self._predicates: dict[str, Callable[[tree.Node, Token], tree.Node]] = {
            "in": self._in, "between": self._between, "has": self._has, "within": self._within, "like": self._match,
            "ilike": self._match, "rlike": self._match, "regexp": self._match, "contains": self._match,
        }  # fmt: skip

    @property
    def now(self) -> Token:
        """The token that is next to be read."""
        return self._tokens[self._place]

    @property
    def _next(self) -> Token:
        return self._tokens[min(self._place + 1, len(self._tokens) - 1)]

    def condition(self) -> tree.Node:
        """Conditions joined by `or`."""
        return self._joined("or", lambda: self._joined("and", self._negated))

    def _joined(self, word: str, part: Callable[[], tree.Node]) -> tree.Node:
        at, parts = self.now.at, [part()]
        while self._takes(word):
            parts.append(part())
        return parts[0] if len(parts) == 1 else tree.Joined(at, "or" if word == "or" else "and", tuple(parts))

    def _negated(self) -> tree.Node:
        token = self.now
        if not self._takes("not"):
            return self._predicate()
        return tree.Not(token.at, self._deeper(token, self._negated))

    def _predicate(self) -> tree.Node:
        value, token = self._value(), self.now
        if token.text in COMPARISONS:
            self._place += 1
            return tree.Comparison(token.at, COMPARISONS[token.text], value, self._value())
        if self._takes("is"):
            return self._is(value, token)
        is_negated = token.word == "not" and self._next.word in self._predicates
        self._place += is_negated
        word = self.now
        if word.word not in self._predicates:
            return value
        self._place += 1
        node = self._predicates[word.word](value, word)
        return tree.Not(token.at, node) if is_negated else node

    def _is(self, value: tree.Node, token: Token) -> tree.Node:
        is_negated, what = self._takes("not"), self.now
        if self._takes("distinct"):
            self._expect("from")
            same = tree.Comparison(token.at, "<=>", value, self._value())
            return same if is_negated else tree.Not(token.at, same)
        if what.word not in ("null", "unknown", "true", "false"):
            raise Mistake(what.at, f"'is' goes with null, not null, true or false, not with {_shown(what)}: compare values with =")
        self._place += 1
        node = tree.Is(token.at, value, "true" if what.word == "true" else "false" if what.word == "false" else "null")
        return tree.Not(token.at, node) if is_negated else node

    def _in(self, value: tree.Node, token: Token) -> tree.Node:
        return tree.In(token.at, value, self._listed(self._value))

    def _between(self, value: tree.Node, token: Token) -> tree.Node:
        low = self._value()
        self._expect("and")
        return tree.Between(token.at, value, low, self._value())

    def _match(self, value: tree.Node, token: Token) -> tree.Node:
        how = "rlike" if token.word == "regexp" else token.word
        return tree.Match(token.at, how, value, self._text(f"'{token.word}'"))  # type: ignore[arg-type]

    def _has(self, value: tree.Node, token: Token) -> tree.Node:
        how = "all" if self._takes("all") else "any"
        if how == "any":
            self._takes("any")
        if self.now.kind == "text":
            return tree.Has(token.at, "any", value, (self._text("'has'"),))
        return tree.Has(token.at, "all" if how == "all" else "any", value, self._listed(lambda: self._text("'has'")))

    def _within(self, value: tree.Node, token: Token) -> tree.Node:
        number = self.now
        if not isinstance(number.value, int) or self._next.word not in UNITS:
            raise Mistake(number.at, "'within' goes with a whole number of days, weeks, months or years: within 30 days")
        self._place += 2
        return tree.Within(token.at, value, number.value, UNITS[self._tokens[self._place - 1].word])

    def _listed(self, part: Callable[[], T]) -> tuple[T, ...]:
        opening = self.now
        if opening.text not in ("(", "["):
            raise Mistake(opening.at, f"a list in parentheses is expected, such as ('a', 'b'), not {_shown(opening)}")
        self._place += 1
        parts = [part()]
        while self._takes(","):
            parts.append(part())
        self._expect(")" if opening.text == "(" else "]")
        return tuple(parts)

    def _value(self) -> tree.Node:
        return self._chained(("+", "-", "||"), lambda: self._chained(("*", "/", "%"), self._factor))

    def _chained(self, signs: tuple[str, ...], part: Callable[[], tree.Node]) -> tree.Node:
        node = part()
        for _ in range(MOST_NESTED):
            token = self.now
            if token.kind != "sign" or token.text not in signs:
                return node
            self._place += 1
            node = tree.Arithmetic(token.at, token.text, node, part())
        raise Mistake(self.now.at, f"more than {MOST_NESTED} values are joined here")

    def _factor(self) -> tree.Node:
        token = self.now
        self._place += 1
        if token.text == "-" and isinstance(self.now.value, int | float | Decimal):
            self._place += 1
            return tree.Literal(token.at, -self._tokens[self._place - 1].value)  # type: ignore[operator]
        if token.kind in ("text", "number"):
            return tree.Literal(token.at, token.value)
        if token.kind == "name":
            return tree.Name(token.at, str(token.value))
        if token.text == "(":
            node = self._nested(token)
            self._expect(")")
            return node
        if token.kind == "word" and token.word not in RESERVED:
            return self._named(token)
        if token.word in ("null", "true", "false"):
            return tree.Literal(token.at, {"null": None, "true": True, "false": False}[token.word])
        self._place -= 1
        raise Mistake(token.at, f"a value is expected here, not {_shown(token)}: a column, 'text', a number, a date or true or false")

    def _nested(self, token: Token) -> tree.Node:
        """A condition, or a value, within parentheses that `token` opens."""
        return self._deeper(token, self.condition)

    def _deeper(self, token: Token, part: Callable[[], T]) -> T:
        self._depth += 1
        if self._depth > MOST_NESTED:
            raise Mistake(token.at, f"conditions are nested more than {MOST_NESTED} deep")
        node = part()
        self._depth -= 1
        return node

    def _named(self, token: Token) -> tree.Node:
        """A word that is a column, a function's name with its arguments, or `date` before a text."""
        if token.word == "date" and self.now.kind == "text":
            return self._date(token)
        if self.now.text != "(":
            return tree.Name(token.at, token.text)
        if token.word == "cast":
            return self._cast(token)
        if token.word not in FUNCTIONS:
            raise Mistake(token.at, f"conditions know no function '{token.text}'; {nearest(token.word, sorted(FUNCTIONS))}")
        self._place += 1
        arguments: list[tree.Node] = []
        while self.now.text != ")" and (not arguments or self._takes(",")):
            arguments.append(self._nested(token))
        self._expect(")")
        return tree.Call(token.at, token.word, tuple(arguments))

    def _cast(self, token: Token) -> tree.Node:
        self._place += 1
        value = self._nested(token)
        self._expect("as")
        kind = self.now
        if kind.word not in CASTS:
            raise Mistake(kind.at, f"cast knows no type {_shown(kind)}; {nearest(kind.text.lower(), sorted(CASTS))}")
        self._place += 1
        self._expect(")")
        return tree.Call(token.at, CASTS[kind.word], (value,))

    def _date(self, token: Token) -> tree.Node:
        written = self._text("'date'")
        try:
            return tree.Literal(token.at, date.fromisoformat(written))
        except ValueError:
            raise Mistake(token.at, f"'{written}' is no date such as '2026-05-31'") from None

    def _text(self, before: str) -> str:
        token = self.now
        if token.kind != "text":
            raise Mistake(token.at, f"behind {before} a text in quotes is expected, not {_shown(token)}")
        self._place += 1
        return str(token.value)

    def _takes(self, word: str) -> bool:
        """Reads a word or a sign, if it is the next one."""
        token = self.now
        is_it = token.word == word or (token.kind == "sign" and token.text == word)
        self._place += is_it
        return is_it

    def _expect(self, word: str) -> None:
        token = self.now
        if not self._takes(word):
            raise Mistake(token.at, f"'{word}' is expected here, not {_shown(token)}")


def _shown(token: Token) -> str:
    return "the end" if token.kind == "end" else token.text if token.kind == "text" else f"'{token.text}'"
