"""Some accounts with every factor's contribution and value: what importance and the factors' levels are counted from."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from pyspark.sql import functions as F

from qualscore.model.encoding.arrays import Array
from qualscore.model.encoding.draws import is_drawn
from qualscore.model.learning.training import Trained
from qualscore.model.scoring.explaining import explained

MOST_OTHERS = 20_000
MOST_EXAMPLES = 5_000
MOST_NUMBERS = 16_000_000  # on the driver, twice in four bytes


@dataclass(frozen=True)
class ExplainedAccounts:
    """Examples and unlabelled accounts, each as of its own date and explained by models that did not see it.

    Attributes:
        factors: names.
        is_example: bool (accounts,).
        contributions: float32 (accounts, factors).
        values: float32 (accounts, factors); NaN where a value is missing or a text.
        texts: by categorical factor its values, None where missing: object (accounts,).
        example_weight: how many examples each one stands for.
        weight: how many unlabelled accounts each one stands for.
    """

    factors: tuple[str, ...]
    is_example: Array
    contributions: Array
    values: Array
    texts: dict[str, Array]
    example_weight: float
    weight: float

    def of(self, factor: str) -> tuple[Array, Array]:
        """The contributions and the values of a factor."""
        place = self.factors.index(factor)
        return self.contributions[:, place], self.values[:, place]


def explain(trained: Trained) -> ExplainedAccounts:
    """Explains the examples and a sample of the evaluation accounts, 20,000 at most: one pass over the rows."""
    model, evidence, counts = trained.model, trained.evidence, trained.counts
    seed, factors = model.definition.training.seed, model.inputs.factors
    others = min(MOST_OTHERS, MOST_NUMBERS // max(1, len(factors)))
    judged = int((~evidence.judged["is_example"].to_numpy(bool)).sum())
    drawn = is_drawn("explained", min(1.0, others / max(1, judged)), seed=seed)
    learned = is_drawn("explained", min(1.0, MOST_EXAMPLES / counts["examples"]), seed=seed)
    rows = evidence.rows.where(F.when(F.col("is_example"), learned).otherwise(F.col("in_evaluation") & drawn))
    vectors = model.vectors(rows.withColumn("domain_hash", F.xxhash64("domain")))
    frame = explained(model, vectors, "domain_hash", "is_example").toPandas().sort_values("domain_hash", ignore_index=True)
    is_example = frame["is_example"].to_numpy(bool)
    return ExplainedAccounts(
        factors=factors,
        is_example=is_example,
        contributions=_matrix(frame["contributions"]),
        values=_matrix(frame["values"]),
        texts={name: frame[name].astype(object).where(frame[name].notna(), None).to_numpy() for name in model.lifted},
        example_weight=counts["examples"] / max(1, int(is_example.sum())),
        weight=evidence.weight * judged / max(1, int((~is_example).sum())),
    )


def _matrix(rows: "pd.Series[Any]") -> Array:
    return np.stack(rows.to_list()) if len(rows) else np.zeros((0, 0), np.float32)
