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

from qualscore.definitions.definition import Definition
from qualscore.model.encoding import intent
from qualscore.model.encoding.arrays import Array
from qualscore.model.encoding.draws import draw
from qualscore.model.encoding.encoding import LiftedColumn, value_ids
from qualscore.model.encoding.inputs import Inputs, vectorizer
from qualscore.model.kernel import tree_shap
from qualscore.model.kernel.starting_margin import StartingMargin
from qualscore.model.scoring import scoring_pass
from qualscore.model.scoring.calibration import Calibration
from qualscore.model.scoring.factor_lines import factor_names
from qualscore.model.scoring.pass_model import PassModel
from qualscore.model.scoring.static_columns import static_columns
from qualscore.model.scoring.vectors import sparse_rows


@dataclass(frozen=True)
class Scorer:
    """What an executor needs for the margins of vectors; plain arrays, so that it is broadcast.

    Attributes:
        ensemble: the compiled trees, fold rule included.
        lifted: value ids by column.
    """

    ensemble: tree_shap.Ensemble
    lifted: dict[str, dict[str | None, int]]

    def matrices(self, batch: pa.RecordBatch) -> tuple[tree_shap.SparseRows, Array, Array]:
        """What the ensemble takes of a batch: the static columns, the lift ids and the folds."""
        ids = [value_ids(batch.column(name), known) for name, known in self.lifted.items()]
        lift_ids = np.stack(ids, axis=1) if ids else np.zeros((batch.num_rows, 0), np.int32)
        folds = batch.column("folds").flatten().to_numpy().reshape(batch.num_rows, -1)
        return sparse_rows(batch.column("static")), lift_ids, folds

    def margins(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """For mapInArrow: appends `margin`."""
        for batch in batches:
            yield _extended(batch, {"margin": pa.array(self.ensemble.margins(*self.matrices(batch)))})


def _extended(batch: pa.RecordBatch, added: dict[str, pa.Array]) -> pa.RecordBatch:
    kept = {name: batch.column(name) for name in batch.schema.names if name not in ("static", "folds")}
    return pa.RecordBatch.from_pydict(kept | added)


@dataclass(frozen=True)
class QualificationModel:
    """A trained, calibrated ensemble. `score` needs nothing but account features.

    Attributes:
        definition: as it was when the model was trained.
        inputs: the model's columns.
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
    lifted: dict[str, LiftedColumn]
    texts: list[list[str]]
    starts: list[list[StartingMargin]]
    calibration: Calibration | None = None
    quantiles: Array = field(default_factory=lambda: np.zeros(2))
    examples: Array = field(default_factory=lambda: np.zeros(0, np.int64))
    version: int | None = None

    @cached_property
    def vectorizer(self) -> PipelineModel:
        """The Spark ML pipeline that makes the static vector; its stages follow from the inputs, so that it is kept nowhere."""
        return vectorizer(self.inputs)

    @cached_property
    def scorer(self) -> Scorer:
        """The compiled model."""
        lifts = [column.scoring_lifts() for column in self.lifted.values()]
        ensemble = tree_shap.compile_ensemble(
            self.texts, self.inputs.factor_of_column, len(self.inputs.factors), lifts, starts=self.starts, numbers=self.inputs.numeric
        )
        known = {name: column.ids for name, column in self.lifted.items()}
        return Scorer(ensemble, known)

    def with_presentation(self, definition: Definition) -> "QualificationModel":
        """This model with the bands and actions of another definition: they apply at once."""
        shown = {"bands": definition.bands, "actions": definition.actions}
        return replace(self, definition=self.definition.model_copy(update=shown))

    @cached_property
    def in_pass(self) -> PassModel:
        """What scores and explains accounts in a pass with other models."""
        assert self.calibration is not None
        static = static_columns(self.inputs, self.definition.features.leave_out)
        scorer, names = self.scorer, factor_names(self.inputs)
        return PassModel(
            self.definition, self.version, scorer.ensemble, static, scorer.lifted, self.calibration, self.quantiles, self.examples, names
        )

    def score(self, account_features: DataFrame, *, run_id: str | None = None, scored_at: datetime | None = None) -> DataFrame:
        """Scores and explains accounts that have data: the columns of scores/account_scores, one row per row.

        Args:
            account_features: rows of features/account_features.
            run_id: the run that asks, for the table.
            scored_at: when, for the table.
        """
        return scoring_pass.score([self.in_pass], account_features, run_id=run_id, scored_at=scored_at)

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
        unneeded = ("tech_categories_counts", "tech_products_counts", *self.inputs.intent_columns)
        researched = intent.with_columns(stacked, self.inputs.keyword_sets, self.inputs.measures)
        return self.vectorizer.transform(researched).drop(*unneeded).withColumn("folds", folds)
