"""Rows through a sender: each event is written down, confirmed rows are remembered, and too many failures end it."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from qualscore.publish.journal import Journal
from qualscore.publish.rows import FAILED, Event, Job, Result, Row, Sender

REMEMBERED_AT = 50_000  # results on the driver

Remember = Callable[[Sequence[Result]], None]


@dataclass
class Tally:
    """What became of the rows of a publish.

    Attributes:
        outcomes: rows by outcome.
        failures: the results of failed rows.
        jobs: ids of jobs, in their order.
        is_stopped: whether too many rows failed.
        completed: rows that a publish confirmed which was killed, or whose jobs went on without it.
    """

    outcomes: Counter[str] = field(default_factory=Counter)
    failures: list[Result] = field(default_factory=list)
    jobs: list[str] = field(default_factory=list)
    is_stopped: bool = False
    completed: int = 0


@dataclass
class Sending:
    """One publish to one target.

    Attributes:
        sender: of the target.
        journal: where events are written down.
        remember: keeps confirmed rows for good.
        most_failures: more of them end it.
    """

    sender: Sender
    journal: Journal
    remember: Remember
    most_failures: int
    tally: Tally = field(default_factory=Tally)
    _unkept: list[Result] = field(default_factory=list)

    def complete(self) -> None:
        """Takes up what a run left that did not live to see its end: what was confirmed, and jobs that were under way."""
        results, jobs = self.journal.read()
        confirmed = [it for it in results if it.outcome != FAILED]
        self.remember(confirmed)
        self.journal.clear(jobs)
        for job in jobs:
            self._take(self.sender.resume(job))
        resumed = self.tally.outcomes.total() - len(self.tally.failures)
        self.tally = Tally(completed=len(confirmed) + resumed)  # what failed then is among the rows that are sent now

    def send(self, rows: Iterator[Row]) -> None:
        """Sends rows; what is confirmed when it fails is remembered."""
        self._take(self.sender.send(rows))

    def _take(self, events: Iterator[Event]) -> None:
        try:
            for event in events:
                self.journal.write(event)
                self._count(event)
                if len(self._unkept) >= REMEMBERED_AT:
                    self._keep()
                if len(self.tally.failures) > self.most_failures:
                    self.tally.is_stopped = True
                    break
        finally:
            self._keep()

    def _count(self, event: Event) -> None:
        if isinstance(event, Job):
            self.tally.jobs.append(event.job_id)
            return
        self.tally.outcomes.update(it.outcome for it in event.results)
        self.tally.failures += [it for it in event.results if it.outcome == FAILED]
        self._unkept += [it for it in event.results if it.outcome != FAILED]

    def _keep(self) -> None:
        """Remembers what is confirmed; the journal keeps jobs alone whose results are still awaited."""
        if self._unkept:
            self.remember(self._unkept)
            self._unkept = []
        _, jobs = self.journal.read()
        self.journal.clear(jobs)
