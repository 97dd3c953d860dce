"""The kernel against LightGBM's own raw_score and pred_contrib, on models and rows that hypothesis makes up."""

import pickle
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import lightgbm
import numpy as np
import pytest
import scipy.sparse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qualscore.model.kernel.native_trees import parse_model
from qualscore.model.kernel.tree_shap import Ensemble, SparseRows, compile_ensemble

QUIET = {"verbose": -1, "num_threads": 1, "min_data_in_bin": 1, "feature_pre_filter": False}
many = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
some = settings(many, max_examples=20)


def make_columns(random: np.random.Generator, n: int, kinds: list[str]) -> np.ndarray:
    """Columns with ties, gaps, zeros and nothing in them."""
    made = {
        "grid": lambda: random.integers(-3, 4, n).astype(float),
        "flags": lambda: (random.random(n) < 0.2).astype(float),
        "numbers": lambda: random.normal(size=n),
        "counts": lambda: random.poisson(0.5, n) * 1.5,
        "constant": lambda: np.full(n, 2.0),
        "gaps": lambda: np.where(random.random(n) < 0.3, np.nan, random.integers(-3, 4, n)),
        "empty": lambda: np.full(n, np.nan),
    }
    return np.column_stack([made[kind]() for kind in kinds])


KINDS = ["grid", "flags", "numbers", "counts", "constant", "gaps", "gaps", "empty"]


def awkward_rows(random: np.random.Generator, text: str, columns: np.ndarray, n: int = 200) -> np.ndarray:
    """Rows of thresholds, their neighbours, zeros of all kinds, infinities and NaN, mixed with values seen in training."""
    rows = columns[random.integers(0, len(columns), n)].copy()
    trees = parse_model(text).trees
    for j in range(columns.shape[1]):
        cuts = np.concatenate([tree.threshold[tree.column == j] for tree in trees])
        tiny = float(np.float32(1e-35))
        odd = [
            0.0,
            -0.0,
            tiny,
            -tiny,
            np.nextafter(tiny, 1),
            np.nextafter(-tiny, -1),
            1e-40,
            -1e-40,
            np.nan,
            np.nan,
            np.inf,
            -np.inf,
            1e300,
        ]
        pool = np.concatenate([cuts, np.nextafter(cuts, -np.inf), np.nextafter(cuts, np.inf), odd])
        chosen = random.random(n) < 0.6
        rows[chosen, j] = random.choice(pool, chosen.sum())
    return rows


def train(random: np.random.Generator, columns: np.ndarray, *, rounds: int = 5, **parameters: object) -> lightgbm.Booster:
    """A small model of noise and some of the columns."""
    truth = np.nan_to_num(columns, nan=1.0) @ random.normal(size=columns.shape[1]) + random.normal(size=len(columns))
    label = truth if parameters.get("objective") == "regression" else (truth > np.median(truth)).astype(float)
    return lightgbm.train(QUIET | {"objective": "binary"} | parameters, lightgbm.Dataset(columns, label, free_raw_data=False), rounds)


def by_factor(contributions: np.ndarray, factor_of_column: np.ndarray, n_factors: int) -> np.ndarray:
    """What pred_contrib says, its columns summed by factor."""
    return contributions[:, :-1] @ np.eye(n_factors)[factor_of_column]


def to_sparse(rows: np.ndarray) -> SparseRows:
    """Without the zeros."""
    matrix = scipy.sparse.csr_matrix(rows)
    return SparseRows(matrix.indptr, matrix.indices, matrix.data)


def no_lifts(n: int) -> np.ndarray:
    """Category ids of no column."""
    return np.zeros((n, 0), np.int32)


def compile_one(booster: lightgbm.Booster, factor_of_column: np.ndarray | None = None, *, exact: bool = True) -> Ensemble:
    """One model as an ensemble; by default each column is its own factor."""
    factors = np.arange(booster.num_feature()) if factor_of_column is None else factor_of_column
    return compile_ensemble([[booster.model_to_string()]], factors, int(factors.max()) + 1, exact=exact)


