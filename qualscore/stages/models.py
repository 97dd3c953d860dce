"""The models of a run: where they are registered, and the lock that keeps others from changing a score meanwhile."""

from collections.abc import Iterator
from contextlib import contextmanager

from qualscore.model.lifecycle.registry import Registry
from qualscore.runs.run import Run
from qualscore.storage import locks


def registry_of(run: Run) -> Registry:
    """Where the models of a run are, and how they are named."""
    uri, artifacts = run.store
    return Registry(uri, artifacts, run.settings.models.prefix)


@contextmanager
def locked(run: Run, score_name: str) -> Iterator[None]:
    """Holds the lock of a score, which train, score, promote and rollback share; other scores are free.

    Raises:
        Locked: another run holds the lock.
    """
    with locks.held(run.tables, f"score_{score_name}", run_id=run.run_id):
        yield
