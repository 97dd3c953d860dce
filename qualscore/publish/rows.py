"""What senders take and give: rows, and what became of them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple, Protocol

Value = str | int | None
SENT, CREATED, FAILED = "sent", "created", "failed"
NEW = "new:"
"""What the key of a row begins with whose record the target does not have yet; its domain follows."""


class Mark(NamedTuple):
    """What is remembered of a row: its key, its domain, and the hash of what it says."""

    key: str
    domain: str | None
    row_hash: str

    @property
    def record(self) -> str:
        """What the target knows the record by: the CRM's id, or the domain of a new one."""
        return self.key.removeprefix(NEW)


@dataclass(frozen=True)
class Row:
    """A row to be sent.

    Attributes:
        mark: what is remembered of it.
        values: by the target's own field names; None empties a field.
    """

    mark: Mark
    values: Mapping[str, Value]

    @property
    def record(self) -> str:
        """What the target knows the record by."""
        return self.mark.record

    @property
    def is_new(self) -> bool:
        """Whether the record is made where there is none."""
        return self.mark.key.startswith(NEW)


class Result(NamedTuple):
    """What became of a row: sent, created or failed; of a failed one the target's code and words."""

    mark: Mark
    outcome: str
    code: str = ""
    message: str = ""


@dataclass(frozen=True)
class Job:
    """Work that the target does by itself from now on, of which it keeps the results."""

    job_id: str
    marks: Sequence[Mark]


@dataclass(frozen=True)
class Answered:
    """What became of rows, by their results; those of a job name it."""

    results: Sequence[Result]
    job_id: str | None = None


Event = Job | Answered


class Sender(Protocol):
    """Sends rows to one target. Each event is written down before the next is asked for."""

    def send(self, rows: Iterator[Row]) -> Iterator[Event]:
        """Sends rows; yields what happens."""

    def resume(self, job: Job) -> Iterator[Event]:
        """Asks what became of a job that a run began which did not live to see its end."""


def failed(marks: Sequence[Mark], code: str, message: str) -> list[Result]:
    """The same failure of several rows."""
    return [Result(mark, FAILED, code, message) for mark in marks]


def alike(rows: Iterator[Row]) -> Iterator[tuple[bool, Iterator[Row]]]:
    """Rows one after the other that are new or not, and have the same fields; with whether they are new."""
    for (is_new, _), of_kind in groupby(rows, key=lambda row: (row.is_new, tuple(row.values))):
        yield is_new, of_kind
