"""A page as one HTML file: no network, no other file, every text escaped."""

from collections.abc import Iterable

from qualscore.reports.house.cells import LONGEST_CELL, shortened, table, text
from qualscore.reports.house.content import Block, Level, Levels, Listing, Page, Picture, Section, Table, Text, Tiles, Verdict
from qualscore.reports.house.script import SCRIPT, SEARCH
from qualscore.reports.house.style import STYLE
from qualscore.reports.house.words import percent, signed

# What the page may load: nothing but what is in it.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
HEARD = {"ready": "Ready to use", "doubtful": "Doubtful", "refused": "Refused"}


def html(page: Page) -> str:
    """The whole page."""
    links = "".join(f'<li><a href="#{it.id}">{text(it.title)}</a></li>' for it in page.sections)
    contents = f'<nav aria-label="Contents"><ol>{links}</ol></nav>' if len(page.sections) > 1 else ""
    sections = "".join(map(_section, page.sections))
    unfold = ' <button id="unfold" type="button">Open all numbers</button>' if "<details" in sections else ""
    searching = SEARCH if 'class="searched' in sections else ""
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{POLICY}">
<link rel="icon" href="data:,">
<title>{text(page.title)}</title>
<style>{STYLE}</style>
</head>
<body>
<header>
<h1>{text(page.title)}</h1>
<p class="about">{text(page.about)}</p>
<p class="tools"><button id="theme" type="button">Dark or light</button>{unfold}</p>
</header>
{contents}
<main>
{sections}
</main>
<script>{SCRIPT}{searching}</script>
</body>
</html>
"""


def _section(section: Section) -> str:
    return f'<section id="{section.id}">\n<h2>{text(section.title)}</h2>\n{_blocks(section.blocks)}</section>\n'


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
            return f'<p class="{block.kind}">{text(block.text)}</p>'
        case Listing():
            return f"<ul>{''.join(f'<li>{text(it)}</li>' for it in block.items)}</ul>"
        case Tiles():
            tiles = (
                f'<div class="tile"><dt>{text(it.label)}</dt><dd><b>{text(it.value)}</b> <span>{text(it.detail)}</span></dd></div>'
                for it in block.tiles
            )
            return f'<dl class="tiles">{"".join(tiles)}</dl>'
        case Table():
            return _folded(block.fold, table(block)) if block.fold else table(block)
        case Picture():
            return _picture(block)
        case Levels():
            return _levels(block)
        case Verdict():
            reasons = f"<ul>{''.join(f'<li>{text(it)}</li>' for it in block.reasons)}</ul>" if block.reasons else ""
            sentence = f"<p><strong>{HEARD[block.standing]}.</strong> {text(block.sentence)}</p>"
            return f'<div class="verdict {block.standing}">{sentence}{reasons}</div>'


def _picture(picture: Picture) -> str:
    numbers = _folded("The numbers", table(picture.table)) if picture.table else ""
    return (
        f"<figure><h3>{text(picture.title)}</h3><figcaption>{text(picture.says)}</figcaption>"
        f'<div class="drawing">{picture.draw()}</div>{numbers}</figure>'
    )


def _folded(head: str, body: str) -> str:
    return f"<details><summary>{text(head)}</summary>{body}</details>"


def _levels(levels: Levels) -> str:
    most = max([abs(it.moves or 0) for it in levels.levels] + [0.1])
    shares = [share for it in levels.levels for share in (it.customers, it.all) if share is not None]
    rows = "".join(_level(it, most, max([*shares, 0.01])) for it in levels.levels)
    head = "<thead><tr><th>value</th><th>of the customers / of all companies</th><th>moves the score</th></tr></thead>"
    state = " open" if levels.is_open else ""
    return (
        f'<details class="factor"{state}><summary><b>{shortened(levels.factor)}</b> <span>{text(levels.says)}</span></summary>'
        f'<table class="levels">{head}<tbody>{rows}</tbody></table></details>'
    )


def _level(level: Level, most: float, widest: float) -> str:
    bars = _bar("customers", level.customers, widest) + _bar("others", level.all, widest)
    moves = level.moves or 0.0
    side = "up" if moves >= 0 else "down"
    moved = f'<span class="moves {side}"><i style="width:{50 * abs(moves) / most:.1f}%"></i></span><em>{text(signed(level.moves))}</em>'
    said = f'<tr class="said"><td></td><td colspan="2">{shortened(level.says, LONGEST_CELL)}</td></tr>' if level.says else ""
    shown = f'<th scope="row">{shortened(level.name)}</th><td>{bars}</td><td><div class="moved">{moved}</div></td>'
    return f'<tr class="shown">{shown}</tr>{said}'


def _bar(kind: str, share: float | None, widest: float) -> str:
    if share is None:
        return '<span class="bar withheld">withheld: fewer than 5</span>' if kind == "customers" else ""
    return f'<span class="bar {kind}"><i style="width:{70 * share / widest:.1f}%"></i><em>{text(percent(share))}</em></span>'
