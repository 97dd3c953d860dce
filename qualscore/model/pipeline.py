"""The cross-fitted ensemble: SynapseML LightGBM classifiers, each trained without one fold."""

from collections.abc import Iterator, Sequence
from functools import partial

import numpy as np
import pyarrow as pa
from pyspark.ml import PipelineModel, Transformer
from pyspark.ml.feature import VectorAssembler
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from qualscore.definition import Training
from qualscore.errors import TrainingRefused
from qualscore.model.encoding import LiftedColumn, value_ids
from qualscore.model.native_trees import Array
from qualscore.parallel import side_by_side


def fit_ensemble(vectors: DataFrame, lifted: dict[str, LiftedColumn], training: Training, *, static: int) -> list[list[str]]:
    """Native LightGBM texts, [repeat][fold]: each model trained on its repeat's rows outside its fold.

    Args:
        vectors: domain, is_example, repeats (array of the repeats whose sample the row is in), folds and inners
            (array<int>, one entry a repeat), static (vector) and the lifted columns.
        lifted: the encodings by column.
        training: sizes and seeds.
        static: columns of the vector `static`.
    """
    # How common a value is among examples never counts against it. On nine lists of real customers, before and with it: ROC-AUC .931, .933,
    # on US listed companies .912, .915; recall@10% there .697, .716, and among start-ups .565, .556. In plain LightGBM the ranks of two
    # seeds agree by .974 instead of .943.
    constraints = [0] * static + [1] * len(lifted)
    texts = []
    for repeat in range(training.repeats):
        chosen = vectors.where(F.col("is_example") | F.array_contains("repeats", repeat))
        encoded = _encoded(chosen, lifted, repeat, training)
        rows = encoded.repartition(training.num_tasks).sortWithinPartitions("domain").localCheckpoint()
        texts.append(side_by_side(partial(_fit, rows, training, constraints, repeat), range(training.folds)))
    return texts


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
        labelCol="label", featuresCol=f"features_{fold}", objective="binary", numIterations=training.trees, learningRate=0.05, numLeaves=7,
        minDataInLeaf=20, lambdaL2=5.0, baggingFraction=0.8, baggingFreq=1, featureFraction=0.5, maxBin=63, seed=seed, baggingSeed=seed,
        featureFractionSeed=seed, dataRandomSeed=seed, numTasks=training.num_tasks, numThreads=1, dataTransferMode="streaming",
        useSingleDatasetMode=True, deterministic=True, verbosity=-1,
        monotoneConstraints=constraints,
    )  # fmt: skip


def _encoded(rows: DataFrame, lifted: dict[str, LiftedColumn], repeat: int, training: Training) -> DataFrame:
    """domain, label, fold and for each fold f the vector features_f: static, then the cross-fitted lifts."""
    columns = list(lifted)
    picked = rows.select(
        "domain", F.col("is_example").cast("double").alias("label"), F.col("folds")[repeat].alias("fold"),
        F.col("inners")[repeat].alias("inner"), *columns, "static",
    )  # fmt: skip
    if not columns:
        return picked.select("domain", "label", "fold", *(F.col("static").alias(f"features_{fold}") for fold in range(training.folds)))
    tables = [lifted[name].training_lifts(repeat) for name in columns]
    ids = [lifted[name].ids for name in columns]
    keys = picked.select("domain", "inner", *columns)
    lifts = keys.mapInArrow(partial(_lifts, columns=columns, ids=ids, tables=tables), "domain string, lifts array<double>")
    named = {
        f"{name}_{fold}": F.get("lifts", F.lit(fold * len(columns) + i)) for fold in range(training.folds) for i, name in enumerate(columns)
    }
    joined = picked.drop(*columns).join(lifts, "domain", "inner").withColumns(named)
    assemblers: list[Transformer] = [
        VectorAssembler(inputCols=["static", *(f"{name}_{fold}" for name in columns)], outputCol=f"features_{fold}", handleInvalid="keep")
        for fold in range(training.folds)
    ]
    assembled = PipelineModel(assemblers).transform(joined)
    return assembled.select("domain", "label", "fold", *(f"features_{fold}" for fold in range(training.folds)))


def _lifts(
    batches: Iterator[pa.RecordBatch], *, columns: Sequence[str], ids: Sequence[dict[str | None, int]], tables: Sequence[Array]
) -> Iterator[pa.RecordBatch]:
    for batch in batches:
        inner = batch.column("inner").to_numpy()
        parts = [table[:, inner, value_ids(batch.column(name), i)] for name, i, table in zip(columns, ids, tables, strict=True)]
        lifts = np.stack(parts, axis=-1).swapaxes(0, 1)  # rows, folds, columns
        offsets = np.arange(0, lifts.size + 1, lifts[0].size if len(lifts) else 1, dtype=np.int32)
        yield pa.RecordBatch.from_arrays([batch.column("domain"), pa.ListArray.from_arrays(offsets, lifts.ravel())], ["domain", "lifts"])
