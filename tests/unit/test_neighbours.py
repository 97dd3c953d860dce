"""The nearest vectors by blocks, against comparing each with each."""

import numpy as np
import pytest

from qualscore.model.kernel import neighbours


def by_brute_force(vectors: np.ndarray, among: np.ndarray, count: int, own: np.ndarray) -> tuple[list[list[int]], list[list[float]]]:
    places, distances = [], []
    for row, vector in enumerate(vectors):
        each = sorted((float(np.sqrt(((vector - other) ** 2).sum())), place) for place, other in enumerate(among) if place != own[row])
        places.append([place for _, place in each[:count]])
        distances.append([distance for distance, _ in each[:count]])
    return places, distances


@pytest.mark.parametrize("block", [1, 700, 1 << 22])
def test_blocks_give_what_brute_force_gives(block: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """With many equal distances, and with rows that are themselves among the others."""
    monkeypatch.setattr(neighbours, "BLOCK", block)
    draws = np.random.default_rng(3)
    among = draws.integers(-2, 3, (150, 4)).astype(np.float32) * np.float32(0.1)
    vectors = np.concatenate([draws.integers(-2, 3, (80, 4)).astype(np.float32) * np.float32(0.1), among[:40]])
    own = np.concatenate([np.full(80, -1), np.arange(40)])
    places, distances = neighbours.nearest(vectors, among, count=3, own=own)
    expected, far = by_brute_force(vectors.astype(float), among.astype(float), 3, own)
    assert places.tolist() == expected
    np.testing.assert_allclose(distances, far, rtol=0, atol=1e-12)
    assert (np.diff(distances, axis=1) == 0).any()


def test_large_numbers_hide_neither_small_distances_nor_ties() -> None:
    here = 1e6 / 3 + np.arange(4.0)
    among = np.concatenate([here + np.eye(4), here - np.eye(4), [here + 0.01]])
    places, _ = neighbours.nearest(here[None, :], among, count=3, own=np.array([-1]))
    exact = np.sqrt(((among - here) ** 2).sum(axis=1))
    assert places.tolist() == [np.argsort(exact, kind="stable")[:3].tolist()] and places[0, 0] == 8


def test_of_fewer_there_are_fewer() -> None:
    places, distances = neighbours.nearest(np.zeros((2, 1)), np.array([[2.0], [1.0]]), count=3, own=np.array([-1, 0]))
    assert places.tolist() == [[1, 0, -1], [1, -1, -1]]
    np.testing.assert_array_equal(distances, [[1, 2, np.nan], [1, np.nan, np.nan]])
    assert neighbours.nearest(np.zeros((1, 1)), np.zeros((0, 1)), count=2, own=np.array([-1]))[0].tolist() == [[-1, -1]]


def test_shared_factors_speak_for_both() -> None:
    first, second = np.array([0.9, 0.2, -0.5, 0.4, 0.3]), np.array([0.1, 0.6, 0.7, 0.4, 0.0])
    assert neighbours.shared(first, second, most=2).tolist() == [3, 1]
    assert neighbours.shared(first, -second, most=2).tolist() == []
