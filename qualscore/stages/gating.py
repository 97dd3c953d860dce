"""A trained model before the gate: with what it is compared, and what is said where it waits."""

from dataclasses import replace

from qualscore.definitions.definition import Definition
from qualscore.errors import ConfigurationError, GateMissed
from qualscore.model.learning import rejudging
from qualscore.model.learning.training import Trained
from qualscore.model.lifecycle import gate
from qualscore.model.lifecycle.gate import Passage
from qualscore.model.lifecycle.registry import Registry
from qualscore.model.scoring.qualification import QualificationModel
from qualscore.runs.run import Outcome, Run


def serving(store: Registry, name: str) -> tuple[QualificationModel | None, list[str]]:
    """The champion and, of one that cannot score today's accounts any more and so is none, a warning."""
    champion = store.champion(name)
    if champion is None:
        return None, []
    try:
        return store.load_version(name, champion.number), []
    except ConfigurationError as error:
        return None, [f"{name}: version {champion.number} cannot be compared with, and is replaced: {error}"]


def passage(champion: QualificationModel | None, trained: Trained) -> Passage | None:
    """What the gate says of a trained model; None where no champion serves."""
    if champion is None:
        return None
    judged = rejudging.Judged(trained.evidence.rows, trained.evidence.weight)
    margins = rejudging.margins(judged, champion=champion, new=trained.model)
    return gate.judge(champion, trained.model, margins, weight=judged.weight)


def kept_out(run: Run, definition: Definition, done: Outcome, passage: Passage) -> Outcome:
    """The outcome of a training whose model waits: the main job goes on with the champion."""
    name, share = definition.name, passage.figures["bands_changed"]
    sentence = (
        f"version {done.model_version} waits as the challenger, and version {passage.figures['champion']} still serves: "
        f"{'; '.join(passage.against)}. It would change the band of {share:.1%} of the accounts: see compare --score {name}, and take it "
        f"with promote --score {name} --force"
    )
    if run.job == "pipeline":
        return replace(done, warnings=[*done.warnings, f"{name}: {sentence}"])
    return replace(done, sentence=f"{sentence}. {done.sentence}", exit_code=GateMissed.exit_code)
