"""What became of deals by the score of their accounts."""

from collections.abc import Sequence

from qualscore.definitions.definition import Definition
from qualscore.runs import records
from qualscore.runs.run import Run
from qualscore.scores.fit_intent import FIT_INTENT
from qualscore.scores.performance import PERFORMANCE, score_performance, scored_deals
from qualscore.scores.surprises import SURPRISES, score_surprises
from qualscore.stages.describing import features_date
from qualscore.stages.reading import SCORES, clean, history


def write_performance(run: Run, definitions: Sequence[Definition]) -> dict[str, int]:
    """Writes scores/score_performance and scores/score_surprises, of scores that scores/fit_intent holds; returns their numbers of rows."""
    fit_intent, as_of = run.tables.read(FIT_INTENT), features_date(run)
    present, then = scored_deals(
        fit_intent,
        clean(run, "crm_opportunities"),
        history(run),
        products={it.name: products_of(it) for it in definitions},
        first_on=records.first_scored_on(run),
        as_of=as_of,
    )
    return {
        "performance": run.tables.replace(PERFORMANCE, score_performance(present, then, fit_intent, as_of=as_of)),
        "surprises": run.tables.replace(SURPRISES, score_surprises(then, run.tables.read(SCORES), as_of=as_of)),
    }


def products_of(definition: Definition) -> list[str]:
    """The products whose deals choose a score's customers; none where deals choose none, or those of any product do."""
    asked = [it.opportunities.product for it in definition.examples.picking() if it.opportunities] if definition.examples else []
    return sorted({name for names in asked for name in names}) if all(asked) else []
