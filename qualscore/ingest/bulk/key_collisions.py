"""Which rows compete for a key: told by hashes, so that the many that do not are neither sorted nor moved.

Imports nothing that a Python worker would load for long.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import reduce
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pyspark.sql import DataFrame

from qualscore import checkpoints

Array = npt.NDArray[Any]
# More repeated hashes than these fit into no task's memory beside its rows: then all rows compete.
MOST_REPEATED = 4_000_000
# Hashes are sorted by a million, and moved in so many ranges.
AT_ONCE, RANGES = 1_000_000, 256


@dataclass(frozen=True)
class Repeated:
    """`hashes`, a frame of one column `_hash`, each once; and how many there are."""

    hashes: DataFrame
    count: int


def repeated(hashes: list[DataFrame]) -> Repeated:
    """The hashes that several rows have: actions.

    They are moved in packed arrays: to sort and compare one takes Python .2 microseconds.

    Args:
        hashes: frames of one column `_hash`, of 64 bits. Two keys may share one: they are then only looked at for nothing.
    """
    own = reduce(DataFrame.unionByName, hashes)
    packed = own.mapInArrow(_packed, "range int, hashes binary").repartition("range")
    twice = packed.mapInArrow(_met_again, "_hash bigint").transform(checkpoints.kept)
    return Repeated(twice, twice.count())


def _packed(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """A row for each range of some batches' hashes: its number, and the hashes."""
    held: list[Array] = []
    for batch in batches:
        held.append(batch.column(0).to_numpy(zero_copy_only=False))
        if sum(map(len, held)) >= AT_ONCE:
            yield _by_range(np.concatenate(held))
            held = []
    if held:
        yield _by_range(np.concatenate(held))


def _by_range(hashes: Array) -> pa.RecordBatch:
    hashes = np.sort(hashes)
    bounds = np.linspace(-(2**63), 2**63, RANGES, endpoint=False)[1:].astype(np.int64)
    parts = [part.tobytes() for part in np.split(hashes, np.searchsorted(hashes, bounds))]
    return pa.RecordBatch.from_arrays([pa.array(range(RANGES), pa.int32()), pa.array(parts, pa.binary())], names=["range", "hashes"])


def _met_again(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Each hash that is met more than once. All hashes of a range are in one part, which holds some of them in memory, 8 bytes each."""
    by_range: dict[int, list[bytes]] = {}
    for batch in batches:
        for place, hashes in zip(*(column.to_pylist() for column in batch.columns), strict=True):
            by_range.setdefault(place, []).append(hashes)
    for held in by_range.values():
        hashes = np.sort(np.frombuffer(b"".join(held), np.int64))
        again = np.unique(hashes[1:][hashes[1:] == hashes[:-1]])
        yield pa.RecordBatch.from_arrays([pa.array(again)], names=["_hash"])