def assert_same_as_lightgbm(booster: lightgbm.Booster, rows: np.ndarray, factors: np.ndarray) -> None:
    """Margins, bases and contributions to 1e-9, dense and sparse; in floats to 1e-5."""
    n_factors, folds = int(factors.max()) + 1, np.zeros((len(rows), 1), np.int32)
    truth = booster.predict(rows, pred_contrib=True)
    ensemble = compile_one(booster, factors)
    for static in (rows, to_sparse(rows)):
        explained = ensemble.explain(static, no_lifts(len(rows)), folds)
        np.testing.assert_allclose(explained.margin, booster.predict(rows, raw_score=True), rtol=0, atol=1e-9)
        np.testing.assert_allclose(explained.base, truth[:, -1], rtol=0, atol=1e-9)
        np.testing.assert_allclose(explained.contributions, by_factor(truth, factors, n_factors), rtol=0, atol=1e-9)
    np.testing.assert_array_equal(ensemble.margins(rows, no_lifts(len(rows)), folds), explained.margin)
    floats = compile_one(booster, factors, exact=False).explain(rows, no_lifts(len(rows)), folds)
    assert floats.contributions.dtype == np.float32
    np.testing.assert_allclose(floats.contributions, explained.contributions, rtol=0, atol=1e-5)


@many
@given(
    seed=st.integers(0, 2**32 - 1),
    kinds=st.lists(st.sampled_from(KINDS), min_size=1, max_size=7),
    leaves=st.integers(2, 8),
    objective=st.sampled_from(["binary", "regression"]),
    use_missing=st.booleans(),
    zero_as_missing=st.booleans(),
    bins=st.sampled_from([3, 15, 63, 255]),
    n_factors=st.integers(1, 4),
)
def test_margins_and_contributions_are_those_of_lightgbm(
    seed: int, kinds: list[str], leaves: int, objective: str, use_missing: bool, zero_as_missing: bool, bins: int, n_factors: int
) -> None:
    random = np.random.default_rng(seed)
    columns = make_columns(random, 150, kinds)
    booster = train(
        random,
        columns,
        num_leaves=leaves,
        objective=objective,
        use_missing=use_missing,
        zero_as_missing=zero_as_missing,
        max_bin=bins,
        min_data_in_leaf=1,
    )
    factors = random.integers(0, n_factors, len(kinds))
    assert_same_as_lightgbm(booster, awkward_rows(random, booster.model_to_string(), columns), factors)


def test_constant_tree_is_scored() -> None:
    random = np.random.default_rng(0)
    columns = make_columns(random, 50, ["grid", "gaps"])
    booster = train(random, columns, min_data_in_leaf=1000, objective="regression", rounds=2)
    assert [tree.splits for tree in parse_model(booster.model_to_string()).trees] == [0]
    assert_same_as_lightgbm(booster, columns, np.array([0, 1]))


def test_constant_tree_beside_real_trees_is_scored() -> None:
    random = np.random.default_rng(0)
    columns = make_columns(random, 60, ["grid", "gaps"])
    texts = [
        train(random, columns, min_data_in_leaf=1000).model_to_string(),
        train(random, columns, min_data_in_leaf=5, num_leaves=4).model_to_string(),
    ]
    truth = np.stack([lightgbm.Booster(model_str=text).predict(columns, pred_contrib=True) for text in texts])
    folds = random.integers(0, 2, (60, 1))
    explained = compile_ensemble([texts], np.arange(2), 2, exact=True).explain(columns, no_lifts(60), folds)
    chosen = truth[folds[:, 0], np.arange(60)]
    np.testing.assert_allclose(explained.contributions, chosen[:, :-1], rtol=0, atol=1e-9)
    np.testing.assert_allclose(explained.base, chosen[:, -1], rtol=0, atol=1e-9)


