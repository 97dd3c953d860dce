"""What a comparison of two models counts, without a session: bands, causes, factors, movers."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from qualscore.definitions.definition import Bands
from qualscore.model.lifecycle import comparison, comparison_report
from qualscore.model.lifecycle.comparison import Comparing
from qualscore.model.lifecycle.flavour import FrameScorer
from qualscore.model.scoring.qualification import QualificationModel
from tests.small_model import AS_OF, DEFINITION, small_model

ROWS = 2_500  # more than are explained at a time


@pytest.fixture(scope="module")
def model() -> QualificationModel:
    """With bands that all hold accounts."""
    return small_model(DEFINITION.model_copy(update={"bands": Bands(likely=30, highly_likely=60)}))


@pytest.fixture(scope="module")
def batch(model: QualificationModel) -> pa.RecordBatch:
    draws = np.random.default_rng(3)
    kafka = {"product": "Kafka", "category": "Streaming"}
    frame = pd.DataFrame(
        {
            "domain": [f"a{i}.com" for i in range(ROWS)], "as_of_on": AS_OF, "has_data": True,
            "country": draws.choice(["DE", "FR"], ROWS), "firmo_size": draws.normal(5, 2, ROWS),
            "tech_stack": [[kafka] if uses else [] for uses in draws.integers(0, 2, ROWS)],
        }
    )  # fmt: skip
    made = FrameScorer(model)._batch(frame)
    return pa.RecordBatch.from_arrays(
        [*made.columns, pa.array([True] * ROWS), pa.array(np.arange(ROWS) < 300)], [*made.schema.names, "all", "crm"]
    )


def counted(before: QualificationModel, after: QualificationModel, batch: pa.RecordBatch) -> pd.DataFrame:
    def batches() -> Iterator[pa.RecordBatch]:
        yield from (batch.slice(0, 1_200), batch.slice(1_200))

    (only,) = Comparing(before.in_pass, after.in_pass, ("all", "crm")).counted(batches())
    return only.to_pandas()


def of_kind(rows: pd.DataFrame, kind: str, place: str = "") -> pd.DataFrame:
    return rows[(rows["kind"] == kind) & (rows["place"] == place)]


def scores(model: QualificationModel, batch: pa.RecordBatch) -> np.ndarray:
    explained = [FrameScorer(model)._model.in_pass.explained(comparison.AccountBatch(batch))]
    return model.in_pass.stored_score(explained[0].margin)


def test_the_same_model_moves_nobody(model: QualificationModel, batch: pa.RecordBatch) -> None:
    rows = counted(model, model, batch)
    bands = of_kind(rows, comparison.BAND, "all")
    assert set(bands["first"]) == {"unlikely", "likely", "highly_likely"} and (bands["first"] == bands["second"]).all()
    assert bands["accounts"].sum() == ROWS and of_kind(rows, comparison.BAND, "crm")["accounts"].sum() == 300
    factors = of_kind(rows, comparison.FACTOR)
    assert {"country", "uses Kafka"} <= set(factors["first"]) and (factors["before"] == factors["after"]).all()
    assert set(rows["kind"]) == {comparison.BAND, comparison.FACTOR}


def test_a_steeper_calibration_is_its_own_cause(model: QualificationModel, batch: pa.RecordBatch) -> None:
    assert model.calibration
    steeper = replace(model, calibration=replace(model.calibration, intercept=model.calibration.intercept + 1))
    rows = counted(model, steeper, batch)
    old, new = (np.digitize(scores(it, batch), [30, 60]) for it in (model, steeper))
    bands = of_kind(rows, comparison.BAND, "all")
    assert bands[bands["first"] != bands["second"]]["accounts"].sum() == (old != new).sum() > 0
    causes = of_kind(rows, comparison.CAUSE, "crm")
    assert set(zip(causes["first"], causes["second"], strict=True)) == {("calibration", "up")}
    assert causes["accounts"].sum() == (old != new)[:300].sum()


def test_a_factor_that_is_gone_is_the_cause_of_those_that_it_held(model: QualificationModel, batch: pa.RecordBatch) -> None:
    """The other model learned nothing of Kafka: its trees look for a technology that nobody has."""
    blind = replace(model, inputs=replace(model.inputs, products=("Cobol",)))
    rows = counted(model, blind, batch)
    factors = of_kind(rows, comparison.FACTOR).set_index("first")
    assert factors.loc["uses Kafka", "before"] > 0 == factors.loc["uses Kafka", "after"]
    assert factors.loc["uses Cobol", "before"] == 0 and factors.loc["country", "before"] > 0
    causes = of_kind(rows, comparison.CAUSE, "all")
    assert set(causes["first"]) == {"uses Kafka", "uses Cobol"} and set(causes["second"]) == {"down"}
    movers = of_kind(rows, comparison.MOVER)
    change = np.abs(scores(blind, batch) - scores(model, batch))
    differs = np.digitize(scores(model, batch), [30, 60]) != np.digitize(scores(blind, batch), [30, 60])
    assert sorted(movers["after"] - movers["before"], key=abs)[-1] == pytest.approx(-change[differs].max())
    assert len(movers) == comparison.MOVERS


def test_a_comparison_in_words() -> None:
    rows = pd.DataFrame(
        [
            (comparison.BAND, "crm", "unlikely", "unlikely", 80, None, None),
            (comparison.BAND, "crm", "unlikely", "likely", 15, None, None),
            (comparison.BAND, "crm", "highly_likely", "likely", 5, None, None),
            (comparison.CAUSE, "crm", "employees", "up", 15, None, None),
            (comparison.CAUSE, "crm", "calibration", "down", 5, None, None),
            (comparison.FACTOR, "", "country", "", 100, 0.2, 0.21),
            (comparison.FACTOR, "", "employees", "", 100, 0.1, 0.4),
            (comparison.FACTOR, "", "city", "", 100, 0.3, 0.3),
            (comparison.MOVER, "", "a.com", "employees", 1, 12.0, 77.0),
        ],
        columns=[it.split()[0] for it in comparison.ROWS.split(", ")],
    )
    record = comparison_report.record(rows)
    assert record["places"]["crm"]["changed"] == 20 and [it["factor"] for it in record["factors"]] == ["employees", "country", "city"]
    gate = {"roc_auc": [0.9, 0.91], "roc_auc_difference": [-0.01, 0.03], "average_precision": [0.2, 0.1], "recall_at_10": [0.6, 0.7]}
    told = {"score_name": "one", "champion": 2, "challenger": 3, "gate": gate, "against": ["worse"], **record}
    assert comparison_report.lines(told) == [
        "one: version 3 (challenger) in place of version 2 (champion)",
        "  today's customers   ROC-AUC 0.900 -> 0.910, average precision 0.200 -> 0.100, found in the top 10 % 0.600 -> 0.700; "
        "difference of ROC-AUC -0.010 to +0.030",
        "  may it serve        not by itself: worse",
        "  in the CRM: 20 of 100 accounts change band (20.0%)",
        "    from / to          Highly Likely          Likely        Unlikely",
        "    Highly Likely                  0               5               0",
        "    Likely                         0               0               0",
        "    Unlikely                       0              15              80",
        "    why                 15 up: employees",
        "                        5 down: calibration",
        "    factors that moved  employees: 0.100 -> 0.400",
        "                        country: 0.200 -> 0.210",
        "    furthest            a.com: 12 -> 77 (employees)",
    ]
