"""Other models of the same rows, only to judge: trained before a date, or on fewer customers."""

from typing import Any

import pandas as pd
from pyspark.sql import Column
from pyspark.sql import functions as F

from qualscore.definitions.definition import Definition
from qualscore.model.encoding.draws import is_drawn
from qualscore.model.learning import fitting
from qualscore.model.learning.evaluation import intervals, ranking
from qualscore.model.learning.evidence import Evidence

LATER_SHARE = 0.25
FEWEST_EXAMPLES = 50  # on either side of the date
CURVE_FROM = 50


def by_time(evidence: Evidence, definition: Definition) -> dict[str, Any]:
    """Judges models of examples before a date on the later ones against unlabelled accounts of later dates.

    The date leaves a quarter of the dated examples after it. Undated examples are on neither side.

    Returns:
        from, customers_before, customers, unlabelled, measures and intervals; or why it was not done: `skipped`.
    """
    examples = evidence.judged[evidence.judged["is_example"]]
    dates = sorted(examples.loc[examples["is_dated"], "as_of_on"])
    if 2 * len(dates) < len(examples):
        return {"skipped": f"only {len(dates)} of {len(examples)} customers have a date"}
    cut = dates[int((1 - LATER_SHARE) * len(dates))]
    before = sum(it < cut for it in dates)
    if min(before, len(dates) - before) < FEWEST_EXAMPLES:
        reason = f"{before} customers before {cut} and {len(dates) - before} later; {FEWEST_EXAMPLES} on each side are needed"
        return {"skipped": reason}
    earlier = F.col("as_of_on") < F.lit(cut)
    margins = _refit(evidence, definition, learns=F.col("is_dated") & earlier, judged=F.col("is_dated") & ~earlier)
    return {"from": str(cut), "customers_before": before} | _measured(margins, evidence.weight)


def learning_curve(evidence: Evidence, definition: Definition) -> list[dict[str, Any]]:
    """The same customers found by models of ever more of them, each by models that did not see it: learned_from and measures."""
    total = int(evidence.judged["is_example"].sum())
    points = []
    for size in sizes(total):
        learns = ~F.col("is_example") | is_drawn("curve", min(1.0, size / total), seed=definition.training.seed)
        margins = _refit(evidence, definition, learns=F.lit(True) if size == total else learns, judged=F.lit(True))
        learned = int((margins["learned"] & margins["is_example"]).sum())
        points.append({"learned_from": learned} | _measured(margins, evidence.weight))
    return points


def sizes(total: int) -> list[int]:
    """50, 100, 200, ... and all; the last step is no smaller than a third.

    >>> sizes(450), sizes(230)
    ([50, 100, 200, 450], [50, 100, 230])
    """
    doubled = [CURVE_FROM * 2**i for i in range(20) if CURVE_FROM * 2**i * 1.3 <= total]
    return [*doubled, total]


def _refit(evidence: Evidence, definition: Definition, *, learns: Column, judged: Column) -> pd.DataFrame:
    """Margins of a single-repeat ensemble: is_example, learned, margin.

    Args:
        evidence: the rows.
        definition: of the model.
        learns: which rows may train (examples and the unlabelled ones that some repeat drew).
        judged: which rows are judged; one that trained is judged by the model that left its fold out.
    """
    single = definition.model_copy(update={"training": definition.training.model_copy(update={"repeats": 1})})
    sampled = F.when(F.array_contains("repeats", 0) & learns, F.array(F.lit(0))).otherwise(F.array().cast("array<int>"))
    wanted = judged & (F.col("is_example") | F.col("in_evaluation"))
    marks = {"was_example": F.col("is_example"), "learned": learns, "is_judged": wanted}
    rows = evidence.rows.withColumns(marks).withColumns({"repeats": sampled, "is_example": F.col("is_example") & F.col("learned")})
    model, vectors = fitting.fit(rows, evidence.values, evidence.shares, single, keep=tuple(marks))
    margins = model.margins(vectors.where("is_judged"), "was_example", "learned").toPandas()
    return margins.rename(columns={"was_example": "is_example"})


def _measured(margins: pd.DataFrame, weight: float) -> dict[str, Any]:
    is_example = margins["is_example"].to_numpy(bool)
    examples, unlabelled = (margins["margin"].to_numpy()[side] for side in (is_example, ~is_example))
    measures = {"customers": len(examples), "unlabelled": len(unlabelled), **ranking(examples, unlabelled, weight=weight)}
    return measures | {"intervals": intervals(examples, unlabelled, weight=weight)}
