"""The scoring kernel: margins and exact Shapley contributions of small boosted trees, at about the cost of a plain prediction.

**What is computed.** For each tree, Shapley values of the game between its columns in which the worth of a set of columns is the
tree's *path-dependent* expectation: a split on a column of the set sends the row where it belongs, any other split sends it both ways,
weighted with the training rows that went there (Lundberg, Erion and Lee, "Consistent Individualized Feature Attribution for Tree
Ensembles", 2018, algorithm 1; Lundberg et al., "From local explanations to global understanding with explainable AI for trees", Nature
Machine Intelligence 2, 2020). Shapley values are additive, so trees are summed, and so are the columns that belong to one factor
(each column is a player of its own: a factor's contribution is the sum of its columns'). Margin = base + contributions. These are
LightGBM's own ``pred_contrib`` values (``Tree::TreeSHAP``; counts are ``leaf_count`` and ``internal_count``, the base is
``Tree::ExpectedValue``).

**How.** TreeSHAP walks each tree anew for each row. But a tree of at most 8 leaves has at most 7 splits, so a row can only give it one
of 128 *patterns* of yes and no, and everything above depends on the pattern alone. Once per model, each tree is worked out for all its
patterns by brute force over the subsets of its columns (tree_games.py). A row then costs:

1. **Codes.** Each static column that any model asks is binned once, by binary search among the thresholds of all models, into a byte
   per slot (tree_tables.py), so that every question of every split, missing values included, is ``code <= cut``. A lift column is a
   function of its category, so that its codes are a lookup by model and category id.
2. **Patterns.** Rows are grouped by model and taken in blocks of 256; a block's codes lie column by column, and a split is one
   vectorised comparison of bytes that gives one bit of each row's pattern.
3. **Sums.** A tree adds one number to the margin, and one to each of its factors, from a table of a few hundred bytes.
4. **Start.** Where the trees start from a linear margin (starting_margin.py), that is added (linear_kernel.py): its columns, the numbers
   at the head of the static columns and the lifts, add coefficient x (value - mean) to their factors, and their means to the base.

**LightGBM's decisions, as in ``Tree::NumericalDecision``**: a value goes left when ``value <= threshold``. A split's missing type says
what is missing: nothing (NaN is then 0.0), NaN, or zeros and NaN (``zero_as_missing``); missing goes the default way. Values within
1e-35 of zero are zero, as in its predictor.

A row's result does not depend on the rows that it comes with. Calls share nothing and release the GIL; each uses one thread and, beside
its result, memory for 4,096 rows.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from qualscore.model.encoding.arrays import Array
from qualscore.model.kernel.linear_kernel import LinearTables, add_linear, build_linear, gather_dense, gather_sparse
from qualscore.model.kernel.native_trees import UnsupportedModel, parse_model
from qualscore.model.kernel.starting_margin import StartingMargin
from qualscore.model.kernel.tree_kernel import encode_dense, encode_sparse, score, select_top
from qualscore.model.kernel.tree_tables import Tables, build_tables

__all__ = ["Ensemble", "Explanation", "SparseRows", "TopFactors", "UnsupportedModel", "compile_ensemble"]

_CHUNK = 4096
"""Rows whose codes and contributions are held."""


class SparseRows(NamedTuple):
    """Rows in compressed form (CSR): an absent value is 0.0, NaN is missing; no column twice in a row."""

    indptr: Array
    indices: Array
    values: Array


class Explanation(NamedTuple):
    """margin = base + the sum of a row's contributions (which are in the precision that the ensemble was compiled for)."""

    margin: Array
    base: Array
    contributions: Array


class TopFactors(NamedTuple):
    """The largest contributions of each sign, largest first, ties by factor id; -1 and 0.0 where there are fewer."""

    margin: Array
    base: Array
    for_ids: Array
    for_values: Array
    against_ids: Array
    against_values: Array


