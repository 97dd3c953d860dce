"""Accounts as arrays of the driver: some thousand rows, for models that only judge and never score."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from pyspark.sql import DataFrame
from pyspark.sql import types as T
from pyspark.sql.pandas.types import to_arrow_schema

from qualscore import contracts, internals
from qualscore.definitions.definition import Definition
from qualscore.model.encoding import inputs
from qualscore.model.encoding.arrays import Array
from qualscore.model.encoding.inputs import Inputs
from qualscore.model.kernel import domain_hashes, starting_margin
from qualscore.model.scoring.account_batch import AccountBatch, Coded
from qualscore.model.scoring.pass_model import account_columns
from qualscore.model.scoring.static_columns import static_columns

FEATURES = "features/account_features"
LEAST_ROWS = 20  # a column with fewer values other than 0 makes no leaf (min_data_in_leaf)


@dataclass(frozen=True)
class DriverRows:
    """Accounts as a model's inputs describe them, sorted by domain.

    Attributes:
        static: float32 (rows, columns), of those static columns that a tree can split; NaN is missing.
        columns: int (columns,), the place of each among the model's columns.
        numbers: float (rows, numbers), as the starting margin takes them.
        names: of the numbers.
        codes: int (rows, lifted), from 1, the value of each lifted column.
        shares: for each lifted column float (values + 1,), each value's share of the rows.
        hashes: int64 (rows,), of the domains.
    """

    static: Array
    columns: Array
    numbers: Array
    names: tuple[str, ...]
    codes: Array
    shares: tuple[Array, ...]
    hashes: Array

    def __len__(self) -> int:
        """The number of accounts."""
        return len(self.hashes)

    def draws(self, purpose: str, n: int, *, seed: int, repeat: int = 0) -> Array:
        """A number from 0 to n - 1 for each account, as `encoding.draws` draws it."""
        return domain_hashes.draws(self.hashes, purpose, n, seed=seed, repeat=repeat)


def collected(frame: DataFrame, *also: str) -> pa.Table:
    """Rows of account features on the driver, sorted by domain: what any model reads, and the columns `also`. An action."""
    names = account_columns([name for name in inputs.NUMERIC], inputs.LIFTED, ["any"])
    chosen, known = frame.select(*names, *also), contracts.load(FEATURES).schema
    # Frames of the same columns differ in what may be null.
    schema = to_arrow_schema(T.StructType([*(known[name] for name in names), *(chosen.schema[name] for name in also)]))
    batches = internals.arrow_batches(chosen)
    return pa.Table.from_batches(batches).cast(schema).sort_by("domain") if batches else schema.empty_table()


def described(accounts: pa.Table, chosen: Inputs, definition: Definition) -> DriverRows:
    """The accounts as a model with these inputs sees them.

    Args:
        accounts: `collected`.
        chosen: the inputs of the model.
        definition: what is left out of it.
    """
    batch = one_batch(accounts)
    rows, static = AccountBatch(batch), dense(accounts, chosen, definition)
    kept = np.flatnonzero((static != 0).sum(axis=0) >= LEAST_ROWS)
    coded = [_codes(rows.coded(name)) for name in chosen.lifted]
    codes = np.stack(coded, axis=1) if coded else np.zeros((rows.rows, 0), np.int64)
    shares = tuple(np.bincount(it) / max(1, rows.rows) for it in coded)
    numbers = starting_margin.prepared(static[:, : len(chosen.numeric)].astype(float), chosen.numeric)
    hashes = domain_hashes.hashes(batch.column("domain"))
    return DriverRows(np.ascontiguousarray(static[:, kept]), kept, numbers, chosen.numeric, codes, shares, hashes)


def dense(accounts: pa.Table, chosen: Inputs, definition: Definition) -> Array:
    """The static columns of a model with these inputs: float32 (rows, columns), NaN where a value is missing."""
    static = static_columns(chosen, definition.features.leave_out)
    indptr, indices, values = static.rows(AccountBatch(one_batch(accounts)))
    filled = np.zeros((len(accounts), static.n_columns), np.float32)
    filled[np.repeat(np.arange(len(accounts)), np.diff(indptr)), indices] = values
    return filled


def chosen_inputs(accounts: pa.Table, definition: Definition) -> Inputs:
    """The inputs that these accounts support, as a training chooses them."""
    rows = AccountBatch(one_batch(accounts))
    sets = set(_counts(rows.keyword_sets))
    accounts_of = {"tech_products": _counts(rows.stack.products), "tech_categories": _counts(rows.stack.categories)}
    return inputs.choose(accounts_of, sets, definition)


def one_batch(accounts: pa.Table) -> pa.RecordBatch:
    """All rows as one batch."""
    combined: list[pa.RecordBatch] = accounts.combine_chunks().to_batches()
    return combined[0] if combined else pa.RecordBatch.from_pylist([], accounts.schema)


def _codes(column: Coded) -> Array:
    """From 1; a missing value is a value."""
    return np.where(column.codes < 0, len(column.values), column.codes).astype(np.int64) + 1


def _counts(column: Coded) -> dict[str, int]:
    counts = np.bincount(column.codes[column.codes >= 0], minlength=len(column.values))
    return {name: int(number) for name, number in zip(column.values, counts, strict=True) if name is not None and number}
