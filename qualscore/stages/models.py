"""The registry of a run's models."""

from qualscore.model.lifecycle.registry import Registry
from qualscore.runs.run import Run


def registry_of(run: Run) -> Registry:
    """Where the models of a run are, and how they are named."""
    uri, artifacts = run.store
    return Registry(uri, artifacts, run.settings.models.prefix)
