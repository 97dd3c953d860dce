"""What a changed definition is foretold to give is what it gives: a trial beside the training and the scores that follow. Two minutes.

It is not among the tests that run by default: ./spark-submit.sh test tests/slow/test_simulated_definition.py.
"""

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest
from pyspark.sql import functions as F

from qualscore import contracts
from qualscore.definitions.definition import Definition
from qualscore.stages import simulate as simulating
from qualscore.stages.train import train
from tests.small_universe import DEFINITION, Universe
from tests.spark.conftest import trained, universe
from tests.spark.test_score import SCORES, Warehouse, once_scored, scored

__all__ = ["once_scored", "scored", "trained", "universe"]  # fixtures
pytestmark = pytest.mark.slow


def test_a_trial_is_the_training_that_follows(scored: Warehouse, universe: Universe) -> None:
    tables = scored.run.tables
    for name in ("firmographics", "technographics", "intent_signals"):
        tables.replace(f"clean/{name}", getattr(universe, name))
    known = universe.firmographics.select("domain").distinct().toPandas()["domain"]
    rows = [{"domain": domain, "sources": ["firmographics"]} for domain in known]
    tables.replace("clean/accounts", contracts.load("clean/accounts").rows(scored.run.spark, rows))
    changed = {"features": {"leave_out": {"products": ["Kafka"]}}, "bands": {"highly_likely": 90}}
    definition = Definition.model_validate(DEFINITION.model_dump(by_alias=True, exclude_none=True) | changed)
    options = SimpleNamespace(dry_run=False, as_of=None, account=None, value=None, definition=None, learning_curve=False)
    run = replace(scored.run, options=options)

    model, trial = simulating._model(run, definition)
    assert trial is not None and trial["roc_auc"] > 0.6 and model.version is None
    found = simulating._compared(run, definition, model)
    foretold = simulating.scores(run, definition, model).toPandas().set_index("domain").sort_index()
    assert not [*Path(scored.run.settings.warehouse).glob("_nulls/*")] and tables.version(SCORES) == 1

    serving = train(run, definition).model_version
    if serving != run.tables.read(SCORES).first()["model_version"]:
        from qualscore.stages.models import registry_of

        registry_of(run).promote(definition.name, int(serving or 0))
    assert scored.score(definition) == [0]
    after = scored.table(SCORES).set_index("domain").sort_index()
    of_the_run = ["run_id", "scored_at", "model_version"]
    pd.testing.assert_frame_equal(after.drop(columns=of_the_run), foretold.drop(columns=of_the_run), check_exact=True)
    assert after.band.value_counts().to_dict() == {name: it["then"] for name, it in found["bands"].items() if it["then"]}
    assert tables.read(SCORES).where(F.array_contains("factors_for.factor", "uses Kafka")).isEmpty()
