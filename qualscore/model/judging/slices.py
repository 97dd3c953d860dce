"""Parts of the universe, each judged for itself: a model may be good over all and useless within the part that one sells to."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from qualscore.intervals import NORMAL_95
from qualscore.model.encoding.arrays import Array
from qualscore.model.judging import single_factors
from qualscore.model.judging.single_factors import Measured, Rule
from qualscore.model.learning.evaluation import intervals, ranking

FEWEST_EXAMPLES = 20  # an interval of ROC-AUC is .2 wide with fewer
FEWEST_UNLABELLED = 100
MOST_COUNTRIES = 5
DRAWS = 200
SIZES = ((-1, 50), (50, 250), (250, 1_000), (1_000, 10_000), (10_000, np.inf))


def masks(judged: pd.DataFrame) -> dict[str, Array]:
    """Slice in words to bool (accounts,): country, size, listed, in the CRM; those with enough accounts on either side.

    Args:
        judged: is_example, country, firmo_size (log1p of employees), firmo_is_listed, in_crm.
    """
    country, is_example = judged["country"], judged["is_example"].to_numpy(bool)
    employees = np.expm1(judged["firmo_size"].to_numpy(float, na_value=np.nan))
    listed = judged["firmo_is_listed"].to_numpy(float, na_value=np.nan)
    first = country[is_example].value_counts().sort_index().sort_values(ascending=False, kind="stable").index[:MOST_COUNTRIES]
    mask_of = {f"country {name}": (country == name).to_numpy(bool, na_value=False) for name in first}
    mask_of |= {_size(low, high): (employees >= low + 0.5) & (employees < high + 0.5) for low, high in SIZES}
    mask_of |= {
        "size unknown": np.isnan(employees),
        "listed": listed == 1,
        "not listed": listed == 0,
        "unknown whether listed": np.isnan(listed),
    }
    mask_of |= {f"country {name} and listed": mask_of[f"country {name}"] & (listed == 1) for name in first[:1]}
    in_crm = judged["in_crm"].to_numpy(bool)
    mask_of |= {"in the CRM": in_crm, "not in the CRM": ~in_crm}
    return {name: mask for name, mask in mask_of.items() if _is_enough(mask, is_example) and not mask.all()}


def _size(low: float, high: float) -> str:
    if low < 0:
        return f"up to {high:,.0f} employees"
    return f"{low + 1:,.0f} to {high:,.0f} employees" if np.isfinite(high) else f"more than {low:,.0f} employees"


def _is_enough(mask: Array, is_example: Array) -> bool:
    return int((mask & is_example).sum()) >= FEWEST_EXAMPLES and int((mask & ~is_example).sum()) >= FEWEST_UNLABELLED


def judge(judged: pd.DataFrame, rules: Sequence[Rule], *, weight: float) -> list[dict[str, object]]:
    """Each slice: its size, the measures of ranking, the interval of ROC-AUC, its best rules, and the measures in which a rule is better.

    Args:
        judged: margin, and what `masks` takes.
        rules: over the same accounts.
        weight: how many unlabelled accounts each drawn one stands for.
    """
    is_example, margin = judged["is_example"].to_numpy(bool), judged["margin"].to_numpy()
    rows = []
    for name, mask in masks(judged).items():
        examples, unlabelled = margin[mask & is_example], margin[mask & ~is_example]
        measures = ranking(examples, unlabelled, weight=weight)
        ends = intervals(examples, unlabelled, weight=weight, draws=DRAWS)
        measured = single_factors.judge(rules, is_example, mask, weight=weight)
        row = {"slice": name, "customers": len(examples), "unlabelled": len(unlabelled), **measures}
        row |= {"roc_auc_low": ends["roc_auc"][0], "roc_auc_high": ends["roc_auc"][1]}
        rows.append(
            row | {"rules": single_factors.reported(single_factors.the_best(measured, 1)), "beaten_by": beaten_by(measures, ends, measured)}
        )
    return rows


def beaten_by(
    measures: Mapping[str, float], ends: Mapping[str, tuple[float, float]], measured: Sequence[Measured]
) -> list[dict[str, object]]:
    """The measures in which the best rule is better than the model.

    Args:
        measures: the model's measures.
        ends: their 95 % intervals.
        measured: the rules.

    Returns:
        measure, model (its value), value (the rule's), rule, and is_clear: better by more than one standard error of the
        model's. The best of fifty rules is often a little better by chance.
    """
    rows: list[dict[str, object]] = []
    for measure in ("roc_auc", "recall_at_10"):
        rule = single_factors.best(measured, measure)
        if rule is not None and rule.measures[measure] > measures[measure]:
            error = (ends[measure][1] - ends[measure][0]) / (2 * NORMAL_95)
            row: dict[str, object] = {"measure": measure, "model": measures[measure], "value": rule.measures[measure], "rule": rule.rule}
            rows.append(row | {"is_clear": rule.measures[measure] > measures[measure] + error})
    return rows
