"""What a score's challenger would change, before anybody promotes it."""

from typing import Any

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from qualscore.definitions.definition import Definition
from qualscore.errors import ConfigurationError
from qualscore.model.encoding.draws import is_drawn
from qualscore.model.judging import expectations
from qualscore.model.learning import population
from qualscore.model.learning.judged_model import Model
from qualscore.model.lifecycle import comparison, comparison_report
from qualscore.runs.run import Outcome, Run, Stage
from qualscore.stages import gating
from qualscore.stages.gating import Admission
from qualscore.stages.labelling import labelled, with_coverage, with_facts
from qualscore.stages.models import registry_of
from qualscore.stages.promote import promote_depends
from qualscore.stages.reading import FEATURES
from qualscore.stages.train import INPUTS


def compare(run: Run, definition: Definition) -> Outcome:
    """Prints what the challenger would change in place of the champion: bands, causes, factors, test lists. Nothing is written.

    Raises:
        ConfigurationError: there are no two versions to compare.
    """
    name, store = definition.name, registry_of(run)
    serving, waiting = store.champion(name), store.challenger(name)
    if waiting is None and not run.options.score:
        return Outcome("no challenger waits")
    if serving is None or waiting is None:
        lacking = "no version serves" if serving is None else "no challenger waits"
        raise ConfigurationError(f"{name}: {lacking}: there is nothing to compare")
    models = (store.load_version(name, it.number).with_presentation(definition) for it in (serving, waiting))
    record: dict[str, Any] = {"score_name": name, "champion": serving.number, "challenger": waiting.number} | _compared(
        run, definition, *models
    )
    run.console.result("\n" + "\n".join(comparison_report.lines(record) + _expected(record["expect"])), **record)
    changed = {place: found["changed"] for place, found in record["places"].items()}
    said = ", ".join(f"{number:,} {comparison_report.PLACES[place]}" for place, number in changed.items())
    return Outcome(f"{said} would change band", counts={f"changed_{place}": number for place, number in changed.items()})


def _compared(run: Run, definition: Definition, champion: Model, challenger: Model) -> dict[str, Any]:
    """What the gate says, what is counted account by account, and what becomes of each expectation under either model."""
    judged = gating.judged_today(run, definition) if gating.are_trained(champion, challenger) else None
    passage = gating.passage(champion, challenger, lambda: judged or gating.judged_today(run, definition))
    expect = {which: gating.expected_of(run, definition, it) for which, it in (("champion", champion), ("challenger", challenger))}
    admission = Admission(passage, expect["challenger"])
    share = judged.share if judged else min(1.0, run.settings.evaluation_accounts / max(1, run.tables.read(FEATURES).count()))
    accounts = _accounts(run, definition, share=share)
    for model in (champion, challenger):
        accounts = with_facts(run, model, accounts)
    places = ["crm", "evaluation", *(["universe"] if run.options.all else [])]
    rows = comparison.compare(champion.in_pass, challenger.in_pass, accounts, places=places)
    return {"gate": admission.report, "against": admission.against, **comparison_report.record(rows), "expect": expect}


def _accounts(run: Run, definition: Definition, *, share: float) -> DataFrame:
    """Today's accounts that get a score, and where they are counted; of the universe those of the CRM and of the sample without --all."""
    flagged = population.marked(with_coverage(run, labelled(run, definition)))
    drawn = F.col("is_unlabelled") & is_drawn("evaluation", share, seed=definition.training.seed)
    places = {"crm": F.col("in_crm"), "evaluation": drawn, "universe": F.lit(True)}
    counted = flagged.where("has_data and not is_excluded").withColumns(places)
    return counted if run.options.all else counted.where("crm or evaluation")


def _expected(expect: dict[str, list[Any]]) -> list[str]:
    """What becomes of each expectation under either model."""
    return [f"  {which:<22}{expectations.mark(found)}: {expectations.sentence(found)}" for which in expect for found in expect[which]]


COMPARE = Stage("compare", compare, promote_depends, per_score=True, inputs=INPUTS)
