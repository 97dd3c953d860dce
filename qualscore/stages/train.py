"""Labels and features to a registered model."""

from collections.abc import Mapping

from qualscore.definition import Definition
from qualscore.model import registry, training
from qualscore.preview import by_selector
from qualscore.runner import Outcome, Run, Stage
from qualscore.stages.common import (
    FEATURE_INPUTS,
    FEATURES,
    SELECTED_FROM,
    describe,
    features_date,
    labelled,
    named,
    versions,
    with_coverage,
    without_domain,
)

INPUTS = (*SELECTED_FROM, FEATURES, *FEATURE_INPUTS)


def train(run: Run, definition: Definition) -> Outcome:
    """Trains the ensemble of a score, registers it and makes it the champion."""
    as_of = features_date(run)
    trained = training.train(
        with_coverage(run, labelled(run, definition)),
        describe(run),
        definition,
        as_of=as_of,
        evaluation_accounts=run.settings.evaluation_accounts,
        by_selector=lambda accounts: by_selector(accounts, definition, without_domain=without_domain(run, definition)),
    )
    inputs = versions(run, *INPUTS)
    uri, artifacts = run.store
    version = registry.register(trained, mlflow=registry.client(uri), artifacts=artifacts, as_of=as_of, inputs=inputs, spark=run.spark)
    metrics = trained.metrics
    said = (
        f"version {version.number}, {trained.counts['examples']:,} customers; "
        f"on accounts it did not see: ROC-AUC {metrics['roc_auc']:.3f}, "
        f"{metrics['recall_at_10']:.0%} of customers in the top 10 %"
    )
    return Outcome(said, inputs, trained.counts, metrics, version.number, warnings=trained.warnings)


def _train_depends(run: Run, definition: Definition) -> Mapping[str, object]:
    return {"definition": definition.fingerprint}


def _train_due(run: Run, definition: Definition) -> str | None:
    if run.options.retrain:
        return "--retrain"
    champion = registry.champion(registry.client(run.store[0]), definition.name)
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


TRAIN = Stage("train", train, _train_depends, due=_train_due, per_score=True, reads=named(*INPUTS))
