"""Scores by SynapseML's own transform and its featuresShapCol: what the kernel's scores and factors are compared with."""

from collections.abc import Callable
from datetime import datetime
from functools import reduce

import numpy as np
from pyspark.ml.feature import VectorAssembler
from pyspark.ml.functions import vector_to_array
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from qualscore import contracts
from qualscore.model.encoding import inputs
from qualscore.model.encoding.arrays import Array
from qualscore.model.encoding.encoding import UNSEEN
from qualscore.model.kernel.starting_margin import LOGARITHMIC, NumberTerm
from qualscore.model.scoring.bands import action, band
from qualscore.model.scoring.pass_model import LISTED_FACTORS
from qualscore.model.scoring.qualification import QualificationModel
from qualscore.model.scoring.scoring_pass import EXCLUDED
from tests.oracle import explanation


def score(model: QualificationModel, accounts: DataFrame, *, run_id: str | None = None, scored_at: datetime | None = None) -> DataFrame:
    """Scores and explains accounts that have data with one model: the columns of scores/account_scores, a row per account."""
    excluded = F.array_contains(EXCLUDED, model.definition.name) if EXCLUDED in accounts.columns else F.lit(False)
    known = accounts.where(F.col("has_data") & ~excluded).select(*contracts.load("features/account_features").columns)
    vectors = model.vectors(inputs.with_stack(known, model.definition.features))
    explained = _explained(_with_trees(_with_lifts(vectors, model), model), model)
    scored = explanation.with_factors(_calibrated(explained, model), model.inputs)
    learned = scored.sparkSession.createDataFrame([(int(it),) for it in model.examples], "_hash long").withColumn("is_example", F.lit(True))
    both = scored.withColumn("_hash", F.xxhash64("domain")).join(F.broadcast(learned), "_hash", "left")
    contract, rounded = contracts.load("scores/account_scores"), F.col("score")
    return contract.conform(
        both.withColumns(
            {
                "score_name": F.lit(model.definition.name),
                "score_final": rounded,
                "final_cause": F.lit("model"),
                "band": band(rounded, model.definition),
                "action": action(rounded, model.definition),
                "top_factors": explanation.in_words(F.col("factors_for"), F.col("factors_against")),
                "is_example": F.coalesce("is_example", F.lit(False)),
                "model_version": F.lit(model.version).cast("int"),
                "run_id": F.lit(run_id).cast("string"),
                "scored_at": F.lit(scored_at).cast("timestamp"),
            }
        ).select(*contract.columns)
    )


def _with_lifts(vectors: DataFrame, model: QualificationModel) -> DataFrame:
    """Adds for each repeat r the vector `_features_r`: static, then the lifts of the model that scores the row."""
    training = model.definition.training
    for place, (name, column) in enumerate(model.lifted.items()):
        lifts = column.scoring_lifts()
        rows = [(value, lifts[:, number].tolist()) for value, number in column.ids.items()]
        known = vectors.sparkSession.createDataFrame(rows, f"_value string, _lifts_{place} array<double>")
        joined = vectors.join(F.broadcast(known), F.col(name).eqNullSafe(F.col("_value")), "left").drop("_value")
        unseen = F.array(*(F.lit(float(lift)) for lift in lifts[:, UNSEEN]))
        vectors = joined.withColumn(f"_lifts_{place}", F.coalesce(f"_lifts_{place}", unseen))
    for repeat in range(training.repeats):
        own = F.col("folds")[repeat] + repeat * training.folds
        columns = {f"_lift_{repeat}_{place}": F.col(f"_lifts_{place}")[own] for place in range(len(model.lifted))}
        assembler = VectorAssembler(inputCols=["static", *columns], outputCol=f"_features_{repeat}", handleInvalid="keep")
        vectors = assembler.transform(vectors.withColumns(columns)).drop(*columns)
    return vectors


def _with_trees(vectors: DataFrame, model: QualificationModel) -> DataFrame:
    """Adds the margin and the sums of the columns' contributions, the last being the base, as means over the repeats."""
    from synapse.ml.lightgbm import LightGBMClassificationModel

    repeats = range(len(model.texts))
    for repeat in repeats:
        for fold, text in enumerate(model.texts[repeat]):
            trees = LightGBMClassificationModel.loadNativeModelFromString(text)
            trees.setFeaturesCol(f"_features_{repeat}").setRawPredictionCol(f"_raw_{repeat}_{fold}").setProbabilityCol("")
            vectors = trees.setPredictionCol("").setFeaturesShapCol(f"_shap_{repeat}_{fold}").transform(vectors)
    # Within `when`, or all models of a repeat would score each row and not its own alone.
    starts = [_started(model, repeat) for repeat in repeats]
    vectors = vectors.withColumns({f"_start_{repeat}": start for repeat, start in enumerate(starts)})
    margins = [
        _of_own_fold(model, repeat, lambda found: vector_to_array(found)[1], "raw") + _sum(F.col(f"_start_{repeat}")) for repeat in repeats
    ]
    shap = [_of_own_fold(model, repeat, vector_to_array, "shap") for repeat in repeats]
    parts = [F.zip_with(trees, F.col(f"_start_{repeat}"), lambda a, b: a + b) for repeat, trees in enumerate(shap)]
    total = reduce(lambda one, two: F.zip_with(one, two, lambda a, b: a + b), parts)
    mean = F.transform(total, lambda value: value / len(parts))
    kept = [name for name in vectors.columns if not name.startswith("_")]
    return vectors.select(*kept, (reduce(Column.__add__, margins) / len(margins)).alias("margin"), mean.alias("_parts"))


