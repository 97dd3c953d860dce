"""One pass over account features that scores and explains each account with every model: columns to Arrow batches to the kernel to rows."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import numpy as np
import pyarrow as pa
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql import types as T

from qualscore import contracts
from qualscore.definitions.definition import Definition
from qualscore.model.scoring.account_batch import AccountBatch, coded
from qualscore.model.scoring.bands import FINAL, MODEL
from qualscore.model.scoring.factor_values import FactorValues
from qualscore.model.scoring.pass_model import DOMAIN_HASH

EXCLUDED = "excluded_from"  # names of the scores that an account gets none of; a column that may be missing
SCORES = "scores/account_scores"
OF_THE_RUN = ("run_id", "scored_at")  # the same in all rows, so that Python need not send them


class PassingModel(Protocol):
    """What a pass asks of a model, which is sent to executors."""

    @property
    def definition(self) -> Definition:
        """Its name."""

    @property
    def reads(self) -> list[str]:
        """The columns of account features that go to Python."""

    def added(self, present: list[str]) -> Mapping[str, Column]:
        """The columns that it needs beside them, by name, made of the account features, whose columns are `present`."""

    def scored(self, accounts: AccountBatch, values: FactorValues) -> pa.RecordBatch:
        """The columns of scores/account_scores but those of the run."""


@dataclass(frozen=True)
class ScoringPass:
    """All models of a pass, and the columns of what comes out of it, in order. For mapInArrow."""

    models: tuple[PassingModel, ...]
    columns: list[str]

    def scores(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """For each batch one of each model, without the accounts that its definition excludes."""
        for batch in batches:
            if batch.num_rows:
                accounts = AccountBatch(batch)
                values = FactorValues(accounts)
                for model in self.models:
                    yield _kept(model.scored(accounts, values), batch, model.definition.name).select(self.columns)

    @property
    def reads(self) -> list[str]:
        """The columns of account features that the pass needs."""
        return list(dict.fromkeys(name for model in self.models for name in model.reads))


def of_models(models: Sequence[PassingModel]) -> ScoringPass:
    """The pass that makes the columns of scores/account_scores but those of the run."""
    return ScoringPass(tuple(models), [name for name in contracts.load(SCORES).columns if name not in (*OF_THE_RUN, *FINAL)])


def _kept(scored: pa.RecordBatch, batch: pa.RecordBatch, name: str) -> pa.RecordBatch:
    if EXCLUDED not in batch.schema.names:
        return scored
    excluded = batch.column(EXCLUDED)
    is_here = coded(excluded.flatten()).lookup(lambda other: other == name, missing=0)
    is_excluded = np.zeros(batch.num_rows, bool)
    is_excluded[np.repeat(np.arange(batch.num_rows), np.asarray(excluded.value_lengths()))[is_here > 0]] = True
    return scored.filter(pa.array(~is_excluded)) if is_excluded.any() else scored


def ready(models: Sequence[PassingModel], accounts: DataFrame, *shown: str) -> DataFrame:
    """The accounts that have data, with the columns that the models read, EXCLUDED where it is there, and the columns `shown`."""
    added = {name: column for model in models for name, column in model.added(accounts.columns).items()}
    read = [*of_models(models).reads, *([EXCLUDED] if EXCLUDED in accounts.columns else []), *shown]
    drawn = [F.xxhash64("domain").alias(DOMAIN_HASH), *(column.alias(name) for name, column in added.items())]
    return accounts.where("has_data").select(*read, *drawn)


def score(
    models: Sequence[PassingModel], accounts: DataFrame, *, run_id: str | None = None, scored_at: datetime | None = None
) -> DataFrame:
    """Scores and explains accounts that have data: the columns of scores/account_scores, a row per account and model.

    Args:
        models: what scores.
        accounts: rows of features/account_features; those with EXCLUDED get no score of the models that it names.
        run_id: the run that asks, for the table.
        scored_at: when, for the table.
    """
    contract = contracts.load(SCORES)
    scoring = of_models(models)
    scored = ready(models, accounts).mapInArrow(scoring.scores, T.StructType([contract.schema[name] for name in scoring.columns]))
    of_the_run = {"run_id": F.lit(run_id).cast("string"), "scored_at": F.lit(scored_at).cast("timestamp")}
    final = dict(zip(FINAL, (F.col("score"), F.lit(MODEL)), strict=True))
    return contract.conform(scored.withColumns(of_the_run | final))
