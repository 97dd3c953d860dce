"""The scoring kernel against LightGBM's own prediction, one thread, same rows, same number of trees, in one run.

    python tests/benchmarks/kernel.py [--rows 100000] [--repeats 3] [--folds 5] [--trees 150]

Prints a report in Markdown. The rows look like accounts: 20 numbers (half of them sometimes missing), 775 sparse yes/no columns with a
long tail, and 5 lift columns. Times are the best of three passes, taken in turns, because other processes disturb them.
"""

import argparse
import time
from collections.abc import Callable
from pathlib import Path
from sys import path

import lightgbm
import numpy as np
import scipy.sparse

path.insert(0, str(Path(__file__).parents[2]))

from qualscore.model.kernel.tree_shap import Ensemble, SparseRows, compile_ensemble  # noqa: E402

LIGHTGBM, KERNEL, GOAL = ("LightGBM predict, sparse rows", "LightGBM predict, dense rows"), "kernel, top 5 factors", 1.5
FEW = 1000
"""Rows for pred_contrib, which is slow."""

NUMBERS, FLAGS, LIFTS, CATEGORIES, FACTORS = 20, 775, 5, 500, 200
Rows = tuple[SparseRows, np.ndarray, np.ndarray]
SETTINGS = {
    "objective": "binary",
    "num_leaves": 7,
    "learning_rate": 0.05,
    "lambda_l2": 5,
    "bagging_fraction": 0.8,
    "bagging_freq": 1,
    "feature_fraction": 0.5,
    "max_bin": 63,
    "num_threads": 1,
    "verbose": -1,
}


