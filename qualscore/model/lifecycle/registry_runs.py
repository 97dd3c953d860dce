"""A training as a run of MLflow: its parameters, its measures, its definition, its report, and the files of its model."""

import platform
import tempfile
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from qualscore.definitions.definition import Definition
from qualscore.model.learning.judged_model import JudgedModel, Model
from qualscore.model.lifecycle import flavour, saved_model, signature

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import RunInfo

EXPERIMENT = "qualscore"
REPORT = "report"


def begin(mlflow: "MlflowClient", artifacts: str | None, definition: Definition, as_of: date) -> "RunInfo":
    """Begins the run of a training."""
    tags = {"score_name": definition.name}
    return mlflow.create_run(experiment(mlflow, artifacts), run_name=f"{definition.name} {as_of}", tags=tags).info


def experiment(mlflow: "MlflowClient", artifacts: str | None) -> str:
    """The id of the one experiment of all scores, made by the first training. Several may be the first at the same time."""
    from mlflow.exceptions import MlflowException

    known = mlflow.get_experiment_by_name(EXPERIMENT)
    if known is None:
        try:
            return mlflow.create_experiment(EXPERIMENT, artifact_location=artifacts)
        except MlflowException as error:
            known = mlflow.get_experiment_by_name(EXPERIMENT)
            if known is None:
                raise error
    return str(known.experiment_id)


def log(mlflow: "MlflowClient", run_id: str, trained: JudgedModel, as_of: date, inputs: Mapping[str, int]) -> None:
    """Logs the settings, the counts, the versions of the inputs, and what was measured."""
    from mlflow.entities import Metric, Param

    definition: Definition = trained.model.definition
    settings = definition.training.model_dump() | trained.counts | {"as_of": str(as_of), "definition": definition.fingerprint}
    settings |= {f"input.{table}": version for table, version in inputs.items()}
    params = [Param(key.replace("/", "."), str(value)) for key, value in settings.items()]
    metrics = [Metric(key, float(value), 0, 0) for key, value in trained.metrics.items()]
    mlflow.log_batch(run_id, metrics=metrics, params=params)


def log_report(mlflow: "MlflowClient", run_id: str, definition: Definition, report: Mapping[str, str]) -> None:
    """Logs the definition as it was, and the files of the report."""
    content = definition.model_dump(mode="json", by_alias=True, exclude_none=True, exclude_defaults=True)
    mlflow.log_text(run_id, yaml.safe_dump(content, sort_keys=False, allow_unicode=True), "definition.yml")
    for file, text in report.items():
        mlflow.log_text(run_id, text, f"{REPORT}/{file}")


def report(mlflow: "MlflowClient", run_id: str) -> dict[str, str]:
    """The files of a run's report, as texts by their names."""
    names = [it.path for it in mlflow.list_artifacts(run_id, REPORT)]
    with tempfile.TemporaryDirectory() as folder:
        return {Path(name).name: Path(mlflow.download_artifacts(run_id, name, folder)).read_text() for name in names}


def describe(model: Model, folder: Path, run_id: str) -> None:
    """Writes the file MLmodel: the signature, the types of what is read, and by which module pyfunc opens the folder."""
    from mlflow.models import Model, ModelSignature
    from mlflow.pyfunc import FLAVOR_NAME

    reads, signed = saved_model.read_columns(model), ModelSignature.from_dict(signature.signature(model))
    described = Model(artifact_path="model", run_id=run_id, signature=signed, metadata={saved_model.FEATURES: reads})
    described.add_flavor(FLAVOR_NAME, loader_module=flavour.__name__, python_version=platform.python_version())
    described.save(str(folder / "MLmodel"))
