"""The store of the registry: asked with little patience, and never taken for an empty one when it fails."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from qualscore.errors import RegistryUnavailable

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities.model_registry import ModelVersion, RegisteredModel
    from mlflow.exceptions import MlflowException

# MLflow asks a server that does not answer eight times, and waits two minutes for it each time; here three times 20 s are the most.
PATIENCE = {"MLFLOW_HTTP_REQUEST_MAX_RETRIES": "2", "MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR": "1", "MLFLOW_HTTP_REQUEST_TIMEOUT": "20"}
DATABASE_ATTEMPTS = 4  # a second, where MLflow's own 10 take 100


def client(tracking_uri: str | None) -> "MlflowClient":
    """A client that gives up soon. MLflow takes 6 s to import, so only what needs it does."""
    for name, value in PATIENCE.items():
        os.environ.setdefault(name, value)
    import mlflow.store.db.utils
    from mlflow import MlflowClient

    mlflow.store.db.utils.MAX_RETRY_COUNT = DATABASE_ATTEMPTS  # there is no setting for it
    return MlflowClient(tracking_uri=tracking_uri)


@contextmanager
def asking(tracking_uri: str | None) -> Iterator[None]:
    """Makes one error of what a failing store raises: which store, and what happened."""
    from mlflow.exceptions import MlflowException
    from sqlalchemy.exc import SQLAlchemyError

    try:
        yield
    except (MlflowException, SQLAlchemyError, OSError) as error:
        raise RegistryUnavailable(
            f"the model registry {shown(tracking_uri)} does not answer as it should ({_first_line(error)}), so that no model was trained, "
            "replaced or used: see that it runs and can be read, or name another one with MLFLOW_TRACKING_URI; then run again"
        ) from error


def shown(tracking_uri: str | None) -> str:
    """The address without a password."""
    return re.sub(r"//([^/@:]*):[^/@]*@", r"//\1:...@", tracking_uri or os.environ.get("MLFLOW_TRACKING_URI") or "of MLflow's default")


def _first_line(error: Exception) -> str:
    line = (str(error).strip().splitlines() or [type(error).__name__])[0]
    return line if len(line) <= 300 else f"{line[:300]}..."


def registered(mlflow: "MlflowClient", name: str) -> "RegisteredModel | None":
    """The registered model of a name; None when the registry answers that there is none."""
    from mlflow.exceptions import MlflowException

    try:
        return mlflow.get_registered_model(name)
    except MlflowException as error:
        _raise_unless_missing(error)
        return None


def by_alias(mlflow: "MlflowClient", name: str, alias: str) -> "ModelVersion | None":
    """The version of an alias; None when there is none."""
    # Not by get_model_version_by_alias: what that says of a missing alias is what it says of a wrong argument.
    model = registered(mlflow, name)
    number = model.aliases.get(alias) if model else None
    return by_number(mlflow, name, str(number)) if number is not None else None


def by_number(mlflow: "MlflowClient", name: str, number: str) -> "ModelVersion | None":
    """The version of a number; None when there is none."""
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
