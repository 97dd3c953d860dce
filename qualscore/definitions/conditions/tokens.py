"""The text of a condition, cut into tokens."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from qualscore.definitions.conditions.mistakes import Mistake

Kind = Literal["text", "number", "name", "word", "sign", "end"]
TOKEN = re.compile(
    r"""(?P<space>\s+)
    | (?P<text>'(?:[^'\\]|\\.|'')*'|"(?:[^"\\]|\\.|"")*")
    | (?P<name>`(?:[^`]|``)+`)
    | (?P<number>(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?(?!\w))
    | (?P<word>\w+(?:\.[^\W\d]\w*)*)
    | (?P<sign><=>|<>|<=|>=|!=|==|\|\||[=<>()\[\],+\-*/%])""",
    re.VERBOSE | re.DOTALL,
)
ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})|\\(.)|(''|\"\")", re.DOTALL)
ESCAPED = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "0": "\0", "%": "\\%", "_": "\\_"}
"""What stands behind a backslash, as Spark reads it; anything else stands for itself. Of a pattern's % and _ the backslash stays."""
INSTEAD = {"&": "and", "|": "or", "!": "not"}


@dataclass(frozen=True)
class Token:
    """A piece of a condition.

    Attributes:
        kind: what it is.
        text: as written.
        value: what it stands for: the content of a text or a name, the number.
        at: place of its first character in the condition; the first is 0.
    """

    kind: Kind
    text: str
    value: str | int | float | Decimal
    at: int

    @property
    def word(self) -> str:
        """The word in lower case; nothing of other kinds."""
        return self.text.lower() if self.kind == "word" else ""


def tokens(text: str) -> list[Token]:
    """The tokens of a condition, the last of them its end.

    Raises:
        Mistake: a sign that no condition has, or a quote that is not closed.
    """
    return [*_tokens(text), Token("end", "", "", len(text))]


def _tokens(text: str) -> Iterator[Token]:
    at = 0
    while at < len(text):
        match = TOKEN.match(text, at)
        if match is None:
            raise Mistake(at, _strange(text[at]))
        kind, written = str(match.lastgroup), match.group()
        if kind == "text":
            yield Token("text", written, _content(written), at)
        elif kind == "name":
            yield Token("name", written, written[1:-1].replace("``", "`"), at)
        elif kind == "number":
            yield Token("number", written, _number(written), at)
        elif kind == "word":
            yield Token("word", written, written, at)
        elif kind == "sign":
            yield Token("sign", written, written, at)
        at = match.end()


def _strange(sign: str) -> str:
    if sign in "'\"`":
        return f"the quote {sign} is not closed"
    return f"{sign} stands for nothing here" + (f": write {INSTEAD[sign]}" if sign in INSTEAD else "")


def _content(quoted: str) -> str:
    return ESCAPE.sub(_escaped, quoted[1:-1])


def _escaped(match: re.Match[str]) -> str:
    code, letter, doubled = match.groups()
    if code:
        return chr(int(code, 16))
    return doubled[0] if doubled else ESCAPED.get(letter, letter)


def _number(written: str) -> int | float | Decimal:
    """As Spark reads it: exact, unless it has an exponent."""
    if "e" in written.lower():
        return float(written)
    return int(written) if written.isdigit() else Decimal(written)
