"""The business report in a real browser: it fits three widths, and its tables are searched and sorted by mouse and by keyboard."""

from pathlib import Path

from qualscore.reports.business_page.page import page
from qualscore.reports.house.page import html
from tests.browser import Tab, needs_browser, opened
from tests.small_business import BEST, account, numbers

pytestmark = needs_browser
WIDTHS = (390, 820, 1400)
TABLE = "document.querySelector('#best .searched')"
SHOWN = f"[...{TABLE}.querySelectorAll('tbody tr')].filter(it => !it.hidden).map(it => it.cells[1].textContent)"
SAID = f"{TABLE}.querySelector('output').textContent"


def written(folder: Path) -> Path:
    """A page of 30 accounts, of which 15 are shown at first; scores have one digit, two and three before the point."""
    more = [account(it, f"m{it}.com", f"Company {it}", 100.0 - 3 * it, country="FR" if it % 2 else "DE") for it in range(4, 31)]
    file = folder / "business.html"
    file.write_text(html(page(numbers(best=[BEST[0] | {"score": 100.0}, *BEST[1:], *more]))))
    return file


def typed(tab: Tab, text: str) -> None:
    tab.click("#best input")
    tab.run(f"{TABLE}.querySelector('input').select()")
    tab.ask("Input.insertText", text=text) if text else key(tab, "Delete")


def key(tab: Tab, name: str) -> None:
    codes = {"Enter": 13, "Delete": 46, "Tab": 9}
    for kind in ("keyDown", "keyUp"):
        text = {"text": "\r"} if name == "Enter" and kind == "keyDown" else {}
        tab.ask("Input.dispatchKeyEvent", type=kind, key=name, code=name, windowsVirtualKeyCode=codes[name], **text)


def chosen(tab: Tab, column: int, value: str) -> None:
    select = f"{TABLE}.querySelector('[data-column=\"{column}\"]')"
    tab.run(f"{select}.value = {value!r}; {select}.dispatchEvent(new Event('change'))")


def test_tables_are_searched_and_sorted_and_nothing_is_wider_than_the_window(tmp_path: Path) -> None:
    file = written(tmp_path)
    with opened() as tab:
        tab.resize(1400)
        tab.load(file)
        assert len(tab.run(SHOWN)) == 15 and tab.run(SAID) == "30 rows"
        typed(tab, "company fr")  # words of two columns, France by its name
        assert tab.run(SAID) == "13 of 30 rows" and set(tab.run(SHOWN)[:2]) == {"m5.com", "m7.com"}
        chosen(tab, 5, "Germany")
        assert tab.run(SHOWN) == [] and tab.run(SAID) == "0 of 30 rows"
        typed(tab, "")
        assert tab.run(SAID) == "16 of 30 rows"
        chosen(tab, 5, "")
        # By the score, numbers as numbers: the best first, then the worst; by keyboard, of which no column is in the way.
        tab.run(f"{TABLE}.querySelectorAll('th button')[9].focus()")
        key(tab, "Enter")
        assert tab.run(SHOWN)[:3] == ["hostile.com", "b.io", "m4.com"]
        key(tab, "Enter")
        assert tab.run(SHOWN)[:2] == ["m30.com", "m29.com"]
        assert tab.run(f"{TABLE}.querySelectorAll('th')[9].getAttribute('aria-sort')") == "ascending"
        tab.click("#best th button")
        assert tab.run(SHOWN)[0] == "hostile.com" and tab.run(f"{TABLE}.querySelectorAll('[aria-sort]').length") == 1
        # The whole of a name that is cut is searched, too, and the cut one says so.
        typed(tab, "xxxxxxxxxx")
        assert tab.run(SHOWN) == ["hostile.com"] and tab.run(f"{TABLE}.querySelector('[title]').textContent").endswith("…")
        typed(tab, "")
        tab.click("#best .more")
        assert len(tab.run(SHOWN)) == 30 and tab.run(f"{TABLE}.querySelector('.more').textContent") == "Show fewer"
        for width in WIDTHS:
            tab.resize(width)
            tab.run("document.querySelectorAll('details').forEach(it => { it.open = true })")
            assert tab.run("document.documentElement.scrollWidth") <= width
            seen = tab.run(f"getComputedStyle({TABLE}.querySelector('.order')).display")
            assert (seen == "none") is (width > 640)  # heads of columns are not there on a phone
        assert len(tab.printed()) > 20_000
        tab.ask("Emulation.setEmulatedMedia", media="print", features=[])
        assert tab.run(f"getComputedStyle({TABLE}.querySelector('.finder')).display") == "none"
        assert tab.run("window.hurt") is None and tab.run("document.scripts.length") == 1
        assert set(tab.requested) <= {file.as_uri(), "data:,", "about:blank"} and tab.complaints == []
