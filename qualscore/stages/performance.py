"""What became of deals by the score of their accounts."""

from collections.abc import Sequence

from qualscore.definitions.definition import Definition
from qualscore.runs import records
from qualscore.runs.run import Run
from qualscore.scores.fit_intent import FIT_INTENT
from qualscore.scores.performance import PERFORMANCE, score_performance
from qualscore.scores.surprises import SURPRISES, score_surprises
from qualscore.stages.describing import features_date
from qualscore.stages.reading import SCORES, clean, history


def write_performance(run: Run, definitions: Sequence[Definition]) -> int:
    """Writes scores/score_performance, of scores that scores/fit_intent holds; returns the number of rows."""
    table = score_performance(
        run.tables.read(FIT_INTENT),
        clean(run, "crm_opportunities"),
        history(run),
        products={it.name: products_of(it) for it in definitions},
        first_on=records.first_scored_on(run),
        as_of=features_date(run),
    )
    return run.tables.replace(PERFORMANCE, table)


def write_surprises(run: Run, definitions: Sequence[Definition]) -> int:
    """Writes scores/score_surprises, of scores that scores/fit_intent holds; returns the number of rows."""
    table = score_surprises(
        run.tables.read(FIT_INTENT),
        run.tables.read(SCORES),
        clean(run, "crm_opportunities"),
        history(run),
        products={it.name: products_of(it) for it in definitions},
        first_on=records.first_scored_on(run),
        as_of=features_date(run),
    )
    return run.tables.replace(SURPRISES, table)


def products_of(definition: Definition) -> list[str]:
    """The products whose deals choose a score's customers; none where deals choose none, or those of any product do."""
    asked = [it.opportunities.product for it in definition.examples.picking() if it.opportunities] if definition.examples else []
    return sorted({name for names in asked for name in names}) if all(asked) else []
