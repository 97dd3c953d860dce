"""The cross-fitted ensemble: SynapseML LightGBM classifiers on top of a logistic regression, each trained without one fold."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import pyarrow as pa
from pyspark.ml import PipelineModel, Transformer
from pyspark.ml.feature import VectorAssembler
from pyspark.sql import DataFrame
from pyspark.sql import functions as F
from pyspark.sql.pandas.types import to_arrow_schema

from qualscore import checkpoints
from qualscore.definitions.definition import Training
from qualscore.errors import TrainingRefused
from qualscore.model.encoding.arrays import Array
from qualscore.model.encoding.encoding import LiftedColumn, value_ids
from qualscore.model.kernel import starting_margin
from qualscore.model.kernel.starting_margin import StartingMargin
from qualscore.parallel import side_by_side

# Half of what trees without a start need: they learn what is left over. In plain LightGBM on the nine lists, two draws each, .05 and .025:
# ROC-AUC .9321, .9322, recall@10% .826, .827; among start-ups ROC-AUC .854, .860, recall@10% .572, .600.
LEARNING_RATE = 0.025


@dataclass(frozen=True)
class Encoder:
    """What a repeat's training rows are encoded with, fold by fold; arrow batches have `inner`, the numbers and the lifted columns.

    Attributes:
        numbers: the columns that the starting margin takes beside the lifts.
        ids: value ids by lifted column.
        tables: for each lifted column its lifts (folds, inner folds, value ids).
        folds: how many.
    """

    numbers: tuple[str, ...]
    ids: dict[str, dict[str | None, int]]
    tables: tuple[Array, ...]
    folds: int

    def encode(self, batch: pa.RecordBatch) -> tuple[Array, Array]:
        """The numbers as the starting margin takes them (rows, numbers), and the cross-fitted lifts (rows, folds, columns)."""
        columns = [batch.column(name).to_numpy(zero_copy_only=False) for name in self.numbers]
        numbers = np.stack(columns, axis=1) if columns else np.zeros((batch.num_rows, 0))
        inner = batch.column("inner").to_numpy()
        lifts = np.zeros((batch.num_rows, self.folds, len(self.tables)))
        for i, ((name, ids), table) in enumerate(zip(self.ids.items(), self.tables, strict=True)):
            lifts[:, :, i] = table[:, inner, value_ids(batch.column(name), ids)].T
        return starting_margin.prepared(numbers, self.numbers), lifts

    def rows(self, batches: Iterable[pa.RecordBatch], *, starts: Sequence[StartingMargin]) -> Iterator[pa.RecordBatch]:
        """For mapInArrow: domain, lifts (array, fold by fold) and starts (array, one margin a fold)."""
        for batch in batches:
            numbers, lifts = self.encode(batch)
            margins = np.stack([start.margins(numbers, lifts[:, fold]) for fold, start in enumerate(starts)], axis=1)
            yield pa.RecordBatch.from_arrays([batch.column("domain"), _arrays(lifts), _arrays(margins)], ["domain", "lifts", "starts"])


def _arrays(values: Array) -> pa.ListArray:
    """One array a row."""
    width = int(np.prod(values.shape[1:]))
    return pa.ListArray.from_arrays(np.arange(len(values) + 1, dtype=np.int32) * width, values.ravel())


def fit_ensemble(
    vectors: DataFrame, lifted: dict[str, LiftedColumn], training: Training, *, static: int, numbers: tuple[str, ...]
) -> tuple[list[list[str]], list[list[StartingMargin]]]:
    """Native LightGBM texts and the margins that they start from, [repeat][fold]: each fitted on its repeat's rows outside its fold.

    Args:
        vectors: domain, is_example, repeats (array of the repeats whose sample the row is in), folds and inners
            (array<int>, one entry a repeat), static (vector), the numbers and the lifted columns.
        lifted: the encodings by column.
        training: sizes and seeds.
        static: columns of the vector `static`.
        numbers: the columns of the starting margin beside the lifts.
    """
    # How common a value is among examples never counts against it. On nine lists of real customers, before and with it: ROC-AUC .931, .933,
    # on US listed companies .912, .915; recall@10% there .697, .716, and among start-ups .565, .556. In plain LightGBM the ranks of two
    # seeds agree by .974 instead of .943.
    constraints = [0] * static + [1] * len(lifted)
    texts, starts = [], []
    for repeat in range(training.repeats):
        chosen = vectors.where(F.col("is_example") | F.array_contains("repeats", repeat))
        tables = tuple(column.training_lifts(repeat) for column in lifted.values())
        encoder = Encoder(numbers, {name: column.ids for name, column in lifted.items()}, tables, training.folds)
        picked = _picked(chosen, encoder, repeat)
        starts.append(_fit_starts(picked, encoder))
        encoded = _encoded(picked, encoder, starts[-1])
        rows = encoded.repartition(training.num_tasks).sortWithinPartitions("domain").transform(checkpoints.kept)
        texts.append(side_by_side(partial(_fit, rows, training, constraints, repeat), range(training.folds)))
    return texts, starts


def _fit_starts(picked: DataFrame, encoder: Encoder) -> list[StartingMargin]:
    """The starting margin of each fold, on the driver: a dozen numbers of some thousand rows."""
    keys = picked.drop("static")
    # A column in which all is missing has no type of its own in pandas.
    batch = pa.RecordBatch.from_pandas(keys.toPandas().sort_values("domain"), schema=to_arrow_schema(keys.schema), preserve_index=False)
    numbers, lifts = encoder.encode(batch)
    labels, folds = batch.column("label").to_numpy(), batch.column("fold").to_numpy()
    outside = [folds != fold for fold in range(encoder.folds)]
    return [starting_margin.fit(numbers[rows], encoder.numbers, lifts[rows, fold], labels[rows]) for fold, rows in enumerate(outside)]


def _fit(rows: DataFrame, training: Training, constraints: list[int], repeat: int, fold: int) -> str:
    model = classifier(training, constraints, repeat=repeat, fold=fold).fit(rows.where(F.col("fold") != fold))
    text = str(model.getNativeModel())
    if any(line.startswith("num_cat=") and line != "num_cat=0" for line in text.splitlines()):
        raise TrainingRefused("LightGBM took an input for a categorical one; this is a bug in Qualscore: please report it")
    return text


def classifier(training: Training, constraints: list[int], *, repeat: int, fold: int):  # type: ignore[no-untyped-def]  # noqa: ANN201
    """The SynapseML classifier of one fit; deterministic for a given layout.

    Args:
        training: sizes and seeds.
        constraints: for each column of the vector 1 where more of it never counts against an account, else 0.
        repeat: of the ensemble.
        fold: that is left out.
    """
    from synapse.ml.lightgbm import LightGBMClassifier

    seed = 1 + training.seed * 10_000 + repeat * 100 + fold
    return LightGBMClassifier(
        labelCol="label", featuresCol=f"features_{fold}", initScoreCol=f"start_{fold}", objective="binary",
        numIterations=training.trees, learningRate=LEARNING_RATE, numLeaves=7, minDataInLeaf=20, lambdaL2=5.0,
        baggingFraction=0.8, baggingFreq=1, featureFraction=0.5, maxBin=63, monotoneConstraints=constraints,
        seed=seed, baggingSeed=seed, featureFractionSeed=seed, dataRandomSeed=seed, deterministic=True,
        numTasks=training.num_tasks, numThreads=1, dataTransferMode="streaming", useSingleDatasetMode=True, verbosity=-1,
    )  # fmt: skip


def _picked(rows: DataFrame, encoder: Encoder, repeat: int) -> DataFrame:
    """domain, label, fold, inner, static, the numbers and the lifted columns."""
    numbers = (F.col(name).cast("double").alias(name) for name in encoder.numbers)
    return rows.select(
        "domain", F.col("is_example").cast("double").alias("label"), F.col("folds")[repeat].alias("fold"),
        F.col("inners")[repeat].alias("inner"), "static", *numbers, *encoder.ids,
    )  # fmt: skip


def _encoded(picked: DataFrame, encoder: Encoder, starts: list[StartingMargin]) -> DataFrame:
    """domain, label, fold and for each fold f the vector features_f (static, then the cross-fitted lifts) and the margin start_f."""
    keys = picked.select("domain", "inner", *encoder.numbers, *encoder.ids)
    made = keys.mapInArrow(partial(encoder.rows, starts=starts), "domain string, lifts array<double>, starts array<double>")
    folds, width = range(encoder.folds), len(encoder.ids)
    lifts = {f"lift_{fold}_{i}": F.get("lifts", F.lit(fold * width + i)) for fold in folds for i in range(width)}
    margins = {f"start_{fold}": F.get("starts", F.lit(fold)) for fold in folds}
    joined = picked.select("domain", "label", "fold", "static").join(made, "domain", "inner").withColumns(lifts | margins)
    assemblers: list[Transformer] = [
        VectorAssembler(inputCols=["static", *(f"lift_{f}_{i}" for i in range(width))], outputCol=f"features_{f}", handleInvalid="keep")
        for f in folds
    ]
    assembled = PipelineModel(assemblers).transform(joined)
    return assembled.select("domain", "label", "fold", *(f"features_{fold}" for fold in folds), *margins)
