"""A batch of account features as arrays: decoded once, whatever the number of models that score it."""

from collections.abc import Callable
from functools import cached_property
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from qualscore.features.intent import MEASURES
from qualscore.model.encoding import intent
from qualscore.model.encoding.arrays import Array


class Coded(NamedTuple):
    """Values by their place in a list of different ones; -1 is null."""

    codes: Array
    values: list[str]

    def lookup(self, place: Callable[[str], int], *, missing: int) -> Array:
        """What `place` says of each value: int32; `missing` for null. `place` is asked once for each different value."""
        places: Array = np.array([*map(place, self.values), missing], np.int32)[self.codes]
        return places


class Stack(NamedTuple):
    """The technology of all accounts: the entries of row i are ends[i] to ends[i + 1]."""

    ends: Array
    products: Coded
    categories: Coded


class AccountBatch:
    """Rows of features/account_features with what a pass adds to them."""

    def __init__(self, batch: pa.RecordBatch) -> None:
        """The batch is read as far as it is asked for."""
        self.batch = batch
        self.rows = batch.num_rows
        self._coded: dict[str, Coded] = {}
        self._researched: dict[str, dict[str, Array]] = {}

    def numbers(self, name: str) -> Array:
        """A column as float64; NaN is null."""
        return _numbers(self.batch.column(name))

    def coded(self, name: str) -> Coded:
        """A column of texts."""
        if name not in self._coded:
            self._coded[name] = coded(self.batch.column(name))
        return self._coded[name]

    @cached_property
    def stack(self) -> Stack:
        """The column tech_stack."""
        ends, entries = _flat(self.batch.column("tech_stack"))
        return Stack(ends, coded(entries.field("product")), coded(entries.field("category")))

    def researched(self, keyword_set: str) -> dict[str, Array]:
        """The measures of a keyword set by name, float64: NaN where an account has no signal of it. See intent.py."""
        if keyword_set not in self._researched:
            self._researched[keyword_set] = self._of_any_set if keyword_set == intent.ANY_SET else self._of_set(keyword_set)
        return self._researched[keyword_set]

    @cached_property
    def _of_any_set(self) -> dict[str, Array]:
        return {measure: self.numbers(f"intent_{measure}") for measure in MEASURES}

    @cached_property
    def _signals(self) -> tuple[Array, Coded, pa.StructArray]:
        ends, entries = _flat(self.batch.column("intent"))
        return np.repeat(np.arange(self.rows), np.diff(ends)), coded(entries.field("keyword_set")), entries

    @property
    def keyword_sets(self) -> Coded:
        """The keyword set of each entry of the column intent."""
        return self._signals[1]

    def _of_set(self, keyword_set: str) -> dict[str, Array]:
        rows, sets, entries = self._signals
        # Backwards: the first of a row is written last, and stays.
        places = np.flatnonzero(sets.lookup(lambda name: name == keyword_set, missing=0))[::-1]
        measures = {}
        for measure in MEASURES:
            measures[measure] = np.full(self.rows, np.nan)
            measures[measure][rows[places]] = _numbers(entries.field(measure))[places]
        return measures


def coded(column: pa.Array) -> Coded:
    """A column of texts by its different values."""
    encoded = column.dictionary_encode()
    return Coded(encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False), encoded.dictionary.to_pylist())


def _numbers(column: pa.Array) -> Array:
    plain = column if pa.types.is_float64(column.type) else pc.cast(column, pa.float64())
    numbers: Array = plain.to_numpy(zero_copy_only=False)
    return numbers


def _flat(column: pa.ListArray) -> tuple[Array, pa.StructArray]:
    """Where each row's entries begin, and all entries; a null list has none."""
    lengths = np.asarray(pc.fill_null(column.value_lengths(), 0), np.int64)
    return np.concatenate([[0], np.cumsum(lengths)]), column.flatten()
