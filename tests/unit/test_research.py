"""Research as inputs of a model: which keyword sets, which columns, which factors."""

from typing import Any

import pytest

from qualscore.definitions.definition import Definition
from qualscore.features.intent import MEASURES
from qualscore.model.encoding import inputs, intent
from qualscore.model.encoding.inputs import Inputs

COUNTS = {"tech_products": {"Kafka": 10}, "tech_categories": {"Streaming": 1}}


def definition(**changes: Any) -> Definition:
    return Definition.model_validate({"name": "one", "examples": {"account_list": "customers"}, **changes})


@pytest.mark.parametrize(
    ("changes", "keyword_sets"),
    [
        ({}, (intent.ANY_SET, "analytics", "data_platform")),
        ({"keyword_sets": "all"}, (intent.ANY_SET, "analytics", "data_platform")),
        ({"keyword_sets": ["data_platform"]}, ("data_platform",)),  # over all sets would be over the other one too
        ({"keyword_sets": ["never_seen", "analytics"]}, ("analytics",)),
        ({"features": {"leave_out": {"families": ["intent"]}}}, ()),
    ],
)
def test_a_model_learns_from_the_sets_of_its_definition(changes: dict[str, Any], keyword_sets: tuple[str, ...]) -> None:
    chosen = inputs.choose(COUNTS, {"data_platform", "analytics"}, definition(**changes))
    assert chosen.keyword_sets == keyword_sets
    assert len(chosen.intent_columns) == len(keyword_sets) * len(chosen.measures)


def test_without_intent_there_are_no_columns_of_it() -> None:
    chosen = inputs.choose(COUNTS, set(), definition())
    assert (chosen.keyword_sets, chosen.intent_columns) == ((), [])


def test_a_measure_is_left_out_of_every_set() -> None:
    left = {"features": {"leave_out": {"columns": ["intent_trend", "strength_4w"]}}}
    assert set(MEASURES) - set(inputs.choose(COUNTS, {"analytics"}, definition(**left)).measures) == {"trend", "strength_4w"}


def test_a_factor_covers_all_columns_of_its_set() -> None:
    chosen = Inputs(("firmo_size",), (intent.ANY_SET, "data_platform"), ("signals_4w", "trend"), ("Streaming",), ("Kafka",), ("city",))
    assert chosen.intent_columns == ["intent_0_signals_4w", "intent_0_trend", "intent_1_signals_4w", "intent_1_trend"]
    of_column = [chosen.factors[place] for place in chosen.factor_of_column]
    researches = ["research activity"] * 2 + ["researches: data platform"] * 2
    assert of_column == ["employees", *researches, "technologies in Streaming", "uses Kafka", "city"]
    assert chosen.factors[-1] == "uses Kafka"
