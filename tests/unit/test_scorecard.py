"""Points of criteria: caps, ages, what is ignored; and scores with their factors, without a session."""

from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from qualscore.definitions.definition import Definition
from qualscore.definitions.scorecard import Scorecard
from qualscore.model.scorecard import points
from qualscore.model.scorecard.card import ScorecardModel
from qualscore.model.scoring import scoring_pass
from qualscore.model.scoring.calibration import Calibration

UNKNOWN = float("nan")
CRITERIA: list[dict[str, Any]] = [
    {"name": "size", "when": "employees >= 50", "points": 30, "ignore_when_unknown": True},
    {"name": "stack", "when": "products has 'Kafka'", "points": 40, "group": "tech"},
    {"name": "cloud", "when": "products has 'AWS'", "points": 20, "group": "tech"},
    {"name": "old", "when": "founded_year < 1900", "points": -20},
    {"name": "home", "when": "country = 'DE'", "points": 20},
]


def card(**keys: Any) -> Scorecard:
    return Scorecard.model_validate({"criteria": CRITERIA, "caps": {"tech": 50}, **keys})


def points_of(shares: list[float], **keys: Any) -> list[float]:
    (row,) = points.contributions(np.array([shares]), card(**keys))
    return [round(float(it), 3) for it in row]


@pytest.mark.parametrize(
    ("shares", "expected"),
    [
        ([1, 0, 0, 0, 0], [30, 0, 0, 0, 0]),  # 100 points can be had: a point is a point
        ([0, 1, 1, 1, 1], [0, 33.333, 16.667, -20, 20]),  # the group has 50 of 60, each its share of them
        ([0, 0.5, 1, 0, 0], [0, 20, 20, 0, 0]),  # aged by a half-life; below the cap nothing is cut
        ([0, UNKNOWN, 0, UNKNOWN, 1], [0, 0, 0, 0, 20]),  # unknown is not met
        ([UNKNOWN, 1, 1, 0, 0], [0, 47.619, 23.81, 0, 0]),  # ignored: the other 70 points are all there is
    ],
)
def test_points(shares: list[float], expected: list[float]) -> None:
    assert points_of(shares) == expected


def test_what_is_ignored_counts_for_no_more_than_the_rest_bears() -> None:
    """Of 100 points an account that is known by 20 of them alone is judged by 50 at least."""
    criteria = [it | {"ignore_when_unknown": True} for it in CRITERIA]
    shares = [UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, 1]
    assert points_of(shares, criteria=criteria)[-1] == 40
    assert points_of(shares, criteria=criteria, least_known=0.1)[-1] == 100


def test_full_marks_and_the_ends_of_the_scale() -> None:
    assert points_of([1, 0, 0, 0, 0], full_marks=60) == [50, 0, 0, 0, 0]
    assert points.scores(np.array([-20.0, 100 / 3, 49.99, 160.0])).tolist() == [0, 33.33, 49.99, 100]
    assert points.margins(np.array([[30.1, 19.9 - 1e-9]])).tolist() == [50]


def batch(model: ScorecardModel, shares: list[list[float | None]], domains: list[str]) -> pa.RecordBatch:
    columns = {
        "domain": pa.array(domains), "company_name": pa.array([None] * len(domains), pa.string()),
        "as_of_on": pa.array([date(2026, 6, 1)] * len(domains)), "_hash": pa.array(range(len(domains)), pa.int64()),
        model.in_pass.shares_column: pa.array(shares, pa.list_(pa.float64())),
        model.in_pass.values_column: pa.array([[f"{domain} {i}" for i in range(len(CRITERIA))] for domain in domains]),
    }  # fmt: skip
    return pa.RecordBatch.from_pydict(columns)


def scored(model: ScorecardModel) -> dict[str, list[Any]]:
    shares: list[list[float | None]] = [[1, 1, 1, 1, 0], [0, 0, 0, 1, 0], [None, 0, None, None, None], [1, 1, 1, 0, 1]]
    (result,) = scoring_pass.of_models([model.in_pass]).scores([batch(model, shares, ["a.com", "b.com", "c.com", "d.com"])])
    return dict(result.to_pydict())


DEFINITION = Definition.model_validate(
    {"name": "one", "type": "rules", "rules": {"criteria": CRITERIA, "caps": {"tech": 50}}, "actions": {"act_now": 100}}
)


def test_an_account_is_scored_and_its_factors_are_the_criteria() -> None:
    model = ScorecardModel(DEFINITION, quantiles=np.array([0.0, 0.0, 20.0, 60.0, 90.0]), examples=np.array([3]), version=4)
    result = scored(model)
    assert result["score"] == [60, 0, 0, 100] and result["margin"] == [60, -20, 0, 100]
    assert result["band"] == ["likely", "unlikely", "unlikely", "highly_likely"] and result["action"] == [None, None, None, "act_now"]
    assert result["percentile"] == [75, 0, 0, 100]  # of five accounts three have less than 60
    assert result["lift"] == [None] * 4 and result["is_example"] == [False, False, False, True] and set(result["model_version"]) == {4}
    assert [it["factor"] for it in result["factors_for"][0]] == ["stack", "size", "cloud"]
    assert result["factors_for"][0][1] == {"factor": "size", "value": "a.com 0", "contribution": 30.0}
    assert result["factors_against"][0] == [{"factor": "old", "value": "a.com 3", "contribution": -20.0}]
    assert result["top_factors"][0] == "For: stack (a.com 1); size (a.com 0); cloud (a.com 2). Against: old (a.com 3)"
    assert result["factors_for"][2] == [] and result["top_factors"][2] == ""
    for row in range(4):
        listed = sum(it["contribution"] for side in ("for", "against") for it in result[f"factors_{side}"][row])
        assert abs(result["base"][row] + listed + result["other_contribution"][row] - result["margin"][row]) < 1e-9


def test_with_customers_there_is_a_lift() -> None:
    model = ScorecardModel(DEFINITION, calibration=Calibration(0.05, -1.0, (0.0, 100.0), (-1.0, 4.0)))
    lift = scored(model)["lift"]
    assert lift[1] < lift[2] < 1 < lift[0] < lift[3] and lift[2:] == pytest.approx([np.exp(-1.0), np.exp(4.0)])


def test_what_a_model_reads() -> None:
    criteria = [{"when": "intent_data.signals_13w > 2 or COUNTRY = 'DE'", "points": 5}, {"when": "categories has 'a'", "points": 5}]
    definition = Definition.model_validate({"name": "one", "type": "rules", "rules": {"criteria": criteria}})
    model = ScorecardModel(definition, keyword_sets=("intent_data", "other"))
    assert model.read_columns == [
        "domain", "company_name", "as_of_on", "intent", "intent_signals_13w", "country", "tech_stack", "has_data",
    ]  # fmt: skip
    assert model.named_sets == {"intent_data"} and not model.in_pass.asks_records
