"""What preview and training say of numbers, and of tables that are not there."""

from collections.abc import Collection
from types import SimpleNamespace

import pytest

from qualscore.definitions.definition import Definition
from qualscore.errors import ConfigurationError, TrainingRefused
from qualscore.model.learning.refusals import check_counts
from qualscore.stages.preview import check_ready

DEFINITION = Definition.model_validate({"name": "one", "examples": {"account_list": "won"}})


@pytest.mark.parametrize(
    ("there", "table", "job"), [([], "clean/accounts", "ingest"), (["clean/accounts"], "features/account_features", "build_features")]
)
def test_one_sentence_says_which_command_is_missing(there: Collection[str], table: str, job: str) -> None:
    run = SimpleNamespace(tables=SimpleNamespace(exists=lambda name: name in there), definitions=[DEFINITION])
    with pytest.raises(ConfigurationError) as caught:
        check_ready(run)
    assert str(caught.value) == f"{table} is not there yet: run `./spark-submit.sh {job}` with the same --config and --warehouse first"


def counts(examples: int, unlabelled: int = 10_000) -> dict[str, int]:
    return {"selected": examples + 3, "excluded": 1, "no_data": 2, "examples": examples, "unlabelled": unlabelled, "undated_in_crm": 0}


def test_few_customers_are_a_warning() -> None:
    assert check_counts(counts(100), DEFINITION) == []
    assert check_counts(counts(99), DEFINITION) == [
        "one: 99 customers with a domain and data (the selectors pick 102 accounts; 1 are excluded, "
        "of 2 nothing but the domain is known); 100 or more are recommended"
    ]


def test_more_may_be_asked_for_than_is_recommended() -> None:
    wanting = DEFINITION.model_copy(update={"training": DEFINITION.training.model_copy(update={"min_examples": 300})})
    with pytest.raises(TrainingRefused, match="at least 300 are needed"):
        check_counts(counts(200), wanting)
