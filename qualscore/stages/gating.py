"""A model before it may serve: the gate that compares it with the champion, and the accounts that it has to score as expected."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from qualscore.definitions.definition import Definition
from qualscore.errors import ConfigurationError, GateMissed
from qualscore.model.judging import expectations
from qualscore.model.learning import population, rejudging
from qualscore.model.learning.judged_model import Model
from qualscore.model.learning.rejudging import Judged
from qualscore.model.lifecycle import gate
from qualscore.model.lifecycle.gate import Passage
from qualscore.model.lifecycle.registry import Registry
from qualscore.model.scorecard.card import ScorecardModel
from qualscore.runs.run import Outcome, Run
from qualscore.stages.describing import describe, features_date
from qualscore.stages.labelling import labelled, with_facts


@dataclass(frozen=True)
class Admission:
    """Whether a model may serve.

    Attributes:
        passage: what the gate says; None where no champion serves.
        expect: what became of each expectation.
    """

    passage: Passage | None
    expect: Sequence[Any]

    @property
    def stopped_by(self) -> list[str]:
        """The expectations that no model may miss, and that this one misses."""
        return expectations.missed(self.expect, must=True)

    @property
    def against(self) -> list[str]:
        """All that keeps the model from serving."""
        return [*(self.passage.against if self.passage else []), *self.stopped_by]

    def doubts(self, name: str) -> list[str]:
        """The other expectations that it misses, as warnings."""
        return [f"{name}: {sentence}" for sentence in expectations.missed(self.expect, must=False)]

    @property
    def report(self) -> dict[str, Any] | None:
        """What the gate says, for the report."""
        return self.passage.figures | {"against": self.passage.against} if self.passage else None


def serving(store: Registry, name: str) -> tuple[Model | None, list[str]]:
    """The champion and, of one that cannot score today's accounts any more and so is none, a warning."""
    champion = store.champion(name)
    if champion is None:
        return None, []
    try:
        return store.load_version(name, champion.number), []
    except ConfigurationError as error:
        return None, [f"{name}: version {champion.number} cannot be compared with, and is replaced: {error}"]


def passage(champion: Model | None, new: Model, judged: Callable[[], Judged]) -> Passage | None:
    """What the gate says of a model; None where no champion serves.

    Where one of both counts points nothing is learned, so that what differs is the definition.

    Args:
        champion: the model that serves.
        new: the other one.
        judged: the accounts that judge both, asked for where both are trained.
    """
    if champion is None:
        return None
    if isinstance(champion, ScorecardModel) or isinstance(new, ScorecardModel):
        return Passage({"champion": champion.version}, gate.changed(champion, new))
    accounts = judged()
    return gate.judge(champion, new, rejudging.margins(accounts, champion=champion, new=new), weight=accounts.weight)


def are_trained(*models: Model) -> bool:
    """Whether none of the models counts points."""
    return not any(isinstance(it, ScorecardModel) for it in models)


def judged_today(run: Run, definition: Definition) -> Judged:
    """The accounts that judge models which are there, as of the day of the features."""
    as_of, most = features_date(run), run.settings.evaluation_accounts
    return rejudging.accounts_that_judge(labelled(run, definition), describe(run), definition, as_of=as_of, evaluation_accounts=most)


def expected_of(run: Run, definition: Definition, model: Model) -> list[Any]:
    """What becomes of the definition's expectations under a model, as of the day of the features."""
    if not definition.expect:
        return []
    accounts = population.expected(population.marked(labelled(run, definition)))
    return list(expectations.judge(model.with_presentation(definition), with_facts(run, model, accounts), definition.expect))


def kept_out(run: Run, definition: Definition, done: Outcome, admission: Admission) -> Outcome:
    """The outcome of a training whose model waits: the main job goes on with the champion, if there is one."""
    name, found = definition.name, admission.passage
    waits, reasons = f"version {done.model_version} waits as the challenger", "; ".join(admission.against)
    if found is None:
        sentence = f"{waits}, and no version serves, so that nothing is scored: {reasons}. Mend the examples, or what is expected of them"
        return replace(done, sentence=f"{sentence}. {done.sentence}", exit_code=GateMissed.exit_code)
    sentence = f"{waits}, and version {found.figures['champion']} still serves: {reasons}. {_change(found)} compare --score {name}"
    sentence += "" if admission.stopped_by else f", and take it with promote --score {name} --force"
    if run.job == "pipeline":
        return replace(done, warnings=[*done.warnings, f"{name}: {sentence}"])
    return replace(done, sentence=f"{sentence}. {done.sentence}", exit_code=GateMissed.exit_code)


def _change(passage: Passage) -> str:
    share = passage.figures.get("bands_changed")
    return "See what it would change with" if share is None else f"It would change the band of {share:.1%} of the accounts: see"
