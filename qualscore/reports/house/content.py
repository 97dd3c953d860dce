"""What a page is made of. Text is plain: whoever renders it escapes it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

Drawing = Callable[[], str]
"""Draws a picture: SVG whose colours are variables of the page."""
Standing = Literal["ready", "doubtful", "refused"]


@dataclass(frozen=True)
class Text:
    """A paragraph; a note is one in passing, and a command is copied, so that nothing may break it."""

    text: str
    kind: Literal["plain", "lead", "note", "command"] = "plain"


@dataclass(frozen=True)
class Listing:
    """Short sentences, one a line."""

    items: tuple[str, ...]


@dataclass(frozen=True)
class Tile:
    """A number to remember: what it is, the number, and what it is to be read with."""

    label: str
    value: str
    detail: str


@dataclass(frozen=True)
class Tiles:
    """Numbers side by side."""

    tiles: tuple[Tile, ...]


@dataclass(frozen=True)
class Table:
    """Rows of texts below a head; a folded one is opened by who asks for it.

    Attributes:
        head: names of the columns.
        rows: as many texts as columns each.
        numbers: how many columns, from the right, are numbers.
        fold: what stands for a folded table; an open one has none.
        links: for each row the address that its first cell leads to.
        finder: where readers may sort and search the rows, what the table is of, for the label of the search; "" where they may not.
        choices: columns by whose values they may choose rows, too.
    """

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: int = 0
    fold: str = ""
    links: tuple[str, ...] = ()
    finder: str = ""
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Picture:
    """A drawing, the sentence that says what to see in it, and its numbers."""

    title: str
    says: str
    draw: Drawing
    table: Table | None = None


@dataclass(frozen=True)
class Level:
    """A value of a factor: how common among customers and among all (0 to 1, None withheld), and how it moves the score."""

    name: str
    customers: float | None
    all: float | None
    moves: float | None
    says: str


@dataclass(frozen=True)
class Levels:
    """The values of one factor."""

    factor: str
    says: str
    levels: tuple[Level, ...]
    is_open: bool = False


@dataclass(frozen=True)
class Verdict:
    """Whether to use what the page is about, and why."""

    standing: Standing
    sentence: str
    reasons: tuple[str, ...]


Block = Text | Listing | Tiles | Table | Picture | Levels | Verdict


@dataclass(frozen=True)
class Section:
    """A part of a page with a heading of its own."""

    id: str
    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Page:
    """A page."""

    title: str
    about: str
    sections: tuple[Section, ...]
