"""A store that fails is never taken for an empty one, and is not waited for long."""

import shutil
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from qualscore import model
from qualscore.config import Models
from qualscore.errors import RegistryUnavailable
from qualscore.model.lifecycle import registry_store
from qualscore.model.lifecycle.registry import Registry
from qualscore.stages.train import TRAIN
from tests.small_model import AS_OF, DEFINITION


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
def failing(request: pytest.FixtureRequest, empty_store: Path, tmp_path: Path) -> Iterator[str]:
    files: dict[str, Callable[[], str]] = {"corrupt": lambda: corrupt(tmp_path), "closed": closed}
    answers = {
        "unavailable": (503, b"no healthy upstream"),
        "forbidden": (403, b'{"error_code": "PERMISSION_DENIED", "message": "not for you"}'),
        "another": (404, b"<html>nothing here</html>"),  # a server, but none of MLflow's
    }
    if request.param == "damaged":
        shutil.copy(empty_store, tmp_path / "mlflow.db")
        (tmp_path / "inner").mkdir()
        yield damaged(tmp_path / "inner")
    elif request.param in files:
        yield files[request.param]()
    else:
        yield from answering(*answers[request.param])


@pytest.fixture
def _hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the seconds between attempts."""
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    monkeypatch.setattr(registry_store, "DATABASE_ATTEMPTS", 1)


@pytest.mark.usefixtures("_hasty")
def test_a_registry_that_fails_is_not_an_empty_one(failing: str) -> None:
    message = r"^the model registry {} does not answer as it should \([^\n]+\), so that no model was trained, replaced or used: see [^\n]+$"
    with pytest.raises(RegistryUnavailable, match=message.format(failing)) as caught:
        Registry(failing).champion("tiny")
    assert caught.value.exit_code == 1
    with pytest.raises(RegistryUnavailable, match=message.format(failing)):
        model.load("models:/qualscore.tiny@champion", failing)


def test_a_registry_is_asked_for_a_minute_at_most(monkeypatch: pytest.MonkeyPatch, store: Registry) -> None:
    """By default; what the environment says goes first."""
    for name in registry_store.PATIENCE:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_TIMEOUT", "60")
    store.champion("tiny")
    from mlflow.environment_variables import MLFLOW_HTTP_REQUEST_MAX_RETRIES, MLFLOW_HTTP_REQUEST_TIMEOUT
    from mlflow.store.db import utils

    assert (MLFLOW_HTTP_REQUEST_MAX_RETRIES.get(), MLFLOW_HTTP_REQUEST_TIMEOUT.get(), utils.MAX_RETRY_COUNT) == (2, 60, 4)


def test_a_password_is_not_shown() -> None:
    assert registry_store.shown("postgresql://me:secret@db:5432/ml") == "postgresql://me:...@db:5432/ml"


@pytest.mark.usefixtures("_hasty")
def test_nothing_is_trained_while_the_registry_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither as `no model yet`, nor when a training is asked for: that is met before its work."""
    monkeypatch.setattr("qualscore.stages.train.training.train", lambda *_, **__: pytest.fail("trained"))
    monkeypatch.setattr("qualscore.stages.train.locked", lambda *_: nullcontext())
    run: Any = SimpleNamespace(
        store=(closed(), None), settings=SimpleNamespace(models=Models()), options=SimpleNamespace(retrain=False), as_of=AS_OF
    )
    for asked in (TRAIN.due, TRAIN.work):
        assert asked is not None
        with pytest.raises(RegistryUnavailable):
            asked(run, DEFINITION)
