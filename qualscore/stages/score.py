"""Features and a champion to published scores."""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import reduce

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from qualscore.definitions.definition import Definition
from qualscore.errors import ChangesNotAccepted, QualscoreError
from qualscore.model.encoding import intent
from qualscore.model.learning.judged_model import Model
from qualscore.model.scorecard.card import ScorecardModel
from qualscore.model.scoring import scoring_pass
from qualscore.reports.announcement import MOST_SHOWN, Announcement
from qualscore.runs.run import Outcome, Run, Stage
from qualscore.scores import movers, ranking
from qualscore.scores.overrides import overridden
from qualscore.scores.unscored import unscored_accounts
from qualscore.stages import overrides
from qualscore.stages.describing import features_date
from qualscore.stages.history import Before, add_changes, announce, rules_of, scores_before, stage_changes
from qualscore.stages.labelling import selectable, with_facts
from qualscore.stages.models import locked, registry_of
from qualscore.stages.reading import FEATURES, OVERRIDES, SCORES, SELECTED_FROM, TOP, UNSCORED, UNUSABLE, rejected
from qualscore.storage.tables import StagedSlice
from qualscore.universe import labels

INPUTS = tuple(dict.fromkeys((*SELECTED_FROM, FEATURES, *UNUSABLE, OVERRIDES)))


@dataclass(frozen=True)
class _Written:
    """What is written, and not yet the tables': all that is published, or not, is made of it.

    Attributes:
        accounts: the universe with excluded_from.
        scores: of the accounts.
        changes: against the run before; None where no score had one.
        before: what there was.
    """

    accounts: DataFrame
    scores: StagedSlice
    changes: StagedSlice | None
    before: Before


def score(run: Run, definitions: Sequence[Definition]) -> dict[str, Outcome | Exception]:
    """Scores and explains every account that has data, with all models in one pass; lists the others, and what changed."""
    with ExitStack() as held:
        models, results = _models(run, definitions, held)
        going = [definition for definition in definitions if definition.name in models]
        return results | (_score(run, going, models) if going else {})


def _score(run: Run, definitions: Sequence[Definition], models: Mapping[str, Model]) -> dict[str, Outcome | Exception]:
    """Scores, and says what that changes; publishes the scores of which that is not more than may change."""
    names, as_of = [definition.name for definition in definitions], features_date(run)
    before, versions = scores_before(run, names), {name: int(models[name].version or 0) for name in names}
    accounts = labels.excluded(
        run.tables.read(FEATURES), selectable(run), definitions=definitions, as_of=as_of, own_domains=run.settings.own_domains
    )
    in_force, scored = overrides.in_force(run, names, as_of=as_of), _scored(run, [models[name] for name in names], accounts)
    scores = run.tables.stage(SCORES, scored if in_force is None else overridden(scored, in_force), where=_of(names))
    changes = stage_changes(run, definitions, scores.rows, accounts, before, model_versions=versions, as_of=as_of)
    written, announced = _Written(accounts, scores, changes, before), announce(run, changes, before)
    stopped = _stopped(run, announced, written)
    going = [definition for definition in definitions if definition.name not in stopped]
    if not going:
        return stopped
    counts = _publish(run, [one.name for one in going], written, is_all=not stopped)
    told = overrides.told(run, [one.name for one in going], in_force, scores.rows)
    outcomes = {one.name: _outcome(run, one, models[one.name], counts[one.name], announced.get(one.name), told[one.name]) for one in going}
    return stopped | {name: replace(outcome, as_of=as_of) for name, outcome in outcomes.items()}


def _of(names: Sequence[str]) -> str:
    return f"score_name IN ({', '.join(map(repr, names))})"


def _stopped(run: Run, announced: Mapping[str, Announcement], written: _Written) -> dict[str, Outcome | Exception]:
    """The scores in which more accounts change band than may without being asked for."""
    most = run.settings.most_movers
    if written.changes is None or getattr(run.options, "accept_changes", False):
        return {}
    stopped: dict[str, Outcome | Exception] = {}
    for name, told in announced.items():
        if told.share > most:
            changes, scores = (it.rows.where(F.col("score_name") == name) for it in (written.changes, written.scores))
            furthest = movers.largest(changes, scores, most=MOST_SHOWN)
            stopped[name] = ChangesNotAccepted(told.stop(furthest, most_movers=most, job=run.job or "score"))
    return stopped


