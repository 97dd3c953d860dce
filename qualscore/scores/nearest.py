"""The customers that accounts are most like: scores/nearest_customers.

An account is as far from a customer as the contributions of their factors are from each other (model/kernel/neighbours.py). Customers are
few: their contributions are collected and sent to the executors, where each batch of accounts is explained and compared.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from qualscore import contracts
from qualscore.model.encoding.arrays import Array
from qualscore.model.kernel import neighbours
from qualscore.model.scorecard.card_pass import CardPass
from qualscore.model.scoring import scoring_pass
from qualscore.model.scoring.account_batch import AccountBatch
from qualscore.model.scoring.pass_model import PassModel

NEAREST = "scores/nearest_customers"
MOST, SHARED = 3, 3
AT_ONCE = 1_000  # accounts explained at a time: of 2,000 products the contributions of more would take much memory
EXPLAINED = "domain string, company_name string, contributions array<float>"
COMPARED = (
    "domain string, as_of_on date, rank int, customer_domain string, customer_name string, distance double, shared_factors array<string>"
)
Model = PassModel | CardPass


@dataclass(frozen=True)
class Customers:
    """Customers by domain; plain data, so that it is broadcast.

    Attributes:
        domains: sorted.
        names: of the companies.
        contributions: float32 (customers, factors).
    """

    domains: tuple[str, ...]
    names: tuple[str | None, ...]
    contributions: Array


@dataclass(frozen=True)
class Explaining:
    """What an executor needs to explain accounts, and to compare them with customers. For mapInArrow."""

    model: Model
    customers: Customers | None = None

    def contributions(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Rows of EXPLAINED."""
        for part in _parts(batches):
            values = self.model.explained(AccountBatch(part)).contributions.astype(np.float32)
            ends = np.arange(len(values) + 1, dtype=np.int32) * values.shape[1]
            listed = pa.ListArray.from_arrays(ends, pa.array(values.ravel()))
            yield pa.RecordBatch.from_arrays([part.column("domain"), part.column("company_name"), listed], _names(EXPLAINED))

    def compared(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Rows of COMPARED."""
        assert self.customers is not None
        place = {domain: number for number, domain in enumerate(self.customers.domains)}
        for part in _parts(batches):
            values = self.model.explained(AccountBatch(part)).contributions.astype(np.float32)
            domains = part.column("domain").to_pylist()
            own = np.array([place.get(it, -1) for it in domains], np.int64)
            nearest, distances = neighbours.nearest(values, self.customers.contributions, count=MOST, own=own)
            rows, ranks = np.nonzero(nearest >= 0)
            found = nearest[rows, ranks]
            shared = [self._shared(values[row], customer) for row, customer in zip(rows, found, strict=True)]
            columns = [
                part.column("domain").take(pa.array(rows)), part.column("as_of_on").take(pa.array(rows)),
                pa.array((ranks + 1).astype(np.int32)), pa.array([self.customers.domains[it] for it in found], pa.string()),
                pa.array([self.customers.names[it] for it in found], pa.string()), pa.array(distances[rows, ranks]),
                pa.array(shared, pa.list_(pa.string())),
            ]  # fmt: skip
            yield pa.RecordBatch.from_arrays(columns, _names(COMPARED))

    def _shared(self, contributions: Array, customer: int) -> list[str]:
        assert self.customers is not None
        both = neighbours.shared(contributions, self.customers.contributions[customer], most=SHARED)
        return [self.model.names.names[it] for it in both]


def nearest_customers(model: Model, accounts: DataFrame, customers: DataFrame, *, run_id: str) -> DataFrame:
    """The three customers nearest to each account, by the contract; an account that is a customer is not compared with itself.

    Customers are explained at once: an action.

    Args:
        model: that explains both.
        accounts: rows of features/account_features, with facts where criteria ask for records; those without data are left out.
        customers: the same of the customers that the model learned from.
        run_id: the run that asks.
    """
    explained = scoring_pass.ready([model], customers).mapInArrow(Explaining(model).contributions, EXPLAINED).toPandas()
    compared = scoring_pass.ready([model], accounts).mapInArrow(Explaining(model, _sorted(explained)).compared, COMPARED)
    contract = contracts.load(NEAREST)
    version = F.lit(model.version).cast("int")
    named = {"score_name": F.lit(model.definition.name), "model_version": version, "run_id": F.lit(run_id)}
    return contract.conform(compared.withColumns(named).select(*contract.columns))


def _sorted(explained: pd.DataFrame) -> Customers:
    ordered = explained.sort_values("domain", ignore_index=True)
    values = np.stack(ordered["contributions"].to_list()) if len(ordered) else np.zeros((0, 0), np.float32)
    names = (None if pd.isna(it) else str(it) for it in ordered["company_name"])
    return Customers(tuple(ordered["domain"]), tuple(names), values)


def _parts(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    for batch in batches:
        for start in range(0, batch.num_rows, AT_ONCE):
            yield batch.slice(start, AT_ONCE)


def _names(columns: str) -> list[str]:
    return [it.split()[0] for it in columns.split(", ")]
