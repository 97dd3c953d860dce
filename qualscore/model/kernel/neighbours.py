"""The nearest of many vectors by matrix products of blocks, equal to what comparing each with each gives.

The distance of two accounts is the Euclidean one of their contributions, in log-odds: factors count as much as they move the model's
margin, so that companies are alike where they score alike for the same reasons (Lundberg, Erion and Lee, "Consistent Individualized
Feature Attribution for Tree Ensembles", 2018, section 5: supervised clustering by Shapley values in place of the inputs).

|a - c|² = |a|² - 2 a·c + |c|² needs one matrix product for a block; it is exact to some 1e-12 of the squares only. So more candidates
than are asked for are taken, all that rounding may have put behind, and their distances are computed from differences.
"""

import numpy as np

from qualscore.model.encoding.arrays import Array

BLOCK = 1 << 22  # distances that are held at a time
ROUNDING = 1e-9  # of the squares: far above what a product of doubles loses


def nearest(vectors: Array, among: Array, *, count: int, own: Array) -> tuple[Array, Array]:
    """The nearest vectors of each row, nearest first, of equal ones those that come first.

    Args:
        vectors: float (rows, columns).
        among: float (others, columns), in the order that decides between equals.
        count: how many of them.
        own: int (rows,), the place of the row itself among the others, which is not counted; -1 where it is none of them.

    Returns:
        places among the others, int (rows, count), -1 where there are fewer; and distances, float (rows, count), NaN there.
    """
    rows, kept = len(vectors), min(count, len(among))
    places, distances = np.full((rows, count), -1, np.int64), np.full((rows, count), np.nan)
    if not kept:
        return places, distances
    others = np.asarray(among, np.float64)
    squares = (others**2).sum(axis=1)
    step = max(1, BLOCK // len(others))
    for first in range(0, rows, step):
        block = np.asarray(vectors[first : first + step], np.float64)
        lengths = (block**2).sum(axis=1)
        rough = np.maximum(lengths[:, None] - 2 * block @ others.T + squares, 0.0)
        mine = own[first : first + step]
        rough[np.flatnonzero(mine >= 0), mine[mine >= 0]] = np.inf
        ends = np.partition(rough, kept - 1, axis=1)[:, kept - 1]
        slack = ROUNDING * (lengths + squares.max())
        for row in range(len(block)):
            candidates = np.flatnonzero(rough[row] <= ends[row] + slack[row])
            candidates = candidates[np.isfinite(rough[row, candidates])]
            exact = np.sqrt(((others[candidates] - block[row]) ** 2).sum(axis=1))
            best = np.argsort(exact, kind="stable")[:kept]
            places[first + row, : len(best)], distances[first + row, : len(best)] = candidates[best], exact[best]
    return places, distances


def shared(first: Array, second: Array, *, most: int) -> Array:
    """The factors that speak for both of two accounts, that first which speaks most for the one that it speaks less for.

    Args:
        first: float (factors,), contributions.
        second: the same of the other account.
        most: no more of them.

    Returns:
        places of factors, int.
    """
    less = np.minimum(first, second)
    order = np.argsort(-less, kind="stable")[:most]
    chosen: Array = order[less[order] > 0]
    return chosen
