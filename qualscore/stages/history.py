"""What changed since the run before: the accounts that scores/score_history and whoever publishes scores need to know."""

import json
from collections.abc import Mapping, Sequence
from functools import reduce

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from qualscore.definitions.definition import Definition
from qualscore.runs.run import Run
from qualscore.scores import history
from qualscore.scores.history import ScoredBy
from qualscore.stages.describing import features_date
from qualscore.stages.reading import SCORES
from qualscore.storage import upgrades

HISTORY, UNSCORED = "scores/score_history", "scores/unscored_accounts"
COMPARED = ("domain", "score", "band", "model_version")


def rules_of(run: Run, definition: Definition) -> str:
    """What applies to scores without training, as JSON: bands, actions, exclusions."""
    content = definition.model_dump(mode="json", by_alias=True, include={"bands", "actions", "exclude"})
    return json.dumps(content | {"own_domains": run.settings.own_domains}, sort_keys=True)


def write_history(
    run: Run, definitions: Sequence[Definition], model_versions: Mapping[str, int], before: Mapping[str, Mapping[str, object]]
) -> dict[str, dict[str, int]]:
    """Appends what changed in scores that were scored before; returns the number of changes by score and cause."""
    found = [_changes(run, one, model_versions[one.name], before[one.name]) for one in definitions if one.name in before]
    if found:
        run.tables.append(HISTORY, reduce(DataFrame.unionByName, found))
    counts: dict[str, dict[str, int]] = {one.name: {} for one in definitions}
    if run.tables.exists(HISTORY):
        mine = run.tables.read(HISTORY).where(F.col("run_id") == run.run_id).groupBy("score_name", "cause").count()
        for name, cause, number in mine.collect():
            counts[name][cause] = number
    return counts


def _changes(run: Run, definition: Definition, model_version: int, before: Mapping[str, object]) -> DataFrame:
    rules = {"before": json.loads(str(before["rules"])), "now": json.loads(rules_of(run, definition))}
    exclusions = [{name: it.get(name) for name in ("exclude", "own_domains")} for it in rules.values()]
    versions = {"before": before, "now": dict.fromkeys((SCORES, UNSCORED))}

    def of_score(table: str, when: str) -> DataFrame:
        return run.tables.read(table, version=versions[when][table]).where(F.col("score_name") == definition.name)  # type: ignore[arg-type]

    excluded = {when: of_score(UNSCORED, when).where("reason = 'EXCLUDED'").select("domain") for when in versions}
    scored_by = ScoredBy(definition, model_version, exclusions[0] != exclusions[1], run.run_id, features_date(run), run.started_at)
    # Of scores that an earlier version of the code wrote, as today's are stored.
    compared = upgrades.stepped(SCORES, of_score(SCORES, "before").select(*COMPARED))
    return history.score_history(compared, of_score(SCORES, "now").select(*COMPARED), excluded, scored_by)
