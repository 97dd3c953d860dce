"""A tree as a game between its columns: leaf value and Shapley values for every pattern of answers (see tree_shap.py)."""

from collections.abc import Iterator
from functools import cache
from math import factorial
from typing import NamedTuple

import numpy as np

from qualscore.model.encoding.arrays import Array
from qualscore.model.kernel.native_trees import Tree


class Game(NamedTuple):
    """What a tree says about a row, by the pattern of its splits' answers."""

    leaf: Array
    """Leaf value by pattern."""
    factors: Array
    """The factors of the tree's columns, ascending."""
    cells: Array
    """Shapley value by factor and pattern."""


def game_table(tree: Tree, factor_of_column: Array) -> Game:
    """Work out a tree for every pattern.

    Bit ``i`` of a pattern says that split ``i`` answers yes, i.e. would send the row left. The players of the game are the tree's
    distinct columns; ``worth[pattern, known]`` is what the tree is expected to say when only the columns of the bit set ``known`` are
    known: a split on a known column follows the pattern, any other goes both ways, with the shares of the training rows.
    """
    players, player = np.unique(tree.column, return_inverse=True)
    patterns, subsets = np.arange(1 << tree.splits), np.arange(1 << len(players))
    worth = np.zeros((len(patterns), len(subsets)))
    for leaf, steps in _paths(tree):
        weight = np.full_like(worth, tree.leaf_value[leaf])
        for split, answer, share in steps:
            follows = (patterns >> split & 1) == answer
            known = (subsets >> player[split] & 1) == 1
            weight *= np.where(known[None, :], follows[:, None], share)
        worth += weight
    factors, factor = np.unique(factor_of_column[players], return_inverse=True)
    summed = np.zeros((len(players), len(factors)))
    summed[np.arange(len(players)), factor] = 1.0
    return Game(worth[:, -1].copy(), factors, np.ascontiguousarray((worth @ _shapley_weights(len(players)) @ summed).T))


def _paths(tree: Tree) -> Iterator[tuple[int, list[tuple[int, int, float]]]]:
    """Each leaf with the steps that lead to it: split, answer (1 is left) and the share of the split's rows that took it."""
    waiting: list[tuple[int, list[tuple[int, int, float]]]] = [(0 if tree.splits else ~0, [])]
    while waiting:
        node, steps = waiting.pop()
        if node < 0:
            yield ~node, steps
            continue
        for answer, child in ((1, int(tree.left[node])), (0, int(tree.right[node]))):
            waiting.append((child, [*steps, (node, answer, tree.share(node, child))]))


@cache
def _shapley_weights(players: int) -> Array:
    """The matrix that turns the worth of all subsets of players into the Shapley value of each player."""
    weights = np.zeros((1 << players, players))
    for subset in range(1 << players):
        size = subset.bit_count()
        for player in range(players):
            before = size - 1 if subset >> player & 1 else size
            weight = factorial(before) * factorial(players - before - 1) / factorial(players)
            weights[subset, player] = weight if subset >> player & 1 else -weight
    return weights
