"""Whether more customers would help, from a training in small with a quarter, a half and all of them."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from pyspark.sql import Column
from pyspark.sql import functions as F

from qualscore.definitions.definition import Definition
from qualscore.model.encoding.arrays import Array
from qualscore.model.encoding.draws import FINE, is_drawn
from qualscore.model.encoding.inputs import Inputs
from qualscore.model.judging import driver_fits, driver_rows
from qualscore.model.judging.driver_rows import DriverRows
from qualscore.model.learning.evaluation import ranking
from qualscore.model.learning.evidence import Evidence
from qualscore.model.learning.rows import SAMPLE_LEAST, SAMPLE_MOST, SAMPLE_PER_EXAMPLE

SHARES = (0.25, 0.5, 1.0)
REPEATS = 2  # of each share, with other customers and other folds
FEWEST = 20  # customers to learn from
MOST_EXAMPLES = 2_000  # of more the curve is that of so many
PER_EXAMPLE, LEAST_OTHERS, MOST_OTHERS = 10, 4_000, 10_000
WORTH_MORE = 0.005  # of ROC-AUC for twice the customers


def learning_curve(evidence: Evidence, chosen: Inputs, definition: Definition) -> list[dict[str, Any]]:
    """The same customers found by models of ever more of them, each by models that did not see it: learned_from and measures.

    The last point has gain_error too, the standard error of what its ROC-AUC is more than the point's before.
    """
    accounts = driver_rows.collected(evidence.rows.where(_chosen_rows(evidence, definition)), "is_example")
    is_example = accounts["is_example"].to_numpy()
    return points(driver_rows.described(accounts, chosen, definition), is_example, definition)


def _chosen_rows(evidence: Evidence, definition: Definition) -> Column:
    seed, total = definition.training.seed, int(evidence.judged["is_example"].sum())
    examples = min(total, MOST_EXAMPLES)
    others = min(max(LEAST_OTHERS, PER_EXAMPLE * examples), MOST_OTHERS)
    sampled = min(max(SAMPLE_LEAST, SAMPLE_PER_EXAMPLE * total), SAMPLE_MOST)
    is_other = F.array_contains("repeats", 0) & is_drawn("curve_others", min(1.0, others / sampled), seed=seed)
    return F.when(F.col("is_example"), is_drawn("curve_examples", examples / total, seed=seed)).otherwise(is_other)


def points(rows: DriverRows, is_example: Array, definition: Definition) -> list[dict[str, Any]]:
    """The points of a curve; none for a share of too few customers."""
    total, training = int(is_example.sum()), definition.training
    made: list[dict[str, Any]] = []
    placed: list[Array] = []
    for share in (it for it in SHARES if it == 1.0 or it * total >= FEWEST):
        runs = []
        for repeat in range(REPEATS):
            is_in = rows.draws("curve", FINE, seed=training.seed, repeat=repeat) < share * FINE
            margins = driver_fits.out_of_fold(rows, is_example, training, learns=~is_example | is_in | (share == 1.0), repeat=repeat)
            runs.append((int((is_example & (is_in | (share == 1.0))).sum()), margins[is_example], margins[~is_example]))
        measured = [ranking(examples, others, weight=1) for _, examples, others in runs]
        mean = {name: float(np.mean([it[name] for it in measured])) for name in ("roc_auc", "average_precision", "recall_at_10")}
        made.append({"learned_from": round(np.mean([it[0] for it in runs])), "customers": total, **mean})
        placed.append(np.mean([_places(examples, others) for _, examples, others in runs], axis=0))
    if len(placed) > 1:
        made[-1]["gain_error"] = float(np.std(placed[-1] - placed[-2]) / np.sqrt(total))
    return made


def _places(examples: Array, others: Array) -> Array:
    """The share of the others below each example; their mean is the ROC-AUC."""
    ordered = np.sort(others)
    below = np.searchsorted(ordered, examples, "left") + np.searchsorted(ordered, examples, "right")
    places: Array = below / (2 * len(others))
    return places


def in_words(points: Sequence[dict[str, Any]]) -> str:
    """Whether more customers would help.

    >>> in_words([{"learned_from": 100, "roc_auc": 0.80}, {"learned_from": 200, "roc_auc": 0.82}])
    'from 100 to 200 customers ROC-AUC rose from 0.800 to 0.820: more customers would help'
    """
    if len(points) < 2:
        return "too few customers to say whether more would help"
    before, after = points[-2:]
    change = after["roc_auc"] - before["roc_auc"]
    doublings = np.log2(after["learned_from"] / before["learned_from"])
    is_rising = doublings > 0 and change / doublings > WORTH_MORE
    went = "rose" if change > 0 else "went"
    verdict = "more customers would help" if is_rising else "more customers of this kind would help little"
    if is_rising and change < after.get("gain_error", 0.0):
        verdict = "more customers may help, which so few do not tell"
    moved = f"ROC-AUC {went} from {before['roc_auc']:.3f} to {after['roc_auc']:.3f}"
    return f"from {before['learned_from']:,} to {after['learned_from']:,} customers {moved}: {verdict}"
