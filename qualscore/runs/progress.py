"""How far long work is: a line now and then, and only when there is something to wait for."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Event, Thread
from typing import Any

from py4j.protocol import Py4JError  # type: ignore[import-untyped]
from pyspark.sql import SparkSession

from qualscore.internals import running_stages

QUIET_SECONDS = 10
MOST_SECONDS = 60
POLL_SECONDS = 1
LARGEST_ROW = 50_000  # bytes


@dataclass(frozen=True)
class Doing:
    """A Spark stage that is running.

    Attributes:
        number: its id.
        name: what it is done for.
        tasks: how many it has.
        done: how many of them are done.
        seconds: since it began.
        rows: that its tasks have read so far.
    """

    number: int
    name: str
    tasks: int
    done: int
    seconds: float
    rows: int

    def line(self) -> str:
        """What a person wants to know.

        >>> Doing(7, "score", 16, 4, 60.0, 2_500_000).line()
        'score: 4 of 16 parts done, 2,500,000 rows, 41,666 rows a second, about 3:00 left'
        >>> Doing(7, "ingest", 16, 0, 12.0, 0).line()
        'ingest: 0 of 16 parts done after 0:12'
        """
        sentence = f"{self.name}: {self.done} of {self.tasks} parts done"
        if self.rows:
            sentence += f", {self.rows:,} rows, {int(self.rows / self.seconds):,} rows a second"
        if self.done:
            sentence += f", about {_minutes(self.seconds * (self.tasks - self.done) / self.done)} left"
        return sentence if self.rows or self.done else f"{sentence} after {_minutes(self.seconds)}"


def _minutes(seconds: float) -> str:
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"


@contextmanager
def shown(spark: SparkSession, say: Callable[[str], None], *, quiet: float = QUIET_SECONDS, poll: float = POLL_SECONDS) -> Iterator[None]:
    """Says how far Spark's stages are that take longer than `quiet` seconds, at ever longer intervals."""
    over = Event()
    watch = Thread(target=_watch, args=(spark, say, over, quiet, poll), daemon=True)
    watch.start()
    try:
        yield
    finally:
        over.set()
        watch.join()


def _watch(spark: SparkSession, say: Callable[[str], None], over: Event, quiet: float, poll: float) -> None:
    due: dict[int, float] = {}
    while not over.wait(poll):
        try:
            for doing in running(spark):
                if doing.seconds >= due.get(doing.number, quiet):
                    say(doing.line())
                    due[doing.number] = doing.seconds + min(max(quiet, doing.seconds / 4), MOST_SECONDS)
        except Py4JError:  # the session has ended; what it has to say, others say
            return


def running(spark: SparkSession) -> list[Doing]:
    """The stages that run now, from what Spark keeps for its own pages."""
    return [_doing(stage) for stage in running_stages(spark) if stage.firstTaskLaunchedTime().isDefined()]


def _doing(stage: Any) -> Doing:
    seconds = max(time.time() - stage.firstTaskLaunchedTime().get().getTime() / 1000, 0.001)
    # Of what is held in columns Spark counts the batches: no row is as large as they are.
    read = stage.inputRecords() if stage.inputBytes() < LARGEST_ROW * stage.inputRecords() else 0
    rows = max(read, stage.shuffleReadRecords())
    name = stage.description().get() if stage.description().isDefined() else "Spark"
    return Doing(stage.stageId(), name, stage.numTasks(), stage.numCompleteTasks(), seconds, rows)
