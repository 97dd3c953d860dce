"""What a score's challenger would change, before anybody promotes it."""

from collections.abc import Sequence
from typing import Any

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from qualscore.definitions.definition import Definition
from qualscore.errors import ConfigurationError
from qualscore.model.encoding.draws import is_drawn
from qualscore.model.judging import expectations
from qualscore.model.learning import population
from qualscore.model.lifecycle import comparison, comparison_report
from qualscore.runs.run import Outcome, Run, Stage
from qualscore.stages import gating
from qualscore.stages.gating import Admission
from qualscore.stages.labelling import labelled, with_coverage
from qualscore.stages.models import registry_of
from qualscore.stages.promote import promote_depends
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
        raise ConfigurationError(
            f"{name}: {'no version serves' if serving is None else 'no challenger waits'}: there is nothing to compare"
        )
    champion, challenger = (store.load_version(name, it.number).with_presentation(definition) for it in (serving, waiting))
    judged = gating.judged_today(run, definition)
    passage = gating.passage(champion, challenger, judged)
    expect = {version: gating.expected_of(run, definition, it) for version, it in (("champion", champion), ("challenger", challenger))}
    accounts = _accounts(run, definition, share=judged.share)
    places = ["crm", "evaluation", *(["universe"] if run.options.all else [])]
    rows = comparison.compare(champion.in_pass, challenger.in_pass, accounts, places=places)
    admission = Admission(passage, expect["challenger"])
    record: dict[str, Any] = comparison_report.record(rows) | {"score_name": name, "champion": serving.number, "challenger": waiting.number}
    record |= {"gate": admission.report, "expect": expect}
    head = f"\n{name}: version {waiting.number}, the challenger, in place of version {serving.number}, the champion"
    run.console.result("\n".join([head, *_gate(admission), *comparison_report.lines(record), *_expected(expect)]), **record)
    changed = {place: found["changed"] for place, found in record["places"].items()}
    said = ", ".join(f"{number:,} {comparison_report.PLACES[place]}" for place, number in changed.items())
    return Outcome(f"{said} would change band", counts={f"changed_{place}": number for place, number in changed.items()})


def _accounts(run: Run, definition: Definition, *, share: float) -> DataFrame:
    """Today's accounts that get a score, and where they are counted; of the universe those of the CRM and of the sample without --all."""
    flagged = population.marked(with_coverage(run, labelled(run, definition)))
    drawn = F.col("is_unlabelled") & is_drawn("evaluation", share, seed=definition.training.seed)
    places = {"crm": F.col("in_crm"), "evaluation": drawn, "universe": F.lit(True)}
    counted = flagged.where("has_data and not is_excluded").withColumns(places)
    return counted if run.options.all else counted.where("crm or evaluation")


def _gate(admission: Admission) -> list[str]:
    assert admission.passage is not None
    figures = admission.passage.figures
    pairs = (
        f"{label} {figures[key][0]:.3f} -> {figures[key][1]:.3f}"
        for key, label in (("roc_auc", "ROC-AUC"), ("average_precision", "average precision"))
    )
    low, high = figures["roc_auc_difference"]
    against = "; ".join(admission.against)
    return [
        f"  on today's customers and sample: {', '.join(pairs)} (difference of ROC-AUC {low:+.3f} to {high:+.3f})",
        f"  may it serve?        {f'not by itself: {against}' if against else 'yes'}",
    ]


def _expected(expect: dict[str, list[Any]]) -> Sequence[str]:
    marks = {True: "met", False: "MISSED", None: "shown"}
    return [f"  {version:<12}{marks[found['passed']]}: {expectations.sentence(found)}" for version in expect for found in expect[version]]


COMPARE = Stage("compare", compare, promote_depends, per_score=True, inputs=INPUTS)
