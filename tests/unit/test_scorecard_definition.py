"""Definitions of rule-based scores: what they hold, and what is said of mistakes in them."""

from pathlib import Path
from typing import Any

import pytest

from qualscore.config import ROOT
from qualscore.definitions import definition
from qualscore.definitions.scorecard import Criterion, Scorecard
from qualscore.errors import ConfigurationError
from qualscore.yaml_files import load_mapping

EXAMPLE = ROOT / "conf" / "scores" / "rules" / "example.yml"
ACCOUNTS = {
    "employees": "bigint", "country": "string", "industry": "string", "products": "array<string>", "categories": "array<string>",
    "intent_signals_13w": "int", "intent_weeks_since_last": "int",
}  # fmt: skip
COLUMNS = {"when": ACCOUNTS, "crm_accounts": {"account_type": "string", "created_on": "date"}}
TABLES = ["crm_opportunities", "activities"]


def loaded(folder: Path, text: str) -> definition.Definition:
    (folder / "one.yml").write_text(text)
    (one,) = definition.load([str(folder)], lists=["customers"], tables=TABLES, columns=COLUMNS)
    return one


def rules(*criteria: dict[str, Any], **keys: Any) -> Scorecard:
    return Scorecard.model_validate({"criteria": criteria, **keys})


def test_the_example_names_every_key_and_fits_the_columns() -> None:
    (example,) = definition.load([str(EXAMPLE)], lists=["customers", "visitors"], tables=TABLES, columns=COLUMNS)
    content = load_mapping(EXAMPLE)["rules"]
    assert content.keys() == Scorecard.model_fields.keys()
    assert {key for criterion in content["criteria"] for key in criterion} == Criterion.model_fields.keys()
    assert example.rules and example.rules.attainable == 30 + 10 + 25 + 15 + 20 + 5
    assert [it.text for it in example.rules.criteria][:2] == ["mid-market", "country in ('DE', 'AT', 'CH')"]


def test_everything_that_is_wrong_is_said_at_once(tmp_path: Path) -> None:
    text = """
name: one
type: rules
rules:
  criteria:
    - {when: "emploees > 5 and country = 3", points: 10}
    - {when: "employees > 5", points: 10, half_life_days: 30, dated_by: founded_on}
    - {crm_accounts: "account_typ = 'x'", points: -5}
    - {account_list: custmers, points: 5}
"""
    with pytest.raises(ConfigurationError) as error:
        loaded(tmp_path, text)
    assert str(error.value).replace(f"{tmp_path}/", "").splitlines() == [
        "one.yml: rules.criteria.3: no source declares the account list 'custmers'; did you mean 'customers'?",
        "one.yml: rules.criteria.0.when: character 1: no column 'emploees', did you mean 'employees'?",
        "one.yml: rules.criteria.0.when: character 28: text cannot be compared with a number: put the value in quotes",
        "one.yml: rules.criteria.1.dated_by: 'founded_on' is no column of dates or weeks; known: intent_weeks_since_last",
        "one.yml: rules.criteria.2.crm_accounts: character 1: no column 'account_typ', did you mean 'account_type'?",
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name: one\ntype: rules\n", "rules: a score of type rules needs criteria"),
        ("name: one\nrules: {criteria: [{account_list: customers, points: 1}]}\n", "rules: belong to a score of type rules"),
        ("name: one\nrules: {criteria: [{account_list: customers, points: 1}]}\n", "examples: Field required"),
        (
            "name: one\ntype: rules\nrules: {criteria: [{when: 'a = ', points: 1}]}",
            "rules.criteria.0.when: character 5: a value is expected",
        ),
        ("name: one\ntype: rules\nrules: {criteria: [{when: 'a = 1', account_list: customers, points: 1}]}", "found when and account_list"),
        ("name: one\ntype: rules\nrules: {criteria: [{when: 'a = 1', points: 1, half_life_days: 9}]}", "needs dated_by"),
        (
            "name: one\ntype: rules\nrules: {criteria: [{account_list: a, points: 1, dated_by: b, half_life_days: 9}]}",
            "have their own date",
        ),
        (
            "name: one\ntype: rules\nrules: {criteria: [{account_list: a, points: 1, ignore_when_unknown: true}]}",
            "is not met, never unknown",
        ),
        ("name: one\ntype: rules\nrules: {criteria: [{account_list: a, points: -1}]}", "every score would be 0"),
        (
            "name: one\ntype: rules\nrules: {criteria: [{account_list: a, points: 1}, {account_list: a, points: 2}]}",
            "two criteria are called",
        ),
        (
            "name: one\ntype: rules\nrules: {criteria: [{account_list: a, points: 1}], caps: {b: 1}}",
            "caps.b: no criterion is of this group",
        ),
    ],
)
def test_a_mistake_is_named(text: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as error:
        loaded(tmp_path, text)
    assert message in str(error.value)


def test_points_need_another_training_and_bands_do_not(tmp_path: Path) -> None:
    text = "name: one\ntype: rules\nrules: {criteria: [{account_list: customers, points: %s}]}\nbands: {likely: %s}\n"
    prints = [loaded(tmp_path, text % values).fingerprint for values in ((1, 50), (1, 40), (2, 50))]
    assert prints[0] == prints[1] != prints[2]


def test_what_an_account_can_get() -> None:
    """Groups up to their caps; points below 0 are nobody's to get."""
    card = rules(
        {"when": "a", "points": 30, "group": "g"}, {"when": "b", "points": 20, "group": "g"}, {"when": "c", "points": 7, "group": "h"},
        {"when": "d", "points": 3}, {"when": "e", "points": -40, "group": "g"}, caps={"g": 35, "h": 10},
    )  # fmt: skip
    assert card.attainable == 35 + 7 + 3
