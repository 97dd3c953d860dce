"""Labels and features to a registered model."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from pyspark.sql import DataFrame

from qualscore.definitions.definition import Definition
from qualscore.errors import TrainingRefused
from qualscore.model.judging import judging, verdict
from qualscore.model.learning import refusals, training
from qualscore.model.learning.preview import by_selector
from qualscore.model.learning.training import Trained
from qualscore.runs.run import Outcome, Run, Stage
from qualscore.stages.describing import describe, features_date
from qualscore.stages.labelling import labelled, with_coverage, without_domain
from qualscore.stages.models import registry_of
from qualscore.stages.reading import FEATURE_INPUTS, FEATURES, SELECTED_FROM, UNUSABLE
from qualscore.storage import files

INPUTS = tuple(dict.fromkeys((*SELECTED_FROM, FEATURES, *FEATURE_INPUTS, *UNUSABLE)))


def train(run: Run, definition: Definition) -> Outcome:
    """Trains the ensemble of a score, registers it and makes it the champion."""
    store = registry_of(run)
    store.champion(definition.name)  # a registry that does not answer is met before an hour's work, not after it
    as_of = features_date(run)
    accounts = with_coverage(run, labelled(run, definition))
    trained = _trained(run, accounts, definition, as_of=as_of)
    judgement = judging.judge(trained, learning_curve=getattr(run.options, "learning_curve", False))
    inputs = dict(run.tables.pins)
    version = store.register(judgement.judged, as_of=as_of, inputs=inputs)
    path = _report(run, judgement, version.number)
    sentence = f"version {version.number}, {trained.counts['examples']:,} customers; what was measured is in {path}"
    return Outcome(sentence, trained.counts, judgement.judged.metrics, version.number, warnings=judgement.warnings, as_of=as_of)


def _trained(run: Run, accounts: DataFrame, definition: Definition, *, as_of: date) -> Trained:
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


def _report(run: Run, judgement: judging.Judgement, version: int) -> str:
    """Prints what a person needs to know of the model, and keeps all of it; returns where."""
    report = judgement.report | {"model_version": version}
    text = json.dumps(report, indent=1, default=str)
    path = files.write(run.spark, run.settings.warehouse, f"{report['score_name']}/metrics.json", text)
    run.console.result("\n" + "\n".join(verdict.lines(judgement.report)), **report)
    return path


def _train_depends(run: Run, definition: Definition) -> Mapping[str, object]:
    return {"definition": definition.fingerprint}


def _train_due(run: Run, definition: Definition) -> str | None:
    if run.options.retrain:
        return "--retrain"
    champion = registry_of(run).champion(definition.name)
    if champion is None:
        return "no model yet"
    if champion.fingerprint != definition.fingerprint:
        return f"the definition differs from that of version {champion.number}"
    months = (
        12 * (run.as_of.year - champion.trained_on.year)
        + run.as_of.month
        - champion.trained_on.month
        - (run.as_of.day < champion.trained_on.day)
    )
    return f"version {champion.number} was trained {months} months ago" if months >= definition.retrain_after_months else None


TRAIN = Stage("train", train, _train_depends, due=_train_due, per_score=True, inputs=INPUTS)
