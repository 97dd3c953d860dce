"""Score definitions: what is loaded, what trains again, and what is said of mistakes."""

from pathlib import Path

import pytest

from qualscore import definition
from qualscore.config import ROOT
from qualscore.definition import Definition
from qualscore.errors import ConfigurationError

PLAIN = {"name": "one", "examples": {"account_list": "customers"}}


def test_a_folder_is_loaded_without_its_example(tmp_path: Path) -> None:
    for name in ("two", "one", "example"):
        (tmp_path / f"{name}.yml").write_text(f"name: {name}\nexamples: {{account_list: customers}}\n")
    found = definition.load([str(tmp_path)], lists=["customers"])
    assert [it.name for it in found] == ["one", "two"]
    assert [it.name for it in definition.load([str(tmp_path)], lists=["customers"], names=["two"])] == ["two"]


def test_the_example_that_comes_with_the_code_is_a_definition() -> None:
    (found,) = definition.load([str(ROOT / "conf" / "scores" / "example.yml")], lists=["customers", "partners", "competitors"])
    assert found.bands == definition.Bands() and found.training == definition.Training()


@pytest.mark.parametrize(
    ("change", "trains_again"),
    [
        ({"bands": {"highly_likely": 90}}, False),
        ({"actions": {"act_now": 80}}, False),
        ({"retrain_after_months": 3}, False),
        ({"exclude": {"account_list": "partners"}}, True),
        ({"training": {"seed": 1}}, True),
        ({"features": {"leave_out": {"products": ["Ours"]}}}, True),
        ({"reference": {"country": ["DE"]}}, True),
        ({"keyword_sets": ["analytics"]}, True),
        ({"keyword_sets": "all"}, False),
    ],
)
def test_what_makes_another_training_due(change: dict[str, object], trains_again: bool) -> None:
    assert (Definition.model_validate(PLAIN | change).fingerprint != Definition.model_validate(PLAIN).fingerprint) == trains_again


def test_keyword_sets_are_all_or_some_in_any_order(tmp_path: Path) -> None:
    ordered = [Definition.model_validate(PLAIN | {"keyword_sets": sets}) for sets in (["b", "a"], ["a", "b", "b"])]
    assert ordered[0].keyword_sets == ("a", "b") and ordered[0].fingerprint == ordered[1].fingerprint
    assert Definition.model_validate_json(ordered[0].model_dump_json(by_alias=True)) == ordered[0]
    (tmp_path / "one.yml").write_text("name: one\nexamples: {account_list: customers}\nkeyword_sets: [analytics, data]\n")
    assert definition.load([str(tmp_path)], lists=["customers"], keyword_sets=["analytics", "data"])[0].keyword_sets == (
        "analytics",
        "data",
    )


MISTAKES = {
    "name: Big One\nexamples: {account_list: customers}": "name: String should match pattern",
    "name: one": "examples: Field required",
    "name: one\nexamples: {}": "give exactly one of any, all, not, account_list",
    "name: one\nexamples: {account_list: customers, any: []}": "give exactly one of any, all, not, account_list",
    "name: one\nexamples: {account_list: custmers}": "examples: no source declares the account list 'custmers'; did you mean 'customers'?",
    "name: one\nexamples: {account_list: customers}\nband: {}": "band: unknown; did you mean 'bands'?",
    "name: one\nexamples: {account_list: customers}\nfeatures: {leave_out: {product: [x]}}": "did you mean 'products'?",
    "name: one\nexamples: {account_list: customers}\nkeyword_sets: [analitics]": "no keyword set 'analitics'; did you mean 'analytics'?",
    "name: one\nexamples: {account_list: customers}\nkeyword_sets: []": "keyword_sets: write all, or a list with the name of at least one",
    "name: one\nexamples: {account_list: customers}\nkeyword_sets: analytics": "keyword_sets: write all, or a list with the name",
    "name: one\nexamples: {account_list: customers}\nfeatures: {leave_out: {families: [intents]}}": "did you mean 'intent'?",
    "name: one\nexamples: {account_list: customers}\ntraining: {folds: 1}": "training.folds: Input should be greater than or equal to 2",
}


@pytest.mark.parametrize("text", MISTAKES)
def test_a_mistake_is_named(text: str, tmp_path: Path) -> None:
    file = tmp_path / "one.yml"
    file.write_text(text)
    with pytest.raises(ConfigurationError) as caught:
        definition.load([str(file)], lists=["customers"], keyword_sets=["analytics", "security"])
    assert str(file) in str(caught.value) and MISTAKES[text] in str(caught.value)


def test_a_name_that_is_taken_or_unknown(tmp_path: Path) -> None:
    for file in ("a.yml", "b.yml"):
        (tmp_path / file).write_text("name: one\nexamples: {account_list: customers}\n")
    with pytest.raises(ConfigurationError, match="'one' is defined twice") as caught:
        definition.load([str(tmp_path)], lists=["customers"], names=["won"])
    assert "--score won: no such score; did you mean 'one'?" in str(caught.value)
