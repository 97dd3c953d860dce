"""Models -> the flat tables that the scoring kernel reads (the algorithm is described in tree_shap.py).

A slot is a column together with the way its splits treat missing values, cut at sorted thresholds, so
that every question of a split is one comparison of bytes, ``code <= cut``. A column has several slots when its splits differ in what
they do with missing values, or when the models together cut it at more than 253 places.
"""

from collections.abc import Iterable, Iterator, Sequence, Sized
from typing import Any, NamedTuple

import numpy as np

from qualscore.model.encoding.arrays import Array
from qualscore.model.kernel.native_trees import MISSING_NAN, MISSING_NONE, MISSING_ZERO, Model, Tree
from qualscore.model.kernel.tree_games import Game, game_table

ZERO = float(np.float32(1e-35))
"""LightGBM's kZeroThreshold: a value no further than this from zero is zero."""

LOWEST, HIGHEST, MOST_CUTS = 0, 255, 253
"""Codes of a missing value that always goes left and always right, and how many cuts are left between them."""

AS_ZERO, NAN_LEFT, NAN_RIGHT, ZERO_LEFT, ZERO_RIGHT = range(5)
"""What a slot does with missing values: NaN is 0; NaN goes left or right; zeros and NaN go left or right."""


class Slot(NamedTuple):
    """A column, cut at thresholds, with one treatment of missing values."""

    column: int
    mode: int
    cuts: Array

    @property
    def zero_code(self) -> int:
        """The code of 0.0, and of an absent value."""
        if self.mode in (ZERO_LEFT, ZERO_RIGHT):
            return LOWEST if self.mode == ZERO_LEFT else HIGHEST
        return 1 + int(np.searchsorted(self.cuts, 0.0))

    @property
    def nan_code(self) -> int:
        """The code of NaN."""
        return self.zero_code if self.mode == AS_ZERO else LOWEST if self.mode in (NAN_LEFT, ZERO_LEFT) else HIGHEST

    def codes(self, values: Array) -> Array:
        """The code of each value: one more than the number of cuts below it."""
        codes = 1 + np.searchsorted(self.cuts, values)
        codes[np.abs(values) <= ZERO] = self.zero_code
        codes[np.isnan(values)] = self.nan_code
        return codes.astype(np.uint8)


class SlotIndex:
    """The slots that a set of trees asks, and where each split finds its own."""

    def __init__(self, trees: Iterable[Tree], columns: range) -> None:
        """Collect the thresholds of the splits on the given columns, by column and mode, in slots of at most 253."""
        cuts: dict[tuple[int, int], set[float]] = {}
        for tree in trees:
            for column, mode, threshold in questions(tree):
                if column in columns:
                    cuts.setdefault((column, mode), set()).add(threshold)
        self.slots: list[Slot] = []
        self._first: dict[tuple[int, int], tuple[int, Array]] = {}
        for (column, mode), thresholds in sorted(cuts.items()):
            ordered = np.array(sorted(thresholds))
            self._first[column, mode] = len(self.slots), ordered
            self.slots += [Slot(column, mode, ordered[start : start + MOST_CUTS]) for start in range(0, len(ordered), MOST_CUTS)]

    def find(self, column: int, mode: int, threshold: float) -> tuple[int, int]:
        """The slot of a split, and the largest code that goes left."""
        first, ordered = self._first[column, mode]
        chunk, position = divmod(int(np.searchsorted(ordered, threshold)), MOST_CUTS)
        return first + chunk, position + 1


def questions(tree: Tree) -> Iterator[tuple[int, int, float]]:
    """Column, mode and threshold of each split."""
    modes = {
        MISSING_NONE: (AS_ZERO, AS_ZERO),
        MISSING_NAN: (NAN_RIGHT, NAN_LEFT),
        MISSING_ZERO: (ZERO_RIGHT, ZERO_LEFT),
    }
    for column, missing, left, threshold in zip(tree.column, tree.missing, tree.default_left, tree.threshold, strict=True):
        yield int(column), modes[int(missing)][int(left)], float(threshold)


class Tables(NamedTuple):
    """Everything the kernel reads, in flat arrays; ``x_start[i]`` to ``x_start[i + 1]`` are the entries of i."""

    column_start: Array
    """By static column: its slots."""
    cut_start: Array
    """By static slot: its cuts."""
    cuts: Array
    nan_code: Array
    zero_code: Array
    static_start: Array
    """By model: the static slots that its trees ask, which come first in the model's own numbering of slots."""
    static_slot: Array
    lift_start: Array
    """By model: its lift slots, which come next: lift column and where its code by category id begins."""
    lift_column: Array
    lift_offset: Array
    lift_code: Array
    factor_start: Array
    """By model: the factors of its trees."""
    factor: Array
    tree_start: Array
    """By model: its trees."""
    split_start: Array
    """By tree: its splits, each with the model's slot and the largest code that goes left."""
    split_slot: Array
    split_cut: Array
    leaf_start: Array
    """By tree: its leaf value by pattern."""
    leaf: Array
    part_start: Array
    """By tree: its factors in the model's numbering, each with the start of its Shapley values by pattern."""
    part_factor: Array
    cell_start: Array
    cell: Array
    base: Array
    """By model: the expected margin."""


