"""The gate: whether a new model may take the champion's place.

Both models are judged on the same accounts, today's examples and evaluation sample, each by those of its parts that did not see the
account. The new one is kept out when it is clearly worse, and when it answers another question: a person has to say that that is meant.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from qualscore.model.encoding.arrays import Array
from qualscore.model.learning import paired
from qualscore.model.learning.evaluation import ranking
from qualscore.model.learning.judged_model import Model
from qualscore.model.scoring.qualification import QualificationModel

UPPER = 0.975  # the upper end of a 95 % interval
MOST_FALL = 0.10  # of average precision


@dataclass(frozen=True)
class Passage:
    """What the gate says of a new model.

    Attributes:
        figures: what was measured of the champion and of the new model, for the report.
        against: why the new model may not take the champion's place, one reason each; empty when it may.
    """

    figures: dict[str, Any]
    against: list[str]


def judge(champion: QualificationModel, new: QualificationModel, margins: pd.DataFrame, *, weight: float) -> Passage:
    """Compares a new model with the champion.

    Args:
        champion: the model that serves.
        new: the one that would take its place.
        margins: is_example, champion and new: the margins of both on today's examples and drawn unlabelled accounts.
        weight: how many unlabelled accounts each drawn one stands for.
    """
    is_example = margins["is_example"].to_numpy(bool)
    both = margins[["champion", "new"]].to_numpy().T
    examples, unlabelled = both[:, is_example], both[:, ~is_example]
    before, after = (ranking(*sides, weight=weight) for sides in zip(examples, unlabelled, strict=True))
    differences = paired.differences(examples, unlabelled, weight=weight)
    low, high = (float(it) for it in np.quantile(differences["roc_auc"], [1 - UPPER, UPPER]))
    figures = {
        "champion": champion.version,
        "roc_auc": [before["roc_auc"], after["roc_auc"]],
        "roc_auc_difference": [low, high],
        "average_precision": [before["average_precision"], after["average_precision"]],
        "recall_at_10": [before["recall_at_10"], after["recall_at_10"]],
        "bands_changed": _bands_changed(champion, new, unlabelled),
    }
    return Passage(figures, [*_clearly_worse(figures), *changed(champion, new)])


def _clearly_worse(figures: dict[str, Any]) -> list[str]:
    """The reasons that lie in the figures."""
    (before, after), (low, high) = figures["roc_auc"], figures["roc_auc_difference"]
    reasons = []
    if high < 0:
        reasons.append(f"its ROC-AUC is {after:.3f} where the champion's is {before:.3f} (difference {low:+.3f} to {high:+.3f})")
    before, after = figures["average_precision"]
    if after < (1 - MOST_FALL) * before:
        reasons.append(f"its average precision is {after:.3f} where the champion's is {before:.3f}: more than {MOST_FALL:.0%} less")
    return reasons


def changed(champion: Model, new: Model) -> list[str]:
    """At most one reason: the new model answers another question. Of rules there is no other: the same criteria give the same points."""
    keys = new.definition.changed_from(champion.definition)
    return [f"its definition is another one ({', '.join(keys)})"] if keys else []


def _bands_changed(champion: QualificationModel, new: QualificationModel, unlabelled: Array) -> float:
    """The share of the drawn accounts whose band the new model changes, with the new definition's bands."""
    edges = [new.definition.bands.likely, new.definition.bands.highly_likely]
    bands = []
    for model, margins in zip((champion, new), unlabelled, strict=True):
        assert model.calibration is not None
        bands.append(np.searchsorted(edges, np.floor(100 * model.calibration.score(margins)) / 100, "right"))
    return float((bands[0] != bands[1]).mean())
