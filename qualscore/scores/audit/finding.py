"""A fault of a warehouse, and a part of an audit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

CLUMPING, INFLATION, AT_ODDS = "clumping", "inflation", "rule and model at odds"
STALE, COVERAGE, MISSINGNESS, SHIFT, ORPHANS = "stale data", "coverage", "missingness", "shift", "orphan deals"
KINDS = (CLUMPING, INFLATION, STALE, COVERAGE, MISSINGNESS, SHIFT, AT_ODDS, ORPHANS)
SHOWN = 3
"""As many examples are named."""


@dataclass(frozen=True)
class Finding:
    """One fault.

    Attributes:
        kind: one of KINDS.
        table: that shows the fault.
        count: how many rows of the table are meant.
        sentence: what is wrong, with the numbers that say so.
        advice: what to do.
        examples: at most SHOWN of the rows that are meant, by their names.
        score_name: of the score that the fault is of; None of data that all scores share.
    """

    kind: str
    table: str
    count: int
    sentence: str
    advice: str
    examples: tuple[str, ...] = ()
    score_name: str | None = None


@dataclass(frozen=True)
class Part:
    """What a part of an audit found, and by kind what could not be looked at, and why."""

    findings: Sequence[Finding] = ()
    skipped: Mapping[str, str] = field(default_factory=dict)
