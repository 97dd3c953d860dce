"""The trained model of one score definition: everything needed to score an account and to explain the score."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property

import numpy as np
import pyarrow as pa
from pyspark.ml import PipelineModel
from pyspark.sql import DataFrame
from pyspark.sql import functions as F
from pyspark.sql import types as T

from qualscore import contracts
from qualscore.definition import Definition
from qualscore.model import explanation, inputs, research, tree_shap
from qualscore.model.bands import action, band
from qualscore.model.calibration import Calibration
from qualscore.model.draws import draw
from qualscore.model.encoding import LiftedColumn, value_ids
from qualscore.model.inputs import Inputs
from qualscore.model.native_trees import Array
from qualscore.model.starting_margin import StartingMargin
from qualscore.model.vectors import sparse_rows

LISTED_FACTORS = 5
SCORED = T.StructType(
    [T.StructField(name, T.DoubleType()) for name in ("margin", "base", "score", "lift", "percentile", "other_contribution")]
    + [T.StructField(name, T.ArrayType(T.IntegerType())) for name in ("ids_for", "ids_against")]
    + [T.StructField(name, T.ArrayType(T.FloatType())) for name in ("contributions_for", "contributions_against")]
    + [T.StructField("is_example", T.BooleanType())]
)


@dataclass(frozen=True)
class Scorer:
    """What an executor needs to score rows; plain arrays, so that it is broadcast.

    Attributes:
        ensemble: the compiled trees, fold rule included.
        lifted: value ids by column.
        calibration: margin to score; absent while it is being made.
        quantiles: margins of the evaluation sample at equal steps of rank.
        examples: hashes of the examples' domains, sorted.
    """

    ensemble: tree_shap.Ensemble
    lifted: dict[str, dict[str | None, int]]
    calibration: Calibration | None
    quantiles: Array
    examples: Array

    def _matrices(self, batch: pa.RecordBatch) -> tuple[tree_shap.SparseRows, Array, Array]:
        ids = [value_ids(batch.column(name), known) for name, known in self.lifted.items()]
        lift_ids = np.stack(ids, axis=1) if ids else np.zeros((batch.num_rows, 0), np.int32)
        folds = batch.column("folds").flatten().to_numpy().reshape(batch.num_rows, -1)
        return sparse_rows(batch.column("static")), lift_ids, folds

    def margins(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """For mapInArrow: appends `margin`."""
        for batch in batches:
            yield _extended(batch, {"margin": pa.array(self.ensemble.margins(*self._matrices(batch)))})

    def scores(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """For mapInArrow: appends the columns of SCORED."""
        for batch in batches:
            if batch.num_rows:
                yield _extended(batch, self._scored(batch))

    def _scored(self, batch: pa.RecordBatch) -> dict[str, pa.Array]:
        assert self.calibration is not None
        top = self.ensemble.top_factors(*self._matrices(batch), count=LISTED_FACTORS)
        log_ratio = self.calibration.log_ratio(top.margin)
        listed = top.for_values.astype(np.float64).sum(axis=1) + top.against_values.astype(np.float64).sum(axis=1)
        hashes = batch.column("domain_hash").to_numpy()
        found = np.searchsorted(self.examples, hashes).clip(max=max(len(self.examples) - 1, 0))
        return {
            "margin": pa.array(top.margin),
            "base": pa.array(top.base),
            "score": pa.array(np.floor(100 * self.calibration.score(top.margin)) / 100),
            "lift": pa.array(np.exp(log_ratio)),
            "percentile": pa.array(np.interp(top.margin, self.quantiles, np.linspace(0, 100, len(self.quantiles)))),
            "other_contribution": pa.array(top.margin - top.base - listed),
            "ids_for": _lists(top.for_ids, top.for_ids),
            "ids_against": _lists(top.against_ids, top.against_ids),
            "contributions_for": _lists(top.for_values, top.for_ids),
            "contributions_against": _lists(top.against_values, top.against_ids),
            "is_example": pa.array(self.examples[found] == hashes if len(self.examples) else np.zeros(len(hashes), bool)),
        }


def _lists(values: Array, ids: Array) -> pa.ListArray:
    kept = ids >= 0
    offsets = np.concatenate([[0], np.cumsum(kept.sum(axis=1))]).astype(np.int32)
    return pa.ListArray.from_arrays(offsets, values[kept])


def _extended(batch: pa.RecordBatch, added: dict[str, pa.Array]) -> pa.RecordBatch:
    kept = {name: batch.column(name) for name in batch.schema.names if name not in ("static", "folds")}
    return pa.RecordBatch.from_pydict(kept | added)


@dataclass(frozen=True)
class QualificationModel:
    """A trained, calibrated ensemble. `score` needs nothing but account features.

    Attributes:
        definition: as it was when the model was trained.
        inputs: the model's columns.
        vectorizer: the Spark ML pipeline that makes the static vector.
        lifted: log-lift encodings by column.
        texts: native LightGBM models, [repeat][fold].
        starts: the margins that their trees start from, [repeat][fold].
        calibration: margin to score.
        quantiles: float (steps + 1,), margins of the evaluation sample by rank.
        examples: int64, sorted hashes of the domains it learned from.
        version: in the registry; None before it is registered.
    """

    definition: Definition
    inputs: Inputs
    vectorizer: PipelineModel
    lifted: dict[str, LiftedColumn]
    texts: list[list[str]]
    starts: list[list[StartingMargin]]
    calibration: Calibration | None = None
    quantiles: Array = field(default_factory=lambda: np.zeros(2))
    examples: Array = field(default_factory=lambda: np.zeros(0, np.int64))
    version: int | None = None

    @cached_property
    def scorer(self) -> Scorer:
        """The compiled model."""
        lifts = [column.scoring_lifts() for column in self.lifted.values()]
        ensemble = tree_shap.compile_ensemble(
            self.texts, self.inputs.factor_of_column, len(self.inputs.factors), lifts, starts=self.starts, numbers=self.inputs.numeric
        )
        known = {name: column.ids for name, column in self.lifted.items()}
        return Scorer(ensemble, known, self.calibration, self.quantiles, self.examples)

    def with_presentation(self, definition: Definition) -> "QualificationModel":
        """This model with the bands and actions of another definition: they apply at once."""
        shown = {"bands": definition.bands, "actions": definition.actions}
        return replace(self, definition=self.definition.model_copy(update=shown))

    def score(self, account_features: DataFrame, *, run_id: str | None = None, scored_at: datetime | None = None) -> DataFrame:
        """Scores and explains accounts that have data: the columns of scores/account_scores, one row per row.

        Args:
            account_features: rows of features/account_features.
            run_id: the run that asks, for the table.
            scored_at: when, for the table.
        """
        known = account_features.where("has_data").select(*contracts.load("features/account_features").columns)
        vectors = self.vectors(inputs.with_stack(known, self.definition.features))
        shown = [name for name in vectors.columns if name not in ("static", "folds")]
        ready = vectors.select(*shown, F.unwrap_udt("static").alias("static"), "folds", F.xxhash64("domain").alias("domain_hash"))
        scored = ready.mapInArrow(self.scorer.scores, T.StructType([*ready.drop("static", "folds").schema.fields, *SCORED.fields]))
        return contracts.load("scores/account_scores").conform(self._published(scored, run_id, scored_at))

    def margins(self, vectors: DataFrame, *shown: str) -> DataFrame:
        """Out-of-fold margins of rows of `vectors`, beside the columns `shown`."""
        ready = vectors.select(*shown, *self.lifted, F.unwrap_udt("static").alias("static"), "folds")
        kept = ready.select(*shown, *self.lifted).schema.fields
        return ready.mapInArrow(self.scorer.margins, T.StructType([*kept, T.StructField("margin", T.DoubleType())])).select(
            *shown, "margin"
        )

    def vectors(self, stacked: DataFrame) -> DataFrame:
        """Adds `static` and `folds` (one entry a repeat) to account features with_stack."""
        training = self.definition.training
        folds = F.array(*(draw("fold", training.folds, seed=training.seed, repeat=repeat) for repeat in range(training.repeats)))
        unneeded = ("tech_categories_counts", "tech_products_counts", *self.inputs.research)
        researched = research.with_columns(stacked, self.inputs.topics, self.inputs.measures)
        return self.vectorizer.transform(researched).drop(*unneeded).withColumn("folds", folds)

    def _published(self, scored: DataFrame, run_id: str | None, scored_at: datetime | None) -> DataFrame:
        both = explanation.with_factors(scored, self.inputs)
        return both.select(
            F.lit(self.definition.name).alias("score_name"), "domain", "company_name", "score",
            band(F.col("score"), self.definition).alias("band"), action(F.col("score"), self.definition).alias("action"),
            "lift", "margin", "base", "percentile", "factors_for", "factors_against", "other_contribution",
            explanation.in_words(F.col("factors_for"), F.col("factors_against")).alias("top_factors"), "is_example",
            F.lit(self.version).cast("int").alias("model_version"), F.lit(run_id).cast("string").alias("run_id"), "as_of_on",
            F.lit(scored_at).cast("timestamp").alias("scored_at"),
        )  # fmt: skip
