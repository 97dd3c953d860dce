"""The challenger of a score takes the champion's place."""

from collections.abc import Mapping

from qualscore.definitions.definition import Definition
from qualscore.errors import ConfigurationError, GateMissed
from qualscore.model.lifecycle.registry import Registry
from qualscore.runs.run import Outcome, Run, Stage
from qualscore.stages import gating, model_reports
from qualscore.stages.gating import Admission
from qualscore.stages.models import locked, registry_of
from qualscore.stages.train import INPUTS


def promote(run: Run, definition: Definition) -> Outcome:
    """Judges the challenger on today's accounts and, where it may serve or --force has it so, makes it the champion.

    Raises:
        ConfigurationError: no challenger waits.
        GateMissed: the challenger misses the gate or asks another question, and --force is not given; or it misses what it must not.
    """
    name, store = definition.name, registry_of(run)
    with locked(run, name):
        waiting = store.challenger(name)
        if waiting is None:
            raise ConfigurationError(f"{name}: no challenger waits; train makes one where a new model does not pass by itself")
        admission = admission_of(run, store, definition, waiting.number)
        if admission.stopped_by or (admission.against and not run.options.force):
            raise GateMissed(
                f"{name}: version {waiting.number} stays the challenger: {'; '.join(admission.against)}. {_way_out(name, admission)}"
            )
        store.promote(name, waiting.number)
        model_reports.write_of(run, store, name, waiting.number)
    in_spite = [f"{name}: version {waiting.number} serves although {reason}" for reason in admission.against]
    warnings = [*in_spite, *admission.doubts(name)]
    return Outcome(f"version {waiting.number} serves; score uses it", model_version=waiting.number, warnings=warnings)


def admission_of(run: Run, store: Registry, definition: Definition, number: int) -> Admission:
    """Whether a version that is there may serve."""
    champion, _ = gating.serving(store, definition.name)
    new = store.load_version(definition.name, number)
    passage = gating.passage(champion, new, lambda: gating.judged_today(run, definition))
    return Admission(passage, gating.expected_of(run, definition, new))


def _way_out(name: str, admission: Admission) -> str:
    if admission.stopped_by:
        return "No model serves that misses what must be met (must: true)"
    return f"compare --score {name} says what it would change; promote it all the same with --force"


def promote_depends(run: Run, definition: Definition) -> Mapping[str, object]:
    """What a promotion depends on."""
    return {"definition": definition.fingerprint}


PROMOTE = Stage("promote", promote, promote_depends, per_score=True, inputs=INPUTS)
