"""Which quotes swallow records, and which hold cells of several lines."""

import pytest

from qualscore.deliveries.quotes import OpenQuote, QuoteCheck

HEAD = "name,web,n\n"
ROWS = [f"Firm {place},firm{place}.com,{place}" for place in range(8)]


def open_quote(text: str, *, delimiter: str = ",", size: int = 1 << 20) -> OpenQuote | None:
    check, content = QuoteCheck(delimiter.encode()), text.encode()
    for start in range(0, len(content), size):
        check.feed(content[start : start + size])
    return check.finish()


def lines(*changes: tuple[int, str]) -> str:
    rows = list(ROWS)
    for place, row in changes:
        rows[place] = row
    return HEAD + "\n".join(rows) + "\n"


SWALLOWED = {
    "to the end": (lines((2, '"Firm 2,firm2.com,2')), 4, None),
    "in the last row": (lines((7, 'Firm 7,firm7.com,"7')), 9, None),
    "closed by a quoted cell": (lines((2, '"Firm 2,firm2.com,2'), (6, '"Firm 6",firm6.com,6')), 4, 8),
    "closed on the next line": (lines((2, '"Firm 2,firm2.com,2'), (3, '"Firm 3",firm3.com,3')), 4, 5),
    "in a later column": (lines((2, 'Firm 2,"firm2.com,2'), (5, 'Firm 5,"firm5.com",5')), 4, 7),
    "before a cell of several lines": (lines((1, '"Firm 1,firm1.com,1'), (6, '"Firm\n6",firm6.com,6')), 3, 8),
}
PLACES = "firm,place,kind\n" + "".join(f"Firm {letter},Town {letter},shop\n" for letter in "ABCDEFG")
SWALLOWED |= {
    "of words alone": (PLACES.replace("Firm B", '"Firm B').replace("Firm F", '"Firm F"'), 3, 7),
}
FINE = {
    "notes with commas": PLACES.replace("Town B", '"Town B\nby the sea, far, out"').replace("Town D", '"a,\nb, c\nd, e, f, g"'),
    "no quote": lines(),
    "all quoted": lines(*((place, f'"Firm {place}","firm{place}.com","{place}"') for place in range(8))),
    "several lines": lines((2, '"Firm\n2, and\nmore",firm2.com,2'), (5, '"a\nb",x.com,5')),
    "several lines at the end": "web,name\na.com,A\nb.com,B\nc.com,\"Main Street 5\nParis, France\"\nd.com,D\n",
    "doubled quotes": lines((2, '"Firm ""2""\n(""two"")",firm2.com,2')),
    "inches": lines((2, 'Pipe 12",firm2.com,2'), (4, 'Pipe 5" and 6,firm4.com,4')),
    "without an end": lines((7, 'Firm 7,firm7.com,"7"')).rstrip("\n"),
}  # fmt: skip


@pytest.mark.parametrize("size", [1 << 20, 7])
@pytest.mark.parametrize("case", SWALLOWED)
def test_a_quote_that_swallows_records_is_named_with_its_line(case: str, size: int) -> None:
    text, line, until = SWALLOWED[case]
    quote = open_quote(text, size=size) if size > 7 else open_quote(text, size=len(text) // 2)
    assert quote is not None
    assert (quote.line, quote.until) == (line, until)
    assert f"line {line}: a quote opens" in str(quote)


@pytest.mark.parametrize("case", FINE)
def test_a_cell_of_several_lines_is_none(case: str) -> None:
    assert [open_quote(FINE[case], size=size) for size in (1 << 20, 16)] == [None, None]


def test_the_delimiter_may_be_another() -> None:
    text = lines((2, '"Firm 2,firm2.com,2')).replace(",", ";")
    assert (open_quote(text, delimiter=";") or OpenQuote(0, 0, "")).line == 4
