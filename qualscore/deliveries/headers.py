"""Which delivered header is which contract column."""

import re
from collections.abc import Mapping, Sequence

Headers = Mapping[str, Sequence[str]]


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
