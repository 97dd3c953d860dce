"""The registry: what a version holds, when it fits, and that a store which fails is never taken for an empty one."""

import json
import shutil
import sqlite3
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from mlflow import MlflowClient
from mlflow.entities import Experiment
from mlflow.models import Model

from qualscore import contracts, model
from qualscore.config import Models
from qualscore.contracts import Contract
from qualscore.errors import ConfigurationError, RegistryUnavailable
from qualscore.model.lifecycle import registry, saved_model
from qualscore.model.lifecycle.registry import Registry
from qualscore.model.scoring.qualification import QualificationModel
from qualscore.stages.train import TRAIN
from tests.small_model import AS_OF, DEFINITION, small_model, small_training


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new store's database; to make one takes seconds."""
    file = tmp_path_factory.mktemp("store") / "mlflow.db"
    assert Registry(f"sqlite:///{file}").champion("tiny") is None
    return file


@pytest.fixture
def store(empty: Path, tmp_path: Path) -> Registry:
    shutil.copy(empty, tmp_path / "mlflow.db")
    return Registry(f"sqlite:///{tmp_path / 'mlflow.db'}", (tmp_path / "artifacts").as_uri())


@pytest.fixture(scope="module")
def small() -> QualificationModel:
    return small_model()


def files_of(store: Registry, name: str) -> Path:
    """The folder of the newest version's files."""
    (found,) = MlflowClient(store.uri).search_model_versions(f"name='{name}'", max_results=1)
    return Path(found.source.removeprefix("file://"))


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


def corrupt(folder: Path) -> str:
    (folder / "mlflow.db").write_bytes(b"SQLite format 3\0" + b"x" * 4096)
    return f"sqlite:///{folder / 'mlflow.db'}"


def damaged(folder: Path) -> str:
    """A database that opens, and has lost a table."""
    shutil.copy(folder.parent / "mlflow.db", folder / "mlflow.db")
    with sqlite3.connect(folder / "mlflow.db") as database:
        database.execute("DROP TABLE registered_models")
    return f"sqlite:///{folder / 'mlflow.db'}"


def answering(status: int, text: bytes) -> Iterator[str]:
    """The address of a server of this machine that answers everything alike."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:  # noqa: N802  named by the library
            self.send_response(status)
            self.end_headers()
            self.wfile.write(text)

        do_POST = do_GET  # noqa: N815

        def log_message(self, *_: object) -> None: ...

    server = HTTPServer(("127.0.0.1", 0), Answer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def closed() -> str:
    """The address of a port on which nobody listens."""
    server = HTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    server.server_close()
    return f"http://127.0.0.1:{server.server_port}"


@pytest.fixture(params=["corrupt", "damaged", "closed", "unavailable", "forbidden", "another"])
def failing(request: pytest.FixtureRequest, empty: Path, tmp_path: Path) -> Iterator[str]:
    files: dict[str, Callable[[], str]] = {"corrupt": lambda: corrupt(tmp_path), "closed": closed}
    answers = {
        "unavailable": (503, b"no healthy upstream"),
        "forbidden": (403, b'{"error_code": "PERMISSION_DENIED", "message": "not for you"}'),
        "another": (404, b"<html>nothing here</html>"),  # a server, but none of MLflow's
    }
    if request.param == "damaged":
        shutil.copy(empty, tmp_path / "mlflow.db")
        (tmp_path / "inner").mkdir()
        yield damaged(tmp_path / "inner")
    elif request.param in files:
        yield files[request.param]()
    else:
        yield from answering(*answers[request.param])


@pytest.mark.usefixtures("_hasty")
def test_a_registry_that_fails_is_not_an_empty_one(failing: str) -> None:
    said = r"^the model registry {} does not answer as it should \([^\n]+\), so that no model was trained, replaced or used: see [^\n]+$"
    with pytest.raises(RegistryUnavailable, match=said.format(failing)) as caught:
        Registry(failing).champion("tiny")
    assert caught.value.exit_code == 1
    with pytest.raises(RegistryUnavailable, match=said.format(failing)):
        model.load("models:/qualscore.tiny@champion", failing)


@pytest.fixture
def _hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the seconds between attempts."""
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    monkeypatch.setattr(registry, "DATABASE_ATTEMPTS", 1)


