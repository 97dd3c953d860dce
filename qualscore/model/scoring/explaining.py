"""Every factor's contribution to some accounts, beside its value: for reports, where a score lists the largest five alone."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from pyspark.sql import DataFrame
from pyspark.sql import functions as F
from pyspark.sql import types as T

from qualscore.model.encoding import intent
from qualscore.model.encoding.arrays import Array
from qualscore.model.encoding.inputs import NUMERIC, Inputs
from qualscore.model.kernel.tree_shap import SparseRows
from qualscore.model.scoring.qualification import QualificationModel, Scorer

EXPLAINED = (T.StructField("contributions", T.ArrayType(T.FloatType())), T.StructField("values", T.ArrayType(T.FloatType())))


@dataclass(frozen=True)
class Explainer:
    """What an executor needs to explain vectors; plain arrays, so that it is broadcast.

    Attributes:
        scorer: of the model.
        columns: int (factors,), the static column that tells a factor's value; -1 of those whose value is a text.
    """

    scorer: Scorer
    columns: Array

    def explain(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """For mapInArrow: contributions and values in place of static and folds."""
        for batch in batches:
            static, lift_ids, folds = self.scorer.matrices(batch)
            explained = self.scorer.ensemble.explain(static, lift_ids, folds)
            kept = {name: batch.column(name) for name in batch.schema.names if name not in ("static", "folds")}
            added = (explained.contributions, factor_values(static, self.columns))
            yield pa.RecordBatch.from_pydict(kept | {it.name: _arrays(values) for it, values in zip(EXPLAINED, added, strict=True)})


def explained(model: QualificationModel, vectors: DataFrame, *shown: str) -> DataFrame:
    """Contributions and values of the factors (array<float>, in the order of the model's), beside the columns `shown`.

    Args:
        model: that explains.
        vectors: rows of `model.vectors`; each is explained by the models that left its fold out.
        shown: columns to keep; those that the model lifts are kept too.
    """
    kept = list(dict.fromkeys((*shown, *model.lifted)))
    ready = vectors.select(*kept, F.unwrap_udt("static").alias("static"), "folds")
    schema = T.StructType([*ready.select(*kept).schema.fields, *EXPLAINED])
    return ready.mapInArrow(Explainer(model.scorer, value_columns(model.inputs)).explain, schema)


def value_columns(inputs: Inputs) -> Array:
    """For each factor the static column that tells its value; of several the one that says most; -1 of texts.

    Employees: what is known, or estimated from other values. Research: signals in the longest window.
    """
    static = [*inputs.numeric, *inputs.intent_columns, *inputs.categories, *inputs.products]
    of_column = inputs.factor_of_column
    columns = np.full(len(inputs.factors), -1, np.int32)
    for column, name in enumerate(static):
        if columns[of_column[column]] < 0 or NUMERIC.get(name) == "employees" and name == "firmo_size":
            columns[of_column[column]] = column
    if "signals_52w" in inputs.measures:
        place, first, width = inputs.measures.index("signals_52w"), len(inputs.numeric), len(inputs.measures)
        for number, name in enumerate(inputs.keyword_sets):
            columns[inputs.factors.index(intent.factor(name))] = first + number * width + place
    return columns


def factor_values(static: SparseRows, columns: Array) -> Array:
    """The value of each factor: float32 (rows, factors); NaN where it is missing or a text."""
    rows = np.repeat(np.arange(len(static.indptr) - 1), np.diff(static.indptr))
    place = np.full(max(int(columns.max(initial=-1)), int(static.indices.max(initial=-1))) + 1, -1)
    place[columns[columns >= 0]] = np.flatnonzero(columns >= 0)
    values = np.where(columns >= 0, np.float32(0), np.float32(np.nan)) * np.ones((len(static.indptr) - 1, 1), np.float32)
    factors = place[static.indices]
    values[rows[factors >= 0], factors[factors >= 0]] = static.values[factors >= 0]
    return values.astype(np.float32)


def _arrays(values: Array) -> pa.ListArray:
    """One array a row."""
    ends = np.arange(len(values) + 1, dtype=np.int32) * values.shape[1]
    return pa.ListArray.from_arrays(ends, pa.array(values.astype(np.float32).ravel()))
