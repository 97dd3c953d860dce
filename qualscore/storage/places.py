"""Where a run keeps what is not a table: beside the default warehouse, or within any other."""

import os
import tempfile
from pathlib import Path

from qualscore import paths
from qualscore.config import ROOT
from qualscore.errors import ConfigurationError

STATE = ROOT / ".qualscore"


def beside(warehouse: str, name: str) -> str:
    """The folder `name` here: WAREHOUSE/_NAME; .qualscore/NAME of the checkout for its own warehouse, and for one that is elsewhere."""
    local = paths.local(warehouse)
    return str(STATE / name) if local is None or Path(local) == STATE / "warehouse" else f"{local}/_{name}"


def check_writable(warehouse: str) -> None:
    """Raises ConfigurationError when tables cannot be written to a local warehouse."""
    folder = paths.local(warehouse)
    if folder is None:
        return
    try:
        Path(folder).mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise ConfigurationError(
            f"{warehouse}: the warehouse cannot be written ({error.strerror}); choose another with --warehouse DIR"
        ) from None


def registry(warehouse: str) -> tuple[str, str | None]:
    """The MLflow store and where it keeps files: MLFLOW_TRACKING_URI, else a database of the warehouse's own."""
    given = os.environ.get("MLFLOW_TRACKING_URI")
    if given:
        return given, None
    local = paths.local(warehouse)
    if local is None:
        raise ConfigurationError(f"{warehouse} is no local folder, so that it cannot hold the MLflow database: set MLFLOW_TRACKING_URI")
    folder = Path(beside(local, "mlflow"))
    folder.mkdir(parents=True, exist_ok=True)
    return f"sqlite:///{folder / 'mlflow.db'}", (folder / "artifacts").as_uri()
