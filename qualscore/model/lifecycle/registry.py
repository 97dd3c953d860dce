"""Models in the MLflow registry: one version holds everything needed to score and to explain."""

import re
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from qualscore.errors import ConfigurationError
from qualscore.model.learning.judged_model import JudgedModel, Model
from qualscore.model.lifecycle import registry_runs, registry_succession, saved_model
from qualscore.model.lifecycle.registry_store import asking, by_alias, by_number, client, registered, shown
from qualscore.model.lifecycle.registry_succession import CHALLENGER, CHAMPION

if TYPE_CHECKING:
    from mlflow.entities.model_registry import ModelVersion

FINGERPRINT, TRAINED_ON = "fingerprint", "trained_on"
FORMER_FINGERPRINT = "definition"  # it counted keys at their default, so that a new key changed it
NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True)
class Version:
    """A registered version of a score's model."""

    number: int
    fingerprint: str
    trained_on: date


@dataclass(frozen=True)
class Registry:
    """The models of all scores, PREFIX.SCORE. Each of its methods raises RegistryUnavailable when the registry does not answer.

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
        """The version that scores; None when the registry answers that there is none."""
        return self._of_alias(score_name, CHAMPION)

    def challenger(self, score_name: str) -> Version | None:
        """The version that waits for its promotion; None when there is none."""
        waiting = self._of_alias(score_name, CHALLENGER)
        return None if waiting == self.champion(score_name) else waiting  # a promotion that died left both names to a version

    def newest(self, score_name: str) -> Version | None:
        """The later one of champion and challenger. A version that is neither is of a training that died before its end."""
        known = [self.champion(score_name), self.challenger(score_name)]
        return max((it for it in known if it), key=lambda it: it.number, default=None)

    def register(
        self, trained: JudgedModel, *, as_of: date, inputs: Mapping[str, int], report: Mapping[str, str] = NOTHING, serves: bool = True
    ) -> Version:
        """Registers a whole version, with the run that made it, and then gives it its place.

        Args:
            trained: the model and the numbers that are logged with it.
            as_of: the training date.
            inputs: versions of the Delta tables it learned from.
            report: what was measured, as texts by the names of their files.
            serves: whether the version is the champion from now on; else it is the challenger.
        """
        definition = trained.model.definition
        name, tags = self.model_name(definition.name), {FINGERPRINT: definition.fingerprint, TRAINED_ON: str(as_of)}
        with asking(self.uri), tempfile.TemporaryDirectory() as folder:
            mlflow = client(self.uri)
            run = registry_runs.begin(mlflow, self.artifacts, definition, as_of)
            registry_runs.log(mlflow, run.run_id, trained, as_of, inputs)
            registry_runs.log_report(mlflow, run.run_id, definition, report)
            saved_model.write(trained.model, trained.reliability, Path(folder))
            registry_runs.describe(trained.model, Path(folder), run.run_id)
            mlflow.log_artifacts(run.run_id, folder, "model")
            mlflow.set_terminated(run.run_id)
            if registered(mlflow, name) is None:
                mlflow.create_registered_model(name)
            made = int(mlflow.create_model_version(name, f"{run.artifact_uri}/model", run.run_id, tags=tags).version)
            if serves:
                registry_succession.promote(mlflow, name, made)
            else:
                mlflow.set_registered_model_alias(name, CHALLENGER, str(made))
        return Version(made, definition.fingerprint, as_of)

    def promote(self, score_name: str, number: int) -> None:
        """Makes a version the champion."""
        with asking(self.uri):
            registry_succession.promote(client(self.uri), self.model_name(score_name), number)

    def roll_back(self, score_name: str) -> tuple[int, int]:
        """Makes the version that served before the champion again; returns its number and that of the one that it follows.

        Raises:
            ConfigurationError: no version served before.
        """
        with asking(self.uri):
            return registry_succession.roll_back(client(self.uri), self.model_name(score_name))

    def report(self, score_name: str, number: int) -> dict[str, str]:
        """What was measured in the training of a version, as texts by the names of their files; empty for one of an earlier commit."""
        with asking(self.uri):
            mlflow = client(self.uri)
            stored = by_number(mlflow, self.model_name(score_name), str(number))
            return registry_runs.report(mlflow, str(stored.run_id)) if stored and stored.run_id else {}

    def load_champion(self, score_name: str) -> Model:
        """Opens the version that scores; raises as `load` does."""
        return load(f"models:/{self.model_name(score_name)}@{CHAMPION}", self.uri)

    def load_version(self, score_name: str, number: int) -> Model:
        """Opens a version; raises as `load` does."""
        return load(f"models:/{self.model_name(score_name)}/{number}", self.uri)

    def _of_alias(self, score_name: str, alias: str) -> Version | None:
        with asking(self.uri):
            stored = by_alias(client(self.uri), self.model_name(score_name), alias)
            if stored is None:
                return None
            fingerprint = stored.tags.get(FINGERPRINT) or _fingerprint_of_files(stored, self.uri)
            return Version(int(stored.version), fingerprint, date.fromisoformat(stored.tags[TRAINED_ON]))


def load(uri: str, tracking_uri: str | None = None) -> Model:
    """Opens `models:/qualscore.NAME@champion` or `models:/qualscore.NAME/3`; needs nothing but the registry.

    Raises:
        ConfigurationError: no such model, or account features have changed in what it reads.
        RegistryUnavailable: the registry does not answer.
    """
    parts = re.fullmatch(r"models:/([^/@]+)(?:@([^/@]+)|/(\d+))", uri)
    if parts is None:
        raise ConfigurationError(f"{uri}: no model's address; write models:/qualscore.NAME@{CHAMPION} or models:/qualscore.NAME/3")
    name, alias, number = parts.groups()
    with asking(tracking_uri), tempfile.TemporaryDirectory() as place:
        import mlflow.artifacts

        store = client(tracking_uri)
        stored = by_alias(store, name, alias) if alias else by_number(store, name, number)
        if stored is None:
            raise ConfigurationError(f"{uri}: no such model in the registry {shown(tracking_uri)}; train the score first")
        folder = mlflow.artifacts.download_artifacts(stored.source, dst_path=place, tracking_uri=tracking_uri)
        return saved_model.read(Path(folder), of=uri, version=int(stored.version))


def _fingerprint_of_files(stored: "ModelVersion", tracking_uri: str | None) -> str:
    """The fingerprint of the definition among the files of a version that is tagged with a former fingerprint alone."""
    import mlflow.artifacts

    file = mlflow.artifacts.download_artifacts(f"{stored.source}/{saved_model.DESCRIPTION}", tracking_uri=tracking_uri)
    try:
        return saved_model.definition_of(Path(file)).fingerprint
    except ConfigurationError:  # it asked for what no longer exists, so that it is another
        return stored.tags[FORMER_FINGERPRINT]
