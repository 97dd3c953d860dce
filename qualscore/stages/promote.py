"""The challenger of a score takes the champion's place."""

from collections.abc import Mapping

from qualscore.definitions.definition import Definition
from qualscore.errors import ConfigurationError, GateMissed
from qualscore.model.learning import rejudging
from qualscore.model.lifecycle import gate
from qualscore.model.lifecycle.registry import Registry, Version
from qualscore.runs.run import Outcome, Run, Stage
from qualscore.stages import model_reports
from qualscore.stages.describing import describe, features_date
from qualscore.stages.labelling import labelled
from qualscore.stages.models import locked, registry_of
from qualscore.stages.train import INPUTS


def promote(run: Run, definition: Definition) -> Outcome:
    """Judges the challenger against the champion on today's accounts and, where it passes or has to, makes it the champion.

    Raises:
        ConfigurationError: no challenger waits.
        GateMissed: the challenger misses the gate or asks another question, and --force is not given.
    """
    store = registry_of(run)
    with locked(run, definition.name):
        waiting = _waiting(store, definition.name)
        against = _against(run, store, definition, waiting)
        if against and not run.options.force:
            raise GateMissed(
                f"{definition.name}: version {waiting.number} stays the challenger: {'; '.join(against)}. "
                f"compare --score {definition.name} says what it would change; promote it all the same with --force"
            )
        store.promote(definition.name, waiting.number)
        model_reports.write_of(run, store, definition.name, waiting.number)
    in_spite = [f"{definition.name}: version {waiting.number} serves although {reason}" for reason in against]
    return Outcome(f"version {waiting.number} serves; score uses it", model_version=waiting.number, warnings=in_spite)


def _waiting(store: Registry, name: str) -> Version:
    waiting = store.challenger(name)
    if waiting is None:
        raise ConfigurationError(f"{name}: no challenger waits to be promoted; train makes one where a new model does not pass by itself")
    return waiting


def _against(run: Run, store: Registry, definition: Definition, waiting: Version) -> list[str]:
    """What speaks against the challenger; nothing where no champion serves."""
    champion = store.champion(definition.name)
    if champion is None:
        return []
    serving, new = (store.load_version(definition.name, it.number) for it in (champion, waiting))
    evaluation = run.settings.evaluation_accounts
    judged = rejudging.accounts_that_judge(
        labelled(run, definition), describe(run), definition, as_of=features_date(run), evaluation_accounts=evaluation
    )
    return gate.judge(serving, new, rejudging.margins(judged, champion=serving, new=new), weight=judged.weight).against


def promote_depends(run: Run, definition: Definition) -> Mapping[str, object]:
    """What a promotion depends on."""
    return {"definition": definition.fingerprint}


PROMOTE = Stage("promote", promote, promote_depends, per_score=True, inputs=INPUTS)
