"""How far today's accounts differ from those of the dates that were learned from: whether a model can tell them apart."""

from typing import Any

import numpy as np
import pyarrow as pa

from qualscore.definitions.definition import Definition
from qualscore.model.encoding.arrays import Array
from qualscore.model.encoding.draws import is_drawn
from qualscore.model.encoding.inputs import Inputs
from qualscore.model.judging import driver_fits, driver_rows
from qualscore.model.judging.driver_rows import DriverRows
from qualscore.model.learning.evaluation import ranking
from qualscore.model.learning.evidence import Evidence
from qualscore.model.learning.rows import TODAY_ACCOUNTS

ACCOUNTS = 4_000  # of either side
TELLING = 0.60  # ROC-AUC of a single column that is named
NAMED = 3


def of_training(evidence: Evidence, chosen: Inputs, definition: Definition) -> dict[str, Any]:
    """Compares unlabelled accounts of the examples' dates with those of the training date; see `between`. None when nothing is dated."""
    if evidence.today is None:
        return {"drift_auc": None, "drift_factors": []}
    n_judged = len(evidence.margins[1])
    n_today = min(TODAY_ACCOUNTS, round(evidence.weight * n_judged))
    seed = definition.training.seed
    dated = evidence.rows.where("in_evaluation and not is_example").where(is_drawn("drift", min(1.0, ACCOUNTS / n_judged), seed=seed))
    today = evidence.today.where(is_drawn("drift", min(1.0, ACCOUNTS / n_today), seed=seed))
    return between(driver_rows.collected(dated), driver_rows.collected(today), chosen, definition)


def between(before: pa.Table, now: pa.Table, chosen: Inputs, definition: Definition) -> dict[str, Any]:
    """How well a model tells accounts of now from those of before.

    Both may describe the same accounts: an account has one fold whatever its day, so that no model has seen it on another.

    Args:
        before: `driver_rows.collected`.
        now: the same.
        chosen: the inputs to compare.
        definition: what is left out, and how to train.

    Returns:
        drift_auc, 0.5 where nothing tells them apart, and drift_factors, at most three factors that tell them apart alone.
    """
    both = pa.concat_tables([before, now])
    is_now = np.arange(len(both)) >= len(before)
    rows = driver_rows.described(both, chosen, definition)
    margins = driver_fits.out_of_fold(rows, is_now, definition.training)
    auc = ranking(margins[is_now], margins[~is_now], weight=1)["roc_auc"]
    return {"drift_auc": auc, "drift_factors": _telling(rows, is_now, chosen)}


def _telling(rows: DriverRows, is_now: Array, chosen: Inputs) -> list[str]:
    """The factors whose columns tell most, the first ones first."""
    auc_of: dict[str, float] = {}
    factors, factor_of_column = chosen.factors, chosen.factor_of_column
    for place, values in zip(rows.columns, rows.static.T, strict=True):
        known = np.where(np.isnan(values), -np.inf, values)
        auc = ranking(known[is_now], known[~is_now], weight=1)["roc_auc"]
        factor = factors[factor_of_column[place]]
        auc_of[factor] = max(auc_of.get(factor, 0.0), abs(auc - 0.5) + 0.5)
    return sorted((it for it in auc_of if auc_of[it] > TELLING), key=lambda it: (-auc_of[it], it))[:NAMED]
