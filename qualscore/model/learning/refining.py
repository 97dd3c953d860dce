"""Points of criteria fitted to actual customers: a logistic regression whose weights keep the sign that people gave them.

Each side weighs 1, whatever its number of accounts. A criterion above 0 gets no weight below 0, nor the other way round (non-negative
regression: a rule that customers contradict gets 0, and is said); a weak ridge keeps weights finite where a criterion parts the sides.
Weights are log-odds; times one factor they are points, which above 0 add up to as many as by hand. Caps are not fitted: they are applied
to the points as to those by hand.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from qualscore.definitions.scorecard import Scorecard
from qualscore.errors import TrainingRefused
from qualscore.model.encoding.arrays import Array
from qualscore.model.learning.criteria_rows import FEWEST_EXAMPLES, CriteriaRows
from qualscore.model.learning.evaluation import ranking
from qualscore.model.scorecard import points

RIDGE = 1e-3  # of squared weights beside a mean loss of about .3: it takes 1 to 3 % off weights of 2
DECIMALS = 1  # of points
DOMINANT = 0.5  # of all points above 0
MEASURES = ("roc_auc", "average_precision", "recall_at_10")


@dataclass(frozen=True)
class Refined:
    """Fitted points beside those by hand.

    Attributes:
        scorecard: the criteria with fitted points.
        measures: by name the values by hand and fitted, the latter on folds that the fit did not see.
        contradicted: criteria that got no points, as people read them.
        dominant: criteria that records alone tell and that have most of the points: what a sale brings with it does that, too. On the
            sample every customer has some engagement in the year before, and of other companies one in eight: it got 71 of 112 points.
    """

    scorecard: Scorecard
    measures: dict[str, tuple[float, float]]
    contradicted: tuple[str, ...]
    dominant: tuple[str, ...] = ()


def refine(rows: CriteriaRows) -> Refined:
    """Fits the points of a scorecard to its customers.

    Raises:
        TrainingRefused: too few customers, or none of the criteria tells them from others.
    """
    name, customers = rows.definition.name, int(rows.is_example.sum())
    if not rows.has_customers:
        raise TrainingRefused(
            f"{name}: {customers} customers with data; refine needs {FEWEST_EXAMPLES} at least. Select them with `examples`."
        )
    scorecard = rows.scorecard
    fitted = fitted_points(rows.shares, rows.is_example, scorecard)
    if not (fitted > 0).any():
        raise TrainingRefused(f"{name}: no criterion above 0 points is more common among the {customers} customers than among others.")
    unseen = np.empty(len(rows.frame))
    folds = rows.frame["calibration_fold"].to_numpy()
    for fold in np.unique(folds):
        own = fitted_points(rows.shares[folds != fold], rows.is_example[folds != fold], scorecard)
        card = with_points(scorecard, own)
        unseen[folds == fold] = points.margins(points.contributions(rows.shares[folds == fold], card)) if card else 0.0
    both = [ranking(it[rows.is_example], it[~rows.is_example], weight=rows.weight) for it in (rows.margins, unseen)]
    refined = with_points(scorecard, fitted)
    assert refined is not None
    contradicted = tuple(it.text for it, value in zip(scorecard.criteria, fitted, strict=True) if not value)
    most = DOMINANT * sum(max(it.points, 0.0) for it in refined.criteria)
    dominant = tuple(it.text for it in refined.criteria if it.kind != "when" and it.points > most)
    return Refined(refined, {measure: (both[0][measure], both[1][measure]) for measure in MEASURES}, contradicted, dominant)


def fitted_points(shares: Array, is_example: Array, scorecard: Scorecard) -> Array:
    """Points by criterion: float (criteria,), each of the sign that it has by hand, or 0.

    Args:
        shares: float (accounts, criteria), 0 to 1; NaN, unknown, counts as not met.
        is_example: bool (accounts,).
        scorecard: the criteria by hand.
    """
    by_hand = np.array([it.points for it in scorecard.criteria])
    weights = np.sign(by_hand) * _weights(np.nan_to_num(shares) * np.sign(by_hand), is_example)
    speaking_for = np.maximum(weights, 0.0).sum()
    factor = np.maximum(by_hand, 0.0).sum() / speaking_for if speaking_for else 0.0
    fitted: Array = np.round(weights * factor, DECIMALS) + 0.0  # no -0
    return fitted


def with_points(scorecard: Scorecard, fitted: Sequence[float] | Array) -> Scorecard | None:
    """The scorecard with other points; None where nobody can get any."""
    criteria = [it.model_copy(update={"points": float(value)}) for it, value in zip(scorecard.criteria, fitted, strict=True)]
    other = scorecard.model_copy(update={"criteria": tuple(criteria)})
    return other if other.attainable else None


def _weights(signed: Array, is_example: Array) -> Array:
    """Log-odds of each column, none below 0: float (columns,)."""
    from scipy.optimize import minimize  # half a second that executors need not spend

    side = np.where(is_example, 1.0, -1.0)
    share = np.where(is_example, 0.5 / is_example.sum(), 0.5 / (~is_example).sum())

    def loss(parameters: Array) -> tuple[float, Array]:
        margin = side * (parameters[0] + signed @ parameters[1:])
        slope = -side * share / (1 + np.exp(np.clip(margin, -500, 500)))
        gradient = np.concatenate([[slope.sum()], signed.T @ slope + 2 * RIDGE * parameters[1:]])
        return float((share * np.logaddexp(0, -margin)).sum() + RIDGE * (parameters[1:] ** 2).sum()), gradient

    bounds = [(None, None), *[(0, None)] * signed.shape[1]]
    found = minimize(loss, np.zeros(signed.shape[1] + 1), jac=True, method="L-BFGS-B", bounds=bounds)
    weights: Array = found.x[1:]
    return weights
