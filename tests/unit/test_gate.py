"""What the gate lets through, by figures alone; and what a stage does with a model that is kept out."""

from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import replace
from datetime import date
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from qualscore.definitions.definition import Definition
from qualscore.errors import ConfigurationError, GateMissed
from qualscore.model.learning import paired
from qualscore.model.learning.evaluation import ranking
from qualscore.model.lifecycle import gate
from qualscore.model.lifecycle.gate import Passage
from qualscore.model.lifecycle.registry import Registry
from qualscore.model.scoring.qualification import QualificationModel
from qualscore.runs.run import Outcome
from qualscore.stages import gating, model_reports
from qualscore.stages import promote as promoting
from qualscore.stages import rollback as rolling_back
from qualscore.stages.gating import Admission
from qualscore.stages.train import TRAIN
from tests.small_model import AS_OF, DEFINITION, small_model, small_training

EXAMPLES, UNLABELLED = 100, 4_000


def margins(*noise: float, lost: float = 0) -> pd.DataFrame:
    """Examples 2 above the others; each model sees them with its own noise, the new one a share of the examples not at all."""
    draws = np.random.default_rng(5)
    is_example = np.arange(EXAMPLES + UNLABELLED) < EXAMPLES
    truth = draws.normal(2.0 * is_example, 1)
    sides = {name: truth + draws.normal(0, level, len(truth)) for name, level in zip(("champion", "new"), noise, strict=True)}
    unseen = np.arange(len(truth)) < lost * EXAMPLES
    sides["new"] = np.where(unseen, draws.normal(size=len(truth)), sides["new"])
    return pd.DataFrame(sides | {"is_example": is_example})


def judged(small: QualificationModel, frame: pd.DataFrame, definition: Definition = DEFINITION) -> Passage:
    return gate.judge(replace(small, version=7), replace(small, definition=definition), frame, weight=2.0)


def test_as_good_passes_and_what_was_measured_is_told(small: QualificationModel) -> None:
    frame = margins(0.5, 0.5)
    found = judged(small, frame)
    assert found.against == []
    sides = [[frame[frame["is_example"] == side][name].to_numpy() for side in (True, False)] for name in ("champion", "new")]
    measures = [ranking(*side, weight=2.0) for side in sides]
    for name in ("roc_auc", "average_precision", "recall_at_10"):
        assert found.figures[name] == [it[name] for it in measures]
    low, high = found.figures["roc_auc_difference"]
    assert low < measures[1]["roc_auc"] - measures[0]["roc_auc"] < high and low < 0 < high
    scores = [small.calibration.score(side[1]) for side in sides if small.calibration]
    bands = [np.digitize(it, [50, 95]) for it in scores]
    assert found.figures["bands_changed"] == (bands[0] != bands[1]).mean() > 0 and found.figures["champion"] == 7


def test_clearly_worse_is_kept_out(small: QualificationModel) -> None:
    auc, precision = judged(small, margins(0.3, 0.3, lost=0.4)).against
    assert auc.startswith("its ROC-AUC is 0.7") and " where the champion's is 0.8" in auc
    assert precision.startswith("its average precision is 0.") and precision.endswith(": more than 10% less")


def test_better_passes_however_much(small: QualificationModel) -> None:
    assert judged(small, margins(2.0, 0.1)).against == []


def test_pairs_tell_what_chance_hides() -> None:
    """A difference that two intervals of their own would hide, as most of the chance is the same for both models."""
    frame = margins(0.1, 0.2)
    sides = [frame[frame["is_example"] == side][["champion", "new"]].to_numpy().T for side in (True, False)]
    spread = paired.differences(*sides, weight=1.0, draws=300)["roc_auc"].std()
    alone = paired.differences(*(np.stack([side[0], np.zeros(len(side[0]))]) for side in sides), weight=1.0, draws=300)["roc_auc"].std()
    assert 0 < 2 * spread < alone


def asking(**changes: object) -> Definition:
    return Definition.model_validate(DEFINITION.model_dump(by_alias=True, exclude_none=True) | changes)


