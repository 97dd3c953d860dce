"""The version that served before the champion serves again."""

from qualscore.definitions.definition import Definition
from qualscore.runs.run import Outcome, Run, Stage
from qualscore.stages import model_reports
from qualscore.stages.models import locked, registry_of


def roll_back(run: Run, definition: Definition) -> Outcome:
    """Takes the last promotion of a score back, whatever is said of either model; reads no table.

    Raises:
        ConfigurationError: no version served before.
    """
    with locked(run, definition.name):
        store = registry_of(run)
        now, former = store.roll_back(definition.name)
        model_reports.write_of(run, store, definition.name, now)
    return Outcome(f"version {now} serves again in place of version {former}; score uses it", model_version=now)


ROLLBACK = Stage("rollback", roll_back, lambda run, definition: {}, per_score=True)
