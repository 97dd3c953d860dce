"""Points of rules fitted to customers: shown, written beside the reports, and taken only when told to."""

from collections.abc import Mapping
from pathlib import Path

from qualscore.definitions import definition as definitions
from qualscore.definitions import refined_text
from qualscore.definitions.definition import Definition
from qualscore.errors import ConfigurationError
from qualscore.model.judging.card_judging import CriterionFound, criteria_found
from qualscore.model.learning import refining
from qualscore.model.learning.refining import Refined
from qualscore.model.scorecard.card import ScorecardModel
from qualscore.runs.run import Outcome, Run, Stage
from qualscore.stages.train import INPUTS
from qualscore.stages.train_rules import rows_of
from qualscore.storage import files

WIDTH = 60


def refine(run: Run, definition: Definition) -> Outcome:
    """Fits the points of a score's criteria, shows them and, with --apply, writes them into its definition.

    Raises:
        ConfigurationError: a score that was asked for by name has no criteria or no examples; or its file cannot be written.
    """
    if definition.rules is None or definition.examples is None:
        missing = "it has no `examples` to fit points to" if definition.rules else "refine fits the points of scores of type rules"
        if definition.name in run.options.score:
            raise ConfigurationError(f"{definition.name}: {missing}")
        return Outcome(f"left as it is: {missing}")
    rows = rows_of(run, ScorecardModel(definition, tuple(sorted(run.settings.keywords))))
    refined, found = refining.refine(rows), criteria_found(rows)
    text = refined_text.criteria_text(definition.rules, refined.scorecard)
    path = files.write(run.spark, run.settings.warehouse, f"{definition.name}/refined.yml", text)
    run.console.result("\n".join([*_lines(definition, refined, found), "", text]), **_record(definition, refined, found))
    taken = _apply(run, definition, refined) if run.options.apply else f"{path} has them; refine --apply takes them"
    metrics = {
        f"{name}_{which}": value
        for name, both in refined.measures.items()
        for which, value in zip(("by_hand", "fitted"), both, strict=True)
    }
    warnings = [
        f"{definition.name}: '{name}' has most of the fitted points: only accounts of CRM, marketing or lists can meet it, and a sale "
        "itself may be why they do. Leave it out and refine again, or narrow `reference`, before anybody takes these points"
        for name in refined.dominant
    ]
    return Outcome(f"fitted to {rows.counts['examples']:,} customers; {taken}", dict(rows.counts), metrics, warnings=warnings)


def _apply(run: Run, definition: Definition, refined: Refined) -> str:
    file = definitions.file_of(run.settings.scores, definition.name)
    points = [it.points for it in refined.scorecard.criteria]
    try:
        _write(file, refined_text.with_points(file.read_text(encoding="utf-8-sig"), points))
    except OSError as error:
        raise ConfigurationError(f"{file}: cannot be written ({error.strerror}); take the points from the output by hand") from None
    return f"{file} has the fitted points now; train registers them"


def _write(file: Path, text: str) -> None:
    """Writes a file whole or not at all."""
    fresh = file.with_name(f".{file.name}.new")
    fresh.write_text(text, encoding="utf-8")
    fresh.replace(file)


def _lines(definition: Definition, refined: Refined, found: list[CriterionFound]) -> list[str]:
    head = f"  {'criterion':<{WIDTH}}{'by hand':>9}{'fitted':>9}{'customers':>11}{'others':>9}"
    lines = [f"\n{definition.name}: points by hand and fitted to customers", head]
    for it, criterion in zip(found, refined.scorecard.criteria, strict=True):
        numbers = f"{it.points:>9g}{criterion.points:>9g}{it.customers or 0:>11.1%}{it.others:>9.1%}"
        lines.append(f"  {it.criterion:<{WIDTH}}{numbers}" if len(it.criterion) < WIDTH else f"  {it.criterion}\n  {'':<{WIDTH}}{numbers}")
    measures = [f"{name.replace('_', ' ')} {by_hand:.3f} / {fitted:.3f}" for name, (by_hand, fitted) in refined.measures.items()]
    lines.append(f"  by hand / fitted, the latter on customers that the fit did not see: {', '.join(measures)}")
    if refined.contradicted:
        lines.append(f"  no points are left where customers are not as the criterion says: {'; '.join(refined.contradicted)}")
    return lines


def _record(definition: Definition, refined: Refined, found: list[CriterionFound]) -> dict[str, object]:
    points = [it.points for it in refined.scorecard.criteria]
    criteria = [vars(it) | {"fitted": value} for it, value in zip(found, points, strict=True)]
    return {
        "score_name": definition.name,
        "criteria": criteria,
        "measures": refined.measures,
        "contradicted": refined.contradicted,
        "dominant": refined.dominant,
    }


def _refine_depends(run: Run, definition: Definition) -> Mapping[str, object]:
    return {"definition": definition.fingerprint}


REFINE = Stage("refine", refine, _refine_depends, per_score=True, inputs=INPUTS)
