"""What the numbers of customers and of unlabelled accounts allow: refused, warned, or nothing said."""

import pytest

from qualscore.definitions.definition import Definition
from qualscore.errors import TrainingRefused
from qualscore.model.learning.refusals import are_few, check_counts


def warnings(examples: int, unlabelled: int = 10_000, *, undated_in_crm: int = 0, least: int = 50) -> list[str]:
    definition = Definition.model_validate({"name": "small", "examples": {"account_list": "x"}, "training": {"min_examples": least}})
    counts = {"selected": 200, "excluded": 7, "no_data": 3, "examples": examples, "unlabelled": unlabelled}
    return check_counts(counts | {"undated": 0, "undated_in_crm": undated_in_crm}, definition)


@pytest.mark.parametrize(
    ("examples", "unlabelled", "message"),
    [
        (49, 10_000, "49 customers .* 7 are excluded, of 3 nothing .* at least 50 are needed"),
        (100, 499, "only 499 unlabelled accounts; at least 5 for each"),
        (100, 0, "no unlabelled accounts to compare them with"),
    ],
)
def test_too_few_are_refused(examples: int, unlabelled: int, message: str) -> None:
    with pytest.raises(TrainingRefused, match=message) as refused:
        warnings(examples, unlabelled)
    assert refused.value.exit_code == 4
    assert refused.value.counts["examples"] == examples


def test_just_enough_are_trained_with_a_warning_below_100() -> None:
    assert warnings(100, 500) == []
    assert warnings(50, 250)[0].endswith("100 or more are recommended")
    assert "49 customers" in warnings(49, least=10)[0] and "fewer than 50 are at your own risk" in warnings(49, least=10)[0]


def test_customers_of_the_crm_without_a_date_are_a_loud_warning() -> None:
    (warning,) = warnings(120, undated_in_crm=40)
    assert warning.startswith("small: NO DATES: 40 of 120 customers are in the CRM and have no date")


@pytest.mark.parametrize(
    ("examples", "unlabelled", "least", "few"),
    [(99, 9_000, 50, True), (100, 9_000, 50, False), (200, 9_000, 300, True), (200, 999, 50, True), (200, 1_000, 50, False)],
)
def test_who_has_few_is_told_which_selector_finds_how_many(examples: int, unlabelled: int, least: int, *, few: bool) -> None:
    definition = Definition.model_validate({"name": "small", "examples": {"account_list": "x"}, "training": {"min_examples": least}})
    assert are_few({"examples": examples, "unlabelled": unlabelled}, definition) == few