def test_column_with_more_cuts_than_a_byte_holds() -> None:
    random = np.random.default_rng(1)
    columns = make_columns(random, 2000, ["numbers", "gaps"])
    columns[::9, 0] = np.nan
    booster = train(random, columns, num_leaves=8, objective="regression", max_bin=2000, rounds=200, extra_trees=True)
    text = booster.model_to_string()
    cuts = {t for tree in parse_model(text).trees for t in tree.threshold[tree.column == 0]}
    assert len(cuts) > 2 * 253  # two treatments of NaN, so at least one of them needs a second slot
    assert_same_as_lightgbm(booster, awkward_rows(random, text, columns, 1000), np.array([0, 1]))


@some
@given(seed=st.integers(0, 2**32 - 1), repeats=st.integers(1, 3), folds=st.integers(1, 4), n=st.integers(1, 600))
def test_ensemble_is_the_mean_over_the_models_that_left_the_row_out(seed: int, repeats: int, folds: int, n: int) -> None:
    random = np.random.default_rng(seed)
    static, ids = make_columns(random, n, ["grid", "gaps", "flags"]), random.integers(0, 6, (n, 2))
    lifts = [random.normal(size=(repeats * folds, 6)).round(1) for _ in range(2)]
    for lift in lifts:
        lift[:, 0] = 0.0

    def as_seen(model: int, static: np.ndarray, ids: np.ndarray) -> np.ndarray:
        return np.column_stack([static, *(lift[model, ids[:, j]] for j, lift in enumerate(lifts))])

    training, training_ids = make_columns(random, 150, ["grid", "gaps", "flags"]), random.integers(0, 6, (150, 2))
    models = range(repeats * folds)
    boosters = [train(random, as_seen(m, training, training_ids), num_leaves=7, min_data_in_leaf=3) for m in models]
    factors, chosen = np.array([0, 1, 1, 2, 0]), random.integers(0, folds, (n, repeats))
    truth = np.stack([boosters[m].predict(as_seen(m, static, ids), pred_contrib=True) for m in models])
    mean = np.mean([truth[r * folds + chosen[:, r], np.arange(n)] for r in range(repeats)], axis=0)

    texts = [[boosters[r * folds + f].model_to_string() for f in range(folds)] for r in range(repeats)]
    explained = compile_ensemble(texts, factors, 3, lifts, exact=True).explain(to_sparse(static), ids, chosen)
    np.testing.assert_allclose(explained.margin, mean.sum(axis=1), rtol=0, atol=1e-9)
    np.testing.assert_allclose(explained.base, mean[:, -1], rtol=0, atol=1e-9)
    np.testing.assert_allclose(explained.contributions, by_factor(mean, factors, 3), rtol=0, atol=1e-9)


def ensemble_of_many_factors() -> tuple[Ensemble, np.ndarray, np.ndarray]:
    """2 x 2 models, 12 columns and factors (one never used), and 9,000 rows for more than two chunks."""
    random = np.random.default_rng(3)
    kinds = ["grid", "gaps", "flags", "constant", *["numbers"] * 8]
    columns = make_columns(random, 9000, kinds)
    texts = [[train(random, columns[:300], num_leaves=6, rounds=20).model_to_string() for _ in range(2)] for _ in range(2)]
    return compile_ensemble(texts, np.arange(12), 12), columns, random.integers(0, 2, (9000, 2))


@pytest.mark.parametrize("count", [1, 5, 12])
def test_top_factors_are_the_largest_of_each_sign(count: int) -> None:
    ensemble, columns, folds = ensemble_of_many_factors()
    whole = ensemble.explain(columns, no_lifts(9000), folds)
    top = ensemble.top_factors(columns, no_lifts(9000), folds, count)
    np.testing.assert_array_equal(top.margin, whole.margin)
    np.testing.assert_array_equal(top.base, whole.base)
    for sign, ids, values in ((1, top.for_ids, top.for_values), (-1, top.against_ids, top.against_values)):
        order = np.argsort(-sign * whole.contributions, axis=1, kind="stable")[:, :count]
        ordered = np.take_along_axis(whole.contributions, order, axis=1)
        speaks = sign * ordered > 0
        np.testing.assert_array_equal(ids, np.where(speaks, order, -1))
        np.testing.assert_array_equal(values, np.where(speaks, ordered, 0))
    assert (top.for_ids[:, -1] == -1).all() == (count == 12)


