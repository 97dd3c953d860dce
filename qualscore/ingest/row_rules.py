"""What varies between installations in the judgement of a row."""

from dataclasses import dataclass, field
from datetime import date

from qualscore.columns import DomainRules


@dataclass(frozen=True)
class Rules:
    """The same for all rows of a run.

    Attributes:
        as_of: the run's date; describes rows whose source and file name no date.
        domains: own suffixes and shared hosts.
    """

    as_of: date
    domains: DomainRules = field(default_factory=DomainRules)
