"""From margin to score: how many times as common a margin is among examples as among reference accounts.

score = 100 LR / (1 + LR), LR the ratio of the densities of the margin among examples and among unlabelled reference
accounts. 95 says 19 times as common, 50 as common. The logit is the mean of two: Platt scaling with each side weighted
to 1 (Platt 1999), and quantile bins of the examples made monotone by pool-adjacent-violators.
"""

from dataclasses import dataclass

import numpy as np

from qualscore.model.native_trees import Array

REPORTED_BANDS = ((25.0, 50.0), (50.0, 75.0), (75.0, 95.0), (95.0, 100.1))
LEAST_SLOPE = 1e-6  # keeps the score strictly monotone in the margin


@dataclass(frozen=True)
class Calibration:
    """A strictly increasing, piecewise linear logit of the margin.

    Attributes:
        slope: of the Platt logit.
        intercept: of the Platt logit.
        margins: float (knots,), increasing; where the binned logit is known.
        logits: float (knots,), the binned logit there.
    """

    slope: float
    intercept: float
    margins: tuple[float, ...]
    logits: tuple[float, ...]

    def log_ratio(self, margin: Array) -> Array:
        """Log LR: float (rows,)."""
        platt = self.slope * margin + self.intercept
        knots = np.asarray(self.margins)
        tail = np.where(margin < knots[0], margin - knots[0], np.where(margin > knots[-1], margin - knots[-1], 0.0))
        logit: Array = (platt + np.interp(margin, knots, np.asarray(self.logits)) + self.slope * tail) / 2
        return logit

    def score(self, margin: Array) -> Array:
        """0 to 100, not rounded."""
        score: Array = 100.0 / (1.0 + np.exp(-self.log_ratio(margin)))
        return score


def fit(examples: Array, unlabelled: Array) -> Calibration:
    """Calibrates on out-of-fold margins of examples and of unlabelled reference accounts."""
    from sklearn.isotonic import IsotonicRegression  # 2 s that executors need not spend

    slope, intercept = _platt(examples, unlabelled)
    bins = int(np.clip(len(examples) // 8, 5, 20))
    edges = np.unique(np.quantile(examples, np.linspace(0, 1, bins + 1)[1:-1]))
    of_example, of_unlabelled = np.searchsorted(edges, examples), np.searchsorted(edges, unlabelled)
    bins = len(edges) + 1
    seen = np.bincount(of_example, minlength=bins) + 1.0
    common = np.bincount(of_unlabelled, minlength=bins) + 1.0
    logits = np.log(seen / seen.sum()) - np.log(common / common.sum())
    centres = np.array([np.median(examples[of_example == b]) if (of_example == b).any() else np.nan for b in range(bins)])
    kept = ~np.isnan(centres)
    monotone = IsotonicRegression().fit_transform(centres[kept], logits[kept], sample_weight=seen[kept])
    return Calibration(slope, intercept, tuple(map(float, centres[kept])), tuple(map(float, monotone)))


def _platt(examples: Array, unlabelled: Array) -> tuple[float, float]:
    from sklearn.linear_model import LogisticRegression

    margins = np.concatenate([examples, unlabelled])
    labels = np.repeat([1, 0], [len(examples), len(unlabelled)])
    weights = np.repeat([1 / len(examples), 1 / len(unlabelled)], [len(examples), len(unlabelled)]) * len(margins) / 2
    fitted = LogisticRegression(C=1e6).fit(margins[:, None], labels, sample_weight=weights)
    return max(float(fitted.coef_[0, 0]), LEAST_SLOPE), float(fitted.intercept_[0])


def reliability(examples: Array, unlabelled: Array, *, example_folds: Array, unlabelled_folds: Array) -> list[dict[str, float]]:
    """Said against observed, per band of score, each row scored by a calibration that did not see it.

    `said` is the mean of score / 100 and `observed` is c / (c + u), c and u the band's shares of examples and of unlabelled.
    """
    scored_examples, scored_unlabelled = np.empty(len(examples)), np.empty(len(unlabelled))
    for fold in np.unique(example_folds):
        calibration = fit(examples[example_folds != fold], unlabelled[unlabelled_folds != fold])
        scored_examples[example_folds == fold] = calibration.score(examples[example_folds == fold])
        scored_unlabelled[unlabelled_folds == fold] = calibration.score(unlabelled[unlabelled_folds == fold])
    rows = []
    for low, high in REPORTED_BANDS:
        mine = [scored[(scored >= low) & (scored < high)] for scored in (scored_examples, scored_unlabelled)]
        c, u = len(mine[0]) / len(examples), len(mine[1]) / len(unlabelled)
        if c + u > 0:
            said = (mine[0].sum() / len(examples) + mine[1].sum() / len(unlabelled)) / (c + u) / 100
            rows.append(
                {"from": low, "to": min(high, 100.0), "customers": c, "unlabelled": u, "said": float(said), "observed": c / (c + u)}
            )
    return rows


def calibration_error(bands: list[dict[str, float]]) -> float:
    """Mean absolute difference of said and observed over the bands."""
    return float(np.mean([abs(band["said"] - band["observed"]) for band in bands])) if bands else float("nan")