@dataclass(frozen=True)
class Ensemble:
    """A compiled cross-fitted ensemble: plain arrays, so it can be pickled and broadcast.

    All three methods take ``static``, the columns that are the same for all models, as SparseRows or a dense array (n, static columns);
    ``lift_ids``, the category ids (n, lift columns); and ``folds`` (n, repeats): in repeat r a row is scored by model (r, folds[row, r]).
    Results are means over the repeats.
    """

    tables: Tables
    linear: LinearTables | None
    repeats: int
    folds: int
    n_factors: int
    n_static: int
    lift_sizes: tuple[int, ...]

    def margins(self, static: SparseRows | Array, lift_ids: Array, folds: Array) -> Array:
        """The margin (raw score) of each row, in doubles."""
        result = np.empty(len(folds))
        for rows, margin, _, _ in self._chunks(static, lift_ids, folds, explain=False):
            result[rows] = margin
        return result

    def explain(self, static: SparseRows | Array, lift_ids: Array, folds: Array) -> Explanation:
        """Margin, base and the contribution of every factor."""
        n = len(folds)
        result = Explanation(np.empty(n), np.empty(n), np.empty((n, self.n_factors), self.tables.cell.dtype))
        for rows, margin, base, sums in self._chunks(static, lift_ids, folds, explain=True):
            result.margin[rows], result.base[rows], result.contributions[rows] = margin, base, sums
        return result

    def top_factors(self, static: SparseRows | Array, lift_ids: Array, folds: Array, count: int = 5) -> TopFactors:
        """Margin, base and the ``count`` factors that speak most for and most against each row."""
        n = len(folds)
        ids, values = np.full((2, n, count), -1, np.int32), np.zeros((2, n, count), np.float32)
        result = TopFactors(np.empty(n), np.empty(n), ids[0], values[0], ids[1], values[1])
        for rows, margin, base, sums in self._chunks(static, lift_ids, folds, explain=True):
            result.margin[rows], result.base[rows] = margin, base
            select_top(sums, result.for_ids[rows], result.for_values[rows], result.against_ids[rows], result.against_values[rows])
        return result

    def _chunks(
        self, static: SparseRows | Array, lift_ids: Array, folds: Array, *, explain: bool
    ) -> Iterator[tuple[slice, Array, Array, Array]]:
        """Margin, base and contributions of some rows at a time; the arrays are used again for the next rows."""
        static, lift_ids, folds = self._checked(static, lift_ids, folds)
        size = min(_CHUNK, len(folds))
        codes = np.empty((size, len(self.tables.zero_code)), np.uint8)
        margins, bases = np.empty(size), np.empty(size)
        sums = np.empty((size, self.n_factors if explain else 0), self.tables.cell.dtype)
        for first in range(0, len(folds), _CHUNK):
            rows = slice(first, min(first + _CHUNK, len(folds)))
            part = slice(rows.stop - first)
            if isinstance(static, SparseRows):
                encode_sparse(self.tables, static.indptr[first : rows.stop + 1], static.indices, static.values, codes[part])
            else:
                encode_dense(self.tables, static[rows], codes[part])
            score(self.tables, self.folds, codes[part], lift_ids[rows], folds[rows], margins[part], bases[part], sums[part])
            if self.linear is not None:
                numbers = _numbers(self.linear, static, rows)
                add_linear(self.linear, self.folds, numbers, lift_ids[rows], folds[rows], margins[part], bases[part], sums[part])
            yield rows, margins[part], bases[part], sums[part]

    def _checked(self, static: SparseRows | Array, lift_ids: Array, folds: Array) -> tuple[SparseRows | Array, Array, Array]:
        """The arguments in the types of the kernel, which itself checks no bounds."""
        n = len(folds)
        folds = np.ascontiguousarray(folds, np.int32)
        lift_ids = np.ascontiguousarray(lift_ids, np.int32)
        fits = folds.shape == (n, self.repeats) and _within(folds, self.folds)
        _require(fits, "folds", f"0 to {self.folds - 1} in {self.repeats} columns")
        _require(lift_ids.shape == (n, len(self.lift_sizes)), "lift_ids", f"{len(self.lift_sizes)} columns and as many rows as folds")
        for number, size in enumerate(self.lift_sizes):
            _require(_within(lift_ids[:, number], size), f"lift_ids of lift column {number}", f"ids below {size}")
        if isinstance(static, SparseRows):
            static = SparseRows(
                np.ascontiguousarray(static.indptr, np.int32),
                np.ascontiguousarray(static.indices, np.int32),
                np.ascontiguousarray(static.values, np.float64),
            )
            ends = static.indptr
            ordered = len(ends) == n + 1 and ends[0] >= 0 and bool(np.all(np.diff(ends) >= 0))
            _require(ordered and ends[-1] <= len(static.indices) == len(static.values), "indptr", "the ends of as many rows as folds has")
            _require(_within(static.indices, self.n_static), "indices", f"columns below {self.n_static}")
        else:
            static = np.ascontiguousarray(static, np.float64)
            _require(static.shape == (n, self.n_static), "static", f"{self.n_static} columns and as many rows as folds")
        return static, lift_ids, folds


