"""The regression that the trees start from, and the kernel's copy of it."""

import math

import lightgbm
import numpy as np
import pytest
import scipy.sparse

from qualscore.model.kernel.starting_margin import StartingMargin, fit, prepared
from qualscore.model.kernel.tree_shap import SparseRows, compile_ensemble

NAMES = ("firmo_size", "firmo_age_years", "tech_count")


def rows(seed: int, n: int = 600) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Numbers with gaps, two lifts, and labels: customers are of medium size and have a common first value, not a second."""
    draws = np.random.default_rng(seed)
    numbers = np.stack([draws.normal(5, 2, n), draws.normal(20, 10, n), draws.poisson(2, n)], axis=1)
    numbers[draws.random((n, 3)) < 0.2] = np.nan
    lifts = draws.normal(size=(n, 2))
    log_odds = 1.5 * lifts[:, 0] - 1.5 * lifts[:, 1] - np.nan_to_num((numbers[:, 0] - 5) ** 2 / 4)
    return numbers, lifts, (draws.random(n) < 1 / (1 + np.exp(-log_odds))).astype(float)


def fitted(seed: int = 0) -> StartingMargin:
    numbers, lifts, labels = rows(seed)
    return fit(prepared(numbers, NAMES), NAMES, lifts, labels)


def test_the_margin_is_that_of_scikit_learn_on_the_columns_of_the_recipe() -> None:
    from sklearn.linear_model import LogisticRegression

    numbers, lifts, labels = rows(0)
    lifts = np.abs(lifts)  # no coefficient of a lift is negative then: see below
    labels = np.where(lifts.sum(axis=1) > 2, 1.0, labels)
    taken = np.column_stack([numbers[:, :2], np.log1p(numbers[:, 2])])
    z = np.nan_to_num((taken - np.nanmedian(taken, axis=0)) / np.nanstd(taken, axis=0))
    columns = np.column_stack([z, z[:, 0] ** 2, lifts])
    expected = LogisticRegression(C=0.1, max_iter=1000, tol=1e-10).fit(columns, labels)
    assert (expected.coef_[0, -2:] > 0).all()
    start = fit(prepared(numbers, NAMES), NAMES, lifts, labels)
    np.testing.assert_allclose(start.margins(prepared(numbers, NAMES), lifts), expected.decision_function(columns), atol=1e-5)


def test_a_lift_that_would_count_against_is_left_out() -> None:
    numbers, lifts, labels = rows(0)
    both, alone = (fit(prepared(numbers, NAMES), NAMES, some, labels) for some in (lifts, lifts[:, :1]))
    assert both.lifts[1] == (0.0, 0.0)
    assert both.lifts[0] == alone.lifts[0] and both.lifts[0].coefficient > 0.5
    assert (both.intercept, both.numbers) == (alone.intercept, alone.numbers)


def test_medium_size_counts_for_and_both_ends_count_against() -> None:
    start = fitted()
    sizes = np.full((3, 3), np.nan)
    sizes[:, 0] = [0.0, 5.0, 10.0]
    small, medium, large = start.margins(sizes, np.zeros((3, 2)))
    assert medium > max(small, large) + 1


def test_the_base_is_the_mean_margin_of_the_training_rows() -> None:
    numbers, lifts, labels = rows(0)
    start = fit(prepared(numbers, NAMES), NAMES, lifts, labels)
    assert start.base == pytest.approx(start.margins(prepared(numbers, NAMES), lifts).mean(), abs=1e-12)


def test_a_value_beyond_those_seen_counts_as_the_last_of_them() -> None:
    numbers, lifts, labels = rows(0)
    start = fit(prepared(numbers, NAMES), NAMES, lifts, labels)
    oldest = np.nanmax(numbers[:, 1])
    margins = start.margins(np.array([[np.nan, age, np.nan] for age in (oldest, 4_000.0, np.inf, oldest - 1)]), np.zeros((4, 2)))
    assert margins[0] == margins[1] == margins[2] != margins[3]


def test_columns_without_a_value_and_without_two_different_ones_say_nothing() -> None:
    numbers, lifts, labels = rows(0)
    numbers[:, 0], numbers[:, 1] = np.nan, 7.0
    start = fit(prepared(numbers, NAMES), NAMES, lifts, labels)
    assert start.numbers[0] == start.numbers[1] == (0.0,) * 7
    assert np.isfinite(start.margins(prepared(numbers, NAMES), lifts)).all()


@pytest.mark.parametrize("labels", [np.zeros(9), np.ones(9)])
def test_one_side_only_gives_a_constant(labels: np.ndarray) -> None:
    start = fit(np.ones((9, 0)), (), np.ones((9, 2)), labels)
    assert start.intercept == pytest.approx(math.log(19) * (1 if labels[0] else -1))
    assert start.margins(np.ones((1, 0)), np.ones((1, 2))).tolist() == [start.intercept]


def test_nothing_to_start_from_gives_the_log_odds() -> None:
    start = fit(np.ones((40, 0)), (), np.ones((40, 0)), np.repeat([0.0, 1.0], [30, 10]))
    assert start == StartingMargin(pytest.approx(math.log(10.5 / 30.5)), (), ())


def test_the_kernel_adds_the_start_and_its_shapley_values() -> None:
    """Two repeats of two folds, by hand: the trees' contributions are LightGBM's, the start's are differences of margins."""
    draws = np.random.default_rng(4)
    numbers, _, _ = rows(5, 900)
    static = np.column_stack([numbers, draws.normal(size=(900, 2))])
    ids, folds = draws.integers(0, 6, (900, 2)), draws.integers(0, 2, (900, 2))
    tables = [draws.normal(size=(4, 6)) for _ in range(2)]
    starts = [fitted(seed) for seed in range(4)]
    lifts = [np.stack([table[m, ids[:, j]] for j, table in enumerate(tables)], axis=1) for m in range(4)]
    boosters = [_booster(np.column_stack([static, lifts[m]]), draws) for m in range(4)]
    trees = np.stack([b.predict(np.column_stack([static, lifts[m]]), pred_contrib=True) for m, b in enumerate(boosters)])
    factors = np.array([0, 1, 2, 3, 3, 4, 0])  # the first number and the last lift tell the same thing
    texts = [[boosters[2 * r + f].model_to_string() for f in range(2)] for r in range(2)]
    starting = [starts[:2], starts[2:]]
    exact, floats = (compile_ensemble(texts, factors, 5, tables, starts=starting, numbers=NAMES, exact=it) for it in (True, False))
    matrix = scipy.sparse.csr_matrix(static)

    for rows_ in (static, SparseRows(matrix.indptr, matrix.indices, matrix.data)):
        explained = exact.explain(rows_, ids, folds)
        for i in range(0, 900, 30):
            models = [2 * r + folds[i, r] for r in range(2)]
            parts = np.mean([trees[m, i, :-1] + _by_column(starts[m], numbers[i], lifts[m][i], 5) for m in models], axis=0)
            base = np.mean([trees[m, i, -1] + starts[m].base for m in models])
            np.testing.assert_allclose(explained.contributions[i], np.bincount(factors, parts, 5), rtol=0, atol=1e-9)
            assert (explained.base[i], explained.margin[i]) == pytest.approx((base, base + parts.sum()), abs=1e-9)
        np.testing.assert_array_equal(exact.margins(rows_, ids, folds), explained.margin)
    top = floats.top_factors(static, ids, folds, 5)
    listed = top.for_values.sum(axis=1, dtype=float) + top.against_values.sum(axis=1, dtype=float)
    np.testing.assert_allclose(top.base + listed, top.margin, rtol=0, atol=1e-5)


