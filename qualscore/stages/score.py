"""Features and a champion to published scores."""

from collections.abc import Mapping, Sequence
from functools import reduce

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from qualscore import labels, scoring
from qualscore.definition import Definition
from qualscore.errors import QualscoreError
from qualscore.model import registry, research, scoring_pass
from qualscore.model.qualification import QualificationModel
from qualscore.runner import Outcome, Run, Stage
from qualscore.stages.common import (
    FEATURES,
    KEEPING,
    REJECTING,
    SCORES,
    SELECTED_FROM,
    features_date,
    named,
    rejected,
    selectable,
    versions,
)

_CLEAN = (*SELECTED_FROM, *(f"clean/{table}" for table in KEEPING))
INPUTS = tuple(dict.fromkeys((*_CLEAN, FEATURES, *(f"rejected/{table}" for table in REJECTING))))


def score(run: Run, definitions: Sequence[Definition]) -> dict[str, Outcome | Exception]:
    """Scores and explains every account that has data, with all models in one pass; lists the others with their reasons."""
    models, failed = _models(run, definitions)
    if not models:
        return dict(failed)
    names = sorted(models)
    accounts = _accounts(run, [definition for definition in definitions if definition.name in models])
    of_these = f"score_name IN ({', '.join(map(repr, names))})"
    run.tables.replace("scores/unscored_accounts", scoring.unscored_accounts(accounts, rejected(run), score_names=names), where=of_these)
    scored = scoring_pass.score([models[name] for name in names], accounts, run_id=run.run_id, scored_at=run.started_at)
    run.tables.replace(SCORES, scored, where=of_these)
    counts = _counts(run, of_these)
    _rank(run, counts, of_these)
    inputs = versions(run, *INPUTS)
    return failed | {name: _outcome(run, models[name], counts[name], inputs) for name in names}


def _models(run: Run, definitions: Sequence[Definition]) -> tuple[dict[str, QualificationModel], dict[str, Outcome | Exception]]:
    """The champions by name, and why there is none of the others."""
    models: dict[str, QualificationModel] = {}
    failed: dict[str, Outcome | Exception] = {}
    for definition in definitions:
        try:
            model = registry.load(f"models:/qualscore.{definition.name}@{registry.CHAMPION}", run.store[0])
            models[definition.name] = model.with_presentation(definition)
        except QualscoreError as error:
            failed[definition.name] = error
    return models, failed


def _accounts(run: Run, definitions: Sequence[Definition]) -> DataFrame:
    described = run.tables.read(FEATURES)
    return labels.excluded(
        described, selectable(run), definitions=definitions, as_of=features_date(run), own_domains=run.settings.own_domains
    )


def _counts(run: Run, of_these: str) -> dict[str, dict[str, int]]:
    """By score the number of accounts of each band, which the files' footers tell, and of unscored ones."""
    bands = run.tables.read(SCORES).where(of_these).groupBy("score_name", "band").count().collect()
    unscored = run.tables.read("scores/unscored_accounts").where(of_these).groupBy("score_name", F.lit("unscored")).count().collect()
    counts: dict[str, dict[str, int]] = {}
    for name, kind, count in (*bands, *unscored):
        counts.setdefault(name, {})[kind] = count
    return counts


def _rank(run: Run, counts: Mapping[str, Mapping[str, int]], of_these: str) -> None:
    """Writes scores/top_accounts from what was written, of the best bands only: a cache of all scores would be as large as the table."""
    scores, most = run.tables.read(SCORES), run.settings.top_accounts
    best = [
        scoring.top_accounts(
            scores.where((F.col("score_name") == name) & F.col("band").isin(scoring.best_bands(found, most=most))), most=most
        )
        for name, found in counts.items()
    ]
    run.tables.replace("scores/top_accounts", reduce(DataFrame.unionByName, best), where=of_these)


def _outcome(run: Run, model: QualificationModel, found: Mapping[str, int], inputs: Mapping[str, int]) -> Outcome:
    counts = {"unscored": found.get("unscored", 0), "scored": sum(number for kind, number in found.items() if kind != "unscored")}
    said = f"{counts['scored']:,} accounts scored, {counts['unscored']:,} without a score"
    return Outcome(said, inputs, counts, model_version=model.version, warnings=_lost_sets(run, model))


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


SCORE = Stage("score", score, _score_depends, per_score=True, together=True, reads=named(*INPUTS), writes=SCORES)
