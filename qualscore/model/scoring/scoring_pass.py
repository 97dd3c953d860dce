"""One pass over account features that scores and explains each account with every model: columns to Arrow batches to the kernel to rows."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql import types as T

from qualscore import contracts
from qualscore.definitions.definition import Definition, Training
from qualscore.model.encoding import intent
from qualscore.model.encoding.arrays import Array
from qualscore.model.encoding.draws import draw
from qualscore.model.encoding.encoding import UNSEEN
from qualscore.model.encoding.inputs import STACK_SIZE
from qualscore.model.kernel.tree_shap import Ensemble, TopFactors
from qualscore.model.scoring import factor_lines, factor_values
from qualscore.model.scoring.account_batch import AccountBatch, coded
from qualscore.model.scoring.bands import HIGHLY_LIKELY, LIKELY, UNLIKELY
from qualscore.model.scoring.calibration import Calibration
from qualscore.model.scoring.factor_lines import FactorNames
from qualscore.model.scoring.factor_values import FactorValues
from qualscore.model.scoring.static_columns import StaticColumns

if TYPE_CHECKING:
    from qualscore.model.scoring.qualification import QualificationModel

LISTED_FACTORS = 5
EXCLUDED = "excluded_from"  # names of the scores that an account gets none of; a column that may be missing
OF_THE_RUN = ("run_id", "scored_at")  # the same in all rows, so that Python need not send them
BANDS = (UNLIKELY, LIKELY, HIGHLY_LIKELY)
ACTIONS = ("good_fit", "qualified", "act_now")


@dataclass(frozen=True)
class PassModel:
    """What an executor needs to score, explain and describe accounts with one model; plain data, so that it is broadcast.

    Attributes:
        definition: its name, bands and actions.
        version: of the model.
        ensemble: the compiled trees.
        static: the inputs that are the same for all of them.
        lifted: value ids by column.
        calibration: margin to score.
        quantiles: margins of the evaluation sample at equal steps of rank.
        examples: hashes of the examples' domains, sorted.
        names: how its factors are said.
    """

    definition: Definition
    version: int | None
    ensemble: Ensemble
    static: StaticColumns
    lifted: dict[str, dict[str | None, int]]
    calibration: Calibration
    quantiles: Array
    examples: Array
    names: FactorNames

    def scored(self, accounts: AccountBatch, values: FactorValues) -> pa.RecordBatch:
        """The columns of scores/account_scores but those of the run."""
        static = self.static.rows(accounts)
        top = self.ensemble.top_factors(static, self._lift_ids(accounts), self._folds(accounts), count=LISTED_FACTORS)
        # The stored score decides, so that what is read and what is done never differ.
        score = np.floor(100 * self.calibration.score(top.margin)) / 100
        columns = {
            "score_name": pa.repeat(self.definition.name, accounts.rows),
            **{name: accounts.batch.column(name) for name in ("domain", "company_name", "as_of_on")},
            **self._numbers(top, score),
            "band": _chosen(BANDS, (score >= self.definition.bands.likely).astype(int) + (score >= self.definition.bands.highly_likely)),
            "action": self._action(score),
            **factor_lines.columns(self.names, values, static, top, most=int(np.diff(accounts.stack.ends).max(initial=0))),
            "is_example": pa.array(self._is_example(accounts.batch.column("_hash").to_numpy())),
            "model_version": pa.array(
                np.full(accounts.rows, self.version or 0, np.int32), mask=np.full(accounts.rows, self.version is None)
            ),
        }
        return pa.RecordBatch.from_pydict(columns)

    def _lift_ids(self, accounts: AccountBatch) -> Array:
        ids = [
            accounts.coded(name).lookup(lambda value, known=known: known.get(value, UNSEEN), missing=known.get(None, UNSEEN))  # type: ignore[misc]
            for name, known in self.lifted.items()
        ]
        return np.stack(ids, axis=1) if ids else np.zeros((accounts.rows, 0), np.int32)

    def _folds(self, accounts: AccountBatch) -> Array:
        return np.stack([accounts.batch.column(name).to_numpy() for name in fold_columns(self.definition.training)], axis=1)

    def _numbers(self, top: TopFactors, score: Array) -> dict[str, pa.Array]:
        listed = top.for_values.astype(np.float64).sum(axis=1) + top.against_values.astype(np.float64).sum(axis=1)
        percentile = np.interp(top.margin, self.quantiles, np.linspace(0, 100, len(self.quantiles)))
        numbers = {
            "score": score, "lift": np.exp(self.calibration.log_ratio(top.margin)), "margin": top.margin, "base": top.base,
            "percentile": percentile, "other_contribution": top.margin - top.base - listed,
        }  # fmt: skip
        return {name: pa.array(value) for name, value in numbers.items()}

    def _action(self, score: Array) -> pa.Array:
        actions = self.definition.actions
        reached = [score > actions.good_fit, score > actions.qualified, score >= actions.act_now]
        return _chosen(ACTIONS, np.select(reached[::-1], [2, 1, 0], -1))

    def _is_example(self, hashes: Array) -> Array:
        if not len(self.examples):
            return np.zeros(len(hashes), bool)
        is_example: Array = self.examples[np.searchsorted(self.examples, hashes).clip(max=len(self.examples) - 1)] == hashes
        return is_example


def _chosen(names: Sequence[str], places: Array) -> pa.Array:
    return pa.array(names).take(pa.array(places.astype(np.int32), mask=places < 0))


@dataclass(frozen=True)
class ScoringPass:
    """All models of a pass, and the columns of what comes out of it, in order. For mapInArrow."""

    models: tuple[PassModel, ...]
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
        """The columns of account features that it needs."""
        names = ["domain", "company_name", "as_of_on", "tech_stack", *factor_values.READ]
        for model in self.models:
            names += [*model.lifted, *(name for name in model.static.numeric if name != STACK_SIZE)]
            names += ["intent", *(f"intent_{measure}" for measure in intent.MEASURES)] if model.static.topics else []
        return list(dict.fromkeys(names))


def _kept(scored: pa.RecordBatch, batch: pa.RecordBatch, name: str) -> pa.RecordBatch:
    if EXCLUDED not in batch.schema.names:
        return scored
    excluded = batch.column(EXCLUDED)
    is_here = coded(excluded.flatten()).lookup(lambda other: other == name, missing=0)
    is_excluded = np.zeros(batch.num_rows, bool)
    is_excluded[np.repeat(np.arange(batch.num_rows), np.asarray(excluded.value_lengths()))[is_here > 0]] = True
    return scored.filter(pa.array(~is_excluded)) if is_excluded.any() else scored


def fold_columns(training: Training) -> list[str]:
    """The columns that say which fold of each repeat an account is in; definitions with equal settings share them."""
    return [f"_fold_{training.folds}_{training.seed}_{repeat}" for repeat in range(training.repeats)]


def _folds(training: Training) -> dict[str, Column]:
    names = fold_columns(training)
    return {name: draw("fold", training.folds, seed=training.seed, repeat=repeat) for repeat, name in enumerate(names)}


def score(
    models: Sequence["QualificationModel"], accounts: DataFrame, *, run_id: str | None = None, scored_at: datetime | None = None
) -> DataFrame:
    """Scores and explains accounts that have data: the columns of scores/account_scores, a row per account and model.

    Args:
        models: what scores.
        accounts: rows of features/account_features; those with EXCLUDED get no score of the models that it names.
        run_id: the run that asks, for the table.
        scored_at: when, for the table.
    """
    contract = contracts.load("scores/account_scores")
    fields = [field for field in contract.schema.fields if field.name not in OF_THE_RUN]
    scoring = ScoringPass(tuple(model.in_pass for model in models), [field.name for field in fields])
    folds = {name: column for model in models for name, column in _folds(model.definition.training).items()}
    read = [*scoring.reads, *([EXCLUDED] if EXCLUDED in accounts.columns else [])]
    ready = accounts.where("has_data").select(*read, F.xxhash64("domain").alias("_hash"), *(it.alias(name) for name, it in folds.items()))
    scored = ready.mapInArrow(scoring.scores, T.StructType(fields))
    of_the_run = {"run_id": F.lit(run_id).cast("string"), "scored_at": F.lit(scored_at).cast("timestamp")}
    return contract.conform(scored.withColumns(of_the_run))