def _booster(columns: np.ndarray, draws: np.random.Generator) -> lightgbm.Booster:
    label = (np.nan_to_num(columns).sum(axis=1) + draws.normal(size=len(columns)) > 5).astype(float)
    parameters = {"objective": "binary", "verbose": -1, "num_threads": 1, "num_leaves": 7}
    return lightgbm.train(parameters, lightgbm.Dataset(columns, label), 6)


def _by_column(start: StartingMargin, numbers: np.ndarray, lifts: np.ndarray, n_static: int) -> np.ndarray:
    """What each column adds when it is known, less its mean: the difference of two margins."""
    taken, unknown = prepared(numbers[None], NAMES), np.full((1, 3), np.nan)
    bare = start.margins(unknown, np.zeros((1, 2)))[0]
    added = np.zeros(n_static + 2)
    for j in range(3):
        alone = unknown.copy()
        alone[0, j] = taken[0, j]
        added[j] = start.margins(alone, np.zeros((1, 2)))[0] - bare - start.numbers[j].mean
    for j in range(2):
        alone = np.zeros((1, 2))
        alone[0, j] = lifts[j]
        added[n_static + j] = start.margins(unknown, alone)[0] - bare - start.lifts[j].mean
    return added


def test_what_lies_where_in_memory_changes_no_logarithm(monkeypatch: pytest.MonkeyPatch) -> None:
    """Seen to fail, in 1,193 of 6,094 rows, where the column itself was given to numpy; without AVX-512 there is only one way."""
    n, log1p = 6_094, np.log1p
    memory = np.zeros(n * (len(NAMES) + 1) + 2)
    numbers, behind = memory[: n * len(NAMES)].reshape(n, len(NAMES)), memory[-n:]
    numbers[:, 2] = np.random.default_rng(0).integers(0, 200, n)
    expected = log1p(numbers[:, 2].copy())
    monkeypatch.setattr(np, "log1p", lambda column: log1p(column, out=behind))
    np.testing.assert_array_equal(prepared(numbers, NAMES)[:, 2], expected)
