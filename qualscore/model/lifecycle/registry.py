"""Models in the MLflow registry: one version holds everything needed to score and to explain."""

import os
import platform
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from qualscore.definitions.definition import Definition
from qualscore.errors import ConfigurationError, RegistryUnavailable
from qualscore.model.learning.judged_model import JudgedModel
from qualscore.model.lifecycle import flavour, saved_model, signature
from qualscore.model.scoring.qualification import QualificationModel

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities.model_registry import ModelVersion, RegisteredModel
    from mlflow.exceptions import MlflowException

EXPERIMENT = "qualscore"
CHAMPION = "champion"
FINGERPRINT, TRAINED_ON = "fingerprint", "trained_on"
FORMER_FINGERPRINT = "definition"  # it counted keys at their default, so that a new key changed it
# MLflow asks a server that does not answer eight times, and waits two minutes for it each time; here three times 20 s are the most.
PATIENCE = {"MLFLOW_HTTP_REQUEST_MAX_RETRIES": "2", "MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR": "1", "MLFLOW_HTTP_REQUEST_TIMEOUT": "20"}
DATABASE_ATTEMPTS = 4  # a second, where MLflow's own 10 take 100


@dataclass(frozen=True)
class Version:
    """A registered version of a score's model."""

    number: int
    fingerprint: str
    trained_on: date


@dataclass(frozen=True)
class Registry:
    """The models of all scores, PREFIX.SCORE.

    Attributes:
        uri: of the MLflow store; None takes MLFLOW_TRACKING_URI.
        artifacts: where a new experiment keeps its files; None leaves it to the server.
        prefix: of the models' names; of two levels, such as `main.ml`, for a catalog.
    """

    uri: str | None
    artifacts: str | None = None
    prefix: str = "qualscore"

    def model_name(self, score_name: str) -> str:
        """The name of a score's registered model."""
        return f"{self.prefix}.{score_name}"

    def champion(self, score_name: str) -> Version | None:
        """The version that scores; None when the registry answers that there is none.

        Raises:
            RegistryUnavailable: the registry does not answer.
        """
        with _asking(self.uri):
            mlflow = _client(self.uri)
            stored = _by_alias(mlflow, self.model_name(score_name), CHAMPION)
            if stored is None:
                return None
            fingerprint = stored.tags.get(FINGERPRINT) or _fingerprint_of_files(stored, self.uri)
            return Version(int(stored.version), fingerprint, date.fromisoformat(stored.tags[TRAINED_ON]))

    def register(self, trained: JudgedModel, *, as_of: date, inputs: dict[str, int]) -> Version:
        """Logs the run and its model in one go and makes it the champion.

        Args:
            trained: the model and the numbers that are logged with it.
            as_of: the training date.
            inputs: versions of the Delta tables it learned from.

        Raises:
            RegistryUnavailable: the registry does not answer.
        """
        definition = trained.model.definition
        name, tags = self.model_name(definition.name), {FINGERPRINT: definition.fingerprint, TRAINED_ON: str(as_of)}
        with _asking(self.uri), tempfile.TemporaryDirectory() as folder:
            mlflow = _client(self.uri)
            run = mlflow.create_run(
                _experiment(mlflow, self.artifacts), run_name=f"{definition.name} {as_of}", tags={"score_name": definition.name}
            ).info
            _log(mlflow, run.run_id, trained, as_of, inputs)
            saved_model.write(trained.model, trained.reliability, Path(folder))
            _describe(trained.model, Path(folder), run.run_id)
            mlflow.log_artifacts(run.run_id, folder, "model")
            mlflow.set_terminated(run.run_id)
            if _registered(mlflow, name) is None:
                mlflow.create_registered_model(name)
            made = mlflow.create_model_version(name, f"{run.artifact_uri}/model", run.run_id, tags=tags)
            mlflow.set_registered_model_alias(name, CHAMPION, made.version)
        return Version(int(made.version), definition.fingerprint, as_of)

    def load_champion(self, score_name: str) -> QualificationModel:
        """Opens the version that scores; raises as `load` does."""
        return load(f"models:/{self.model_name(score_name)}@{CHAMPION}", self.uri)


def load(uri: str, tracking_uri: str | None = None) -> QualificationModel:
    """Opens `models:/qualscore.NAME@champion` or `models:/qualscore.NAME/3`; needs nothing but the registry.

    Raises:
        ConfigurationError: no such model, or account features have changed in what it reads.
        RegistryUnavailable: the registry does not answer.
    """
    parts = re.fullmatch(r"models:/([^/@]+)(?:@([^/@]+)|/(\d+))", uri)
    if parts is None:
        raise ConfigurationError(f"{uri}: no model's address; write models:/{EXPERIMENT}.NAME@{CHAMPION} or models:/{EXPERIMENT}.NAME/3")
    name, alias, number = parts.groups()
    with _asking(tracking_uri), tempfile.TemporaryDirectory() as place:
        import mlflow.artifacts

        store = _client(tracking_uri)
        stored = _by_alias(store, name, alias) if alias else _by_number(store, name, number)
        if stored is None:
            raise ConfigurationError(f"{uri}: no such model in the registry {_shown(tracking_uri)}; train the score first")
        folder = mlflow.artifacts.download_artifacts(stored.source, dst_path=place, tracking_uri=tracking_uri)
        return saved_model.read(Path(folder), of=uri, version=int(stored.version))


