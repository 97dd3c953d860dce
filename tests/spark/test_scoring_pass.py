"""Scoring in Arrow batches against the ways that cost more: Spark's columns, Spark ML's pipeline and SynapseML's transform."""

from datetime import date

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from qualscore import contracts
from qualscore.definitions.definition import Features
from qualscore.errors import ConfigurationError
from qualscore.features.intent import MEASURES
from qualscore.model.encoding import inputs, intent
from qualscore.model.encoding.inputs import LIFTED, NUMERIC, Inputs
from qualscore.model.kernel.tree_shap import TopFactors
from qualscore.model.learning.training import Trained
from qualscore.model.scoring.account_batch import AccountBatch
from qualscore.model.scoring.factor_lines import columns, factor_names
from qualscore.model.scoring.factor_values import FactorValues
from qualscore.model.scoring.static_columns import static_columns
from qualscore.runs import executors
from tests.oracle import explanation, synapseml_engine
from tests.small_universe import Universe

INPUTS = Inputs(
    numeric=(*NUMERIC, "tech_count"),
    keyword_sets=("", "cloud", "payments"),
    measures=tuple(MEASURES),
    categories=("Streaming", "Office"),
    products=("Kafka", "Excel", "Word"),
    lifted=LIFTED,
)
LEFT_OUT = Features.model_validate({"leave_out": {"products": ["ours!"], "categories": ["TOYS"]}})
STACKS = [
    [],
    [("Kafka", "Streaming"), ("Kafka", "Office"), ("Excel", "Office")],  # a product of two categories
    [("Ours", "Streaming"), ("Word", "Toys"), ("Excel", None)],  # left out, left out, of no category
    [("Lotus", "Office"), ("Excel", "Office"), ("Word", "Office")],  # not a product of the model
]
TOTALS = {"signals_4w": 1, "signals_13w": 3, "signals_52w": 40, "strength_4w": 0.5, "strength_13w": 1.5, "strength_52w": 9.25, "trend": 0.1}
SETS = [
    [],
    [{"keyword_set": "cloud", **TOTALS, "weeks_since_last": 0}, {"keyword_set": "others", **TOTALS, "weeks_since_last": 5}],
    [{"keyword_set": "payments", **TOTALS, "signals_4w": 0, "signals_13w": 0, "signals_52w": 1, "weeks_since_last": 30}],
]
COVERED = [  # all windows, none, the shortest alone
    {f"intent_{name}": value for name, value in TOTALS.items()} | {"intent_weeks_since_last": 2},
    {},
    {"intent_signals_4w": 0, "intent_strength_4w": 0.0},
]
PLAIN = [
    {"country": "DE", "city": "Köln", "employees": 1_234_567, "firmo_size": 14.0, "revenue_usd": 2.5e6, "is_listed": True},
    {"employees_range": "11-50", "revenue_range": "$1M-$10M", "is_listed": False, "firmo_age_years": 12.0, "firmo_is_listed": 0.0},
    {"industry": "Banking", "firmo_size": 5.0, "market_cap_band": "Nano Cap", "firmo_market_cap": 1.0, "firmo_revenue_log": 0.0},
    {},
]


@pytest.fixture(scope="module")
def features(spark: SparkSession) -> DataFrame:
    """Accounts of every kind: all combinations of what is known and what is not."""
    rows = [
        {
            "domain": f"company{number}.com", "as_of_on": date(2026, 6, 1), "has_data": True, "is_backfilled": False, **plain, **covered,
            "tech_stack": [{"product": product, "category": category} for product, category in stack],
            "intent": [{name: one.get(name) for name in ("keyword_set", *MEASURES)} for one in sets],
        }
        for number, (plain, covered, stack, sets) in enumerate(
            (a, b, c, d) for a in PLAIN for b in COVERED for c in STACKS for d in SETS
        )
    ]  # fmt: skip
    return contracts.load("features/account_features").rows(spark, rows).coalesce(1).persist()


@pytest.fixture(scope="module")
def batch(features: DataFrame) -> AccountBatch:
    """The same as a pass sees them."""
    # As mapInArrow has them: toPandas and its like would know nothing of lists of structs.
    return AccountBatch(pa.Table.from_batches(features._collect_as_arrow()).combine_chunks().to_batches()[0])


def test_static_columns_are_those_of_the_spark_pipeline(features: DataFrame, batch: AccountBatch) -> None:
    stacked = intent.with_columns(inputs.with_stack(features, LEFT_OUT), INPUTS.keyword_sets, INPUTS.measures)
    expected = np.array([row["static"].toArray() for row in inputs.vectorizer(INPUTS).transform(stacked).select("static").collect()])
    rows = static_columns(INPUTS, LEFT_OUT.leave_out).rows(batch)
    dense = np.zeros(expected.shape)
    for row in range(batch.rows):
        entries = slice(rows.indptr[row], rows.indptr[row + 1])
        assert len(set(rows.indices[entries])) == entries.stop - entries.start
        dense[row, rows.indices[entries]] = rows.values[entries]
    assert np.isnan(expected).any() and expected[:, -5:].max() == 3
    np.testing.assert_array_equal(dense, expected)


