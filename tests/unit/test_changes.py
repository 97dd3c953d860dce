"""Single changes of an account, each scored by a small model: the larger, the more in DE and with Kafka, the better."""

from math import log1p
from typing import Any

import pyarrow as pa
import pytest
from pyspark.sql.pandas.types import to_arrow_schema

from qualscore import contracts
from qualscore.features.intent import MEASURES
from qualscore.model.scoring import changes, on_driver
from qualscore.model.scoring.changes import Change, Tried
from tests.small_model import AS_OF, small_model

SCHEMA = to_arrow_schema(contracts.load("features/account_features").schema)
MODEL = small_model().in_pass
SIGNALS = {f"intent_{name}": 0 for name in MEASURES} | {"intent_weeks_since_last": None}


def account(**values: Any) -> dict[str, Any]:
    plain = {"domain": "acme.com", "as_of_on": AS_OF, "country": "DE", "employees": 20, "firmo_size": log1p(20), "revenue_usd": None}
    return plain | SIGNALS | {"tech_stack": [], "intent": [], "has_data": True} | values


def employees(number: int, was: int | None = 20) -> Change:
    return changes.of_number(account(employees=was), "employees", number, {"employees": number, "firmo_size": log1p(number)})


def score(**values: Any) -> float:
    return float(on_driver.scored(MODEL, pa.Table.from_pylist([account(**values)], SCHEMA))["score"][0].as_py())


def test_a_change_is_scored_as_the_account_would_be_that_has_it() -> None:
    bigger, kafka = employees(900), {"tech_stack": [{"product": "Kafka", "category": "Streaming"}]}
    tried = changes.tried(MODEL, account(), [bigger, Change("product", "uses Kafka", 1.0, kafka)], SCHEMA)
    assert [it.score for it in tried] == [score(employees=900, firmo_size=log1p(900)), score(**kafka)]
    assert min(it.score for it in tried) > score()
    assert changes.tried(MODEL, account(), [], SCHEMA) == []


def test_twice_as_many_are_as_far_as_half_as_many() -> None:
    assert [employees(it).size for it in (40, 10, 160)] == [1, 1, 3] and employees(8, None).size == 3
    assert employees(1_500).words == "employees: 1,500 (was 20)"
    revenue = changes.of_number(account(), "revenue_usd", 2_000_000.0, {})
    assert revenue.words == "revenue: 2,000,000 US dollars (was unknown)" and revenue.size == pytest.approx(7.64, abs=0.01)


def test_technologies_are_added_one_at_a_time_and_never_twice() -> None:
    stack = [{"product": "Kafka", "category": "Streaming"}]
    made = [*changes.of_technologies(account(tech_stack=stack), {"Kafka": "Streaming", "Flink": "Streaming"}, ["Streaming"])]
    assert [it.words for it in made] == ["uses Flink", "one more technology in Streaming"]
    assert made[0].values == {"tech_stack": [*stack, {"product": "Flink", "category": "Streaming"}]}
    assert made[1].values == {"tech_stack": [*stack, {"product": None, "category": "Streaming"}]}


def test_research_of_a_subject_grows_the_totals_and_needs_deliveries_that_cover_it() -> None:
    usual = {name: 2 for name in MEASURES} | {"weeks_since_last": 5}
    (made,) = changes.of_research(account(intent_signals_4w=1), {"data_warehouse": usual})
    assert made.words == "researches: data warehouse" and made.values["intent"] == [{"keyword_set": "data_warehouse", **usual}]
    assert (made.values["intent_signals_4w"], made.values["intent_weeks_since_last"]) == (3, 5)
    assert [*changes.of_research(account(intent_signals_52w=None), {"data_warehouse": usual})] == []
    assert [*changes.of_research(account(intent=[{"keyword_set": "data_warehouse", **usual}]), {"data_warehouse": usual})] == []


def test_of_each_kind_the_smallest_that_is_enough_is_named() -> None:
    def tried(kind: str, size: float, score: float, band: str) -> Tried:
        return Tried(Change(kind, f"{kind} {size:g} {score:g}", size, {}), score, band, None)

    all_tried = [
        tried("employees", 3, 60, "likely"), tried("employees", 2, 55, "likely"), tried("employees", 1, 49, "unlikely"),
        tried("product", 1, 96, "highly_likely"), tried("product", 1, 70, "likely"), tried("category", 1, 40, "unlikely"),
    ]  # fmt: skip
    assert [it.change.words for it in changes.reaching(all_tried, "likely")] == ["product 1 96", "employees 2 55"]
    assert [it.change.words for it in changes.reaching(all_tried, "highly_likely")] == ["product 1 96"]
    nearest = changes.nearest(all_tried[:3])
    assert nearest is not None and nearest.score == 60 and changes.nearest([]) is None


def test_numbers_that_are_proposed_are_round_and_other_than_the_known_one() -> None:
    proposed = changes.numbers({"employees": 20, "revenue_usd": None})
    of_employees = [it["employees"] for it in proposed if "employees" in it]
    assert (
        of_employees[:3] == [1, 2, 3] and 20 not in of_employees and {19, 21, 120, 1_000_000} <= {*of_employees} and 121 not in of_employees
    )
    assert len(proposed) < 1_500 and set().union(*proposed) == {"employees", "revenue_usd"}
