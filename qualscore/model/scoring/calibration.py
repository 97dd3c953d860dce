"""From margin to score: how many times as common a margin is among examples as among reference accounts.

score = 100 LR / (1 + LR), LR the ratio of the densities of the margin among examples and among unlabelled reference
accounts. 95 says 19 times as common, 50 as common. The logit is the mean of two: Platt scaling with each side weighted
to 1 (Platt 1999), and quantile bins of the examples made monotone by pool-adjacent-violators.

**Where a bin's logit belongs.** With few examples a bin is wide, and the lowest is open: a sixth of 53 customers shares it with nine
tenths of all accounts, nearly all of which lie far below any customer. Their ratio is not that of the customers in the middle of the
bin, which is much higher, but that of the margin where Platt's ratio equals the bin's as a whole. With the logits at the middle, scores
of 35 were observed at 65: in simulations of 53 customers with a known truth the score was off by .07 to .09, now by .02 to .03; with 200
by .03, now .02.

**How far to believe the calibration error.** Of 53 customers a band holds three or four, so that a score that is exactly right is
measured to be off by .03 (one in ten times by .055); of 200, .02. `expected_error` says what such a score would show.
"""

from dataclasses import dataclass

import numpy as np

from qualscore.model.encoding.arrays import Array

REPORTED_BANDS = ((25.0, 50.0), (50.0, 75.0), (75.0, 95.0), (95.0, 100.1))
NOISE_DRAWS = 2_000
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
    counts = [np.bincount(of_side, minlength=len(edges) + 1) for of_side in (of_example, of_unlabelled)]
    filled = np.flatnonzero(counts[0] + counts[1])  # points of rules are few different numbers: between two of them there may be nobody
    seen, common = (of_side[filled] + 1.0 for of_side in counts)
    logits = np.log(seen / seen.sum()) - np.log(common / common.sum())
    places = np.array([_place(examples[of_example == b], unlabelled[of_unlabelled == b], slope) for b in filled])
    monotone = IsotonicRegression().fit_transform(places, logits, sample_weight=seen)
    return Calibration(slope, intercept, tuple(map(float, places)), tuple(map(float, monotone)))


def _place(examples: Array, unlabelled: Array, slope: float) -> float:
    """The margin where Platt's ratio is that of a bin as a whole, found from the side that has more accounts in the bin.

    A ratio e^(slope m) is a bin's on average: among its unlabelled accounts the ratio's mean, among its examples one by the mean of its
    inverse. Both say the same of many accounts.
    """
    margins, sign = (unlabelled, 1.0) if len(unlabelled) >= len(examples) else (examples, -1.0)
    middle = float(np.median(margins))  # else the exponential might overflow
    return middle + sign * float(np.log(np.mean(np.exp(sign * slope * (margins - middle))))) / slope


def _platt(examples: Array, unlabelled: Array) -> tuple[float, float]:
    from sklearn.linear_model import LogisticRegression

    margins = np.concatenate([examples, unlabelled])
    labels = np.repeat([1, 0], [len(examples), len(unlabelled)])
    weights = np.repeat([1 / len(examples), 1 / len(unlabelled)], [len(examples), len(unlabelled)]) * len(margins) / 2
    fitted = LogisticRegression(C=1e6, solver="newton-cholesky").fit(margins[:, None], labels, sample_weight=weights)
    return max(float(fitted.coef_[0, 0]), LEAST_SLOPE), float(fitted.intercept_[0])


def reliability(examples: Array, unlabelled: Array, *, example_folds: Array, unlabelled_folds: Array) -> list[dict[str, float]]:
    """Said against observed, per band of score, each row scored by calibrations that did not see it: one for each way of making folds.

    `said` is the mean of score / 100 and `observed` is c / (c + u), c and u the band's shares of examples and of unlabelled. The ways
    are counted together: which customers happen to be in one fold alone moves the error of 53 customers between .04 and .15.

    Args:
        examples: float (examples,), margins.
        unlabelled: float (unlabelled,), margins.
        example_folds: int (examples, ways), the fold of each row.
        unlabelled_folds: int (unlabelled, ways).
    """
    scored_examples, scored_unlabelled = np.empty(example_folds.shape), np.empty(unlabelled_folds.shape)
    for way in range(example_folds.shape[1]):
        of_examples, of_unlabelled = example_folds[:, way], unlabelled_folds[:, way]
        for fold in np.unique(of_examples):
            calibration = fit(examples[of_examples != fold], unlabelled[of_unlabelled != fold])
            scored_examples[of_examples == fold, way] = calibration.score(examples[of_examples == fold])
            scored_unlabelled[of_unlabelled == fold, way] = calibration.score(unlabelled[of_unlabelled == fold])
    rows = []
    for low, high in REPORTED_BANDS:
        mine = [scored[(scored >= low) & (scored < high)] for scored in (scored_examples, scored_unlabelled)]
        c, u = len(mine[0]) / scored_examples.size, len(mine[1]) / scored_unlabelled.size
        if c + u > 0:
            mean_score = (mine[0].sum() / scored_examples.size + mine[1].sum() / scored_unlabelled.size) / (c + u) / 100
            rows.append(
                {"from": low, "to": min(high, 100.0), "customers": c, "unlabelled": u, "said": float(mean_score), "observed": c / (c + u)}
            )
    return rows


def calibration_error(bands: list[dict[str, float]]) -> float:
    """Mean absolute difference of said and observed, each band weighted by its accounts, (c + u) / 2.

    Unweighted, a top band that holds 2 of 1,000 accounts counts as much as all others: good scores of 60 customers looked .25 off, and
    are .05 off.
    """
    if not bands:
        return float("nan")
    weights = [(band["customers"] + band["unlabelled"]) / 2 for band in bands]
    return float(np.average([abs(band["said"] - band["observed"]) for band in bands], weights=weights))


def expected_error(bands: list[dict[str, float]], n_examples: int) -> float:
    """The calibration error that a score would show on average that is exactly right, with as many examples.

    The unlabelled of each band as they are, and the examples drawn: binomial, with as many expected as make what was said true.
    """
    if not bands:
        return float("nan")
    draws, off, weight = np.random.default_rng(0), np.zeros(NOISE_DRAWS), np.zeros(NOISE_DRAWS)
    for band in bands:
        right = band["unlabelled"] * band["said"] / max(1 - band["said"], 1e-9)
        both = draws.binomial(n_examples, min(right, 1.0), NOISE_DRAWS) / n_examples + band["unlabelled"]
        # Said against observed, times the accounts of the band.
        off += np.abs(both - band["unlabelled"] - band["said"] * both)
        weight += both
    return float(np.mean(off / np.maximum(weight, 1e-12)))
