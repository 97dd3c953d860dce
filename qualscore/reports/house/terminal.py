"""A page for a terminal, or as plain text for a file or a pipe: the same content as on paper."""

from collections.abc import Iterator
from io import StringIO
from typing import assert_never

from rich import box
from rich.console import Console, RenderableType
from rich.table import Table as Grid
from rich.text import Text as Line

from qualscore.reports.house.content import Block, Levels, Listing, Page, Picture, Table, Text, Tiles, Verdict
from qualscore.reports.house.letters import cut, letters
from qualscore.reports.house.words import percent, signed

PLAIN_WIDTH = 140
MOST_LETTERS = 400
STYLES = {"plain": "", "lead": "bold", "note": "dim", "command": "cyan"}
COLOURS = {"ready": "bold green", "doubtful": "bold yellow", "refused": "bold red"}


def shown(page: Page, *, columns: int | None) -> str:
    """The page as text that ends without a line break.

    Args:
        page: what to show.
        columns: of the terminal, which gets colours; None where the text goes elsewhere.
    """
    screen = Console(
        file=StringIO(), width=columns or PLAIN_WIDTH, force_terminal=columns is not None, color_system="standard" if columns else None,
        markup=False, emoji=False, highlight=False, legacy_windows=False,
    )  # fmt: skip
    screen.print(Line(readable(page.title), style="bold underline" if columns else ""), Line(readable(page.about)), sep="\n")
    for section in page.sections:
        screen.print()
        screen.print(Line(readable(section.title), style="bold"))
        for place, block in enumerate(section.blocks):
            is_whole = isinstance(block, Text) and block.kind == "command"
            above = [""] if place and isinstance(block, Table) else []
            screen.print(*above, *_block(block, columns is not None), sep="\n", soft_wrap=is_whole)
    written: StringIO = screen.file  # type: ignore[assignment]
    return "\n".join(line.rstrip() for line in written.getvalue().rstrip("\n").split("\n"))


def readable(text: str, *, most: int = MOST_LETTERS) -> str:
    r"""One line without what a terminal would obey, cut where it is too long. What is left is letters, and they say what they say.

    >>> readable("Acme\x1b[31m\n <b>\u202eInc"), readable("a" * 20, most=8)
    ('Acme [31m <b>Inc', 'aaaaaaa…')
    """
    return cut(" ".join(letters(text, keep="").split()), most)


def _block(block: Block, is_terminal: bool) -> Iterator[RenderableType]:
    match block:
        case Text():
            yield Line(readable(block.text, most=4 * MOST_LETTERS), style=STYLES[block.kind])
        case Listing():
            yield _grid([("•", it) for it in block.items])
        case Tiles():
            yield _grid([(it.label, it.value, it.detail) for it in block.tiles])
        case Table():
            yield _table(block, is_terminal)
        case Picture():
            yield Line(readable(block.title), style="bold")
            yield Line(readable(block.says))
            yield from [_table(block.table, is_terminal)] if block.table else []
        case Levels():
            rows = tuple((it.name, percent(it.customers), percent(it.all), signed(it.moves)) for it in block.levels)
            yield _table(Table((block.factor, "of the customers", "of all", "moves the score"), rows, numbers=3), is_terminal)
        case Verdict():
            yield Line(readable(block.sentence), style=COLOURS[block.standing])
            yield _grid([("•", it) for it in block.reasons])
        case _:
            assert_never(block)


def _grid(rows: list[tuple[str, ...]]) -> Grid:
    """Cells side by side, without a head; the last one wraps below itself."""
    grid = Grid.grid(padding=(0, 2, 0, 0))
    for row in rows:
        grid.add_row(*(Line(readable(cell)) for cell in row))
    return grid


def _table(table: Table, is_terminal: bool) -> Grid:
    grid = Grid(box=box.SIMPLE_HEAD if is_terminal else None, pad_edge=False, padding=(0, 2, 0, 0), show_edge=False, header_style="bold")
    first = len(table.head) - table.numbers
    for place, name in enumerate(table.head):
        grid.add_column(Line(readable(name)), justify="left" if place < first else "right", overflow="fold")
    for row in table.rows:
        grid.add_row(*(Line(readable(cell)) for cell in row))
    return grid