def make_rows(generator: np.random.Generator, n: int) -> tuple[scipy.sparse.csr_matrix, np.ndarray]:
    """Static columns and category ids."""
    numbers = np.round(generator.normal(3, 2, (n, NUMBERS)), 2)
    numbers[:, ::2][generator.random((n, NUMBERS // 2)) < 0.3] = np.nan
    counts = generator.poisson(35, n)
    columns = np.minimum(FLAGS * generator.random(counts.sum()) ** 2.5, FLAGS - 1).astype(np.int32)
    flags = scipy.sparse.csr_matrix((np.ones(len(columns)), columns, np.append(0, np.cumsum(counts))), shape=(n, FLAGS))
    flags.sum_duplicates()
    flags.data[:] = 1.0
    ids = np.minimum(generator.geometric(0.02, (n, LIFTS)), CATEGORIES - 1).astype(np.int32)
    return scipy.sparse.hstack([scipy.sparse.csr_matrix(numbers), flags], format="csr"), ids


def add_lifts(static: scipy.sparse.csr_matrix, ids: np.ndarray, lifts: list[np.ndarray], model: int) -> scipy.sparse.csr_matrix:
    """The rows as a model sees them."""
    values = np.stack([lift[model, ids[:, j]] for j, lift in enumerate(lifts)], axis=1)
    return scipy.sparse.hstack([static, scipy.sparse.csr_matrix(values)], format="csr")


def train(generator: np.random.Generator, lifts: list[np.ndarray], model: int, trees: int) -> lightgbm.Booster:
    """A model on 20,000 rows of its own."""
    static, ids = make_rows(generator, 20_000)
    rows = add_lifts(static, ids, lifts, model)
    truth = np.random.default_rng(1).normal(size=rows.shape[1]) * (np.random.default_rng(2).random(rows.shape[1]) < 0.12)
    known = scipy.sparse.csr_matrix((np.nan_to_num(rows.data), rows.indices, rows.indptr), shape=rows.shape)
    labels = known @ truth * 0.5 + generator.logistic(size=rows.shape[0]) > 2
    return lightgbm.train(SETTINGS | {"seed": model}, lightgbm.Dataset(rows, np.asarray(labels, float)), trees)


def best_times(tasks: dict[str, Callable[[], object]], passes: int = 3) -> dict[str, float]:
    """The shortest time of each task, the tasks taken in turns; the first, uncounted pass compiles."""
    times = dict.fromkeys(tasks, np.inf)
    for number in range(passes + 1):
        for name, task in tasks.items():
            started = time.perf_counter()
            task()
            if number:
                times[name] = min(times[name], time.perf_counter() - started)
    return times


def factor_of_column() -> np.ndarray:
    """Columns spread over the factors, several to a factor."""
    return np.arange(NUMBERS + FLAGS + LIFTS) % FACTORS


def largest_differences(ensemble: Ensemble, booster: lightgbm.Booster, rows: Rows, whole: np.ndarray) -> tuple[float, float]:
    """Of margins and of contributions by factor, between a model compiled alone and the package."""
    explained = ensemble.explain(*rows)
    truth = booster.predict(whole, pred_contrib=True)[:, :-1] @ np.eye(FACTORS)[factor_of_column()]
    return np.abs(explained.margin - booster.predict(whole, raw_score=True)).max(), np.abs(explained.contributions - truth).max()


def main() -> None:
    """Train, time and report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, default in (("rows", 100_000), ("repeats", 3), ("folds", 5), ("trees", 150)):
        parser.add_argument(f"--{name}", type=int, default=default)
    given = parser.parse_args()
    generator = np.random.default_rng(0)
    models, trees = given.repeats * given.folds, given.repeats * given.trees
    lifts = [np.append(np.zeros((models, 1)), generator.normal(size=(models, CATEGORIES - 1)), axis=1) for _ in range(LIFTS)]
    texts = [
        [train(generator, lifts, r * given.folds + f, given.trees).model_to_string() for f in range(given.folds)]
        for r in range(given.repeats)
    ]
    baseline = train(generator, lifts, 0, trees)
    started = time.perf_counter()
    ensemble = compile_ensemble(texts, factor_of_column(), FACTORS, lifts)
    compiled = time.perf_counter() - started

    static, ids = make_rows(generator, given.rows)
    folds = generator.integers(0, given.folds, (given.rows, given.repeats)).astype(np.int32)
    whole = add_lifts(static, ids, lifts, 0)
    few, part = static[:FEW], whole[:FEW].toarray()
    alone = compile_ensemble([[baseline.model_to_string()]], factor_of_column(), FACTORS, [lift[:1] for lift in lifts])
    few_rows = SparseRows(few.indptr, few.indices, few.data), ids[:FEW], folds[:FEW, :1] * 0
    per_row = time_all(ensemble, baseline, (SparseRows(static.indptr, static.indices, static.data), ids, folds), whole)
    differences = largest_differences(alone, baseline, few_rows, part)

    size = sum(array.nbytes for array in ensemble.tables) / 1e6
    used = np.count_nonzero(np.diff(ensemble.tables.column_start)), np.count_nonzero(baseline.feature_importance())
    print("# Scoring kernel")
    print(f"\n{given.rows:,} rows of {whole.shape[1]} columns, {whole.nnz / given.rows:.0f} of them stored; one thread.")
    print(f"Kernel: {given.repeats} x {given.folds} models of {given.trees} trees of 7 leaves that ask {used[0]} static columns.")
    print(f"LightGBM: one model of {trees} trees, as many as a row of the ensemble meets, that asks {used[1]} columns.")
    print_times(per_row, trees)
    print(f"\nCompiling {models} models took {compiled:.1f} s and gives {size:.1f} MB of tables.")
    print(f"Largest difference from the package: margin {differences[0]:.1e}, contribution {differences[1]:.1e}.")


def time_all(ensemble: Ensemble, baseline: lightgbm.Booster, rows: Rows, whole: scipy.sparse.csr_matrix) -> dict[str, float]:
    """Seconds per row of everything that is compared."""
    n = len(rows[1])
    dense = whole[: n // 4].toarray()
    counted = {
        LIGHTGBM[0]: (n, lambda: baseline.predict(whole, raw_score=True, num_threads=1)),
        LIGHTGBM[1]: (len(dense), lambda: baseline.predict(dense, raw_score=True, num_threads=1)),
        "LightGBM pred_contrib": (FEW, lambda: baseline.predict(dense[:FEW], pred_contrib=True, num_threads=1)),
        "kernel, margins": (n, lambda: ensemble.margins(*rows)),
        "kernel, all contributions": (n, lambda: ensemble.explain(*rows)),
        KERNEL: (n, lambda: ensemble.top_factors(*rows)),
    }
    times = best_times({name: task for name, (_, task) in counted.items()})
    return {name: times[name] / counted[name][0] for name in times}


def print_times(per_row: dict[str, float], trees: int) -> None:
    """The table of times, and the goal."""
    plain = min(per_row[name] for name in LIGHTGBM)
    print("\n| one core | rows/s | ns per row and tree | times LightGBM's predict |\n|---|---|---|---|")
    for name, seconds in per_row.items():
        print(f"| {name} | {1 / seconds:,.0f} | {seconds / trees * 1e9:.1f} | {seconds / plain:.2f} |")
    ratio = per_row[KERNEL] / plain
    verdict = "reached" if ratio <= GOAL else "missed"
    print(f"\n**Goal, top factors in at most {GOAL} times LightGBM's predict per row and tree: {ratio:.2f}, {verdict}.**")


if __name__ == "__main__":
    main()
