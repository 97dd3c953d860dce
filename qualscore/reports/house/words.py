"""How numbers are said, the same on every page."""

import math
from collections.abc import Sequence

NBSP = "\u00a0"
FEWEST = 5
WITHHELD = "withheld"


def percent(share: float | None) -> str:
    """Two digits that say something, with a space that does not break.

    >>> percent(0.0412).replace(NBSP, " "), percent(0.00058).replace(NBSP, " "), percent(0.634).replace(NBSP, " "), percent(1.0)[:3]
    ('4.1 %', '0.058 %', '63 %', '100')
    """
    if share is None:
        return "–"
    value = 100 * share
    if value == 0 or value >= 9.95:
        return f"{value:.0f}{NBSP}%"
    return f"{value:.{max(1, 1 - math.floor(math.log10(value)))}f}{NBSP}%"


def between(low: float | None, high: float | None) -> str:
    """An interval of shares.

    >>> between(0.12, 0.184).replace(NBSP, " ")
    '12 to 18 %'
    """
    if low is None or high is None:
        return "–"
    return f"{percent(low).removesuffix(f'{NBSP}%')} to {percent(high)}"


def count(number: float | None) -> str:
    """A number of accounts; of fewer than five none is told.

    >>> count(1234.4), count(3), count(0)
    ('1,234', 'fewer than 5', '0')
    """
    if number is None:
        return "–"
    return "fewer than 5" if 0 < number < FEWEST else f"{number:,.0f}"


def auc(value: float | None) -> str:
    """A ROC-AUC."""
    return "–" if value is None else f"{value:.3f}"


def times(value: float) -> str:
    """How many times as common, or as rare.

    >>> times(12.34), times(3.21), times(0.25)
    ('12 times as common', '3.2 times as common', '4.0 times as rare')
    """
    if value < 1:
        return f"{_times(1 / value)} as rare" if value > 0 else "never seen"
    return f"{_times(value)} as common"


def _times(value: float) -> str:
    return f"{value:.0f} times" if value >= 10 else f"{value:.1f} times"


def signed(value: float | None) -> str:
    """A contribution: its sign counts."""
    return "–" if value is None else f"{value:+.2f}"


def signed_points(share: float) -> str:
    """A difference of shares, in points of 100.

    >>> signed_points(0.0412), signed_points(-0.2)
    ('+4.1', '-20.0')
    """
    return f"{100 * share:+.1f}"


def listed(names: Sequence[str], last: str = "and") -> str:
    """Names in a sentence.

    >>> listed(["DE", "AT", "CH"]), listed(["DE"])
    ('DE, AT and CH', 'DE')
    """
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} {last} {names[-1]}" if names else "none"
