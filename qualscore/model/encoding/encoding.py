"""Log-lift encoding: how much more common a value is among examples than among reference accounts.

lift(v) = log((c_v + a) / (e_v + a)), a = 3: c_v the examples with the value, e_v the number expected from the value's
share of the reference accounts. A missing value is a value; one that is unseen, or too rare to be counted, has lift 0. A training row's
lift counts only examples of other inner folds, a scored row's only examples of other folds: none ever counts its own label.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa

from qualscore.model.encoding.arrays import Array

SMOOTHING = 3.0
INNER_FOLDS = 5
UNSEEN = 0


@dataclass(frozen=True)
class LiftedColumn:
    """The counts behind the lifts of one column.

    Attributes:
        ids: value to id, from 1; 0 is for values never seen.
        shares: float (values + 1,), each value's share of the reference accounts.
        counts: float (values + 1, repeats, folds, inner folds), the examples.
    """

    ids: dict[str | None, int]
    shares: Array
    counts: Array

    def training_lifts(self, repeat: int) -> Array:
        """Lifts (folds, inner folds, values + 1) for rows of an inner fold when a fold is left out."""
        counts = self.counts[:, repeat]
        kept = counts.sum(axis=(1, 2), keepdims=True) - counts.sum(axis=2, keepdims=True) - counts.sum(axis=1, keepdims=True) + counts
        return np.moveaxis(_lift(kept, self.shares), 0, -1)

    def scoring_lifts(self) -> Array:
        """Lifts (repeats * folds, values + 1) for rows of the fold that a model left out."""
        counts = self.counts.sum(axis=3)
        kept = counts.sum(axis=2, keepdims=True) - counts
        lifts: Array = _lift(kept, self.shares).reshape(len(self.shares), -1).T.copy()
        return lifts


def _lift(counted: Array, shares: Array) -> Array:
    expected = shares.reshape(-1, *[1] * (counted.ndim - 1)) * counted.sum(axis=0, keepdims=True)
    lift: Array = np.log((counted + SMOOTHING) / (expected + SMOOTHING))
    return lift


def count(
    examples: pd.DataFrame, column: str, shares: dict[str | None, float], *, folds: Array, inners: Array, n_folds: int
) -> LiftedColumn:
    """Counts the examples of a column's values.

    Args:
        examples: one row per example, its values as of its own date.
        column: the column to count.
        shares: value to its share of the reference accounts.
        folds: int (examples, repeats), the fold of each example.
        inners: int (examples, repeats), the inner fold of each example.
        n_folds: number of folds.
    """
    values = [None if pd.isna(value) else str(value) for value in examples[column]]
    known = sorted({*shares, *values}, key=lambda value: (value is not None, value or ""))
    ids = {value: index for index, value in enumerate(known, start=1)}
    counts = np.zeros((len(ids) + 1, folds.shape[1], n_folds, INNER_FOLDS))
    rows = np.array([ids[value] for value in values], dtype=np.int64)
    for repeat in range(folds.shape[1]):
        np.add.at(counts[:, repeat], (rows, folds[:, repeat], inners[:, repeat]), 1.0)
    return LiftedColumn(ids, np.array([0.0, *(shares.get(value, 0.0) for value in known)]), counts)


def value_ids(column: pa.Array, ids: dict[str | None, int]) -> Array:
    """The id of each value: int32 (rows,)."""
    encoded = column.dictionary_encode()
    lookup = np.array([*(ids.get(value, UNSEEN) for value in encoded.dictionary.to_pylist()), ids.get(None, UNSEEN)], dtype=np.int32)
    ids_of_rows: Array = lookup[encoded.indices.fill_null(len(encoded.dictionary)).to_numpy(zero_copy_only=False)]
    return ids_of_rows


def table(columns: Sequence[str], lifted: Sequence[LiftedColumn]) -> pd.DataFrame:
    """Everything as rows (column, value, share, counts), for the registry."""
    rows = [
        (name, value, c.shares[i], c.counts[i].ravel().tolist())
        for name, c in zip(columns, lifted, strict=True)
        for value, i in c.ids.items()
    ]
    return pd.DataFrame(rows, columns=["column", "value", "share", "counts"])


def from_table(rows: pd.DataFrame, columns: Sequence[str], *, repeats: int, folds: int) -> list[LiftedColumn]:
    """The inverse of `table`."""
    result = []
    for name in columns:
        mine = rows[rows["column"] == name]
        values = [None if pd.isna(value) else value for value in mine["value"]]
        counts = np.zeros((len(values) + 1, repeats, folds, INNER_FOLDS))
        if values:
            counts[1:] = np.stack(mine["counts"].to_list()).reshape(-1, repeats, folds, INNER_FOLDS)
        result.append(LiftedColumn({value: i for i, value in enumerate(values, 1)}, np.array([0.0, *mine["share"]]), counts))
    return result