def test_without_technographics_no_stack_is_seen(batch: AccountBatch) -> None:
    left_out = Features.model_validate({"leave_out": {"families": ["technographics"]}}).leave_out
    rows = static_columns(Inputs(("firmo_size",), (), (), ("Office",), ("Excel",), ()), left_out).rows(batch)
    assert set(rows.indices) == {0}


def test_factors_read_as_the_spark_columns_say_them(features: DataFrame, batch: AccountBatch) -> None:
    """Every factor of every account, in turns of eight."""
    names, n = INPUTS.factors, batch.rows
    for first in range(0, len(names), 8):
        ids = np.full((2, n, 5), -1, np.int32)
        for row in range(n):
            chosen = [(first + place) % len(names) for place in range(row % 9)]
            ids[0, row, : min(4, len(chosen))], ids[1, row, : max(0, len(chosen) - 4)] = chosen[:4], chosen[4:]
        values = np.where(ids >= 0, np.float32(0.5), np.float32(0))
        top = TopFactors(np.zeros(n), np.zeros(n), ids[0], values[0], ids[1], values[1])
        static = static_columns(INPUTS, LEFT_OUT.leave_out).rows(batch)
        lines = columns(factor_names(INPUTS), FactorValues(batch), static, top, most=3)
        expected = _said_by_spark(features, ids)
        for name in ("factors_for", "factors_against"):
            assert lines[name].to_pylist() == expected[name]
        assert lines["top_factors"].to_pylist() == expected["top_factors"]


def _said_by_spark(features: DataFrame, ids: np.ndarray) -> dict[str, list[object]]:
    listed = [[[int(it) for it in side[row] if it >= 0] for side in ids] for row in range(ids.shape[1])]
    rows = [(f"company{row}.com", *sides, *([0.5] * len(side) for side in sides)) for row, sides in enumerate(listed)]
    schema = "domain string, ids_for array<int>, ids_against array<int>, contributions_for array<float>, contributions_against array<float>"
    known = inputs.with_stack(features, LEFT_OUT).join(features.sparkSession.createDataFrame(rows, schema), "domain", "inner")
    with_factors = explanation.with_factors(known, INPUTS)
    in_words = with_factors.withColumn("top_factors", explanation.in_words(F.col("factors_for"), F.col("factors_against")))
    rows = sorted(in_words.collect(), key=lambda row: int(row["domain"].removeprefix("company").removesuffix(".com")))
    factors: dict[str, list[object]] = {
        name: [[it.asDict() for it in row[name]] for row in rows] for name in ("factors_for", "factors_against")
    }
    return factors | {"top_factors": [row["top_factors"] for row in rows]}


def test_synapseml_gives_the_same_scores(universe: Universe, trained: Trained, scores: pd.DataFrame) -> None:
    """Margins to 1e-6, contributions to 1e-5, and the same of everything that follows from them."""
    by_synapseml = synapseml_engine.score(trained.model, universe.today()).toPandas().set_index("domain").sort_index()
    assert list(by_synapseml.index) == list(scores.index)
    for name in ("margin", "base", "lift", "percentile"):
        np.testing.assert_allclose(by_synapseml[name], scores[name], atol=1e-6, rtol=1e-6)
    np.testing.assert_allclose(by_synapseml.other_contribution, scores.other_contribution, atol=1e-5)
    pd.testing.assert_frame_equal(
        by_synapseml[["score", "band", "action", "is_example"]], scores[["score", "band", "action", "is_example"]]
    )
    for side in ("factors_for", "factors_against"):
        pairs = [(a, b) for mine, theirs in zip(by_synapseml[side], scores[side], strict=True) for a, b in zip(mine, theirs, strict=True)]
        np.testing.assert_allclose(*zip(*((a["contribution"], b["contribution"]) for a, b in pairs), strict=True), atol=1e-5)
        # Two that are equal but for rounding may change places.
        assert np.mean([(a["factor"], a["value"]) == (b["factor"], b["value"]) for a, b in pairs]) > 0.99


def test_executors_say_what_they_lack(spark: SparkSession) -> None:
    executors.check(spark)
    with pytest.raises(ConfigurationError, match=r"^the executors lack no_such_library \(.*python.* on .*\): .*PYSPARK_PYTHON"):
        executors.check(spark, ["numpy", "no_such_library"])
