"""What changed since the run before: the accounts that scores/score_history and whoever publishes scores need to know."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import reduce

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from qualscore.definitions.definition import Definition
from qualscore.model.scoring.scoring_pass import EXCLUDED
from qualscore.reports.announcement import Announcement
from qualscore.runs import records
from qualscore.runs.run import Run
from qualscore.scores import history, movers
from qualscore.scores.history import ScoredBy
from qualscore.stages.reading import HISTORY, SCORES, UNSCORED
from qualscore.storage import upgrades
from qualscore.storage.tables import StagedSlice

COMPARED = ("domain", "score", "band", "model_version")


@dataclass(frozen=True)
class Before:
    """The scores of the run before, as they were when this run's stage began.

    Attributes:
        versions: of the tables of scores then.
        scored: by score that had scores, of how many accounts.
        scored_at: by score that had scores, when; microseconds since 1970.
        rules: by score the rules that were applied, as rules_of makes them.
    """

    versions: Mapping[str, int]
    scored: Mapping[str, int]
    scored_at: Mapping[str, int]
    rules: Mapping[str, str]

    def of_score(self, run: Run, table: str, name: str) -> DataFrame:
        """The rows of one score."""
        return run.tables.read(table, version=self.versions[table]).where(F.col("score_name") == name)


def scores_before(run: Run, names: Sequence[str]) -> Before:
    """What there is to compare with. The current version, which neither VACUUM nor a pause of years takes away.

    A run that dies leaves the scores of the run before or, when all was written but its record, its own with their history.
    """
    before = Before({table: run.tables.version(table) for table in (SCORES, UNSCORED)}, {}, {}, records.last_rules(run, names))
    if min(before.versions.values()) < 0:
        return before
    there = run.tables.read(SCORES, version=before.versions[SCORES]).where(F.col("score_name").isin(list(names)))
    scored = {row["score_name"]: row["count"] for row in there.groupBy("score_name").count().collect()}
    first = {name: before.of_score(run, SCORES, name).select(F.unix_micros("scored_at").alias("at")).first() for name in scored}
    return replace(before, scored=scored, scored_at={name: row["at"] for name, row in first.items() if row})


def rules_of(run: Run, definition: Definition) -> str:
    """What applies to scores without training, as JSON: bands, actions, exclusions."""
    content = definition.model_dump(mode="json", by_alias=True, include={"bands", "actions", "exclude"})
    return json.dumps(content | {"own_domains": run.settings.own_domains}, sort_keys=True)


def stage_changes(
    run: Run,
    definitions: Sequence[Definition],
    scores: DataFrame,
    accounts: DataFrame,
    before: Before,
    *,
    model_versions: Mapping[str, int],
    as_of: date,
) -> StagedSlice | None:
    """Writes what changes in scores that there were before, and not yet to the history; None where there was none.

    Args:
        run: this one.
        definitions: of the scores.
        scores: the new ones.
        accounts: the universe with excluded_from.
        before: what there was.
        model_versions: that score.
        as_of: the day that the scores describe.
    """
    compared = [one for one in definitions if one.name in before.scored_at]
    if not compared:
        return None
    by = {one.name: _scored_by(run, one, before, model_versions[one.name], as_of) for one in compared}
    changes = [_changes(run, name, scores, accounts, before, scored_by) for name, scored_by in by.items()]
    return run.tables.stage(HISTORY, reduce(DataFrame.unionByName, changes), where=None)


def announce(run: Run, changes: StagedSlice | None, before: Before) -> dict[str, Announcement]:
    """Says what changes in each score that there was before, and returns it."""
    counted = movers.counted(changes.rows) if changes else []
    told = {}
    for name in before.scored:
        told[name] = Announcement(name, before.scored[name], [it for it in counted if it["score_name"] == name])
        if told[name].changes:
            run.console.say(f"score {name}: {told[name].sentence()}")
    return told


def add_changes(run: Run, changes: StagedSlice, before: Before, names: Sequence[str]) -> None:
    """Makes the changes of some scores a part of the history.

    To be called before the scores are committed: a run that dies in between leaves changes that did not come to be, and the next
    one takes them back.
    """
    mine = {name: at for name, at in before.scored_at.items() if name in names}
    later = " OR ".join(f"(score_name = '{name}' AND scored_at > timestamp_micros({at}))" for name, at in mine.items())
    if not run.tables.read(HISTORY).where(later).isEmpty():
        run.tables.delete(HISTORY, later)
    changes.commit(names)


def _scored_by(run: Run, definition: Definition, before: Before, model_version: int, as_of: date) -> ScoredBy:
    now = rules_of(run, definition)
    rules = (json.loads(text) for text in (before.rules.get(definition.name, now), now))
    exclusions = [{name: it.get(name) for name in ("exclude", "own_domains")} for it in rules]
    return ScoredBy(definition, model_version, exclusions[0] != exclusions[1], run.run_id, as_of, run.started_at)


def _changes(run: Run, name: str, scores: DataFrame, accounts: DataFrame, before: Before, scored_by: ScoredBy) -> DataFrame:
    listed = before.of_score(run, UNSCORED, name)
    excluded = {
        "before": listed.where("reason = 'EXCLUDED'").select("domain"),
        "now": accounts.where(F.array_contains(EXCLUDED, F.lit(name))).select("domain"),
    }
    after = scores.where(F.col("score_name") == name)
    # Of scores that an earlier version of the code wrote, as today's are stored.
    compared = upgrades.stepped(SCORES, before.of_score(run, SCORES, name).select(*COMPARED))
    return history.score_history(compared, after.select(*COMPARED), excluded, scored_by)
