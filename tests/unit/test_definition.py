"""Score definitions: what is loaded, what trains again, and what is said of mistakes."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from qualscore.config import ROOT, inner_model
from qualscore.definitions import definition
from qualscore.definitions.definition import Definition, Inputs, Training
from qualscore.definitions.selection import Activities, Opportunities, Selection
from qualscore.errors import ConfigurationError
from qualscore.yaml_files import load_mapping

PLAIN = {"name": "one", "examples": {"account_list": "customers"}}


def test_a_folder_is_loaded_without_its_example(tmp_path: Path) -> None:
    for name in ("two", "one", "example"):
        (tmp_path / f"{name}.yml").write_text(f"name: {name}\nexamples: {{account_list: customers}}\n")
    loaded = definition.load([str(tmp_path)], lists=["customers"])
    assert [it.name for it in loaded] == ["one", "two"]
    assert [it.name for it in definition.load([str(tmp_path)], lists=["customers"], names=["two"])] == ["two"]


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


class LaterTraining(Training):
    depth: int = 3


class Later(Definition):
    """A definition with keys that came later."""

    prefers: tuple[str, ...] = ()
    training: LaterTraining = LaterTraining()


def test_a_new_key_makes_another_training_due_when_it_is_used() -> None:
    for known in (PLAIN, PLAIN | {"training": {"trees": 9}}, PLAIN | {"examples": {"opportunities": {}}}):
        assert Later.model_validate(known).fingerprint == Definition.model_validate(known).fingerprint
    for used in ({"prefers": ["best"]}, {"training": {"depth": 4}}):
        assert Later.model_validate(PLAIN | used).fingerprint != Definition.model_validate(PLAIN).fingerprint


def test_what_is_written_as_it_is_by_default_makes_no_training_due() -> None:
    written = {"training": {"trees": 150, "seed": 0}, "reference": {}, "features": {"allow": {"products": []}}, "type": "predictive"}
    both = [Definition.model_validate(it) for it in (PLAIN, dict(reversed([*(PLAIN | written).items()])))]
    assert both[0].fingerprint == both[1].fingerprint == "780f9297413baaef"  # the same in every process and release


def test_whom_a_model_is_tried_on_makes_a_training_due_and_what_is_expected_does_not() -> None:
    def expecting(*expectations: dict[str, object]) -> Definition:
        return Definition.model_validate(PLAIN | {"expect": expectations})

    first = expecting({"account_list": "best", "at_least": 75}, {"domain": "a.com", "band": "unlikely"})
    stricter = expecting({"domain": "a.com", "at_most": 10, "must": True}, {"account_list": "best", "at_least": 90, "share": 0.5})
    assert first.fingerprint == stricter.fingerprint != Definition.model_validate(PLAIN).fingerprint
    assert stricter.changed_from(first) == [] and expecting({"account_list": "best"}).changed_from(first) == ["expect"]


def test_a_list_of_expected_accounts_has_a_source(tmp_path: Path) -> None:
    (tmp_path / "one.yml").write_text("name: one\nexamples: {account_list: customers}\nexpect: [{domain: a.com}, {account_list: custom}]\n")
    with pytest.raises(ConfigurationError, match=r"expect\.1: no source declares the account list 'custom'; did you mean 'customers'"):
        definition.load([str(tmp_path)], lists=["customers"])


def test_keyword_sets_are_all_or_some_in_any_order(tmp_path: Path) -> None:
    ordered = [Definition.model_validate(PLAIN | {"keyword_sets": sets}) for sets in (["b", "a"], ["a", "b", "b"])]
    assert ordered[0].keyword_sets == ("a", "b") and ordered[0].fingerprint == ordered[1].fingerprint
    assert Definition.model_validate_json(ordered[0].model_dump_json(by_alias=True)) == ordered[0]
    (tmp_path / "one.yml").write_text("name: one\nexamples: {account_list: customers}\nkeyword_sets: [analytics, data]\n")
    (loaded,) = definition.load([str(tmp_path)], lists=["customers"], keyword_sets=["analytics", "data"])
    assert loaded.keyword_sets == ("analytics", "data")


TABLES = ("account_lists", "crm_opportunities", "activities")
ONE_OF = "give exactly one of any, all, not, opportunities, activities, account_list"
TEXT = "should be one text, in quotes where YAML takes it for a number, yes or no"
SETS = "write all, or a list with the name of at least one keyword set; features.leave_out.families: [intent] uses none"
LISTED = "examples: {account_list: customers}"
# What is written below `name: one`, and what is said of it.
MISTAKES = {
    "": "examples: Field required",
    f"{LISTED}\nband: {{}}": "band: unknown; did you mean 'bands'?",
    f"{LISTED}\nfeatures: {{leave_out: {{product: [x]}}}}": "features.leave_out.product: unknown; did you mean 'products'?",
    f"{LISTED}\ntraining: {{folds: 1}}": "training.folds: Input should be greater than or equal to 2",
    f"{LISTED}\ntype: predicted": "type: 'predicted' is none; did you mean 'predictive'?",
    f"{LISTED}\nbands: {{likely: 96}}": "bands: likely (96) is above highly_likely (95)",
    f"{LISTED}\nbands: {{highly_likely: 101}}": "bands.highly_likely: Input should be less than or equal to 100",
    f"{LISTED}\nactions: {{qualified: 95}}": (
        "actions: out of order: act_now 90, qualified 95, good_fit 70; act_now is the highest, good_fit the lowest"
    ),
    f"{LISTED}\nretrain_after_months: 0": "retrain_after_months: Input should be greater than or equal to 1",
    f"{LISTED}\nreference: {{country: [Germany, de, Xanadu]}}": (
        "reference.country: no ISO code of two letters: 'Germany' (did you mean DE?), 'de' (did you mean DE?), 'Xanadu'"
    ),
    f"{LISTED}\nreference: {{country: [NO]}}": f"reference.country.0: {TEXT}",
    "examples: {}": f"examples: {ONE_OF}",
    "examples: customers": "examples: should hold settings as 'key: value'",
    "examples: {account_list: customers, any: [{account_list: partners}]}": f"examples: {ONE_OF}; found any and account_list",
    "examples: {any: [{account_list: customers, activities: {}}]}": f"examples.any.0: {ONE_OF}; found activities and account_list",
    "examples: {any: []}": "examples: 'any' is empty; name at least one selector in it",
    "examples: {all: [{account_list: customers}, {any: []}]}": "examples.all.1: 'any' is empty; name at least one selector in it",
    "examples: {any: {account_list: customers}}": "examples.any: should be a list, such as [one, two]",
    "examples: {not: [{account_list: customers}]}": "examples.not: should hold settings as 'key: value'",
    "examples: {opportunites: {outcome: won}}": "examples.opportunites: unknown; did you mean 'opportunities'?",
    "examples: {any: [{opportunities: {outcome: wn}}]}": "examples.any.0.opportunities.outcome: 'wn' is none; did you mean 'won'?",
    "examples: {opportunities: {prodct: [Platform]}}": "examples.opportunities.prodct: unknown; did you mean 'product'?",
    "examples: {opportunities: {product: Platform}}": "examples.opportunities.product: should be a list, such as [one, two]",
    "examples: {opportunities: {product: [7]}}": f"examples.opportunities.product.0: {TEXT}",
    "examples: {opportunities: {created_within_months: 0}}": (
        "examples.opportunities.created_within_months: Input should be greater than or equal to 1"
    ),
    "examples: {opportunities: {created_within_months: a year}}": (
        "examples.opportunities.created_within_months: Input should be a valid integer, unable to parse string as an integer"
    ),
    "examples: {opportunities: {min_amount: -5}}": "examples.opportunities.min_amount: Input should be greater than or equal to 0",
    "examples: {activities: {min_count: 0}}": "examples.activities.min_count: Input should be greater than or equal to 1",
    "examples: {activities: {within_days: -30}}": "examples.activities.within_days: Input should be greater than or equal to 1",
    "examples: {activities: {within_months: 3}}": "examples.activities.within_months: unknown; did you mean 'within_days'?",
    "examples: {not: {account_list: customers}}": (
        "examples: selects every account that no selector in it finds; put 'not' beside another selector, in 'all'"
    ),
    "examples: {any: [{account_list: customers}, {not: {activities: {}}}]}": (
        "examples: selects every account that no selector in it finds; put 'not' beside another selector, in 'all'"
    ),
    f"{LISTED}\nkeyword_sets: []": f"keyword_sets: {SETS}",
    f"{LISTED}\nkeyword_sets: analytics": f"keyword_sets: {SETS}",
    f"{LISTED}\nfeatures: {{leave_out: {{families: [intents]}}}}": (
        "features.leave_out.families.0: 'intents' is none; did you mean 'intent'?"
    ),
}


@pytest.mark.parametrize("text", MISTAKES)
def test_a_mistake_is_named(text: str, tmp_path: Path) -> None:
    file = tmp_path / "one.yml"
    file.write_text(f"name: one\n{text}")
    with pytest.raises(ConfigurationError) as caught:
        definition.load([str(file)], lists=["customers", "partners"], tables=TABLES)
    assert str(caught.value) == f"{file}: 1 finding(s)\n  {MISTAKES[text]}"


# What no schema can know: the sources.
MISFITS = {
    "{account_list: custmers}": "examples: no source declares the account list 'custmers'; did you mean 'customers'?",
    "{all: [{account_list: customers}, {not: {account_list: rivals}}]}": (
        "examples.all.1.not: no source declares the account list 'rivals'; known: customers"
    ),
    "{any: [{opportunities: {}}, {account_list: customers}]}": (
        "examples.any.0: no source delivers crm_opportunities, which 'opportunities' selects from; "
        "add one such as {table: crm_opportunities, path: Opportunity.csv}"
    ),
    "{activities: {}}": (
        "examples: no source delivers activities, which 'activities' selects from; "
        "add one such as {table: activities, path: activities.csv}"
    ),
}


@pytest.mark.parametrize("text", MISFITS)
def test_what_no_source_delivers_is_named(text: str, tmp_path: Path) -> None:
    file = tmp_path / "one.yml"
    file.write_text(f"name: one\nexamples: {text}")
    with pytest.raises(ConfigurationError) as caught:
        definition.load([str(file)], lists=["customers"], tables=["account_lists"])
    assert str(caught.value) == f"{file}: {MISFITS[text]}"


def test_a_keyword_set_that_nobody_configured_is_named(tmp_path: Path) -> None:
    file = tmp_path / "one.yml"
    file.write_text(f"name: one\n{LISTED}\nkeyword_sets: [analitics]")
    with pytest.raises(ConfigurationError) as caught:
        definition.load([str(file)], lists=["customers"], keyword_sets=["analytics", "security"])
    assert str(caught.value) == f"{file}: keyword_sets: there is no keyword set 'analitics'; did you mean 'analytics'?"


def test_a_name_has_to_fit(tmp_path: Path) -> None:
    file = tmp_path / "one.yml"
    file.write_text(f"name: Big One\n{LISTED}")
    with pytest.raises(ConfigurationError, match="name: String should match pattern"):
        definition.load([str(file)], lists=["customers"])


def test_all_findings_of_all_definitions_come_at_once(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text("name: a\nexamples: {account_list: rivals}\nexclude: {activities: {}}")
    (tmp_path / "b.yml").write_text("name: b\nexamples: {any: []}\nbands: {likely: 99}")
    with pytest.raises(ConfigurationError) as caught:
        definition.load([str(tmp_path)], lists=["customers"], tables=["account_lists"])
    lines = str(caught.value).splitlines()
    assert [line.replace(str(tmp_path), "") for line in lines] == [
        "/a.yml: examples: no source declares the account list 'rivals'; known: customers",
        "/a.yml: exclude: no source delivers activities, which 'activities' selects from; "
        "add one such as {table: activities, path: activities.csv}",
        "/b.yml: 2 finding(s)",
        "  examples: 'any' is empty; name at least one selector in it",
        "  bands: likely (99) is above highly_likely (95)",
    ]


@pytest.mark.parametrize(
    ("selection", "text"),
    [
        ({"opportunities": {}}, "opportunities won"),
        (
            {"opportunities": {"outcome": "open", "product": ["A", "B"], "min_amount": 5000}},
            "opportunities open, product A or B, of at least 5,000, created within 13 months",
        ),
        ({"opportunities": {"outcome": "any"}}, "opportunities any, open ones created within 13 months"),
        ({"opportunities": {"outcome": "any", "created_within_months": 36}}, "opportunities any, created within 36 months"),
        ({"activities": {}}, "activities"),
        ({"activities": {"type": ["demo"], "min_count": 2, "within_days": 90}}, "activities demo, at least 2, within 90 days"),
        ({"account_list": "won"}, "account list won"),
        ({"not": {"account_list": "won"}}, "not"),
    ],
)
def test_a_selector_in_words(selection: dict[str, object], text: str) -> None:
    assert Selection.model_validate(selection).text == text


EXAMPLE = ROOT / "conf" / "scores" / "example.yml"


def test_the_example_is_a_definition_of_nothing_but_defaults() -> None:
    (example,) = definition.load([str(EXAMPLE)], lists=["customers", "partners"], tables=TABLES)
    least = Definition.model_validate({"name": "example", "examples": example.examples, "exclude": example.exclude})
    assert example == least
    assert all(leaf == type(leaf)() for it in example.selectors if (leaf := it.opportunities or it.activities))


def test_the_example_names_every_key() -> None:
    assert _unnamed(Definition, load_mapping(EXAMPLE)) == []


def _unnamed(model: type[BaseModel], content: Any, place: str = "") -> list[str]:
    """Keys of a model and of all models in it that the content does not name; a selection names each kind once anywhere in it."""
    if model is Selection:
        return [] if place != "examples." else [kind for kind in _kinds() if f"'{kind}'" not in str(content)] + _in_leaves(content)
    if content == []:  # a list of them, whose keys are in a comment
        return [f"{place}{name}" for name in model.model_fields if f"{name}:" not in EXAMPLE.read_text()]
    unnamed = []
    for name, field in model.model_fields.items():
        if name not in content:
            unnamed.append(f"{place}{name}")
        elif content[name] is not None and (inner := inner_model(field.annotation)):
            unnamed += _unnamed(inner, content[name], f"{place}{name}.")
    return unnamed


def _kinds() -> list[str]:
    return [field.alias or name for name, field in Selection.model_fields.items()]


def _in_leaves(content: Any) -> list[str]:
    if isinstance(content, list):
        return [key for one in content for key in _in_leaves(one)]
    leaves = {"opportunities": Opportunities, "activities": Activities}
    unnamed = []
    for kind, inner in content.items():
        unnamed += _unnamed(leaves[kind], inner, f"{kind}.") if kind in leaves else _in_leaves(inner) if kind != "account_list" else []
    return unnamed


def test_a_name_that_is_taken_or_unknown(tmp_path: Path) -> None:
    for file in ("a.yml", "b.yml"):
        (tmp_path / file).write_text("name: one\nexamples: {account_list: customers}\n")
    with pytest.raises(ConfigurationError, match="'one' is defined twice") as caught:
        definition.load([str(tmp_path)], lists=["customers"], names=["won"])
    assert "--score won: no such score; did you mean 'one'?" in str(caught.value)


def test_inputs_are_named_in_any_spelling_and_columns_without_their_family() -> None:
    inputs = Inputs(products=("ACME-platform", "C++"), categories=("crm",), columns=("Age years", "intent_trend"))
    assert [inputs.has("products", name) for name in ("Acme Platform", "C#", "Acme")] == [True, False, False]
    assert [inputs.has("categories", name) for name in ("CRM", "Acme Platform")] == [True, False]
    columns = ("firmo_age_years", "age_years", "intent_trend", "trend", "tech_age_years_2")
    assert [inputs.has("columns", name) for name in columns] == [True, True, True, False, False]
