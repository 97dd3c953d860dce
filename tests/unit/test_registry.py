"""The registry: what a version holds, what it takes and gives, and what versions of earlier commits still are."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from mlflow import MlflowClient
from mlflow.entities import Experiment
from mlflow.models import Model

from qualscore import contracts, model
from qualscore.errors import ConfigurationError
from qualscore.model.lifecycle import registry, registry_runs, registry_store, saved_model
from qualscore.model.lifecycle.registry import Registry
from qualscore.model.scoring.qualification import QualificationModel
from tests.small_model import AS_OF, DEFINITION, small_model, small_training


def files_of(store: Registry, name: str) -> Path:
    """The folder of the newest version's files."""
    (version,) = MlflowClient(store.uri).search_model_versions(f"name='{name}'", max_results=1)
    return Path(version.source.removeprefix("file://"))


def test_a_model_is_the_same_after_it_was_saved_and_loaded(store: Registry, small: QualificationModel) -> None:
    made = store.register(small_training(small), as_of=AS_OF, inputs={"clean/accounts": 3})
    assert made == store.champion("tiny") == registry.Version(1, DEFINITION.fingerprint, AS_OF)
    loaded = model.load("models:/qualscore.tiny@champion", store.uri)
    assert loaded.version == 1 and replace(loaded, version=None, lifted={}, quantiles=small.quantiles, examples=small.examples) == replace(
        small, lifted={}
    )
    for mine, theirs in (
        (loaded.quantiles, small.quantiles),
        (loaded.examples, small.examples),
        *((getattr(loaded.lifted["country"], name), getattr(small.lifted["country"], name)) for name in ("shares", "counts")),
    ):
        np.testing.assert_array_equal(mine, theirs)
    assert loaded.lifted["country"].ids == {None: 1, "DE": 2}
    assert model.load("models:/qualscore.tiny/1", store.uri).texts == small.texts
    assert sorted(it.name for it in files_of(store, "qualscore.tiny").iterdir()) == [
        "MLmodel", "encodings.parquet", "examples.npy", "model.json", "trees"
    ]  # fmt: skip


@pytest.mark.parametrize("uri", ["models:/qualscore.tiny@champion", "models:/qualscore.tiny@challenger", "models:/qualscore.tiny/2"])
def test_a_model_that_is_not_there(store: Registry, uri: str) -> None:
    if not uri.endswith("champion"):
        MlflowClient(store.uri).create_registered_model("qualscore.tiny")
    with pytest.raises(ConfigurationError, match=f"^{uri}: no such model in the registry sqlite:.*; train the score first$"):
        model.load(uri, store.uri)
    assert store.champion("tiny") is None


@pytest.mark.parametrize("uri", ["qualscore.tiny", "models:/tiny", "models:/qualscore.tiny@", "models:/qualscore.tiny/newest"])
def test_what_is_no_address_of_a_model(uri: str) -> None:
    with pytest.raises(ConfigurationError, match="no model's address; write models:/qualscore.NAME@champion"):
        model.load(uri)


def test_names_of_three_levels(store: Registry) -> None:
    catalog = replace(store, prefix="main.ml")
    catalog.register(small_training(), as_of=AS_OF, inputs={})
    assert [it.name for it in MlflowClient(store.uri).search_registered_models()] == ["main.ml.tiny"]
    assert catalog.load_champion("tiny").version == 1 and store.champion("tiny") is None


FORMER = "b91fc0711460a96f"
"""The fingerprint that an earlier commit gave DEFINITION: it counted every key, those at their default too."""


@pytest.fixture
def former(store: Registry) -> Registry:
    """A store with a version as an earlier commit left it."""
    store.register(small_training(), as_of=AS_OF, inputs={})
    folder, mlflow = files_of(store, "qualscore.tiny"), MlflowClient(store.uri)
    described = json.loads((folder / "model.json").read_text())
    del described["reads"]
    described["contracts"] = {"features/account_features": "8f3ee2c4c6a0c3b7", "scores/account_scores": "4f0abe4a03af5806"}
    (folder / "model.json").write_text(json.dumps(described))
    (folder / "MLmodel").unlink()
    (folder / "pipeline" / "metadata").mkdir(parents=True)
    mlflow.delete_model_version_tag("qualscore.tiny", "1", "fingerprint")
    mlflow.set_model_version_tag("qualscore.tiny", "1", "definition", FORMER)
    return store


