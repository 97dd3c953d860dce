"""A rule-based score in the registry: it comes back as it was, and says what it reads."""

import json
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from mlflow import MlflowClient
from mlflow.models import Model

from qualscore import model
from qualscore.definitions.definition import Definition
from qualscore.errors import ConfigurationError
from qualscore.model.learning.judged_model import JudgedModel
from qualscore.model.learning.rejudging import Judged
from qualscore.model.lifecycle import comparison_report, flavour
from qualscore.model.lifecycle.registry import Registry
from qualscore.model.scorecard.card import ScorecardModel
from qualscore.model.scoring.calibration import Calibration
from qualscore.runs.run import Outcome
from qualscore.stages import gating
from qualscore.stages.gating import Admission
from tests.small_model import AS_OF, small_model, small_training

CRITERIA = [
    {"when": "employees > 50 and data.signals_4w > 0", "points": 30, "half_life_days": 30, "dated_by": "data.weeks_since_last"},
    {"activities": {"type": ["demo"]}, "points": 20},
]
DEFINITION = Definition.model_validate(
    {"name": "card", "type": "rules", "rules": {"criteria": CRITERIA, "full_marks": 40}, "examples": {"account_list": "customers"}}
)
CARD = ScorecardModel(
    DEFINITION, ("data",), np.linspace(0, 100, 11), np.array([-5, 7]), Calibration(0.1, -1.0, (0.0, 50.0), (-2.0, 3.0))
)  # fmt: skip


@pytest.mark.parametrize("calibration", [CARD.calibration, None])
def test_rules_are_the_same_after_they_were_saved_and_loaded(store: Registry, calibration: Calibration | None) -> None:
    card = replace(CARD, calibration=calibration)
    store.register(JudgedModel(card, {"examples": 60}, {"roc_auc": 0.8}, []), as_of=AS_OF, inputs={})
    version = store.champion("card")
    assert version is not None and (version.number, version.fingerprint) == (1, DEFINITION.fingerprint)
    loaded = model.load("models:/qualscore.card@champion", store.uri)
    assert isinstance(loaded, ScorecardModel) and loaded.version == 1
    assert (loaded.definition, loaded.keyword_sets, loaded.calibration) == (DEFINITION, ("data",), calibration)
    for mine, theirs in ((loaded.quantiles, CARD.quantiles), (loaded.examples, CARD.examples)):
        np.testing.assert_array_equal(mine, theirs)


def test_rules_and_models_live_side_by_side_and_say_what_they_read(store: Registry) -> None:
    store.register(small_training(), as_of=AS_OF, inputs={})
    store.register(JudgedModel(CARD, {}, {}, []), as_of=AS_OF, inputs={})
    assert type(store.load_champion("tiny")) is not type(store.load_champion("card"))
    (version,) = MlflowClient(store.uri).search_model_versions("name='qualscore.card'")
    folder = version.source.removeprefix("file://")
    described: Any = Model.load(folder)
    inputs = json.loads(described.signature.to_dict()["inputs"])
    assert [it["name"] for it in inputs] == [
        "domain", "company_name", "as_of_on", "employees", "intent", "intent_signals_4w", "has_data",
    ]  # fmt: skip
    frame = pd.DataFrame({"domain": ["a.com"], "has_data": [True]})
    with pytest.raises(ConfigurationError, match="card: a frame does not tell deals and engagement"):
        flavour._load_pyfunc(folder).predict(frame)


def test_rules_that_read_what_is_gone(store: Registry) -> None:
    store.register(JudgedModel(CARD, {}, {}, []), as_of=AS_OF, inputs={})
    (version,) = MlflowClient(store.uri).search_model_versions("name='qualscore.card'")
    file = Path(version.source.removeprefix("file://")) / "model.json"
    file.write_text(file.read_text().replace('"employees": "bigint"', '"headcount": "bigint"'))
    with pytest.raises(ConfigurationError, match="headcount is gone; train the score again"):
        store.load_champion("card")


def unasked() -> Judged:
    raise AssertionError("what counts points is judged by its definition")


def test_other_criteria_wait_for_a_person_and_the_same_ones_do_not() -> None:
    """A training of the same criteria says only more of them; also where a score was a model before."""
    other = DEFINITION.model_copy(update={"rules": DEFINITION.rules.model_copy(update={"full_marks": 50})})
    same = gating.passage(replace(CARD, version=3), CARD, unasked)
    assert same and same.against == []
    passage = gating.passage(replace(CARD, version=3), replace(CARD, definition=other), unasked)
    assert passage and passage.against == ["its definition is another one (rules)"] and passage.figures == {"champion": 3}
    run: Any = SimpleNamespace(job="train")
    outcome = gating.kept_out(run, other, Outcome("done", model_version=4), Admission(passage, []))
    assert outcome.exit_code == 6 and outcome.sentence.startswith(
        "version 4 waits as the challenger, and version 3 still serves: its definition is another one (rules). "
        "See what it would change with compare --score card, and take it with promote --score card --force"
    )
    compared = {"score_name": "card", "champion": 3, "challenger": 4, "gate": passage.figures, "against": passage.against, "places": {}}
    assert comparison_report.lines(compared | {"factors": [], "movers": []})[:2] == [
        "card: version 4 (challenger) in place of version 3 (champion)",
        "  may it serve        not by itself: its definition is another one (rules)",
    ]
    before_rules = gating.passage(CARD, small_model(), unasked)
    assert before_rules and "type" in before_rules.against[0]
