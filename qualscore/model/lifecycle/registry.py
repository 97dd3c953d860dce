"""Models in the MLflow registry: one version holds everything needed to score and to explain."""

import json
import tempfile
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from qualscore import contracts
from qualscore.definitions.definition import Definition
from qualscore.errors import ConfigurationError
from qualscore.model.encoding import encoding
from qualscore.model.encoding.inputs import Inputs
from qualscore.model.kernel.starting_margin import LiftTerm, NumberTerm, StartingMargin
from qualscore.model.learning.training import Trained
from qualscore.model.scoring.calibration import Calibration
from qualscore.model.scoring.qualification import QualificationModel

if TYPE_CHECKING:
    from mlflow import MlflowClient

EXPERIMENT = "qualscore"
CHAMPION = "champion"
CONTRACTS = ("features/account_features", "scores/account_scores")


@dataclass(frozen=True)
class Version:
    """A registered version of a score's model."""

    number: int
    fingerprint: str
    trained_on: date


def client(tracking_uri: str | None) -> "MlflowClient":
    """A client; None takes MLFLOW_TRACKING_URI. MLflow takes 6 s to import, so only what needs it does."""
    from mlflow import MlflowClient

    return MlflowClient(tracking_uri=tracking_uri, registry_uri=tracking_uri)


def champion(mlflow: "MlflowClient", score_name: str) -> Version | None:
    """The version that scores, or None."""
    from mlflow.exceptions import MlflowException

    try:
        found = mlflow.get_model_version_by_alias(_name(score_name), CHAMPION)
    except MlflowException:
        return None
    return Version(int(found.version), found.tags["definition"], date.fromisoformat(found.tags["trained_on"]))


def register(trained: Trained, *, mlflow: "MlflowClient", artifacts: str | None, as_of: date, inputs: dict[str, int]) -> Version:
    """Logs the run and its model in one go and makes it the champion.

    Args:
        trained: the model and what is known of it.
        mlflow: the client.
        artifacts: where a new experiment keeps its files; None leaves it to the server.
        as_of: the training date.
        inputs: versions of the Delta tables it learned from.
    """
    definition = trained.model.definition
    run = mlflow.create_run(_experiment(mlflow, artifacts), run_name=f"{definition.name} {as_of}", tags={"score_name": definition.name})
    _log(mlflow, run.info.run_id, trained, as_of, inputs)
    with tempfile.TemporaryDirectory() as folder:
        _save(trained.model, trained.reliability, Path(folder))
        mlflow.log_artifacts(run.info.run_id, folder, "model")
    mlflow.set_terminated(run.info.run_id)
    if not mlflow.search_registered_models(f"name='{_name(definition.name)}'"):
        mlflow.create_registered_model(_name(definition.name))
    tags = {"definition": definition.fingerprint, "trained_on": str(as_of)}
    made = mlflow.create_model_version(_name(definition.name), f"{run.info.artifact_uri}/model", run.info.run_id, tags=tags)
    mlflow.set_registered_model_alias(_name(definition.name), CHAMPION, made.version)
    return Version(int(made.version), definition.fingerprint, as_of)


def load(uri: str, tracking_uri: str | None = None) -> QualificationModel:
    """Opens `models:/qualscore.NAME@champion` or `models:/qualscore.NAME/3`; needs nothing but the registry; to score takes a session.

    Raises:
        ConfigurationError: no such model, or one made for other columns.
    """
    import mlflow.artifacts
    from mlflow.exceptions import MlflowException

    store = client(tracking_uri)
    name, at, alias = uri.removeprefix("models:/").partition("@")
    name, _, number = name.partition("/")
    try:
        found = store.get_model_version_by_alias(name, alias) if at else store.get_model_version(name, number)
        folder = mlflow.artifacts.download_artifacts(found.source, tracking_uri=tracking_uri)
    except MlflowException as error:
        raise ConfigurationError(f"{uri}: no such model in the registry ({error.message}); train the score first") from None
    return replace(_open(Path(folder), uri), version=int(found.version))


