"""The page of a model in a real browser: it fits three widths, every part can be opened, and nothing is complained of."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from qualscore.reports.house.page import html
from qualscore.reports.model_page.page import page
from tests.browser import Tab, needs_browser, opened
from tests.small_report import HOSTILE, RULE, report

pytestmark = needs_browser
WIDTHS = (390, 820, 1400)


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = {
        "examples": "account list won", "excluded": None, "reference": "all other companies", "run_id": "ab12", "code_version": "17d7",
        "training": {"repeats": 3, "folds": 5}, "inputs": {"clean/accounts": 4}, "definition": {"name": "small"},
    }  # fmt: skip
    long = {**RULE, "rule": "W" * 60 + ", most first"}  # wider than a phone, as a product's name may be
    points = [{"learned_from": 180, "roc_auc": 0.86}, {"learned_from": 361, "roc_auc": 0.88}]
    whole = report(made=made, permutation_null=[0.48, 0.5, 0.52], permutation_p=0.02, learning_curve=points, rules=[long])
    file = tmp_path_factory.mktemp("page") / "model.html"
    file.write_text(html(page(whole)))
    return file


@pytest.fixture(scope="module")
def tab(file: Path) -> Iterator[Tab]:
    with opened() as tab:
        tab.resize(1400)
        tab.load(file)
        yield tab
        assert tab.complaints == []  # of all that the tests did


@pytest.mark.parametrize("width", WIDTHS)
def test_the_page_is_no_wider_than_the_window(tab: Tab, width: int) -> None:
    tab.resize(width)
    tab.run("document.querySelectorAll('details').forEach(it => { it.open = true })")
    assert tab.run("document.documentElement.scrollWidth") <= width
    narrow = "[...document.querySelectorAll('.drawing svg')].map(it => it.getBoundingClientRect().width)"
    assert all(0.6 * min(width, 560) <= it <= width for it in tab.run(narrow))
    cut = "[...document.querySelectorAll('p, li, h1, h2, h3, dd, summary')].filter(it => it.scrollWidth > it.clientWidth + 1).length"
    assert tab.run(cut) == 0


def test_every_link_leads_to_its_part(tab: Tab) -> None:
    tab.resize(1400)
    links = tab.run("[...document.querySelectorAll('nav a')].map(it => it.getAttribute('href'))")
    assert len(links) == 12
    for link in links:
        tab.run("scrollTo(0, 0)")
        tab.click(f'nav a[href="{link}"]')
        assert tab.run("location.hash") == link
        top = tab.run(f"document.querySelector('{link}').getBoundingClientRect().top")
        at_end = tab.run("innerHeight + scrollY >= document.documentElement.scrollHeight - 2")
        assert 0 <= top < 150 or at_end, link


def test_every_fold_opens_and_closes(tab: Tab) -> None:
    folds = tab.run("document.querySelectorAll('details').length")
    assert folds >= 10
    for number in range(folds):
        fold = f"document.querySelectorAll('details')[{number}]"
        was_open = tab.run(f"{fold}.open")
        tab.click(f"{fold}.querySelector('summary')")
        assert tab.run(f"{fold}.open") is not was_open, number
        tab.click(f"{fold}.querySelector('summary')")
        assert tab.run(f"{fold}.open") is was_open, number


def test_all_numbers_open_at_once(tab: Tab) -> None:
    tab.run("document.querySelectorAll('details').forEach(it => { it.open = false })")
    tab.click("#unfold")
    assert tab.run("[...document.querySelectorAll('details')].every(it => it.open)")
    assert tab.run("document.getElementById('unfold').textContent") == "Close all numbers"
    tab.click("#unfold")
    assert not tab.run("[...document.querySelectorAll('details')].some(it => it.open)")


def test_dark_and_light_change_page_and_pictures(tab: Tab) -> None:
    """By the button, and by what the machine prefers; a picture's bars have the page's colour."""
    seen = "[getComputedStyle(document.body).backgroundColor, getComputedStyle(document.querySelector('.drawing svg text')).fill]"
    light = tab.run(seen)
    tab.click("#theme")
    dark = tab.run(seen)
    assert light[0] == "rgb(255, 255, 255)" and dark[0] == "rgb(20, 23, 28)" and light[1] != dark[1]
    tab.click("#theme")
    assert tab.run(seen) == light
    tab.run("delete document.documentElement.dataset.theme")
    tab.ask("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": "dark"}])
    assert tab.run(seen) == dark
    tab.ask("Emulation.setEmulatedMedia", features=[])


def test_the_page_prints_light_and_with_every_factor_open(tab: Tab) -> None:
    assert len(tab.printed()) > 20_000
    tab.ask("Emulation.setEmulatedMedia", media="print", features=[{"name": "prefers-color-scheme", "value": "dark"}])
    assert tab.run("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert tab.run("getComputedStyle(document.querySelector('nav')).display") == "none"
    tab.ask("Emulation.setEmulatedMedia", media="", features=[])


def test_a_page_with_nothing_folded_is_no_worse(tmp_path: Path) -> None:
    file = tmp_path / "refused.html"
    file.write_text(html(page({"score_name": "small", "as_of_on": "2026-06-01", "refused": "small: no signal."})))
    with opened() as tab:
        tab.load(file)
        tab.click("#theme")
        assert tab.run("document.getElementById('unfold')") is None and tab.run("document.querySelector('nav')") is None
        assert "small: no signal." in tab.run("document.body.textContent") and tab.complaints == []


def test_names_run_nothing_and_nothing_is_asked_for(tab: Tab, file: Path) -> None:
    assert HOSTILE in tab.run("document.body.textContent")
    assert set(tab.requested) <= {file.as_uri(), "data:,", "about:blank"}
    assert tab.run("document.scripts.length") == 1