def test_a_registry_is_asked_for_a_minute_at_most(monkeypatch: pytest.MonkeyPatch, store: Registry) -> None:
    """By default; what the environment says goes first."""
    for name in registry.PATIENCE:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_TIMEOUT", "60")
    store.champion("tiny")
    from mlflow.environment_variables import MLFLOW_HTTP_REQUEST_MAX_RETRIES, MLFLOW_HTTP_REQUEST_TIMEOUT
    from mlflow.store.db import utils

    assert (MLFLOW_HTTP_REQUEST_MAX_RETRIES.get(), MLFLOW_HTTP_REQUEST_TIMEOUT.get(), utils.MAX_RETRY_COUNT) == (2, 60, 4)


def test_a_password_is_not_shown() -> None:
    assert registry._shown("postgresql://me:secret@db:5432/ml") == "postgresql://me:...@db:5432/ml"


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
    found = former.champion("tiny")
    assert found is not None and found.fingerprint == DEFINITION.fingerprint != FORMER
    assert former.load_champion("tiny").texts == small.texts


def test_a_version_of_an_earlier_commit_whose_definition_is_no_longer_one(former: Registry) -> None:
    """It is another than whatever is defined now."""
    file = files_of(former, "qualscore.tiny") / "model.json"
    described = json.loads(file.read_text())
    file.write_text(json.dumps(described | {"definition": described["definition"] | {"gone": 1}}))
    assert former.champion("tiny") == registry.Version(1, FORMER, AS_OF)


def changed(*, without: tuple[str, ...] = (), types: dict[str, str] | None = None, added: str = "string") -> Contract:
    """account_features with another column, and with changes."""
    contract = contracts.load(saved_model.FEATURES)
    columns = {name: it for name, it in contract.columns.items() if name not in without}
    columns |= {name: columns[name].model_copy(update={"type": kind}) for name, kind in (types or {}).items()}
    new = contract.columns["city"].model_copy(update={"type": added})
    return contract.model_copy(update={"columns": {"new": new} | columns})


def read_with(monkeypatch: pytest.MonkeyPatch, folder: Path, contract: Contract) -> QualificationModel:
    monkeypatch.setattr(contracts, "load", lambda name: contract)
    return saved_model.read(folder, of="models:/x/1")


def test_a_model_fits_as_long_as_what_it_reads_is_there(monkeypatch: pytest.MonkeyPatch, small: QualificationModel, tmp_path: Path) -> None:
    saved_model.write(small, [], tmp_path)
    wider = {"tech_stack": "array<struct<product:string,vendor:string,category:string>>"}
    unread = {"industry": "int", "intent_trend": "float"}
    read_with(monkeypatch, tmp_path, changed(without=("city", "founded_year"), types=wider | unread))


def test_a_model_does_not_fit_when_what_it_reads_has_changed(
    monkeypatch: pytest.MonkeyPatch, small: QualificationModel, tmp_path: Path
) -> None:
    saved_model.write(small, [], tmp_path)
    narrower = changed(
        without=("firmo_size", "country", "city"),
        types={"employees": "string", "tech_stack": "array<struct<product:string>>", "industry": "int"},
    )
    with pytest.raises(ConfigurationError) as caught:
        read_with(monkeypatch, tmp_path, narrower)
    assert str(caught.value) == (
        "models:/x/1: reads columns of features/account_features that have changed: firmo_size is gone; country is gone; "
        "tech_stack is array<struct<product:string>>, was array<struct<product:string,category:string>>; "
        "employees is string, was bigint; train the score again"
    )


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
    assert given == [name for name in contracts.load("scores/account_scores").columns if name not in ("run_id", "scored_at")]
    assert described.metadata == {saved_model.FEATURES: saved_model.read_columns(small_model())}
    assert described.flavors["python_function"]["loader_module"] == "qualscore.model.lifecycle.flavour"


def test_trainings_that_begin_together_share_one_experiment(store: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = (registry._client(store.uri) for _ in range(2))
    made = registry._experiment(first, store.artifacts)
    seen: Iterator[Experiment | None] = iter([None, first.get_experiment(made)])  # the second looked before the first made it
    monkeypatch.setattr(MlflowClient, "get_experiment_by_name", lambda *_: next(seen))
    assert registry._experiment(second, store.artifacts) == made


@pytest.mark.usefixtures("_hasty")
def test_nothing_is_trained_while_the_registry_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither as `no model yet`, nor when a training is asked for: that is met before its work."""
    monkeypatch.setattr("qualscore.stages.train.training.train", lambda *_, **__: pytest.fail("trained"))
    run: Any = SimpleNamespace(
        store=(closed(), None), settings=SimpleNamespace(models=Models()), options=SimpleNamespace(retrain=False), as_of=AS_OF
    )
    for asked in (TRAIN.due, TRAIN.work):
        assert asked is not None
        with pytest.raises(RegistryUnavailable):
            asked(run, DEFINITION)
