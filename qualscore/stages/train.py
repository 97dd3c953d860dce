"""Labels and features to a registered model: the champion, or a challenger where the gate keeps it from the champion's place."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from pyspark.sql import DataFrame

from qualscore.definitions.definition import Definition
from qualscore.errors import TrainingRefused
from qualscore.model.judging import judging, portrait, verdict
from qualscore.model.judging.since import since
from qualscore.model.learning import refusals, training
from qualscore.model.learning.judged_model import Model
from qualscore.model.learning.preview import by_selector
from qualscore.model.learning.rejudging import Judged
from qualscore.model.learning.training import Trained
from qualscore.reports.model_page.texts import texts
from qualscore.runs.run import Outcome, Run, Stage
from qualscore.stages import gating, model_reports
from qualscore.stages.describing import describe, features_date
from qualscore.stages.gating import Admission
from qualscore.stages.labelling import labelled, with_coverage, without_domain
from qualscore.stages.made import made
from qualscore.stages.models import locked, registry_of
from qualscore.stages.nulls import null_of
from qualscore.stages.profiles import PROFILE, profile_of
from qualscore.stages.reading import FEATURE_INPUTS, FEATURES, SELECTED_FROM, UNUSABLE
from qualscore.stages.train_rules import train_rules

INPUTS = tuple(dict.fromkeys((*SELECTED_FROM, FEATURES, *FEATURE_INPUTS, *UNUSABLE)))


def train(run: Run, definition: Definition) -> Outcome:
    """Trains the ensemble of a score, or judges its rules, and registers it: as the champion, or as a challenger.

    A refusal has a report too.
    """
    with locked(run, definition.name):
        try:
            return train_rules(run, definition) if definition.rules else _train(run, definition)
        except TrainingRefused as refused:
            model_reports.write_refusal(run, definition, refused)
            raise


def _train(run: Run, definition: Definition) -> Outcome:
    store = registry_of(run)
    champion, doubts = gating.serving(store, definition.name)  # a registry that does not answer is met before an hour's work, not after it
    as_of = features_date(run)
    accounts = with_coverage(run, labelled(run, definition))
    trained = trained_on(run, accounts, definition, as_of=as_of)
    null = null_of(run, trained.counts["examples"], definition.training)
    judgement = judging.judge(trained, null=null, learning_curve=getattr(run.options, "learning_curve", False))
    judged = Judged(trained.evidence.rows, trained.evidence.weight)
    admission = Admission(gating.passage(champion, trained.model, lambda: judged), judgement.report["expect"])
    report = _report(run, definition, trained, judgement.report | {"gate": admission.report}, champion)
    files = {**texts(report), PROFILE: profile_of(run, trained.model)}
    serves = not admission.against
    version = store.register(judgement.judged, as_of=as_of, inputs=dict(run.tables.pins), report=files, serves=serves)
    path = model_reports.write(run, definition.name, files, version=version.number, serves=serves)
    if serves:
        model_reports.write_waiting(run, store, definition.name)
    run.console.detail("\n" + "\n".join(verdict.lines(report)), **report | {"model_version": version.number})
    sentence = f"version {version.number}, {trained.counts['examples']:,} customers; its report is {path}"
    warnings = [*doubts, *judgement.warnings, *admission.doubts(definition.name)]
    done = Outcome(sentence, trained.counts, judgement.judged.metrics, version.number, warnings=warnings, as_of=as_of)
    return done if serves else gating.kept_out(run, definition, done, admission)


def _report(run: Run, definition: Definition, trained: Trained, judged: Mapping[str, Any], champion: Model | None) -> dict[str, Any]:
    """What was judged of a model, its portrait, how it was made, and what changed since the champion."""
    report = {**judged, **portrait.portrait(trained), "made": made(run, definition)}
    before = champion and champion.version and model_reports.measured_of(registry_of(run), definition.name, champion.version)
    return report | {"since": since(report, before) if before else None}


def trained_on(run: Run, accounts: DataFrame, definition: Definition, *, as_of: date) -> Trained:
    """A model; where accounts are few, its warnings, or the refusal, say which selector finds how many.

    Raises:
        TrainingRefused: there is nothing honest to learn.
    """
    try:
        trained = training.train(accounts, describe(run), definition, as_of=as_of, evaluation_accounts=run.settings.evaluation_accounts)
    except TrainingRefused as refused:
        if not refused.counts:
            raise
        raise TrainingRefused(f"{refused} {_by_selector(run, accounts, definition)}", counts=refused.counts) from None
    if not refusals.are_few(trained.counts, definition):
        return trained
    few, *others = trained.warnings
    return replace(trained, warnings=[f"{few}. {_by_selector(run, accounts, definition)}", *others])


def _by_selector(run: Run, accounts: DataFrame, definition: Definition) -> str:
    """A pass over the accounts."""
    return by_selector(accounts, definition, without_domain=without_domain(run, definition))


def _train_depends(run: Run, definition: Definition) -> Mapping[str, object]:
    return {"definition": definition.fingerprint}


def train_due(run: Run, definition: Definition) -> str | None:
    """Why training is due although nothing that it reads has changed; None where the newest version is young enough."""
    if getattr(run.options, "retrain", False):
        return "--retrain"
    store = registry_of(run)
    newest = store.newest(definition.name)
    if newest is None or store.champion(definition.name) is None:
        return "no model yet"
    if newest.fingerprint != definition.fingerprint:
        return f"the definition differs from that of version {newest.number}"
    then = newest.trained_on
    months = 12 * (run.as_of.year - then.year) + run.as_of.month - then.month - (run.as_of.day < then.day)
    return f"version {newest.number} was trained {months} months ago" if months >= definition.retrain_after_months else None


TRAIN = Stage("train", train, _train_depends, due=train_due, per_score=True, inputs=INPUTS)
