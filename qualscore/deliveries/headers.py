"""Which delivered header is which contract column."""

import re
from collections.abc import Mapping, Sequence

Headers = Mapping[str, Sequence[str]]
# What stands in rows: a number, a day, an address, what databases write for nothing.
VALUE = re.compile(
    r"(?i)[-+]?[0-9][0-9.,' ]*|[0-9]{4}-[0-9]{2}-[0-9]{2}.*|[^\s@]+@[^\s@]+[.][^\s@]+|https?://.+|www[.].+|\\N|null|true|false"
)


def normalised(header: str) -> str:
    r"""A header without case, byte-order mark, spaces and punctuation.

    >>> normalised("\ufeffAddress 1: Country/Region") == normalised("address1_country_region")
    True
    """
    return re.sub(r"[\W_]+", "", header.casefold())


def match(delivered: Sequence[str], accepted: Headers) -> dict[str, str]:
    """Contract column to delivered header; the first accepted header that is there wins.

    >>> match(["Domain", "E-Mail"], {"domain": ["website", "domain", "email"], "event_on": ["date"]})
    {'domain': 'Domain'}
    """
    known = {normalised(header): header for header in reversed(delivered) if normalised(header)}
    headers_of = {
        column: [known[normalised(header)] for header in headers if normalised(header) in known] for column, headers in accepted.items()
    }
    return {column: headers[0] for column, headers in headers_of.items() if headers}


def of_a_row(names: Sequence[str]) -> list[str]:
    """A finding where a header looks like a row of values.

    >>> of_a_row(["17", "Plum Ltd", "plum-test.com", "2025-01-31", ""])
    ["the first line looks like a row ('17', '2025-01-31'): name the columns of a file without a header in a mapping, headerless: [...]"]
    >>> of_a_row(["Name", "2025", "E-mail"])
    []
    """
    values = [name for name in names if VALUE.fullmatch(name.strip())]
    if len(values) < 2:
        return []
    shown = ", ".join(repr(value) for value in values[:3])
    return [f"the first line looks like a row ({shown}): name the columns of a file without a header in a mapping, headerless: [...]"]


def joined(names: Sequence[str], rows: Sequence[Sequence[str]], delimiters: str) -> str | None:
    """The name that looks like several which another sign than the file's sets off: the rows have as many cells more than names.

    >>> joined(["id", "land,stadt", "web"], [["1", "DE", "Bonn", "plum-test.de"], ["2", "DE", "Kiel", ""]], ",;")
    'land,stadt'
    >>> joined(["id", "City, State", "_column_3"], [["1", "Bonn, NW", ""]], ",;")
    """
    last = max((place for place, name in enumerate(names, start=1) if name != f"_column_{place}"), default=0)
    widths = [len(row) - last for row in rows]
    for name in names[:last]:
        parts = re.split(f"[{re.escape(delimiters)}]", name)
        if all(part and part == part.strip() for part in parts) and len(parts) > 1 and widths.count(len(parts) - 1) > 0.8 * len(rows) > 0:
            return name
    return None
