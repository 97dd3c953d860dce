"""Names that somebody chose to hurt, through every output: nothing is executed or obeyed, and no layout breaks."""

import json
import re
import unicodedata
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser
from io import StringIO
from typing import Any

import pytest

from qualscore.model.scoring.factor_words import phrase
from qualscore.reports.account_card.card import card
from qualscore.reports.account_card.matches import page_of_matches
from qualscore.reports.account_card.record import record
from qualscore.reports.business_page.page import page as business_page
from qualscore.reports.business_page.page import page_of_all
from qualscore.reports.house import drawing
from qualscore.reports.house.cells import LONGEST_CELL, LONGEST_NAME
from qualscore.reports.house.content import Page, Picture
from qualscore.reports.house.letters import letters
from qualscore.reports.house.markdown import markdown
from qualscore.reports.house.page import html
from qualscore.reports.house.terminal import PLAIN_WIDTH, shown
from qualscore.reports.model_page.page import page as model_page
from qualscore.reports.overview import overview_page
from qualscore.runs.console import Console, logger
from tests import small_account, small_report
from tests.small_business import BEST, account, numbers, numbers_of_all

HARMLESS = "Acme"
NAMES = {
    "formula": "=cmd|' /C calc'!A0",
    "script": "<script>alert(1)</script>",
    "attribute": '" onmouseover="alert(1)" x=\'',
    "entity": "&lt;img src=x onerror=alert(1)&gt; </td></tr></table>",
    "lines": "Acme\r\nInc\n\n# Head\n- list\u2028more\x0b\x85end",
    "terminal": "Acme\x1b[2J\x1b]0;owned\x07\x9b31m\x08\x08Inc\x00\x7f",
    "colours": "Acme\x1b[8mhidden\x1b[31mred",
    "direction": "\u202egpj.exe\u202c \u2066Acme\u2069\u200f",
    "emoji": "\U0001f600 Acme \U0001f468\u200d\U0001f469\u200d\U0001f467 \ufe0f",
    "long": "x" * 300,
    "markdown": "a|b **bold** [link](javascript:alert(1)) `code` ![i](http://a.com/i.png) ~~gone~~",
    "halves": "Acme \ud83d Inc \uffff \ue000",
    "right_to_left": "شركة אקמה",
}
OWN_STYLES = re.compile(r"\x1b\[[0-9;]*m")
each_name = pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)


class Shape(HTMLParser):
    """The tags of a page with their attributes' names, its texts, and what its tooltips say."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, ...]] = []
        self.cells: list[str] = []
        self.tooltips: list[str] = []
        self.is_in_cell = False
        self.feed(re.sub(r"<svg.*?</svg>", "", text, flags=re.DOTALL))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tooltips += [str(value) for name, value in attrs if name == "title"]
        if tag != "span" or not any(name == "title" for name, _ in attrs):  # what is cut has a tooltip
            self.tags.append((tag, *sorted(name for name, _ in attrs if name != "class")))
        if tag in ("td", "th"):
            self.cells.append("")
            self.is_in_cell = True

    def handle_endtag(self, tag: str) -> None:
        self.is_in_cell = self.is_in_cell and tag not in ("td", "th")

    def handle_data(self, data: str) -> None:
        if self.is_in_cell:
            self.cells[-1] += data


def unseen(text: str) -> set[str]:
    """What nobody sees but line breaks; joiners stand within words."""
    return {it for it in text if unicodedata.category(it) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")} - set("\n\u200c\u200d")


def business(name: str) -> Page:
    like = [{"rank": 1, "customer_name": name, "customer_domain": "a.com"}]
    line = f"For: uses {name}; based in {name}. Against: {name} industry"
    best = [account(1, "a.com", name, 99.0, nearest=like, top_factors=line), BEST[2]]
    moved = [it | {"company_name": name} for it in numbers()["moved"]]
    return business_page(numbers(best=best, moved=moved, list=f"the account list {name}"))


def of_all(name: str) -> Page:
    return page_of_all(numbers_of_all(cards=[it | {"company_name": name} for it in numbers_of_all()["cards"]]))


def model(name: str) -> Page:
    text = json.dumps(small_report.report()).replace(json.dumps(small_report.HOSTILE)[1:-1], "NAME")
    report = json.loads(text, object_hook=lambda it: {key: _with(value, name) for key, value in it.items()})
    return model_page(
        report | {"warnings": [f"small: {name} is strange"], "rules": [{**small_report.RULE, "rule": f"uses {name}, most first"}]}
    )


def _with(value: Any, name: str) -> Any:
    return value.replace("NAME", name) if isinstance(value, str) else value


def refusal(name: str) -> Page:
    return model_page({"score_name": "small", "as_of_on": "2026-06-01", "refused": f"the product {name} gives the answer away"})


def overview(name: str) -> Page:
    best = [{"domain": "a.com", "company_name": name, "score": 99.0, "top_factors": f"For: uses {name}. Against: {name} industry"}]
    report = small_report.report(warnings=[f"small: {name} is strange"])
    scored = {"score_name": "small", "bands": {"likely": 1}, "unscored": {}, "customers": 5, "hidden": {}, "best": best, "report": report}
    source = {"source": f"account_lists:{name}", "rows_read": 1, "clean": 1, "superseded": 0, "rejected": 0, "reasons": {name: 1}}
    return overview_page(
        {"warehouse": "/data/q", "accounts": 1, "market": [], "sources": [source], "scores": [scored], "options": "", "is_verbose": True}
    )


def everything(name: str) -> dict[str, Any]:
    text = json.dumps(small_account.ROWS).replace(json.dumps(small_account.HOSTILE)[1:-1], "NAME").replace("Kafka", "NAME")
    rows = json.loads(text, object_hook=lambda it: {key: _with(value, name) for key, value in it.items()})
    return record("acme.com", rows, names=["small"], reports={}, before={})


def account_card(name: str) -> Page:
    return card(everything(name))


def matches(name: str) -> Page:
    found = [{"domain": "acme.com", "company_name": name, "country": name, "industry": name, "scores": {"b": 9.5}}]
    return page_of_matches({"asked": name, "matches": found, "more": False, "why": None})


def undrawn(page: Page) -> Page:
    """The page with empty pictures, which take seconds."""
    sections = []
    for section in page.sections:
        blocks = tuple(replace(it, draw=lambda: "<svg></svg>") if isinstance(it, Picture) else it for it in section.blocks)
        sections.append(replace(section, blocks=blocks))
    return replace(page, sections=tuple(sections))


PAGES = {"business": business, "all": of_all, "model": model, "refusal": refusal}
TERMINAL = {"overview": overview, "account": account_card, "matches": matches, "business": business}


@pytest.fixture(scope="module")
def harmless() -> dict[str, str]:
    return {kind: html(undrawn(made(HARMLESS))) for kind, made in PAGES.items()}


@each_name
@pytest.mark.parametrize("kind", PAGES)
def test_a_page_shows_letters(kind: str, name: str, harmless: dict[str, str]) -> None:
    """It has the tags that it has with a harmless name, and the whole name stands in a cell or in its tooltip."""
    text = html(undrawn(PAGES[kind](name)))
    shape = Shape(text)
    assert shape.tags == Shape(harmless[kind]).tags
    assert not unseen(text) and text.encode()
    assert all(len(it) <= LONGEST_CELL for it in shape.cells)
    if kind in ("business", "all"):
        assert any(letters(name) == it for it in (*shape.cells, *shape.tooltips))
        assert all(len(it) <= LONGEST_NAME for it in shape.cells if it.startswith(letters(name)[:20]) and " " not in it)


def test_a_picture_is_drawn_with_letters() -> None:
    """All names beside one axis, and one as the picture's own."""
    made = drawing.drawn(
        lambda axes: axes[0].set_yticks(range(len(NAMES)), [drawing.short(it) for it in NAMES.values()]) and None, name=NAMES["attribute"]
    )
    attributes = {name for _, *names in Shape(made.replace("svg", "figure")).tags for name in names}
    assert (
        not unseen(made)
        and made.count("<svg") == 1
        and "<script" not in made
        and "aria-label" in attributes
        and "onmouseover" not in attributes
    )
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in made and f"{'x' * 29}…" in made


