"""What varies between installations in the judgement of a row."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from qualscore.columns import DomainRules, StageWords


@dataclass(frozen=True)
class Rules:
    """The same for all rows of a run.

    Attributes:
        as_of: the run's date; describes rows whose source and file name no date.
        domains: own suffixes and shared hosts.
        stages: what deals' stages are called.
        rates: currency to US dollars for one unit, from a day on or always (None).
    """

    as_of: date
    domains: DomainRules = field(default_factory=DomainRules)
    stages: StageWords = field(default_factory=StageWords)
    rates: Mapping[str, Sequence[tuple[date | None, float]]] = field(default_factory=dict)
