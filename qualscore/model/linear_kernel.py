"""The starting margins of an ensemble in the scoring kernel: margin and contributions of a linear model, row by row.

A lift column is a function of its category, so that what it adds is a lookup by model and category id; a number costs two
multiplications. Together they take a twentieth of the time of the trees.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from qualscore.model.native_trees import Array
from qualscore.model.starting_margin import LOGARITHMIC, NumberTerm, StartingMargin
from qualscore.model.tree_kernel import compiled

MEDIAN, SCALE, LOW, HIGH, LINEAR, SQUARED, MEAN = range(len(NumberTerm._fields))


class LinearTables(NamedTuple):
    """Everything the loops read; the numbers are the first static columns. No terms at all where trees start from nothing."""

    logarithmic: Array
    """By number: whether its logarithm is taken."""
    number: Array
    """By model and number: the fields of NumberTerm."""
    number_factor: Array
    lift_start: Array
    """By lift column: where its contributions by category id begin."""
    lift: Array
    """By model: contributions by category id, column after column."""
    lift_factor: Array
    base: Array
    """By model: the mean margin."""


def build_linear(starts: Sequence[StartingMargin], names: Sequence[str], factor_of_column: Array, lifts: Sequence[Array]) -> LinearTables:
    """The tables of the starting margins of all models.

    Args:
        starts: by model.
        names: of the numbers, which are the first columns.
        factor_of_column: for each column its factor; the last ``len(lifts)`` are those of the lifts.
        lifts: for each lift column its values by model and category id.
    """
    terms = [[start.lifts[j] for start in starts] for j in range(len(lifts))]
    slopes, means = (np.array([[term[i] for term in of_lift] for of_lift in terms]) for i in (0, 1))
    added = [slopes[j][:, None] * lift - means[j][:, None] for j, lift in enumerate(lifts)]
    return LinearTables(
        logarithmic=np.array([name == LOGARITHMIC for name in names], np.bool_),
        number=np.array([start.numbers for start in starts], np.float64).reshape(len(starts), len(names), -1),
        number_factor=np.asarray(factor_of_column[: len(names)], np.int32),
        lift_start=np.cumsum([0, *(lift.shape[1] for lift in lifts)]).astype(np.int64),
        lift=np.concatenate([np.zeros((len(starts), 0)), *added], axis=1),
        lift_factor=np.asarray(factor_of_column[len(factor_of_column) - len(lifts) :], np.int32),
        base=np.array([start.base for start in starts], np.float64),
    )


@compiled
def gather_sparse(linear: LinearTables, indptr: Array, indices: Array, values: Array, numbers: Array) -> None:
    """The numbers of rows, by row and number."""
    for row in range(len(numbers)):
        numbers[row] = 0.0
        for entry in range(indptr[row], indptr[row + 1]):
            if indices[entry] < numbers.shape[1]:
                numbers[row, indices[entry]] = values[entry]
        _prepare(linear, numbers[row])


@compiled
def gather_dense(linear: LinearTables, values: Array, numbers: Array) -> None:
    """The numbers of rows, by row and number."""
    for row in range(len(numbers)):
        numbers[row] = values[row, : numbers.shape[1]]
        _prepare(linear, numbers[row])


@compiled
def _prepare(linear: LinearTables, numbers: Array) -> None:
    for j in range(len(numbers)):
        if linear.logarithmic[j]:
            numbers[j] = np.log1p(numbers[j])


@compiled
def add_linear(
    linear: LinearTables, folds: int, numbers: Array, lift_ids: Array, fold: Array, margin: Array, base: Array, sums: Array
) -> None:
    """Add the mean over the repeats to margin, base and, when sums has columns, contributions."""
    repeats, explain = fold.shape[1], sums.shape[1] > 0
    part = np.zeros(len(linear.number_factor) + len(linear.lift_factor))
    for row in range(len(fold)):
        part[:] = 0.0
        expected = 0.0
        for repeat in range(repeats):
            model = repeat * folds + fold[row, repeat]
            expected += linear.base[model]
            _add_numbers(linear.number[model], numbers[row], part)
            for j in range(len(linear.lift_factor)):
                part[numbers.shape[1] + j] += linear.lift[model, linear.lift_start[j] + lift_ids[row, j]]
        base[row] += expected / repeats
        margin[row] += (expected + part.sum()) / repeats
        if explain:
            for j in range(numbers.shape[1]):
                sums[row, linear.number_factor[j]] += part[j] / repeats
            for j in range(len(linear.lift_factor)):
                sums[row, linear.lift_factor[j]] += part[numbers.shape[1] + j] / repeats


@compiled
def _add_numbers(terms: Array, numbers: Array, part: Array) -> None:
    for j in range(len(numbers)):
        term, value = terms[j], numbers[j]
        part[j] -= term[MEAN]
        if value == value:
            z = min(max((value - term[MEDIAN]) * term[SCALE], term[LOW]), term[HIGH])
            part[j] += z * (term[LINEAR] + term[SQUARED] * z)