def test_ties_are_listed_by_factor_id() -> None:
    columns = np.array([[0.0, 0.0], [1.0, 1.0]])
    data = lightgbm.Dataset(np.repeat(columns, 50, axis=0), np.repeat([0.0, 1.0], 50))
    text = lightgbm.train(QUIET | {"objective": "binary", "num_leaves": 2}, data, 1).model_to_string()
    twins = [[re.sub("split_feature=.", f"split_feature={column}", text)] for column in (0, 1)]
    ensemble = compile_ensemble(twins, np.array([1, 0]), 2)
    top = ensemble.top_factors(columns, no_lifts(2), np.zeros((2, 2), np.int32), 2)
    listed = np.where(top.for_ids >= 0, top.for_ids, top.against_ids)
    assert listed.tolist() == [[0, 1], [0, 1]]


def test_row_does_not_depend_on_its_neighbours_and_threads_do_not_disturb_each_other() -> None:
    ensemble, columns, folds = ensemble_of_many_factors()
    whole = ensemble.explain(columns, no_lifts(9000), folds)
    with ThreadPoolExecutor(4) as pool:
        parts = list(pool.map(lambda i: ensemble.explain(columns[i::7], no_lifts(len(columns[i::7])), folds[i::7]), range(7)))
    for i, part in enumerate(parts):
        np.testing.assert_array_equal(part.margin, whole.margin[i::7])
        np.testing.assert_array_equal(part.contributions, whole.contributions[i::7])


def test_pickled_ensemble_says_the_same_and_rows_may_be_none() -> None:
    ensemble, columns, folds = ensemble_of_many_factors()
    copied = pickle.loads(pickle.dumps(ensemble))
    np.testing.assert_array_equal(
        copied.margins(columns[:10], no_lifts(10), folds[:10]), ensemble.margins(columns[:10], no_lifts(10), folds[:10])
    )
    assert ensemble.top_factors(to_sparse(columns[:0]), no_lifts(0), folds[:0]).for_ids.shape == (0, 5)


def test_model_of_synapseml_is_read() -> None:
    text = (Path(__file__).parent / "data" / "synapseml_model.txt").read_text()
    booster, random = lightgbm.Booster(model_str=text), np.random.default_rng(5)
    assert_same_as_lightgbm(
        booster, awkward_rows(random, text, make_columns(random, 100, ["numbers", "gaps", "numbers", "flags"])), np.arange(4)
    )


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"folds": np.full((2, 1), 1)}, "folds must have 0 to 0 in 1 columns"),
        ({"folds": np.zeros((2, 2), int)}, "folds must have"),
        ({"lift_ids": np.array([[0], [3]])}, "lift_ids of lift column 0 must have ids below 3"),
        ({"lift_ids": np.zeros((2, 0), int)}, "lift_ids must have 1 columns"),
        ({"static": np.zeros((2, 3))}, "static must have 2 columns"),
        ({"static": SparseRows(np.array([0, 1, 2]), np.array([0, 2]), np.ones(2))}, "indices must have columns below 2"),
        ({"static": SparseRows(np.array([0, 1, 3]), np.array([0, 1]), np.ones(2))}, "indptr must have"),
        ({"static": SparseRows(np.array([0, 2]), np.array([0, 1]), np.ones(2))}, "indptr must have"),
    ],
)
def test_rows_that_do_not_fit_are_refused(change: dict[str, Any], reason: str) -> None:
    random = np.random.default_rng(0)
    text = train(random, random.normal(size=(100, 3)), num_leaves=3).model_to_string()
    ensemble = compile_ensemble([[text]], np.arange(3), 3, [np.zeros((1, 3))])
    fitting: dict[str, Any] = {"static": np.zeros((2, 2)), "lift_ids": np.zeros((2, 1), int), "folds": np.zeros((2, 1), int)}
    assert ensemble.margins(**fitting).shape == (2,)
    with pytest.raises(ValueError, match=reason):
        ensemble.margins(**(fitting | change))