def test_a_version_of_an_earlier_commit_stays_valid(former: Registry, small: QualificationModel) -> None:
    version = former.champion("tiny")
    assert version is not None and version.fingerprint == DEFINITION.fingerprint != FORMER
    assert former.load_champion("tiny").texts == small.texts


def test_a_version_of_an_earlier_commit_whose_definition_is_no_longer_one(former: Registry) -> None:
    """It is another than whatever is defined now."""
    file = files_of(former, "qualscore.tiny") / "model.json"
    described = json.loads(file.read_text())
    file.write_text(json.dumps(described | {"definition": described["definition"] | {"gone": 1}}))
    assert former.champion("tiny") == registry.Version(1, FORMER, AS_OF)


ACCOUNTS = pd.DataFrame(
    {
        "domain": ["a.com", "b.com", "münchen.de", "d.com"],
        "as_of_on": [AS_OF] * 4,
        "has_data": [True, True, True, False],
        "country": ["DE", None, "FR", "DE"],
        "firmo_size": [7.0, np.nan, 2.0, 1.0],
        "employees": [1_200, None, 6, 1],
        "is_listed": [True, None, False, None],
        "tech_stack": [[{"product": "Kafka", "category": "Streaming"}], [], np.array([{"product": "Excel", "category": None}]), []],
    },
    index=[10, 20, 30, 40],
)


def test_a_version_scores_a_frame_of_pandas(store: Registry, small: QualificationModel, monkeypatch: pytest.MonkeyPatch) -> None:
    """Under its own index, without accounts of which nothing is known; columns may be missing, and of any order."""
    import mlflow

    monkeypatch.setenv("MLFLOW_TRACKING_URI", str(store.uri))
    store.register(small_training(small), as_of=AS_OF, inputs={})
    scorer = mlflow.pyfunc.load_model("models:/qualscore.tiny@champion")
    scored = scorer.predict(ACCOUNTS)
    assert list(scored.index) == [10, 20, 30] and list(scored.domain) == ["a.com", "b.com", "münchen.de"]
    assert scored.margin.idxmax() == 10 and set(scored.model_version) == {1}
    (known,) = [it for it in scored.factors_for[10] if it["factor"] == "employees"]
    assert known["value"] == "1,200" and set(scored.as_of_on) == {AS_OF}
    other = scorer.predict(ACCOUNTS.iloc[[2, 0], ::-1].drop(columns="is_listed").astype({"employees": "int64"}))
    pd.testing.assert_frame_equal(other, scored.loc[[30, 10]])
    assert list(scorer.predict(ACCOUNTS.loc[[40]]).columns) == list(scored.columns)
    with pytest.raises(Exception, match="firmo_size"):
        scorer.predict(ACCOUNTS.assign(firmo_size="large"))


def test_a_version_says_what_it_takes_and_gives(store: Registry) -> None:
    store.register(small_training(), as_of=AS_OF, inputs={})
    described: Any = Model.load(str(files_of(store, "qualscore.tiny")))
    inputs, outputs = (described.signature.to_dict()[side] for side in ("inputs", "outputs"))
    taken = {it["name"]: (it["type"], it["required"]) for it in json.loads(inputs)}
    assert taken["domain"] == ("string", True) and taken["firmo_size"] == ("double", False) and taken["is_listed"] == ("boolean", False)
    assert taken["as_of_on"] == ("datetime", True) and taken["tech_stack"] == ("array", True) and taken["employees"] == ("any", False)
    assert "city" not in taken and "has_data" in taken
    given = [it["name"] for it in json.loads(outputs)]
    of_runs = ("run_id", "scored_at", "score_final", "final_cause")
    assert given == [name for name in contracts.load("scores/account_scores").columns if name not in of_runs]
    assert described.metadata == {saved_model.FEATURES: saved_model.read_columns(small_model())}
    assert described.flavors["python_function"]["loader_module"] == "qualscore.model.lifecycle.flavour"


def test_trainings_that_begin_together_share_one_experiment(store: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = (registry_store.client(store.uri) for _ in range(2))
    made = registry_runs.experiment(first, store.artifacts)
    seen: Iterator[Experiment | None] = iter([None, first.get_experiment(made)])  # the second looked before the first made it
    monkeypatch.setattr(MlflowClient, "get_experiment_by_name", lambda *_: next(seen))
    assert registry_runs.experiment(second, store.artifacts) == made
