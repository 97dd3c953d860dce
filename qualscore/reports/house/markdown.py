"""A page as Markdown: the same content; a picture is its sentence and its numbers."""

import re
from collections.abc import Iterable, Iterator
from itertools import zip_longest

from qualscore.reports.house.content import Block, Level, Levels, Listing, Page, Picture, Section, Table, Text, Tiles, Verdict
from qualscore.reports.house.letters import letters
from qualscore.reports.house.words import percent, signed

# What has a meaning anywhere, the beginning of an entity, and what begins a list or is a line.
SPECIAL = re.compile(r"[\\`*_\[\]<>|#~]|&(?=#?\w+;)|^[-+](?= )|^[-=](?=[-=]+$)|(?<=^\d)[.)](?= )")
HEARD = {"ready": "Ready", "doubtful": "Doubtful", "refused": "Refused"}


def markdown(page: Page) -> str:
    """The whole page."""
    return "\n".join([f"# {plain(page.title)}", "", plain(page.about), "", *(line for it in page.sections for line in _section(it))])


def plain(text: str) -> str:
    r"""A text that Markdown takes for nothing else.

    >>> print(plain("a_b | <c>\n"), plain("- a"), plain("1. a"), plain("-0.5"), plain("R&D &lt;"))
    a\_b \| \<c\> \- a 1\. a -0.5 R&D \&lt;
    """
    return SPECIAL.sub(r"\\\g<0>", " ".join(letters(text).split()))


def _section(section: Section) -> Iterator[str]:
    yield from (f"## {plain(section.title)}", "")
    for block in section.blocks:
        yield from (*_block(block), "")


def _block(block: Block) -> Iterable[str]:
    match block:
        case Text():
            return [plain(block.text)]
        case Listing():
            return [f"* {plain(it)}" for it in block.items]
        case Tiles():
            return [f"* {plain(it.label)}: **{plain(it.value)}**; {plain(it.detail)}" for it in block.tiles]
        case Table():
            return _table(block)
        case Picture():
            return [f"### {plain(block.title)}", "", plain(block.says), "", *(_table(block.table) if block.table else ())]
        case Levels():
            return [f"### {plain(block.factor)}", "", plain(block.says), "", *_levels(block.levels)]
        case Verdict():
            return [f"**{HEARD[block.standing]}.** {plain(block.sentence)}", "", *(f"* {plain(it)}" for it in block.reasons)]


def _table(table: Table) -> Iterator[str]:
    first = len(table.head) - table.numbers
    yield _line(table.head)
    yield "|" + "|".join("---" if place < first else "--:" for place in range(len(table.head))) + "|"
    for row, link in zip_longest(table.rows, table.links, fillvalue=""):
        line = _line(row)
        yield line.replace(plain(row[0]), f"[{plain(row[0])}]({link})", 1) if link else line


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(map(plain, cells))} |"


def _levels(levels: Iterable[Level]) -> Iterator[str]:
    rows = tuple((it.name, percent(it.customers), percent(it.all), signed(it.moves), it.says) for it in levels)
    yield from _table(Table(("value", "of the customers", "of all", "moves the score", "in words"), rows))
