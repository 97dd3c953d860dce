"""From the rows of a training to an ensemble: encodings, trees and their starting margins."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from qualscore import checkpoints
from qualscore.definitions.definition import Definition
from qualscore.model.encoding import encoding, inputs
from qualscore.model.encoding.draws import draw
from qualscore.model.encoding.encoding import LiftedColumn
from qualscore.model.learning import pipeline
from qualscore.model.learning.giveaways import STACK, ValueCount
from qualscore.model.scoring.qualification import QualificationModel

CALIBRATION_FOLDS, CALIBRATION_WAYS = 5, 5

Shares = Mapping[str, dict[str | None, float]]


def fit(
    rows: DataFrame, values: Sequence[ValueCount], shares: Shares, definition: Definition, *, keep: Sequence[str] = ()
) -> tuple[QualificationModel, DataFrame]:
    """Fits the encodings and the ensemble; returns the uncalibrated model and the vectors of all rows.

    Args:
        rows: features with_stack as of each row's own date, with is_example, repeats, in_evaluation.
        values: counts of each value in the training frame.
        shares: by column each value's share of the reference accounts.
        definition: what to learn.
        keep: other columns of the rows that the vectors have too.
    """
    accounts_of = {name: {str(it.value): it.examples + it.unlabelled for it in values if it.column == name} for name in STACK}
    chosen = inputs.choose(accounts_of, _keyword_sets(rows), definition)
    model = QualificationModel(definition, chosen, {}, [], [])
    vectors = _vectors(rows, model, keep)
    lifted = _lifted(vectors, model, shares)
    static = len(chosen.factor_of_column) - len(chosen.lifted)
    texts, starts = pipeline.fit_ensemble(vectors, lifted, definition.training, static=static, numbers=chosen.numeric)
    return replace(model, lifted=lifted, texts=texts, starts=starts), vectors


def _keyword_sets(rows: DataFrame) -> set[str]:
    """The keyword sets that any account of the training frame has a signal of."""
    frame = rows.where(F.col("is_example") | (F.size("repeats") > 0))
    return {str(row["keyword_set"]) for row in frame.select(F.explode("intent.keyword_set").alias("keyword_set")).distinct().collect()}


def _vectors(rows: DataFrame, model: QualificationModel, keep: Sequence[str]) -> DataFrame:
    """The model's vectors of all rows, with `keep`, the folds of encodings (inners) and of calibrations, and domain_hash."""
    training, chosen = model.definition.training, model.inputs
    inner = F.array(*(draw("inner", encoding.INNER_FOLDS, seed=training.seed, repeat=repeat) for repeat in range(training.repeats)))
    kept = ("domain", "is_example", "repeats", "in_evaluation", "static", "folds", "inners", *chosen.numeric, *chosen.lifted, *keep)
    # Of one number to base 5 each digit is a fold, one way of making folds for each; the last is calibration_fold.
    ways = draw("calibration", CALIBRATION_FOLDS**CALIBRATION_WAYS, seed=training.seed)
    marks = {"domain_hash": F.xxhash64("domain"), "calibration_ways": ways, "calibration_fold": ways % CALIBRATION_FOLDS}
    return model.vectors(rows).withColumn("inners", inner).select(*kept).withColumns(marks).transform(checkpoints.kept)


def _lifted(vectors: DataFrame, model: QualificationModel, shares: Shares) -> dict[str, LiftedColumn]:
    """The log-lift encodings by column."""
    names, n_folds = model.inputs.lifted, model.definition.training.folds
    examples = vectors.where("is_example").select("folds", "inners", *names).toPandas()
    folds, inners = np.array(examples["folds"].to_list()), np.array(examples["inners"].to_list())
    return {name: encoding.count(examples, name, shares.get(name, {}), folds=folds, inners=inners, n_folds=n_folds) for name in names}