@each_name
def test_markdown_says_it_in_letters(name: str) -> None:
    """As many lines, cells and marks as with a harmless name."""
    lines, expected = (markdown(model(it)).splitlines() for it in (name, HARMLESS))
    assert len(lines) == len(expected) and not unseen("\n".join(lines))
    marks = re.compile(r"(?<!\\)[|`\[<*]|^#+ |^[-+] |^\d+[.)] ")
    assert [marks.findall(it) for it in lines] == [marks.findall(it) for it in expected]


@each_name
@pytest.mark.parametrize("columns", [None, 100])
@pytest.mark.parametrize("kind", TERMINAL)
def test_a_terminal_obeys_nothing_of_it(kind: str, columns: int | None, name: str) -> None:
    text = shown(TERMINAL[kind](name), columns=columns)
    styles = set(OWN_STYLES.findall(text))
    assert styles <= set(OWN_STYLES.findall(shown(TERMINAL[kind](HARMLESS), columns=columns)))
    plain = OWN_STYLES.sub("", text)
    assert not unseen(plain) and plain.encode()
    commands = ("./spark-submit.sh", "SELECT ", "deltalake.", "/data/q", "More of")
    assert all(len(it) <= (columns or PLAIN_WIDTH) for it in plain.splitlines() if not it.startswith(commands))


@each_name
def test_json_has_the_whole_name(name: str) -> None:
    console = Console(results := StringIO(), StringIO(), True, datetime.now(UTC))
    console.result("", **everything(name))
    assert json.loads(results.getvalue())["company_name"] == name and results.getvalue().isascii()


@each_name
def test_lines_of_a_job_are_letters(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What preview, warnings and progress say of stages, lists and values."""
    # Else pytest keeps what is logged, and a process of pytest-xdist dies of half a letter that it is to send.
    monkeypatch.setattr(logger, "propagate", False)
    console = Console(results := StringIO(), told := StringIO(), False, datetime.now(UTC), 100)
    console.result(f"deals by stage and outcome\n         1  open  {name}")
    console.complain(f"warning: the list {name} is empty")
    console.say(f"reading {name}")
    for text in (results.getvalue(), told.getvalue()):
        assert not unseen(OWN_STYLES.sub("", text)) and "\x1b[8m" not in text


@each_name
def test_a_line_of_factors_is_one_line_once_it_is_shown(name: str) -> None:
    said = [
        phrase(factor, value)
        for factor, value in ((f"uses {name}", "yes"), ("city", name), ("industry", name), (f"technologies in {name}", "2"))
    ]
    assert all(letters(name) in letters(it) and not unseen(letters(it)) and "\n" not in letters(it) for it in said)
