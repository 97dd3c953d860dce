"""The compiled loops of tree_shap.py, which explains them; arguments are checked there, not here."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba
import numpy as np

from qualscore.model.encoding.arrays import Array
from qualscore.model.kernel.tree_tables import ZERO, Tables

BLOCK, STRIDE = 256, 320
"""Rows of a block, and its width in memory: not a power of two, which would crowd the cache."""

_Function = TypeVar("_Function", bound=Callable[..., Any])


def compiled(function: _Function) -> _Function:
    """Compile on first use; the result is kept in NUMBA_CACHE_DIR or beside the file."""
    return cast(_Function, numba.njit(cache=True, nogil=True)(function))


@compiled
def _code(tables: Tables, slot: int, value: float) -> int:
    """A slot's code of a value: one more than the number of cuts below it, unless it is zero or missing."""
    if abs(value) <= ZERO:
        return tables.zero_code[slot]  # type: ignore[no-any-return]
    if value != value:
        return tables.nan_code[slot]  # type: ignore[no-any-return]
    low, high = tables.cut_start[slot], tables.cut_start[slot + 1]
    first = low
    while low < high:
        middle = (low + high) >> 1
        if tables.cuts[middle] < value:
            low = middle + 1
        else:
            high = middle
    return 1 + low - first  # type: ignore[no-any-return]


@compiled
def encode_sparse(tables: Tables, indptr: Array, indices: Array, values: Array, codes: Array) -> None:
    """Codes by row and static slot."""
    for row in range(len(codes)):
        codes[row] = tables.zero_code
        for entry in range(indptr[row], indptr[row + 1]):
            column = indices[entry]
            for slot in range(tables.column_start[column], tables.column_start[column + 1]):
                codes[row, slot] = _code(tables, slot, values[entry])


@compiled
def encode_dense(tables: Tables, values: Array, codes: Array) -> None:
    """Codes by row and static slot."""
    for row in range(len(codes)):
        for column in range(len(tables.column_start) - 1):
            for slot in range(tables.column_start[column], tables.column_start[column + 1]):
                codes[row, slot] = _code(tables, slot, values[row, column])


@compiled
def score(tables: Tables, folds: int, codes: Array, lift_ids: Array, fold: Array, margin: Array, base: Array, sums: Array) -> None:
    """Margin, base and, when sums has columns, contributions of rows whose codes are made."""
    repeats = fold.shape[1]
    block = np.empty((np.max(np.diff(tables.static_start) + np.diff(tables.lift_start)), STRIDE), np.uint8)
    parts = np.empty((np.max(np.diff(tables.factor_start)), STRIDE), sums.dtype)
    rows = np.empty(len(codes), np.int64)
    margin[:] = 0.0
    base[:] = 0.0
    sums[:] = 0.0
    for repeat in range(repeats):
        for number in range(folds):
            count = 0
            for row in range(len(codes)):
                rows[count] = row
                count += fold[row, repeat] == number
            for start in range(0, count, BLOCK):
                some = rows[start : min(start + BLOCK, count)]
                _score_block(tables, repeat * folds + number, some, codes, lift_ids, block, parts, margin, base, sums)
    margin /= repeats
    base /= repeats


@compiled
def _score_block(
    tables: Tables,
    model: int,
    rows: Array,
    codes: Array,
    lift_ids: Array,
    block: Array,
    parts: Array,
    margin: Array,
    base: Array,
    sums: Array,
) -> None:
    """Add one model's part to a block of rows."""
    _gather_codes(tables, model, rows, codes, lift_ids, block)
    pattern = np.empty(BLOCK, np.uint8)
    total = np.zeros(BLOCK)
    explain = sums.shape[1] > 0
    factors = tables.factor[tables.factor_start[model] : tables.factor_start[model + 1]]
    parts[: len(factors)] = 0.0
    for tree in range(tables.tree_start[model], tables.tree_start[model + 1]):
        _make_patterns(tables, tree, block, len(rows), pattern)
        leaf = tables.leaf[tables.leaf_start[tree] : tables.leaf_start[tree + 1]]
        for i in range(len(rows)):
            total[i] += leaf[pattern[i]]
        if explain:
            _add_parts(tables, tree, pattern, len(rows), parts)
    for i in range(len(rows)):
        margin[rows[i]] += total[i]
        base[rows[i]] += tables.base[model]
        if explain:
            for j in range(len(factors)):
                sums[rows[i], factors[j]] += parts[j, i]


@compiled
def _gather_codes(tables: Tables, model: int, rows: Array, codes: Array, lift_ids: Array, block: Array) -> None:
    """The codes that a model asks, slot by slot."""
    slots = tables.static_slot[tables.static_start[model] : tables.static_start[model + 1]]
    for i in range(len(rows)):
        for j in range(len(slots)):
            block[j, i] = codes[rows[i], slots[j]]
    for lift in range(tables.lift_start[model], tables.lift_start[model + 1]):
        target = block[len(slots) + lift - tables.lift_start[model]]
        lookup = tables.lift_code[tables.lift_offset[lift] : tables.lift_offset[lift + 1]]
        for i in range(len(rows)):
            target[i] = lookup[lift_ids[rows[i], tables.lift_column[lift]]]


@compiled
def _make_patterns(tables: Tables, tree: int, block: Array, n: int, pattern: Array) -> None:
    """Each row's answers to a tree's splits, one bit a split."""
    pattern[:n] = 0
    first = tables.split_start[tree]
    for split in range(first, tables.split_start[tree + 1]):
        codes, cut, bit = block[tables.split_slot[split]], tables.split_cut[split], np.uint8(1 << (split - first))
        for i in range(n):
            pattern[i] |= bit if codes[i] <= cut else np.uint8(0)


@compiled
def _add_parts(tables: Tables, tree: int, pattern: Array, n: int, parts: Array) -> None:
    """Add a tree's Shapley values to the sums of its factors."""
    for part in range(tables.part_start[tree], tables.part_start[tree + 1]):
        cell = tables.cell[tables.cell_start[part] : tables.cell_start[part + 1]]
        target = parts[tables.part_factor[part]]
        for i in range(n):
            target[i] += cell[pattern[i]]


@compiled
def select_top(sums: Array, for_ids: Array, for_values: Array, against_ids: Array, against_values: Array) -> None:
    """The largest positive and negative sums of each row, by insertion; ids start as -1 and values as 0."""
    count = for_ids.shape[1]
    for row in range(len(sums) if count else 0):
        for factor in range(sums.shape[1]):
            value: Any = np.float32(sums[row, factor])
            if value > for_values[row, count - 1]:
                _insert(for_ids[row], for_values[row], factor, value, 1)
            elif value < against_values[row, count - 1]:
                _insert(against_ids[row], against_values[row], factor, value, -1)


@compiled
def _insert(ids: Array, values: Array, factor: int, value: float, sign: int) -> None:
    place = len(ids) - 1
    while place > 0 and sign * value > sign * values[place - 1]:
        ids[place], values[place] = ids[place - 1], values[place - 1]
        place -= 1
    ids[place], values[place] = factor, value
