"""Two models on the same accounts: resamples that draw an account for both of them, so that what is chance for both cancels out."""

import numpy as np

from qualscore.model.encoding.arrays import Array
from qualscore.model.learning.evaluation import AT_ONCE, measures_of

DRAWS = 1_000


def differences(examples: Array, unlabelled: Array, *, weight: float, draws: int = DRAWS, seed: int = 0) -> dict[str, Array]:
    """The second model's measures less the first one's in each resample, by the names of `ranking`: float (draws,).

    Args:
        examples: float (2, examples), the margins of each model.
        unlabelled: float (2, unlabelled), of the drawn accounts.
        weight: how many unlabelled accounts each drawn one stands for.
        draws: resamples.
        seed: of the draws.

    >>> same = np.array([[1.0, 3.0], [2.0, 6.0]])
    >>> differences(same, np.array([[2.0, 0.0], [5.0, 1.0]]), weight=1, draws=2)["roc_auc"].tolist()
    [0.0, 0.0]
    """
    draw = np.random.default_rng(seed)
    placed = [_placed(*sides) for sides in zip(examples, unlabelled, strict=True)]
    widths = [int(levels.max()) + 1 for levels, _ in placed]
    at_once = max(1, AT_ONCE // (2 * max(widths) + 1))
    parts = []
    for start in range(0, draws, at_once):
        counts = _resampled(placed, widths, draw, min(at_once, draws - start))
        first, second = (measures_of(levels, weight * cells) for levels, cells in counts)
        parts.append({name: second[name] - first[name] for name in first})
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def _placed(examples: Array, unlabelled: Array) -> tuple[Array, Array]:
    """The level of each example and the cell of each unlabelled account, the highest first; see `evaluation.Ranked`."""
    levels, level = np.unique(examples, return_inverse=True)
    cell = np.searchsorted(levels, unlabelled, "left") + np.searchsorted(levels, unlabelled, "right")
    return (len(levels) - 1 - level).astype(np.int32), (2 * len(levels) - cell).astype(np.int32)


def _resampled(placed: list[tuple[Array, Array]], widths: list[int], draw: np.random.Generator, draws: int) -> list[tuple[Array, Array]]:
    """For each model the counts of `draws` resamples: (draws, levels) and (draws, cells)."""
    shapes = [(width, 2 * width + 1) for width in widths]
    counts = [tuple(np.zeros((draws, size), np.int64) for size in shape) for shape in shapes]
    for i in range(draws):
        chosen = [draw.integers(0, len(side), len(side), dtype=np.uint32) for side in placed[0]]
        for places, of_model in zip(placed, counts, strict=True):
            for side in range(2):
                of_model[side][i] = np.bincount(places[side][chosen[side]], minlength=of_model[side].shape[1])
    return [(levels, cells) for levels, cells in counts]
