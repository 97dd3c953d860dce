"""Every name of the vendors' pick lists is in its group, every word of the taxonomy leads to its own, and no near word to another's."""

from pathlib import Path

import pytest
import yaml

from qualscore.columns.industries import groups_of, read_taxonomy

GROUPS = groups_of(read_taxonomy())
LISTS = yaml.safe_load((Path(__file__).parent / "data" / "industries.yml").read_text(encoding="utf-8"))
NAMES = [(of, name, group) for of, groups in LISTS.items() for group, names in groups.items() for name in names]


@pytest.mark.parametrize("of", LISTS)
def test_the_names_of_a_pick_list_are_in_their_groups(of: str) -> None:
    wanted = {name: group for kind, name, group in NAMES if kind == of}
    assert {name: GROUPS.of_name(name) for name in wanted} == wanted


def test_names_in_capitals_with_underscores_are_the_same() -> None:
    constants = {name.upper().replace(" & ", "_").replace("/", "_").replace(", ", "_").replace("-", "_").replace(" ", "_"): group
                 for of, name, group in NAMES if of == "linkedin"}  # fmt: skip
    group_of = {name: GROUPS.of_name(name) for name in constants}
    assert {name: group for name, group in group_of.items() if group != constants[name]} == {}


def test_every_word_of_the_taxonomy_leads_to_its_group() -> None:
    taxonomy = read_taxonomy()
    assert [(word, group) for word, group in taxonomy.words if GROUPS.of_name(word.rstrip("*")) != group] == []
    assert {group for _, group in taxonomy.words} == {GROUPS.of_name(word.rstrip("*")) for word, _ in taxonomy.words}


@pytest.mark.parametrize(
    ("name", "group"),
    [
        *[(name, None) for name in ("Painting", "Logging", "Dining", "Sand and Gravel", "Pedtech", "Trailing Plants", "Other", "B2B")],
        *[
            ("Rental", "Business Services"),
            ("Shopping", "Retail"),
            ("Trucking", "Transport & Logistics"),
            ("Law Practice", "Legal Services"),
        ],
        *[("Financial Technology", "Banking & Finance"), ("Energy Tech", "Energy & Utilities"), ("Food Technologies", "Consumer Goods")],
        *[("Technology Consulting", "IT Services"), ("Management Consulting", "Business Services")],
        *[("Sofware", "Software & Internet"), ("Insurence", "Insurance"), ("Telecomunications", "Telecommunications")],
        *[
            ("Hospitalty", "Travel & Hospitality"),
            ("technolgy", "IT Services"),
            ("Technologies", "IT Services"),
            ("Software;Analytics", "Software & Internet"),
        ],
    ],
)
def test_a_misspelt_word_is_found_and_a_word_of_its_own_is_not_taken_for_another(name: str, group: str | None) -> None:
    assert GROUPS.of_name(name) == group
