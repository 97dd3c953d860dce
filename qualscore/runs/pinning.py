"""Which version of each table a stage reads: the rule, in one place.

A stage reads one version of each of its inputs, whoever writes them meanwhile. It is the newest before the first commit of a stage that
did not end well: after a death between two commits, and while another run writes, readers see what the last completed run left and
no table that is ahead of the others. What nobody of ours committed, such as an OPTIMIZE, holds nobody back; where no record tells of
a table's writer, its version is the current one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from qualscore.runs import records
from qualscore.runs.run import Run, Stage


def pinned(run: Run, inputs: Sequence[str]) -> Run:
    """The run as one that reads these tables at one version each."""
    left = records.last_outputs(run) if inputs else {}
    return replace(run, tables=run.tables.pinned({name: _version(run, name, left) for name in inputs}))


def sign(run: Run, stage: Stage) -> None:
    """Names the stage in its commits, so that others can tell whether who made them ended well."""
    run.tables.sign(f"{run.run_id} {stage.name}")


def _version(run: Run, name: str, left: Mapping[str, int]) -> int:
    now = run.tables.version(name)
    completed = left.get(name, now)
    if completed >= now:  # greater: the table has been made anew
        return now
    writers = run.tables.writers(name, after=completed)
    ended = records.ended_well(run, {writer for writer in writers.values() if writer})
    return min((version for version, writer in writers.items() if writer and writer not in ended), default=now + 1) - 1
