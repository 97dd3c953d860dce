"""The starting margins of an ensemble in the scoring kernel: margin and contributions of a linear model, row by row.

Rows are grouped by model, as in tree_kernel.py: the terms of a number are then the same for all of them, and a lift column, which is a
function of its category, is a lookup in a table that stays in the cache. It takes 9 % of the time of 3 x 150 trees with their factors
(row by row it took 24 %), 0.3 microseconds of a row.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from qualscore.model.encoding.arrays import Array
from qualscore.model.kernel.starting_margin import LOGARITHMIC, NumberTerm, StartingMargin
from qualscore.model.kernel.tree_kernel import compiled

MEDIAN, SCALE, LOW, HIGH, LINEAR, SQUARED, MEAN = range(len(NumberTerm._fields))


class LinearTables(NamedTuple):
    """Everything the loops read; the numbers are the first static columns. No terms at all where trees start from nothing."""

    logarithmic: Array
    """By number: whether its logarithm is taken."""
    number: Array
    """By model and number: the fields of NumberTerm."""
    lift_start: Array
    """By lift column: where its contributions by category id begin."""
    lift: Array
    """By model: contributions by category id, column after column."""
    factor: Array
    """By number, then by lift column."""
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
        lift_start=np.cumsum([0, *(lift.shape[1] for lift in lifts)]).astype(np.int64),
        lift=np.concatenate([np.zeros((len(starts), 0)), *added], axis=1),
        factor=np.concatenate([factor_of_column[: len(names)], factor_of_column[len(factor_of_column) - len(lifts) :]]).astype(np.int32),
        base=np.array([start.base for start in starts], np.float64),
    )


@compiled
def gather_sparse(linear: LinearTables, indptr: Array, indices: Array, values: Array, numbers: Array) -> None:
    """The numbers of rows, by number and row."""
    numbers[:] = 0.0
    for row in range(numbers.shape[1]):
        for entry in range(indptr[row], indptr[row + 1]):
            if indices[entry] < len(numbers):
                numbers[indices[entry], row] = values[entry]
    _prepare(linear, numbers)


@compiled
def gather_dense(linear: LinearTables, values: Array, numbers: Array) -> None:
    """The numbers of rows, by number and row."""
    for j in range(len(numbers)):
        numbers[j] = values[:, j]
    _prepare(linear, numbers)


@compiled
def _prepare(linear: LinearTables, numbers: Array) -> None:
    for j in range(len(numbers)):
        if linear.logarithmic[j]:
            for row in range(numbers.shape[1]):
                numbers[j, row] = np.log1p(numbers[j, row])


@compiled
def add_linear(
    linear: LinearTables, folds: int, numbers: Array, lift_ids: Array, fold: Array, margin: Array, base: Array, sums: Array
) -> None:
    """Add the mean over the repeats to margin, base and, when sums has columns, contributions."""
    repeats = fold.shape[1]
    parts = np.zeros((len(linear.factor), len(fold)))
    rows = np.empty(len(fold), np.int64)
    for repeat in range(repeats):
        for number in range(folds):
            count = 0
            for row in range(len(fold)):
                rows[count] = row
                count += fold[row, repeat] == number
            model = repeat * folds + number
            _add_numbers(linear.number[model], rows[:count], numbers, parts)
            _add_lifts(linear, model, rows[:count], lift_ids, parts[len(numbers) :])
            for row in rows[:count]:
                base[row] += linear.base[model] / repeats
                margin[row] += linear.base[model] / repeats
    _add_parts(linear, parts, repeats, margin, sums)


@compiled
def _add_numbers(terms: Array, rows: Array, numbers: Array, parts: Array) -> None:
    """What one model's numbers add; its terms are the same for all rows, which is why the rows are grouped by model."""
    for j in range(len(terms)):
        median, scale, low, high = terms[j, MEDIAN], terms[j, SCALE], terms[j, LOW], terms[j, HIGH]
        linear, squared, mean = terms[j, LINEAR], terms[j, SQUARED], terms[j, MEAN]
        for row in rows:
            z = (numbers[j, row] - median) * scale
            z = low if z < low else z
            z = high if z > high else z
            z = z if z == z else 0.0
            parts[j, row] += z * (linear + squared * z) - mean


@compiled
def _add_lifts(linear: LinearTables, model: int, rows: Array, lift_ids: Array, parts: Array) -> None:
    for j in range(len(parts)):
        added = linear.lift[model, linear.lift_start[j] : linear.lift_start[j + 1]]
        for row in rows:
            parts[j, row] += added[lift_ids[row, j]]


@compiled
def _add_parts(linear: LinearTables, parts: Array, repeats: int, margin: Array, sums: Array) -> None:
    scale, explain = 1.0 / repeats, sums.shape[1] > 0
    for row in range(len(margin)):
        total = 0.0
        for j in range(len(parts)):
            part = parts[j, row] * scale
            total += part
            if explain:
                sums[row, linear.factor[j]] += part
        margin[row] += total
