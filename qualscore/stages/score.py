"""Features and a champion to published scores."""

from collections.abc import Mapping

from qualscore import scoring
from qualscore.definition import Definition
from qualscore.model import registry, research
from qualscore.model.qualification import QualificationModel
from qualscore.runner import Outcome, Run, Stage
from qualscore.stages.common import FEATURES, KEEPING, REJECTING, SCORES, SELECTED_FROM, labelled, named, rejected, versions

_CLEAN = (*SELECTED_FROM, *(f"clean/{table}" for table in KEEPING))
INPUTS = tuple(dict.fromkeys((*_CLEAN, FEATURES, *(f"rejected/{table}" for table in REJECTING))))


def score(run: Run, definition: Definition) -> Outcome:
    """Scores and explains every account that has data; lists the others with their reasons."""
    model = registry.load(f"models:/qualscore.{definition.name}@{registry.CHAMPION}", run.store[0]).with_presentation(definition)
    known = labelled(run, definition)
    table_slice = f"score_name = '{definition.name}'"
    # Both tables come from one pass of the model; it is the dearest part of the run.
    scored = model.score(known.where(scoring.scorable()), run_id=run.run_id, scored_at=run.started_at).persist()
    unscored = scoring.unscored_accounts(known, rejected(run), score_name=definition.name)
    counts = {"unscored": run.tables.replace("scores/unscored_accounts", unscored, where=table_slice)}
    best = scoring.top_accounts(scored, most=run.settings.top_accounts)
    run.tables.replace("scores/top_accounts", best, where=table_slice)
    counts["scored"] = run.tables.replace(SCORES, scored, where=table_slice)
    scored.unpersist()
    said = f"{counts['scored']:,} accounts scored, {counts['unscored']:,} without a score"
    return Outcome(said, versions(run, *INPUTS), counts, model_version=model.version, warnings=_lost_sets(run, model))


def _lost_sets(run: Run, model: QualificationModel) -> list[str]:
    """At most one line: keyword sets that the model learned from and the configuration no longer has."""
    lost = sorted(set(model.inputs.topics) - {research.ANY_SET, *run.settings.keywords})
    return (
        [f"{model.definition.name}: no account researches {', '.join(lost)} any more, as there is no such keyword set: --retrain"]
        if lost
        else []
    )


def _score_depends(run: Run, definition: Definition) -> Mapping[str, object]:
    champion = registry.champion(registry.client(run.store[0]), definition.name)
    return versions(run, *INPUTS) | {
        "model": champion and champion.number,
        "definition": definition.model_dump(),
        "own_domains": run.settings.own_domains,
    }


SCORE = Stage("score", score, _score_depends, per_score=True, reads=named(*INPUTS), writes=SCORES)
