"""Values that selectors name and no delivery has."""

from typing import Any

import pytest

from qualscore.definitions.definition import Definition
from qualscore.model.encoding.inputs import known_columns
from qualscore.universe import matching
from qualscore.universe.matching import Delivered

KNOWN: Delivered = {
    ("opportunities", "product"): ["Platform", "GTX Pro", "Analytics"],
    ("opportunities", "stage"): ["Closed Won", "Proposal", "Lead", "Closed Lost", "Negotiation", "Demo", "Parked"],
    ("opportunities", "type"): ["New Business"],
    ("opportunities", "owner"): [],
    ("activities", "type"): ["demo_request", "webinar"],
    ("account_list", ""): ["customers"],
    ("features", "products"): ["Greenhouse", "Acme Platform"],
    ("features", "categories"): ["CRM", "Project Management"],
    ("features", "columns"): known_columns(),
}


def definition(examples: dict[str, Any], name: str = "one") -> Definition:
    return Definition.model_validate({"name": name, "examples": examples})


FOUND = {
    "product: Platfrom": "opportunities.product: 'Platfrom' matches nothing; did you mean 'Platform'?",
    "product: gtxpor": "opportunities.product: 'gtxpor' matches nothing; did you mean 'GTX Pro'?",
    "product: GTX-PRO": None,
    "stage: ' closed won '": None,
    "stage: Closed-Won": "opportunities.stage: 'Closed-Won' matches nothing; did you mean 'Closed Won'?",
    "stage: Won": "opportunities.stage: 'Won' matches nothing; did you mean 'Closed Won'?",
    "stage: xyz": (
        "opportunities.stage: 'xyz' matches nothing; "
        "delivered: 'Closed Won', 'Proposal', 'Lead', 'Closed Lost', 'Negotiation' and 2 more"
    ),
    "type: xyz": "opportunities.type: 'xyz' matches nothing; delivered: 'New Business'",
    "owner: Eva": "opportunities.owner: 'Eva' matches nothing; no value is delivered",
}  # fmt: skip


@pytest.mark.parametrize("text", FOUND)
def test_a_value_that_matches_nothing_is_named_with_the_nearest(text: str) -> None:
    key, _, value = text.partition(": ")
    findings = matching.findings([definition({"opportunities": {key: [value.strip("'")]}})], KNOWN)
    assert findings == ([f"one: examples.{FOUND[text]}"] if FOUND[text] else [])


INPUTS = {
    "leave_out products greenhose": "'greenhose' matches nothing; did you mean 'Greenhouse'?",
    "leave_out products ACME-platform": None,
    "allow categories project_management": None,
    "allow categories Projects": "'Projects' matches nothing; delivered: 'CRM', 'Project Management'",
    "allow columns Country": None,
    "leave_out columns age years": None,
    "leave_out columns firmo_age_years": None,
    "leave_out columns tickets": "'tickets' matches nothing; known: 'country', 'state'",
    "leave_out columns industri": "'industri' matches nothing; did you mean 'industry'?",
}


@pytest.mark.parametrize("text", INPUTS)
def test_an_input_that_matches_nothing_is_named_with_the_nearest(text: str) -> None:
    key, kind, name = text.split(" ", 2)
    features = {"features": {key: {kind: [name]}}}
    wanted = Definition.model_validate({"name": "one", "examples": {"account_list": "customers"}, **features})
    (*findings,) = matching.findings([wanted], KNOWN)
    assert findings == [] if INPUTS[text] is None else findings[0].startswith(f"one: features.{key}.{kind}: {INPUTS[text]}"), findings


def test_all_definitions_are_judged_at_once() -> None:
    first = definition(
        {"any": [{"opportunities": {"product": ["Platform", "Nothing", "Nowhere"]}}, {"activities": {"type": ["Demo Request"]}}]}
    )
    second = definition({"all": [{"account_list": "customers"}, {"not": {"activities": {"type": ["webinr"]}}}]}, "two")
    assert [line.partition(";")[0] for line in matching.findings([first, second], KNOWN)] == [
        "one: examples.any.0.opportunities.product: 'Nothing' matches nothing",
        "one: examples.any.0.opportunities.product: 'Nowhere' matches nothing",
        "two: examples.all.1.not.activities.type: 'webinr' matches nothing",
    ]


def test_a_list_without_a_row_is_said_of_examples_only() -> None:
    empty = Definition.model_validate(
        {"name": "one", "examples": {"any": [{"account_list": "won"}]}, "exclude": {"account_list": "rivals"}}
    )
    assert matching.empty_lists([empty, definition({"account_list": "customers"})], KNOWN) == [
        "one: examples.any.0: the account list 'won' has no row: it selects 0 accounts"
    ]