def _describe(model: QualificationModel, folder: Path, run_id: str) -> None:
    """Writes the file MLmodel: the signature, the types of what is read, and by which module pyfunc opens the folder."""
    from mlflow.models import Model, ModelSignature
    from mlflow.pyfunc import FLAVOR_NAME

    reads, signed = saved_model.read_columns(model), ModelSignature.from_dict(signature.signature(model))
    described = Model(artifact_path="model", run_id=run_id, signature=signed, metadata={saved_model.FEATURES: reads})
    described.add_flavor(FLAVOR_NAME, loader_module=flavour.__name__, python_version=platform.python_version())
    described.save(str(folder / "MLmodel"))


def _client(tracking_uri: str | None) -> "MlflowClient":
    """A client that gives up soon. MLflow takes 6 s to import, so only what needs it does."""
    for name, value in PATIENCE.items():
        os.environ.setdefault(name, value)
    import mlflow.store.db.utils
    from mlflow import MlflowClient

    mlflow.store.db.utils.MAX_RETRY_COUNT = DATABASE_ATTEMPTS  # there is no setting for it
    return MlflowClient(tracking_uri=tracking_uri)


@contextmanager
def _asking(tracking_uri: str | None) -> Iterator[None]:
    """Makes one error of what a failing store raises: which store, and what happened."""
    from mlflow.exceptions import MlflowException
    from sqlalchemy.exc import SQLAlchemyError

    try:
        yield
    except (MlflowException, SQLAlchemyError, OSError) as error:
        raise RegistryUnavailable(
            f"the model registry {_shown(tracking_uri)} does not answer as it should ({_first_line(error)}), so that no model was trained, "
            "replaced or used: see that it runs and can be read, or name another one with MLFLOW_TRACKING_URI; then run again"
        ) from error


def _shown(tracking_uri: str | None) -> str:
    """The address without a password."""
    return re.sub(r"//([^/@:]*):[^/@]*@", r"//\1:...@", tracking_uri or os.environ.get("MLFLOW_TRACKING_URI") or "of MLflow's default")


def _first_line(error: Exception) -> str:
    line = (str(error).strip().splitlines() or [type(error).__name__])[0]
    return line if len(line) <= 300 else f"{line[:300]}..."


def _registered(mlflow: "MlflowClient", name: str) -> "RegisteredModel | None":
    from mlflow.exceptions import MlflowException

    try:
        return mlflow.get_registered_model(name)
    except MlflowException as error:
        _raise_unless_missing(error)
        return None


def _by_alias(mlflow: "MlflowClient", name: str, alias: str) -> "ModelVersion | None":
    # Not by get_model_version_by_alias: what that says of a missing alias is what it says of a wrong argument.
    model = _registered(mlflow, name)
    number = model.aliases.get(alias) if model else None
    return _by_number(mlflow, name, str(number)) if number is not None else None


def _by_number(mlflow: "MlflowClient", name: str, number: str) -> "ModelVersion | None":
    from mlflow.exceptions import MlflowException

    try:
        return mlflow.get_model_version(name, number)
    except MlflowException as error:
        _raise_unless_missing(error)
        return None


def _raise_unless_missing(error: "MlflowException") -> None:
    """Everything but the answer that there is no such thing is a failure."""
    if error.error_code != "RESOURCE_DOES_NOT_EXIST":
        raise error


def _fingerprint_of_files(stored: "ModelVersion", tracking_uri: str | None) -> str:
    """The fingerprint of the definition among the files of a version that is tagged with a former fingerprint alone."""
    import mlflow.artifacts

    file = mlflow.artifacts.download_artifacts(f"{stored.source}/{saved_model.DESCRIPTION}", tracking_uri=tracking_uri)
    try:
        return saved_model.definition_of(Path(file)).fingerprint
    except ConfigurationError:  # it asked for what no longer exists, so that it is another
        return stored.tags[FORMER_FINGERPRINT]


def _experiment(mlflow: "MlflowClient", artifacts: str | None) -> str:
    """The id of the one experiment of all scores, made by the first training. Several may be the first at the same time."""
    from mlflow.exceptions import MlflowException

    experiment = mlflow.get_experiment_by_name(EXPERIMENT)
    if experiment is None:
        try:
            return mlflow.create_experiment(EXPERIMENT, artifact_location=artifacts)
        except MlflowException as error:
            experiment = mlflow.get_experiment_by_name(EXPERIMENT)
            if experiment is None:
                raise error
    return str(experiment.experiment_id)


def _log(mlflow: "MlflowClient", run_id: str, trained: JudgedModel, as_of: date, inputs: dict[str, int]) -> None:
    from mlflow.entities import Metric, Param

    definition: Definition = trained.model.definition
    settings = definition.training.model_dump() | trained.counts | {"as_of": str(as_of), "definition": definition.fingerprint}
    settings |= {f"input.{table}": version for table, version in inputs.items()}
    params = [Param(key.replace("/", "."), str(value)) for key, value in settings.items()]
    metrics = [Metric(key, float(value), 0, 0) for key, value in trained.metrics.items()]
    mlflow.log_batch(run_id, metrics=metrics, params=params)
