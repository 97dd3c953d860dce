"""Texts and tables as HTML: whatever a text holds, it is shown as letters, and a long one breaks no table."""

from collections.abc import Iterator
from html import escape
from itertools import zip_longest

from qualscore.reports.house.content import Table
from qualscore.reports.house.letters import cut, letters

MANY_COLUMNS, WIDE = 5, 9
SHOWN_ROWS = 15  # of a table that is searched, before somebody asks for all
LONGEST_NAME, LONGEST_CELL = 80, 260  # letters of a first cell, which names its row, and of another one
LONGEST_WORD = 40  # letters of a word that is not broken
LONGEST_WHOLE = 1_000  # letters of a tooltip
SENTENCE, WORD = 45, 11  # letters of a cell that takes room beside others, and of one that is not broken


def text(words: str) -> str:
    r"""The letters of a text, escaped.

    >>> text("<b> & \u202eCo\x07")
    '&lt;b&gt; &amp; Co'
    """
    return escape(letters(words))


def shortened(words: str, most: int = LONGEST_NAME) -> str:
    """A text that is cut where it is too long, and whole in its tooltip.

    >>> shortened("Acme"), shortened("Acme <Inc>", most=7)
    ('Acme', '<span title="Acme &lt;Inc&gt;">Acme &lt;…</span>')
    """
    whole = letters(words)
    if len(whole) <= most:
        return escape(whole)
    return f'<span title="{escape(cut(whole, LONGEST_WHOLE))}">{escape(cut(whole, most))}</span>'


def table(content: Table) -> str:
    """The table; one that is searched has a place for what the page's script puts there."""
    first = len(content.head) - content.numbers
    head = "".join(f'<th scope="col"{_kind(place, first)}>{text(it)}</th>' for place, it in enumerate(content.head))
    rows = "".join(_rows(content, first))
    kinds = ("many", "wide")[: (len(content.head) >= MANY_COLUMNS) + (len(content.head) >= WIDE)]
    many = f' class="{" ".join(kinds)}"' if kinds else ""  # a phone shows each row of many as a list
    made = f'<div class="scrolls" tabindex="0"><table{many}><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>'
    return _searched(content, made) if content.finder else made


def _rows(content: Table, first: int) -> Iterator[str]:
    heads = [text(it) for it in content.head]
    for row, link in zip_longest(content.rows, content.links, fillvalue=""):
        cells = (f'<td{_kind(place, first)} data-head="{heads[place]}">{_cell(it, place, link)}</td>' for place, it in enumerate(row))
        yield f"<tr>{''.join(_with_room(it, words, content.finder) for it, words in zip(cells, row, strict=True))}</tr>"


def _cell(words: str, place: int, link: str) -> str:
    shown = shortened(words, LONGEST_CELL if place else LONGEST_NAME)
    return f'<a href="{escape(link)}">{shown}</a>' if link and place == 0 else shown


def _with_room(cell: str, words: str, finder: str) -> str:
    """A cell whose words are too long for any column; or of a searched table, where a sentence has room and a word is not broken."""
    kind = "breaks" if any(len(it) > LONGEST_WORD for it in words.split()) else ""
    if finder and not kind:
        kind = "word" if len(words) <= WORD else "sentence" if len(words) >= SENTENCE else ""
    return cell.replace("<td data", f'<td class="{kind}" data', 1) if kind else cell


def _kind(place: int, first: int) -> str:
    return ' class="number"' if place >= first else ""


def _searched(content: Table, made: str) -> str:
    """Without a script all rows are there, in the order of the page."""
    choices = "".join(
        f'<label>{text(it)} <select data-column="{content.head.index(it)}"><option value="">all</option></select></label>'
        for it in content.choices
    )
    search = f'<label>Find <input type="search" aria-label="Find in {text(content.finder)}" autocomplete="off"></label>'
    order = '<label class="order">Sort by <select data-order=""></select></label>'
    tools = f'<div class="finder" hidden>{search}{choices}{order}<output aria-live="polite"></output></div>'
    broad = " broad" if len(content.head) >= WIDE else ""
    return f'<div class="searched{broad}" data-most="{SHOWN_ROWS}">{tools}{made}<button type="button" class="more" hidden></button></div>'