def _of_own_fold(model: QualificationModel, repeat: int, read: Callable[[Column], Column], kind: str) -> Column:
    own = F.col("folds")[repeat]
    return F.coalesce(*(F.when(own == fold, read(F.col(f"_{kind}_{repeat}_{fold}"))) for fold in range(len(model.texts[repeat]))))


def _started(model: QualificationModel, repeat: int) -> Column:
    """What the margin that the trees start from adds to each column's contribution, and last to the base (starting_margin.py)."""
    lifted, numeric = len(model.lifted), model.inputs.numeric
    others = len(model.inputs.factor_of_column) - len(numeric) - lifted
    if not model.starts:
        return F.array_repeat(F.lit(0.0), len(model.inputs.factor_of_column) + 1)
    of_fold = []
    for fold, start in enumerate(model.starts[repeat]):
        numbers = [_number_term(name, term) for name, term in zip(numeric, start.numbers, strict=True)]
        place = repeat * model.definition.training.folds + fold
        lifts = [F.col(f"_lifts_{i}")[place] * term.coefficient - term.mean for i, term in enumerate(start.lifts)]
        none = F.array_repeat(F.lit(0.0), others)
        parts = F.concat(*(F.array(*some) for some in (numbers,) if some), none, F.array(*lifts, F.lit(start.base)))
        of_fold.append(F.when(F.col("folds")[repeat] == fold, parts))
    return F.coalesce(*of_fold)


def _number_term(name: str, term: NumberTerm) -> Column:
    value = F.log1p(name) if name == LOGARITHMIC else F.col(name)
    z = F.greatest(F.lit(term.low), F.least(F.lit(term.high), (value - term.median) * term.scale))
    known = F.when(value.isNull() | F.isnan(value), 0.0).otherwise(z)
    return known * (term.linear + term.squared * known) - term.mean


def _sum(numbers: Column) -> Column:
    return F.aggregate(numbers, F.lit(0.0), lambda total, it: total + it)


def _explained(scored: DataFrame, model: QualificationModel) -> DataFrame:
    """Adds base, the listed factors and what is left."""
    of_column = model.inputs.factor_of_column
    columns = F.array(
        *(F.array(*(F.lit(int(it)) for it in np.flatnonzero(of_column == factor))) for factor in range(len(model.inputs.factors)))
    )
    summed = F.transform(columns, lambda own: F.aggregate(own, F.lit(0.0), lambda total, place: total + F.get("_parts", place)))
    with_parts = scored.withColumns({"base": F.element_at("_parts", -1), "_factors": F.transform(summed, lambda it: it.cast("float"))})
    for_account, against = _ranked(1), _ranked(-1)
    listed = with_parts.withColumns({"_for": for_account, "_against": against})
    explained = listed.withColumns(
        {
            "ids_for": F.transform("_for", lambda it: it["id"]),
            "ids_against": F.transform("_against", lambda it: it["id"]),
            "contributions_for": F.transform("_for", lambda it: -it["less"]),
            "contributions_against": F.transform("_against", lambda it: it["less"]),
        }
    )
    sums = [_sum(F.col(f"contributions_{side}")) for side in ("for", "against")]
    return explained.withColumn("other_contribution", F.col("margin") - F.col("base") - sums[0] - sums[1])


def _ranked(sign: int) -> Column:
    """The factors that speak for (1) or against (-1) an account, strongest first, ties by their number."""
    ranked = F.transform("_factors", lambda value, place: F.struct((value * F.lit(-sign).cast("float")).alias("less"), place.alias("id")))
    return F.slice(F.array_sort(F.filter(ranked, lambda it: it["less"] < 0)), 1, LISTED_FACTORS)


def _calibrated(scored: DataFrame, model: QualificationModel) -> DataFrame:
    """Adds score, lift and percentile: Calibration and the evaluation sample's quantiles as columns."""
    calibration, margin = model.calibration, F.col("margin")
    assert calibration is not None
    knots, logits = np.array(calibration.margins), np.array(calibration.logits)
    tail = F.when(margin < knots[0], margin - knots[0]).when(margin > knots[-1], margin - knots[-1]).otherwise(0.0)
    platt = calibration.slope * margin + calibration.intercept
    ratio = (platt + _interpolated(margin, knots, logits) + calibration.slope * tail) / 2
    steps = np.linspace(0, 100, len(model.quantiles))
    with_ratio = scored.withColumn("_ratio", ratio)
    return with_ratio.withColumns(
        {
            "lift": F.exp("_ratio"),
            "score": F.floor(100 * (100.0 / (1.0 + F.exp(-F.col("_ratio"))))) / 100,
            "percentile": _interpolated(margin, model.quantiles, steps),
        }
    )


def _interpolated(value: Column, xs: Array, ys: Array) -> Column:
    """numpy.interp as a column."""
    places, values = (F.array(*(F.lit(float(it)) for it in numbers)) for numbers in (xs, ys))
    place = F.size(F.filter(places, lambda x: x <= value))
    before, after = (F.get(places, place - 1), F.get(values, place - 1)), (F.get(places, place), F.get(values, place))
    between = before[1] + (value - before[0]) * (after[1] - before[1]) / (after[0] - before[0])
    return F.when(place == 0, F.lit(float(ys[0]))).when(place == len(xs), F.lit(float(ys[-1]))).otherwise(between)
