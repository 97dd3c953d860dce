"""Scores of a known truth: what is said is what is so, of few customers as of many."""

import numpy as np
import pytest

from qualscore.model.scoring import calibration
from qualscore.model.scoring.calibration import REPORTED_BANDS, Calibration

SLOPE = 1.2


def accounts(n_examples: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Margins of examples and of unlabelled accounts, whose log ratio is SLOPE x margin + a constant: most lie far below."""
    draws = np.random.default_rng(seed)
    unlabelled = -9 + draws.gamma(3, 0.6, 6_000)
    weights = np.exp(SLOPE * unlabelled)
    return draws.choice(unlabelled, n_examples, p=weights / weights.sum()) + draws.normal(0, 1e-6, n_examples), unlabelled


def off(fitted: Calibration, unlabelled: np.ndarray) -> list[float]:
    """By band, what is said less what is so of its accounts, all of which are counted by the truth."""
    ratio = np.exp(SLOPE * unlabelled)
    ratio /= ratio.mean()
    scores, differences = fitted.score(unlabelled), []
    for low, high in REPORTED_BANDS:
        mine = (scores >= low) & (scores < high)
        if mine.any():
            c, u = ratio[mine].mean(), 1.0
            differences.append(float((scores[mine] * (1 + ratio[mine])).mean() / (c + u) / 100 - c / (c + u)))
    return differences


@pytest.mark.parametrize(("n_examples", "bound"), [(53, 0.025), (200, 0.015), (2_000, 0.006)])
def test_what_is_said_is_so_in_every_band_on_average_over_lists(n_examples: int, bound: float) -> None:
    differences = [off(calibration.fit(*accounts(n_examples, seed)), accounts(1, seed)[1]) for seed in range(30)]
    bias = np.array([it for it in differences if len(it) == 4]).mean(axis=0)
    assert np.abs(bias).max() < bound, bias


def test_the_bins_of_a_straight_line_lie_on_it() -> None:
    """Where the ratio is Platt's, bins and Platt say the same, in the open bin at the lower end too; at the upper end accounts are few."""
    fitted = calibration.fit(*accounts(100_000, 0))
    line = fitted.slope * np.array(fitted.margins) + fitted.intercept
    np.testing.assert_allclose(fitted.logits[:12], line[:12], atol=0.06)


def test_scores_rise_strictly_with_the_margin() -> None:
    fitted = calibration.fit(*accounts(60, 1))
    assert (np.diff(fitted.log_ratio(np.linspace(-20, 20, 4_001))) > 0).all()


def test_reliability_counts_all_ways_of_making_folds() -> None:
    examples, unlabelled = accounts(60, 2)
    draws = np.random.default_rng(3)
    folds = {"example_folds": draws.integers(0, 5, (60, 3)), "unlabelled_folds": draws.integers(0, 5, (6_000, 3))}
    each = [calibration.reliability(examples, unlabelled, **{name: ways[:, [way]] for name, ways in folds.items()}) for way in range(3)]
    together = calibration.reliability(examples, unlabelled, **folds)
    for band, rows in enumerate(zip(*each, strict=True)):
        c, u = (np.mean([row[side] for row in rows]) for side in ("customers", "unlabelled"))
        assert (together[band]["customers"], together[band]["unlabelled"]) == pytest.approx((c, u))
        assert together[band]["observed"] == pytest.approx(c / (c + u))
    assert each[0] != each[1]


def test_a_score_that_is_right_shows_the_expected_error() -> None:
    """Measured on lists drawn from a known truth, by the score that says it."""
    errors, expected = [], []
    for seed in range(200):
        examples, unlabelled = accounts(53, seed)
        constant = -float(np.log(np.exp(SLOPE * unlabelled).mean()))
        scores = [100 / (1 + np.exp(-SLOPE * side - constant)) for side in (examples, unlabelled)]
        bands = []
        for low, high in REPORTED_BANDS:
            mine = [side[(side >= low) & (side < high)] for side in scores]
            c, u = len(mine[0]) / 53, len(mine[1]) / 6_000
            if c + u == 0:
                continue
            mean_score = (mine[0].sum() / 53 + mine[1].sum() / 6_000) / (c + u) / 100
            bands.append({"customers": c, "unlabelled": u, "said": mean_score, "observed": c / (c + u)})
        errors.append(calibration.calibration_error(bands))
        expected.append(calibration.expected_error(bands, 53))
    assert np.mean(expected) == pytest.approx(np.mean(errors), rel=0.15)
    assert np.mean(errors) > 0.03


def test_a_band_weighs_as_much_as_it_has_accounts() -> None:
    """A top band of 1 in 60 customers and of 2 in 1,000 accounts is off by .8, the others by .02."""
    bands = [
        {"customers": 0.50, "unlabelled": 0.80, "said": 0.40, "observed": 0.38},
        {"customers": 0.48, "unlabelled": 0.19, "said": 0.70, "observed": 0.72},
        {"customers": 1 / 60, "unlabelled": 0.002, "said": 0.96, "observed": 0.16},
    ]
    assert calibration.calibration_error(bands) == pytest.approx(0.027, abs=0.001)


def test_no_band_has_no_error() -> None:
    assert np.isnan(calibration.calibration_error([]))
    assert np.isnan(calibration.expected_error([], 50))


def test_points_are_few_different_numbers() -> None:
    """Quantiles of examples fall between two of them, where nobody is."""
    draws = np.random.default_rng(5)
    examples, unlabelled = (draws.choice([0.0, 20.0, 50.0, 100.0], 200, p=it) for it in ([0.1, 0.1, 0.2, 0.6], [0.6, 0.2, 0.1, 0.1]))
    scores = calibration.fit(examples, unlabelled).score(np.array([0.0, 20.0, 50.0, 100.0]))
    assert np.isfinite(scores).all() and (np.diff(scores) > 0).all() and scores[0] < 25 < 75 < scores[-1]
