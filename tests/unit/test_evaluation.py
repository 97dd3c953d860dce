"""Measures and their intervals, on margins that can be counted by eye."""

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import average_precision_score, roc_auc_score

from qualscore.model.learning.evaluation import AT_ONCE, intervals, least_auc, rank, ranking

# Of 100 accounts 4 are examples: the first, the second, the sixth and the last of all.
EXAMPLES = np.array([100.0, 99.0, 95.0, 1.0])
UNLABELLED = np.array([m for m in np.arange(1.0, 101.0) if m not in EXAMPLES])


def test_recall_and_lift_count_the_examples_at_the_top() -> None:
    measures = ranking(EXAMPLES, UNLABELLED, weight=1)
    assert (measures["recall_at_1"], measures["recall_at_5"], measures["recall_at_10"]) == (0.25, 0.5, 0.75)
    assert (measures["lift_at_1"], measures["lift_at_5"], measures["lift_at_10"]) == (25, 10, 7.5)
    assert measures["roc_auc"] == pytest.approx((96 + 96 + 93 + 0) / (4 * 96))
    assert measures["average_precision"] == pytest.approx((1 / 1 + 2 / 2 + 3 / 6 + 4 / 100) / 4)


def test_equal_margins_have_no_order() -> None:
    """A constant finds as many examples at the top as there are in any part, whichever side comes first in the frame."""
    measures = ranking(np.zeros(50), np.zeros(950), weight=1)
    assert measures == pytest.approx(
        {"roc_auc": 0.5, "average_precision": 0.05, "recall_at_1": 0.01, "recall_at_5": 0.05, "recall_at_10": 0.1}
        | dict.fromkeys(("lift_at_1", "lift_at_5", "lift_at_10"), 1.0)
    )


def test_measures_are_those_of_scikit_learn_with_ties_too() -> None:
    draw = np.random.default_rng(1)
    examples, unlabelled = draw.integers(2, 12, 80).astype(float), draw.integers(0, 10, 900).astype(float)
    margins, labels = np.concatenate([examples, unlabelled]), np.repeat([1, 0], [80, 900])
    measures = ranking(examples, unlabelled, weight=1)
    assert measures["roc_auc"] == pytest.approx(roc_auc_score(labels, margins))
    assert measures["average_precision"] == pytest.approx(average_precision_score(labels, margins))


def test_accounts_are_counted_from_the_top() -> None:
    ranked = rank(np.array([5.0, 5.0, 2.0]), np.array([9.0, 5.0, 3.0, 3.0, 2.0, 1.0, -np.inf]))
    assert ranked.examples.tolist() == [2, 1]
    assert ranked.cells.tolist() == [1, 1, 2, 1, 2]


def test_resampling_the_counts_is_resampling_the_accounts() -> None:
    """The interval is that of a plain bootstrap over accounts, to the noise of the two."""
    draw = np.random.default_rng(2)
    examples, unlabelled = draw.normal(1, 1, 60), draw.normal(0, 1, 600)
    plain = pd.DataFrame([ranking(draw.choice(examples, 60), draw.choice(unlabelled, 600), weight=1) for _ in range(1_000)])
    ends = intervals(examples, unlabelled, weight=1, draws=1_000)
    for name in ("roc_auc", "average_precision", "recall_at_10"):
        expected, width = plain[name].quantile([0.025, 0.975]), plain[name].std()
        np.testing.assert_allclose(ends[name], expected, atol=width / 3)


def test_drawn_accounts_weigh_what_they_stand_for() -> None:
    """Each unlabelled account five times is each once with weight 5; scikit-learn's weights say the same."""
    draw = np.random.default_rng(5)
    examples, unlabelled = draw.normal(1.5, 1, 80), draw.normal(0, 1, 900)
    measures = ranking(examples, unlabelled, weight=5)
    assert measures == pytest.approx(ranking(examples, np.repeat(unlabelled, 5), weight=1))
    labels, weights = np.repeat([1, 0], [80, 900]), np.repeat([1, 5], [80, 900])
    margins = np.concatenate([examples, unlabelled])
    assert measures["average_precision"] == pytest.approx(average_precision_score(labels, margins, sample_weight=weights))
    assert measures["roc_auc"] == ranking(examples, unlabelled, weight=1)["roc_auc"]


def test_figures_of_a_sample_are_figures_of_the_universe() -> None:
    """A fifth of the unlabelled accounts: the mean over draws is that of all to a twentieth, and 95 % intervals hold what is so."""
    draw = np.random.default_rng(6)
    examples, unlabelled = draw.normal(2, 1, 500), draw.normal(0, 1, 50_000)
    whole = ranking(examples, unlabelled, weight=1)
    thinned = [ranking(examples, draw.choice(unlabelled, 10_000, replace=False), weight=5) for _ in range(20)]
    for name, value in whole.items():
        assert np.mean([it[name] for it in thinned]) == pytest.approx(value, rel=0.05), name
    ends = intervals(examples, draw.choice(unlabelled, 10_000, replace=False), weight=5)
    assert all(low <= whole[name] <= high for name, (low, high) in ends.items())


def test_intervals_hold_the_estimate_and_are_the_same_every_time_and_in_any_order() -> None:
    draw = np.random.default_rng(3)
    examples, unlabelled = draw.normal(1, 1, 100), draw.normal(0, 1, 2_000)
    ends, estimate = intervals(examples, unlabelled, weight=3), ranking(examples, unlabelled, weight=3)
    assert all(low <= estimate[name] <= high and low < high for name, (low, high) in ends.items())
    assert ends == intervals(draw.permutation(examples), draw.permutation(unlabelled), weight=3)
    assert ends["roc_auc"] != intervals(examples, unlabelled, weight=3, seed=1)["roc_auc"]


def test_many_examples_are_resampled_in_parts() -> None:
    """More counts than are held at once: the interval narrows with the square root of the examples."""
    draw = np.random.default_rng(4)
    assert 2 * 20_000 * 200 > AT_ONCE  # noqa: SIM300
    examples, unlabelled = draw.normal(1, 1, 20_000), draw.normal(0, 1, 20_000)
    few, many = (intervals(examples[:n], unlabelled[:n], weight=1, draws=200)["roc_auc"] for n in (1_250, 20_000))
    assert few[1] - few[0] == pytest.approx(4 * (many[1] - many[0]), rel=0.2)


def test_fewer_customers_have_to_be_told_apart_better() -> None:
    assert (least_auc(100), least_auc(49)) == pytest.approx((0.584, 0.62))