class _Asked(NamedTuple):
    """A tree in its model's numbering of slots and factors."""

    slots: list[int]
    cuts: list[int]
    parts: Array
    game: Game


class _Compiled(NamedTuple):
    """A model before its tables are put end to end with those of the others."""

    static: list[int]
    lifts: list[Slot]
    lift_codes: list[Array]
    factors: Array
    trees: list[_Asked]
    base: float


def build_tables(
    models: Sequence[Model], factor_of_column: Array, lifts: Sequence[Array], *, dtype: type[np.floating[Any]], scale: float
) -> Tables:
    """Compile models; the last ``len(lifts)`` columns are lifts, given by model and category id. Shapley values are multiplied by scale."""
    n_static = len(factor_of_column) - len(lifts)
    static = SlotIndex((tree for model in models for tree in model.trees), range(n_static))
    compiled = [
        _compile(model, static, factor_of_column, n_static, [lift[number] for lift in lifts]) for number, model in enumerate(models)
    ]
    trees = [tree for model in compiled for tree in model.trees]
    cells = [row for tree in trees for row in tree.game.cells]
    lift_codes = [codes for model in compiled for codes in model.lift_codes]
    return Tables(
        column_start=np.searchsorted([slot.column for slot in static.slots], np.arange(n_static + 1)).astype(np.int32),
        cut_start=_starts([slot.cuts for slot in static.slots]),
        cuts=_joined([slot.cuts for slot in static.slots], np.float64),
        nan_code=np.array([slot.nan_code for slot in static.slots], np.uint8),
        zero_code=np.array([slot.zero_code for slot in static.slots], np.uint8),
        static_start=_starts([model.static for model in compiled]),
        static_slot=_joined([model.static for model in compiled], np.int32),
        lift_start=_starts([model.lifts for model in compiled]),
        lift_column=np.array([slot.column - n_static for model in compiled for slot in model.lifts], np.int32),
        lift_offset=_starts(lift_codes),
        lift_code=_joined(lift_codes, np.uint8),
        factor_start=_starts([model.factors for model in compiled]),
        factor=_joined([model.factors for model in compiled], np.int32),
        tree_start=_starts([model.trees for model in compiled]),
        split_start=_starts([tree.slots for tree in trees]),
        split_slot=_joined([tree.slots for tree in trees], np.int32),
        split_cut=_joined([tree.cuts for tree in trees], np.uint8),
        leaf_start=_starts([tree.game.leaf for tree in trees]),
        leaf=_joined([tree.game.leaf for tree in trees], np.float64),
        part_start=_starts([tree.parts for tree in trees]),
        part_factor=_joined([tree.parts for tree in trees], np.int32),
        cell_start=_starts(cells),
        cell=(_joined(cells, np.float64) * scale).astype(dtype),
        base=np.array([model.base for model in compiled]),
    )


def _compile(model: Model, static: SlotIndex, factor_of_column: Array, n_static: int, lifts: list[Array]) -> _Compiled:
    own = SlotIndex(model.trees, range(n_static, n_static + len(lifts)))
    asked = [
        [(column, *(static if column < n_static else own).find(column, mode, threshold)) for column, mode, threshold in questions(tree)]
        for tree in model.trees
    ]
    used = sorted({slot for tree in asked for column, slot, _ in tree if column < n_static})
    number = {slot: position for position, slot in enumerate(used)}
    games = [game_table(tree, factor_of_column) for tree in model.trees]
    factors = np.unique(np.concatenate([game.factors for game in games]))
    trees = [
        _Asked(
            slots=[number[slot] if column < n_static else len(used) + slot for column, slot, _ in splits],
            cuts=[cut for _, _, cut in splits],
            parts=np.searchsorted(factors, game.factors),
            game=game,
        )
        for splits, game in zip(asked, games, strict=True)
    ]
    codes = [slot.codes(lifts[slot.column - n_static]) for slot in own.slots]
    return _Compiled(used, own.slots, codes, factors, trees, sum(tree.expected_value for tree in model.trees))


def _starts(rows: Sequence[Sized]) -> Array:
    return np.concatenate([[0], np.cumsum([len(row) for row in rows])]).astype(np.int64)


def _joined(rows: Sequence[Any], dtype: type[np.generic]) -> Array:
    joined: Array = np.concatenate([np.zeros(0), *rows]).astype(dtype)
    return joined