def _publish(run: Run, names: Sequence[str], written: _Written, *, is_all: bool) -> dict[str, dict[str, int]]:
    """Commits all tables, the scores last: whoever reads them finds what goes with them. Returns the accounts by score and band."""
    scores = written.scores.rows.where(F.col("score_name").isin(list(names)))
    run.tables.replace(UNSCORED, unscored_accounts(written.accounts, rejected(run), score_names=names), where=_of(names))
    counts = _counts(run, names, scores)
    _rank(run, counts, scores, _of(names))
    compared = [name for name in names if name in written.before.scored]
    if written.changes and compared:
        add_changes(run, written.changes, written.before, compared)
    written.scores.commit(None if is_all else names)
    return counts


def _models(run: Run, definitions: Sequence[Definition], held: ExitStack) -> tuple[dict[str, Model], dict[str, Outcome | Exception]]:
    """The champions by name, whose scores' locks are held from now on, and why there is none of the others."""
    models: dict[str, Model] = {}
    failed: dict[str, Outcome | Exception] = {}
    for definition in definitions:
        try:
            held.enter_context(locked(run, definition.name))
            model = registry_of(run).load_champion(definition.name)
            models[definition.name] = model.with_presentation(definition)
        except QualscoreError as error:
            failed[definition.name] = error
    return models, failed


def _scored(run: Run, models: Sequence[Model], accounts: DataFrame) -> DataFrame:
    """The columns of scores/account_scores: all scores in one pass."""
    run_id, scored_at = run.run_id, run.started_at
    for model in models:
        accounts = with_facts(run, model, accounts)
    return scoring_pass.score([model.in_pass for model in models], accounts, run_id=run_id, scored_at=scored_at)


def _counts(run: Run, names: Sequence[str], scores: DataFrame) -> dict[str, dict[str, int]]:
    """By score the number of accounts of each band, which the files' footers tell, and of unscored ones."""
    of_these = F.col("score_name").isin(list(names))
    bands = scores.groupBy("score_name", "band").count().collect()
    unscored = run.tables.read(UNSCORED).where(of_these).groupBy("score_name", F.lit("unscored")).count().collect()
    counts: dict[str, dict[str, int]] = {name: {} for name in names}
    for name, kind, number in (*bands, *unscored):
        counts[name][kind] = number
    return counts


def _rank(run: Run, counts: Mapping[str, Mapping[str, int]], scores: DataFrame, of_these: str) -> None:
    """Writes scores/top_accounts from what was written, of the best bands only: a cache of all scores would be as large as the table."""
    most = run.settings.top_accounts
    best = [
        ranking.top_accounts(
            scores.where((F.col("score_name") == name) & F.col("band").isin(ranking.best_bands(of_band, most=most))), most=most
        )
        for name, of_band in counts.items()
    ]
    run.tables.replace(TOP, reduce(DataFrame.unionByName, best), where=of_these)


def _outcome(
    run: Run,
    definition: Definition,
    model: Model,
    number_of: Mapping[str, int],
    announced: Announcement | None,
    told: overrides.Told,
) -> Outcome:
    counts = {"unscored": number_of.get("unscored", 0), "scored": sum(number for kind, number in number_of.items() if kind != "unscored")}
    sentence = f"{counts['scored']:,} accounts scored, {counts['unscored']:,} without a score"
    if told.counts:
        sentence += f", {told.counts['overrides']:,} with an override"
    if changed := announced.causes if announced else {}:
        causes = ", ".join(f"{cause} {number:,}" for cause, number in sorted(changed.items()))
        sentence += f"; {sum(changed.values()):,} changed band or whole points since the run before ({causes})"
    counts |= {f"changed_by_{cause}": number for cause, number in changed.items()}
    warnings = [*_lost_sets(run, model), *told.warnings]
    return Outcome(
        sentence, counts={**counts, **told.counts}, model_version=model.version, warnings=warnings, rules=rules_of(run, definition)
    )


def _lost_sets(run: Run, model: Model) -> list[str]:
    """At most one line: keyword sets that the model learned from and the configuration no longer has."""
    named = model.named_sets if isinstance(model, ScorecardModel) else set(model.inputs.keyword_sets)
    lost = sorted(named - {intent.ANY_SET, *run.settings.keywords})
    return (
        [f"{model.definition.name}: no account researches {', '.join(lost)} any more, as there is no such keyword set: --retrain"]
        if lost
        else []
    )


def _score_depends(run: Run, definition: Definition) -> Mapping[str, object]:
    champion = registry_of(run).champion(definition.name)
    return {
        "model": champion and champion.number,
        "definition": definition.model_dump(exclude={"expect"}, exclude_defaults=True),
        "own_domains": run.settings.own_domains,
    }


SCORE = Stage("score", score, _score_depends, per_score=True, together=True, inputs=INPUTS, writes=SCORES)