@pytest.mark.parametrize(
    ("changes", "keys"),
    [
        ({"bands": {"likely": 40}, "actions": {"act_now": 80}, "retrain_after_months": 3}, []),
        ({"training": {"repeats": 2, "folds": 2, "trees": 5, "seed": 9}}, []),
        ({"training": {"repeats": 2, "folds": 2, "trees": 50}}, ["training"]),
        ({"examples": {"account_list": "others"}, "reference": {"country": ["DE"]}}, ["examples", "reference"]),
    ],
)
def test_another_question_is_kept_out_and_another_seed_is_none(
    small: QualificationModel, changes: Mapping[str, object], keys: list[str]
) -> None:
    against = judged(small, margins(0.5, 0.5), asking(**changes)).against
    assert against == ([f"its definition is another one ({', '.join(keys)})"] if keys else [])


def test_the_main_job_goes_on_with_the_champion_where_a_training_of_its_own_ends_6() -> None:
    done = Outcome("version 3, 60 customers", warnings=["weak"], model_version=3)
    kept = Admission(Passage({"champion": 2, "bands_changed": 0.04}, ["worse", "another"]), [])
    alone, within = (gating.kept_out(of_job(job), DEFINITION, done, kept) for job in ("train", "pipeline"))
    said = "version 3 waits as the challenger, and version 2 still serves: worse; another. It would change the band of 4.0% of the accounts"
    assert alone.exit_code == 6 and alone.sentence.startswith(said) and alone.warnings == ["weak"]
    assert within.exit_code == 0 and within.sentence == done.sentence and within.warnings[1].startswith(f"tiny: {said}")
    assert within.warnings[1].endswith("see compare --score tiny, and take it with promote --score tiny --force")


def of_job(job: str) -> Any:
    return SimpleNamespace(job=job)


MISSED = {"accounts": "a.com", "asked": "band Likely", "must": True, "scored": 1, "passed": False, "mean_score": 12.0, "learned_from": 0}
SAID = "a.com: band Likely is expected, its score is 12.00"


