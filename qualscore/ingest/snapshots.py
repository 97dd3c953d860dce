"""Snapshots of firmographics: which of them a delivery replaces."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date

from qualscore.config import Source
from qualscore.contracts import Contract
from qualscore.ingest.delivery import Delivery


def undated(deliveries: Iterable[tuple[Source, Delivery]], contract: Contract) -> list[str]:
    """The ids of the sources of which neither the configuration nor the delivery says what day its rows describe."""
    if "observed_on" not in contract.columns:
        return []
    return [it.id for it, found in deliveries if it.observed_on is None and "observed_on" not in {*found.mapping, *found.named}]


def replaced(days: Sequence[date], sources: Collection[str]) -> str:
    r"""A condition of SQL over clean/firmographics: the days that are delivered again, and all that undated sources delivered before.

    >>> replaced([date(2026, 8, 1)], ["firmographics:it's.csv"])
    "observed_on IN (DATE '2026-08-01') OR source IN ('firmographics:it\\'s.csv')"
    >>> replaced([], [])
    'false'
    """
    parts = [f"observed_on IN ({', '.join(f'DATE {str(day)!r}' for day in sorted(days))})"] if days else []
    parts += [f"source IN ({', '.join(map(_text, sources))})"] if sources else []
    return " OR ".join(parts) or "false"


def advice(sources: Sequence[str], as_of: date) -> list[str]:
    """At most one line: undated sources have no history.

    >>> advice(["firmographics:it.csv"], date(2026, 8, 1))[0][:60]
    'firmographics:it.csv: says of no row what day it describes, '
    """
    if not sources:
        return []
    reason = "says of no row what day it describes, so that each delivery replaces the one before"
    return [f"{', '.join(sources)}: {reason}; `observed_on: {as_of}` at the source, or such a column, would keep history"]


def _text(plain: str) -> str:
    escaped = plain.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
