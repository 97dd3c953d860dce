"""Texts that a spreadsheet would run as formulas once somebody exports what was sent."""

import re

from qualscore.publish.rows import Value

FORMULA = re.compile(r"[=+\-@\t\r]")
NUMBER = re.compile(r"[+-]?[\d\s().,/-]*\d[\d\s().,/-]*")


def escaped(value: Value) -> Value:
    r"""The value, behind an apostrophe where a spreadsheet would take it for a formula. Numbers and telephone numbers stay.

    >>> [escaped(it) for it in ("=1+1", "@acme", "-5", "+49 (0)30 1234", "a=b", "\tx", 7, None, "-x")]
    ["'=1+1", "'@acme", '-5', '+49 (0)30 1234', 'a=b', "'\tx", 7, None, "'-x"]
    """
    if not isinstance(value, str) or not FORMULA.match(value) or NUMBER.fullmatch(value):
        return value
    return f"'{value}"
