"""Whether a score's model has to be trained again: it has aged, its definition differs, or its accounts have changed."""

from collections.abc import Mapping
from dataclasses import replace

from qualscore.definitions.definition import Definition
from qualscore.errors import RetrainingDue
from qualscore.model.judging import ageing
from qualscore.runs.run import Outcome, Run, Stage
from qualscore.stages.models import registry_of
from qualscore.stages.profiles import changes_since_training
from qualscore.stages.train import TRAIN, train_due


def check_due(run: Run, definition: Definition) -> Outcome:
    """Says that a model is as it should be, until when, and how far its accounts have drifted.

    Raises:
        RetrainingDue: with every reason.
    """
    reasons, indices = _reasons(run, definition)
    if reasons:
        raise RetrainingDue(f"{definition.name}: retraining is due: {'; '.join(reasons)}. Do it with retrain --if-due")
    drift = ", ".join(f"{name} {index:.2f}" for name, index in [*indices.items()][: ageing.NAMED]) or "not known of this version"
    sentence = f"retraining is not due; the largest drift since the training (PSI): {drift}"
    run.console.result(f"{definition.name}: {sentence}", score_name=definition.name, due=False, drift=indices)
    return Outcome(sentence, metrics={f"psi_{name}": index for name, index in indices.items() if index > 0.01})


def _due(run: Run, definition: Definition) -> str | None:
    if not run.options.if_due:
        return "asked for"
    return "; ".join(_reasons(run, definition)[0]) or None


def _reasons(run: Run, definition: Definition) -> tuple[list[str], dict[str, float]]:
    """Why training is due, and the drift of margin and factors since the champion's."""
    store = registry_of(run)
    aged, champion = train_due(run, definition), store.champion(definition.name)
    if champion is None:
        return [aged or "no model yet"], {}
    changes = changes_since_training(run, definition.name)
    if changes is None:
        return [aged] if aged else [], {}
    indices = {it.factor: it.index for it in changes}
    return [*([aged] if aged else []), *ageing.reasons(indices)], indices


def _depends(run: Run, definition: Definition) -> Mapping[str, object]:
    return {"definition": definition.fingerprint}


def _always(run: Run, definition: Definition) -> str:
    return "asked for"


RETRAIN_CHECK = Stage(
    "retrain_check", check_due, _depends, due=_always, per_score=True, inputs=TRAIN.inputs, wanted=lambda options: options.check
)
RETRAIN = replace(TRAIN, due=_due, wanted=lambda options: not options.check)
