"""A page as one HTML file: no network, no other file, every text escaped."""

from collections.abc import Iterable
from html import escape
from itertools import zip_longest

from qualscore.reports.house.content import Block, Level, Levels, Listing, Page, Picture, Section, Table, Text, Tiles, Verdict
from qualscore.reports.house.script import SCRIPT
from qualscore.reports.house.style import STYLE
from qualscore.reports.house.words import percent, signed

# What the page may load: nothing but what is in it.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
MANY_COLUMNS = 5
HEARD = {"ready": "Ready to use", "doubtful": "Doubtful", "refused": "Refused"}


def html(page: Page) -> str:
    """The whole page."""
    links = "".join(f'<li><a href="#{it.id}">{escape(it.title)}</a></li>' for it in page.sections)
    contents = f'<nav aria-label="Contents"><ol>{links}</ol></nav>' if len(page.sections) > 1 else ""
    sections = "".join(map(_section, page.sections))
    unfold = ' <button id="unfold" type="button">Open all numbers</button>' if "<details" in sections else ""
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{POLICY}">
<link rel="icon" href="data:,">
<title>{escape(page.title)}</title>
<style>{STYLE}</style>
</head>
<body>
<header>
<h1>{escape(page.title)}</h1>
<p class="about">{escape(page.about)}</p>
<p class="tools"><button id="theme" type="button">Dark or light</button>{unfold}</p>
</header>
{contents}
<main>
{sections}
</main>
<script>{SCRIPT}</script>
</body>
</html>
"""


def _section(section: Section) -> str:
    return f'<section id="{section.id}">\n<h2>{escape(section.title)}</h2>\n{_blocks(section.blocks)}</section>\n'


def _blocks(blocks: Iterable[Block]) -> str:
    """Pictures that follow each other stand side by side where there is room."""
    parts: list[str] = []
    gallery: list[str] = []
    for block in blocks:
        if isinstance(block, Picture):
            gallery.append(_picture(block))
            continue
        parts += _gallery(gallery)
        gallery = []
        parts.append(_block(block))
    return "\n".join([*parts, *_gallery(gallery)]) + "\n"


def _gallery(pictures: list[str]) -> list[str]:
    return [f'<div class="gallery">{"".join(pictures)}</div>'] if pictures else []


def _block(block: Block) -> str:
    match block:
        case Text():
            return f'<p class="{block.kind}">{escape(block.text)}</p>'
        case Listing():
            return f"<ul>{''.join(f'<li>{escape(it)}</li>' for it in block.items)}</ul>"
        case Tiles():
            tiles = (
                f'<div class="tile"><dt>{escape(it.label)}</dt><dd><b>{escape(it.value)}</b> <span>{escape(it.detail)}</span></dd></div>'
                for it in block.tiles
            )
            return f'<dl class="tiles">{"".join(tiles)}</dl>'
        case Table():
            return _folded(block.fold, _table(block)) if block.fold else _table(block)
        case Picture():
            return _picture(block)
        case Levels():
            return _levels(block)
        case Verdict():
            reasons = f"<ul>{''.join(f'<li>{escape(it)}</li>' for it in block.reasons)}</ul>" if block.reasons else ""
            sentence = f"<p><strong>{HEARD[block.standing]}.</strong> {escape(block.sentence)}</p>"
            return f'<div class="verdict {block.standing}">{sentence}{reasons}</div>'


def _picture(picture: Picture) -> str:
    numbers = _folded("The numbers", _table(picture.table)) if picture.table else ""
    return (
        f"<figure><h3>{escape(picture.title)}</h3><figcaption>{escape(picture.says)}</figcaption>"
        f'<div class="drawing">{picture.draw()}</div>{numbers}</figure>'
    )


def _folded(head: str, body: str) -> str:
    return f"<details><summary>{escape(head)}</summary>{body}</details>"


def _table(table: Table) -> str:
    first = len(table.head) - table.numbers
    head = "".join(f'<th scope="col"{_kind(place, first)}>{escape(it)}</th>' for place, it in enumerate(table.head))
    rows = "".join(
        f"<tr>{''.join(_cell(it, table.head[place], place, first, link) for place, it in enumerate(row))}</tr>"
        for row, link in zip_longest(table.rows, table.links, fillvalue="")
    )
    many = ' class="many"' if len(table.head) >= MANY_COLUMNS else ""  # a phone shows each row as a list
    return f'<div class="scrolls" tabindex="0"><table{many}><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>'


def _cell(text: str, head: str, place: int, first: int, link: str) -> str:
    inside = f'<a href="{escape(link)}">{escape(text)}</a>' if link and place == 0 else escape(text)
    return f'<td{_kind(place, first)} data-head="{escape(head)}">{inside}</td>'


def _kind(place: int, first: int) -> str:
    return ' class="number"' if place >= first else ""


def _levels(levels: Levels) -> str:
    most = max([abs(it.moves or 0) for it in levels.levels] + [0.1])
    shares = [share for it in levels.levels for share in (it.customers, it.all) if share is not None]
    rows = "".join(_level(it, most, max([*shares, 0.01])) for it in levels.levels)
    head = "<thead><tr><th>value</th><th>of the customers / of all companies</th><th>moves the score</th></tr></thead>"
    state = " open" if levels.is_open else ""
    return (
        f'<details class="factor"{state}><summary><b>{escape(levels.factor)}</b> <span>{escape(levels.says)}</span></summary>'
        f'<table class="levels">{head}<tbody>{rows}</tbody></table></details>'
    )


def _level(level: Level, most: float, widest: float) -> str:
    bars = _bar("customers", level.customers, widest) + _bar("others", level.all, widest)
    moves = level.moves or 0.0
    side = "up" if moves >= 0 else "down"
    moved = f'<span class="moves {side}"><i style="width:{50 * abs(moves) / most:.1f}%"></i></span><em>{escape(signed(level.moves))}</em>'
    said = f'<tr class="said"><td></td><td colspan="2">{escape(level.says)}</td></tr>' if level.says else ""
    shown = f'<th scope="row">{escape(level.name)}</th><td>{bars}</td><td><div class="moved">{moved}</div></td>'
    return f'<tr class="shown">{shown}</tr>{said}'


def _bar(kind: str, share: float | None, widest: float) -> str:
    if share is None:
        return '<span class="bar withheld">withheld: fewer than 5</span>' if kind == "customers" else ""
    return f'<span class="bar {kind}"><i style="width:{70 * share / widest:.1f}%"></i><em>{escape(percent(share))}</em></span>'