def _name(score_name: str) -> str:
    return f"qualscore.{score_name}"


def _experiment(mlflow: "MlflowClient", artifacts: str | None) -> str:
    """The id of the one experiment of all scores, made by the first training. Several may be the first at the same time."""
    from mlflow.exceptions import MlflowException

    found = mlflow.get_experiment_by_name(EXPERIMENT)
    if found is None:
        try:
            return mlflow.create_experiment(EXPERIMENT, artifact_location=artifacts)
        except MlflowException as error:
            found = mlflow.get_experiment_by_name(EXPERIMENT)
            if found is None:
                raise error
    return str(found.experiment_id)


def _log(mlflow: "MlflowClient", run_id: str, trained: Trained, as_of: date, inputs: dict[str, int]) -> None:
    from mlflow.entities import Metric, Param

    definition = trained.model.definition
    settings = definition.training.model_dump() | trained.counts | {"as_of": str(as_of), "definition": definition.fingerprint}
    settings |= {f"input.{table}": version for table, version in inputs.items()}
    params = [Param(key.replace("/", "."), str(value)) for key, value in settings.items()]
    metrics = [Metric(key, float(value), 0, 0) for key, value in trained.metrics.items()]
    mlflow.log_batch(run_id, metrics=metrics, params=params)


def _save(model: QualificationModel, reliability: list[dict[str, float]], folder: Path) -> None:
    (folder / "trees").mkdir()
    for repeat, texts in enumerate(model.texts):
        for fold, text in enumerate(texts):
            (folder / "trees" / f"repeat_{repeat}_fold_{fold}.txt").write_text(text)
    encoding.table(list(model.lifted), list(model.lifted.values())).to_parquet(folder / "encodings.parquet")
    np.save(folder / "examples.npy", model.examples)
    assert model.calibration is not None
    described = {
        "definition": model.definition.model_dump(mode="json", by_alias=True, exclude_none=True),
        "inputs": asdict(model.inputs),
        "factors": model.inputs.factors,
        "starts": [[asdict(start) for start in starts] for starts in model.starts],
        "calibration": asdict(model.calibration),
        "reliability": reliability,
        "quantiles": model.quantiles.tolist(),
        "contracts": {name: contracts.load(name).fingerprint for name in CONTRACTS},
    }
    (folder / "model.json").write_text(json.dumps(described, indent=1))


def _open(folder: Path, uri: str) -> QualificationModel:
    described: dict[str, Any] = json.loads((folder / "model.json").read_text())
    if described["contracts"] != {name: contracts.load(name).fingerprint for name in CONTRACTS}:
        raise ConfigurationError(f"{uri}: was trained with other columns of {' or '.join(CONTRACTS)}; train the score again")
    definition = Definition.model_validate(described["definition"])
    training = definition.training
    inputs = Inputs(**{name: tuple(values) for name, values in described["inputs"].items()})
    lifted = encoding.from_table(
        pd.read_parquet(folder / "encodings.parquet"), inputs.lifted, repeats=training.repeats, folds=training.folds
    )
    trees = folder / "trees"
    return QualificationModel(
        definition=definition,
        inputs=inputs,
        lifted=dict(zip(inputs.lifted, lifted, strict=True)),
        texts=[[(trees / f"repeat_{r}_fold_{f}.txt").read_text() for f in range(training.folds)] for r in range(training.repeats)],
        starts=[[_start(start) for start in starts] for starts in described.get("starts", [])],  # older models start from 0
        calibration=_calibration(described["calibration"]),
        quantiles=np.array(described["quantiles"]),
        examples=np.load(folder / "examples.npy"),
    )


def _start(described: dict[str, Any]) -> StartingMargin:
    numbers, lifts = (NumberTerm(*term) for term in described["numbers"]), (LiftTerm(*term) for term in described["lifts"])
    return StartingMargin(described["intercept"], tuple(numbers), tuple(lifts))


def _calibration(described: dict[str, Any]) -> Calibration:
    knots = (tuple(described[name]) for name in ("margins", "logits"))
    return Calibration(described["slope"], described["intercept"], *knots)