def compile_ensemble(
    texts: Sequence[Sequence[str]],
    factor_of_column: Array,
    n_factors: int,
    lifts: Sequence[Array] = (),
    *,
    starts: Sequence[Sequence[StartingMargin]] = (),
    numbers: Sequence[str] = (),
    exact: bool = False,
) -> Ensemble:
    """Compile the native texts of a cross-fitted ensemble, by repeat and fold.

    Args:
        texts: One text per repeat and fold; each model numbers its columns static first, then the lift columns.
        factor_of_column: For each column the id of its factor, 0 to n_factors - 1.
        n_factors: Number of factors.
        lifts: For each lift column its values by model (repeat * folds + fold) and category id.
        starts: Where the trees of each model start, by repeat and fold; from 0 when empty.
        numbers: Names of the columns at the head of the static ones that a start has a term for.
        exact: Contributions in doubles (equal to LightGBM's to 1e-9) in place of floats (1e-5).

    Raises:
        UnsupportedModel: a model that the kernel cannot score exactly; one sentence says why.
        ValueError: arguments that do not fit each other.
    """
    repeats, folds = len(texts), len(texts[0]) if texts else 0
    factors = np.asarray(factor_of_column, np.int64)
    tables_of_lifts = [np.asarray(lift, np.float64) for lift in lifts]
    _require(folds > 0 and all(len(row) == folds for row in texts), "texts", "as many folds in each repeat, at least one")
    _require(_within(factors, n_factors) and len(factors) >= len(lifts), "factor_of_column", f"factors below {n_factors} for all columns")
    for lift in tables_of_lifts:
        _require(lift.ndim == 2 and len(lift) == repeats * folds, "lifts", f"{repeats * folds} models by category ids")
    models = [parse_model(text) for row in texts for text in row]
    for model in models:
        _require(model.n_columns == len(factors), "factor_of_column", f"{model.n_columns} columns, as many as the model")
    tables = build_tables(models, factors, tables_of_lifts, dtype=np.float64 if exact else np.float32, scale=1 / repeats)
    linear = None
    if starts:
        _require(len(starts) == repeats and all(len(row) == folds for row in starts), "starts", "one for each text")
        linear = build_linear([start for row in starts for start in row], numbers, factors, tables_of_lifts)
    sizes = tuple(lift.shape[1] for lift in tables_of_lifts)
    return Ensemble(tables, linear, repeats, folds, n_factors, len(factors) - len(lifts), sizes)


def _numbers(linear: LinearTables, static: SparseRows | Array, rows: slice) -> Array:
    """The numbers that the starting margins of some rows need."""
    numbers = np.empty((len(linear.logarithmic), rows.stop - rows.start))
    if isinstance(static, SparseRows):
        gather_sparse(linear, static.indptr[rows.start : rows.stop + 1], static.indices, static.values, numbers)
    else:
        gather_dense(linear, static[rows], numbers)
    return numbers


def _require(fits: bool, name: str, expected: str) -> None:
    if not fits:
        raise ValueError(f"{name} must have {expected}.")


def _within(ids: Array, end: int) -> bool:
    return ids.size == 0 or (int(ids.min()) >= 0 and int(ids.max()) < end)
