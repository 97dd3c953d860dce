from collections.abc import Iterator
from pathlib import Path

import pytest
from mlflow import MlflowClient
from mlflow.entities import Experiment

from qualscore.model.lifecycle import registry


@pytest.fixture
def store(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/mlflow.db"


def test_trainings_that_begin_together_share_one_experiment(store: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = (registry.client(store) for _ in range(2))
    made = registry._experiment(first, str(tmp_path / "artifacts"))
    seen: Iterator[Experiment | None] = iter([None, first.get_experiment(made)])  # the second looked before the first made it
    monkeypatch.setattr(MlflowClient, "get_experiment_by_name", lambda *_: next(seen))
    assert registry._experiment(second, str(tmp_path / "artifacts")) == made