@pytest.mark.parametrize("job", ["train", "pipeline"])
def test_a_first_model_that_misses_what_must_be_met_serves_nowhere(job: str) -> None:
    admission = Admission(None, [MISSED, MISSED | {"must": False}, MISSED | {"passed": True}])
    kept = gating.kept_out(of_job(job), DEFINITION, Outcome("version 1, 60 customers", model_version=1), admission)
    assert kept.exit_code == 6 and kept.sentence.startswith(
        f"version 1 waits as the challenger, and no version serves, so that nothing is scored: {SAID}. "
    )
    assert admission.doubts("tiny") == [f"tiny: {SAID}"] and admission.report is None


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The files that the stages write, without locks."""
    files: dict[str, str] = {}

    def write(session: None, warehouse: str, name: str, text: str) -> str:
        files[name] = text
        return name

    def within(path: str) -> list[str]:
        return [name for name in files if f"w/reports/{name}".startswith(path)]

    monkeypatch.setattr(model_reports.files, "write", write)
    monkeypatch.setattr(model_reports.files, "exists", lambda session, path: bool(within(path)))
    monkeypatch.setattr(model_reports.files, "remove", lambda session, path: [files.pop(name) for name in within(path)])
    monkeypatch.setattr(model_reports, "write_index", lambda run: None)
    for stage in (promoting, rolling_back):
        monkeypatch.setattr(stage, "locked", lambda *_: nullcontext())
    return files


def run(store: Registry, *, force: bool = False) -> Any:
    settings = SimpleNamespace(models=SimpleNamespace(prefix="qualscore"), warehouse="w")
    return SimpleNamespace(store=(store.uri, store.artifacts), settings=settings, spark=None, options=SimpleNamespace(force=force))


def registered(store: Registry, *, serves: bool) -> None:
    number = 1 + max([it.number for it in (store.champion("tiny"), store.challenger("tiny")) if it], default=0)
    store.register(small_training(), as_of=AS_OF, inputs={}, report={"metrics.json": f'{{"of": {number}}}'}, serves=serves)


def serving(store: Registry) -> int | None:
    champion = store.champion("tiny")
    return champion and champion.number


def test_a_challenger_is_promoted_when_it_passes_or_has_to(
    store: Registry, written: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    registered(store, serves=True)
    with pytest.raises(ConfigurationError, match=r"^tiny: no challenger waits; train makes one"):
        promoting.promote(run(store), DEFINITION)
    registered(store, serves=False)
    worse = Passage({}, ["worse", "another"])
    monkeypatch.setattr(promoting, "admission_of", lambda *_: Admission(worse, []))
    with pytest.raises(GateMissed, match=r"^tiny: version 2 stays the challenger: worse; another\. .* with --force$") as missed:
        promoting.promote(run(store), DEFINITION)
    assert missed.value.exit_code == 6 and serving(store) == 1 and not written
    written["tiny/challenger/metrics.json"] = "of the one that waited"
    monkeypatch.setattr(promoting, "admission_of", lambda *_: Admission(None, [MISSED]))
    with pytest.raises(GateMissed, match=f"{SAID}. No model serves that misses what must be met"):
        promoting.promote(run(store, force=True), DEFINITION)
    monkeypatch.setattr(promoting, "admission_of", lambda *_: Admission(worse, [MISSED | {"must": False}]))
    forced = promoting.promote(run(store, force=True), DEFINITION)
    assert forced.warnings == ["tiny: version 2 serves although worse", "tiny: version 2 serves although another", f"tiny: {SAID}"]
    assert serving(store) == 2 and written == {"tiny/metrics.json": '{\n "of": 2,\n "model_version": 2\n}'}


def test_a_rollback_brings_the_report_back(store: Registry, written: dict[str, str]) -> None:
    registered(store, serves=True)
    registered(store, serves=True)
    outcome = rolling_back.roll_back(run(store), DEFINITION)
    assert outcome.sentence == "version 1 serves again in place of version 2; score uses it" and serving(store) == 1
    assert written == {
        "tiny/metrics.json": '{\n "of": 1,\n "model_version": 1\n}',
        "tiny/challenger/metrics.json": '{\n "of": 2,\n "model_version": 2\n}',
    }


def test_a_training_is_due_by_the_newest_version(store: Registry) -> None:
    """A challenger of a changed definition is not trained again each day."""

    def due(definition: Definition, *, as_of: date = AS_OF) -> str | None:
        stage_run: Any = SimpleNamespace(**vars(run(store)) | {"as_of": as_of, "options": SimpleNamespace(retrain=False)})
        assert TRAIN.due is not None
        return TRAIN.due(stage_run, definition)

    changed = asking(reference={"country": ["DE"]})
    store.register(small_training(small_model(changed)), as_of=AS_OF, inputs={}, serves=False)
    assert due(changed) == "no model yet", "that its first model may not serve is no reason to leave it so"
    store.register(small_training(), as_of=AS_OF, inputs={})
    assert due(DEFINITION) is None and due(changed) == "the definition differs from that of version 2"
    store.register(small_training(small_model(changed)), as_of=date(2026, 9, 1), inputs={}, serves=False)
    assert due(changed) is None and due(DEFINITION) == "the definition differs from that of version 3"
    assert due(changed, as_of=date(2027, 2, 28)) is None
    assert due(changed, as_of=date(2027, 3, 1)) == "version 3 was trained 6 months ago"


def test_a_champion_that_cannot_score_any_more_is_replaced_and_that_is_said(store: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    assert gating.serving(store, "tiny") == (None, [])
    registered(store, serves=True)
    champion, doubts = gating.serving(store, "tiny")
    assert champion is not None and champion.version == 1 and doubts == []
    gone = ConfigurationError("reads columns of features/account_features that have changed: city is gone; train the score again")
    monkeypatch.setattr(Registry, "load_version", lambda *_: (_ for _ in ()).throw(gone))
    assert gating.serving(store, "tiny") == (None, [f"tiny: version 1 cannot be compared with, and is replaced: {gone}"])
