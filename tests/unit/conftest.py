"""What several unit tests take: a model and an empty registry."""

import shutil
from pathlib import Path

import pytest

from qualscore.model.lifecycle.registry import Registry
from qualscore.model.scoring.qualification import QualificationModel
from tests.small_model import small_model


@pytest.fixture(scope="session")
def empty_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new store's database; to make one takes seconds."""
    file = tmp_path_factory.mktemp("store") / "mlflow.db"
    assert Registry(f"sqlite:///{file}").champion("tiny") is None
    return file


@pytest.fixture
def store(empty_store: Path, tmp_path: Path) -> Registry:
    shutil.copy(empty_store, tmp_path / "mlflow.db")
    return Registry(f"sqlite:///{tmp_path / 'mlflow.db'}", (tmp_path / "artifacts").as_uri())


@pytest.fixture(scope="session")
def small() -> QualificationModel:
    """`tests.small_model`, for reading only."""
    return small_model()
