"""A run of a job, its stages, and what comes of them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from pyspark.sql import SparkSession

from qualscore.config import Settings
from qualscore.definitions.call_list import CallList
from qualscore.definitions.definition import Definition
from qualscore.definitions.segment import Segment
from qualscore.publish.targets import Target
from qualscore.runs.console import Console
from qualscore.storage.tables import Tables


@dataclass(frozen=True)
class Run:
    """What a stage may use: settings, one session, one clock.

    Attributes:
        definitions: of the scores that are meant.
        other_definitions: of those that the arguments leave out.
        segments: all that are defined.
        targets: where publish sends.
        call_lists: all that are defined.
    """

    run_id: str
    started_at: datetime
    as_of: date
    options: Any
    settings: Settings
    definitions: Sequence[Definition]
    tables: Tables
    store: tuple[str, str | None]
    console: Console
    job: str = ""
    other_definitions: Sequence[Definition] = ()
    segments: Sequence[Segment] = ()
    targets: Sequence[Target] = ()
    call_lists: Sequence[CallList] = ()

    @property
    def spark(self) -> SparkSession:
        """The session."""
        return self.tables.spark


@dataclass(frozen=True)
class Outcome:
    """What a stage did, for its run record and for the person who waits."""

    sentence: str
    counts: Mapping[str, int] = field(default_factory=dict)
    metrics: Mapping[str, float] = field(default_factory=dict)
    model_version: int | None = None
    deliveries: Sequence[Mapping[str, object]] = ()
    warnings: Sequence[str] = ()
    outputs: Mapping[str, int] = field(default_factory=dict)  # of tables that are as they have to be without a commit
    tables: Sequence[Mapping[str, str | None]] = ()
    versions: Mapping[str, int] = field(default_factory=dict)
    rules: str | None = None
    as_of: date | None = None  # the day of what was read; by default the run's own
    exit_code: int = 0  # of a stage that has done its work, and not all that was asked


@dataclass(frozen=True)
class Stage:
    """One step of the main job.

    Attributes:
        name: of the step.
        work: does it; takes the run, and the definition where the step is done per score.
        depends: what the result depends on beside the versions of its inputs; takes the same.
        due: why it has to be done although nothing of that changed, or None; None for "never then".
        per_score: whether it is done for each definition.
        together: whether `work` takes all definitions that are due and returns an outcome, or an error, by name.
        inputs: the tables that it reads, each at one version (runs/pinning.py).
        reads: what else it would read now, in words, for --dry-run.
        writes: its table; without it the step is due.
        wanted: whether the arguments ask for it at all.
        is_recorded: whether scores/score_runs gets a row of it; without one it writes nothing at all.
        rehearses: whether its work heeds --dry-run itself, and shows what it would do.
    """

    name: str
    work: Callable[..., Any]
    depends: Callable[..., Mapping[str, object]]
    due: Callable[..., str | None] | None = None
    per_score: bool = False
    together: bool = False
    inputs: Sequence[str] = ()
    reads: Callable[[Run], Sequence[str]] = lambda run: ()
    writes: str | None = None
    wanted: Callable[[Any], bool] = lambda options: True
    is_recorded: bool = True
    rehearses: bool = False
