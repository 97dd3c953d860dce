"""Rows for senders, and a publish without Spark: what is confirmed is remembered, as the tables of a warehouse do."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from qualscore.publish.http_session import HttpSession
from qualscore.publish.rows import FAILED, NEW, Answered, Event, Job, Mark, Result, Row, Sender, Value

SECRETS = {"QS_CLIENT_ID": "id", "QS_CLIENT_SECRET": "secret", "QS_REFRESH_TOKEN": "again"}
CREDENTIALS = {"client_id_env": "QS_CLIENT_ID", "client_secret_env": "QS_CLIENT_SECRET"}


def row(record: str, score: int | None = 97, *, is_new: bool = False, **values: Value) -> Row:
    """A row whose hash is what it says."""
    said = {"score": score, **values}
    return Row(Mark(f"{NEW if is_new else ''}{record}", record if is_new else None, repr(said)), said)


def named(rows: Sequence[Row], names: Mapping[str, str]) -> list[Row]:
    """The same rows with a target's names of fields."""
    return [Row(it.mark, {names.get(name, name): value for name, value in it.values.items()}) for it in rows]


def patient(session: HttpSession) -> list[float]:
    """Makes a session wait for nothing; returns where it notes how long it would have waited."""
    waits: list[float] = []
    session.wait = waits.append
    session.pace.wait = waits.append
    return waits


class Killed(Exception):
    """The process died."""


@dataclass
class Published:
    """What a target has confirmed: hashes by key, failures of the last publish, jobs whose results are awaited."""

    hashes: dict[str, str] = field(default_factory=dict)
    failures: list[Result] = field(default_factory=list)
    jobs: list[Job] = field(default_factory=list)
    events: int = 0

    def publish(self, sender: Sender, rows: Sequence[Row], *, dies_after: int | None = None) -> int:
        """Sends what is not confirmed; returns how many rows that were. Dies after so many events have been written down."""
        self.failures, self.events = [], 0
        for job in list(self.jobs):
            self._take(sender.resume(job), dies_after)
        self.failures = []
        left = [it for it in rows if self.hashes.get(it.mark.key) != it.mark.row_hash]
        if left:
            self._take(sender.send(iter(left)), dies_after)
        return len(left)

    def _take(self, events: Iterator[Event], dies_after: int | None) -> None:
        for event in events:
            if isinstance(event, Job):
                self.jobs.append(event)
            else:
                self._answered(event)
            self.events += 1
            if self.events == dies_after:
                raise Killed

    def _answered(self, event: Answered) -> None:
        self.jobs = [it for it in self.jobs if it.job_id != event.job_id]
        self.hashes |= {it.mark.key: it.mark.row_hash for it in event.results if it.outcome != FAILED}
        self.failures += [it for it in event.results if it.outcome == FAILED]

    @property
    def codes(self) -> dict[str, str]:
        """Of each failed row the code."""
        return {it.mark.key: it.code for it in self.failures}


def settings(**values: Any) -> dict[str, Any]:
    """A target's file."""
    return {"credentials": CREDENTIALS, **values}
