"""What the stage adds to a training: which selector finds how many, where there are few."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from qualscore.definitions.definition import Definition
from qualscore.errors import Locked, TrainingRefused
from qualscore.model.learning import training
from qualscore.model.learning.refusals import check_counts
from qualscore.model.learning.training import Trained
from qualscore.stages import rollback as rolling_back
from qualscore.stages import train as stage

DEFINITION = Definition.model_validate({"name": "one", "examples": {"account_list": "won"}})
WORDS = "Of them the selectors find: account list won: 102."


def counts(examples: int) -> dict[str, int]:
    numbers = {"selected": examples + 3, "excluded": 1, "no_data": 2, "examples": examples, "unlabelled": 10_000}
    return numbers | {"undated_in_crm": 0}


def trained(monkeypatch: pytest.MonkeyPatch, numbers: Mapping[str, int], *, counted: bool) -> Trained:
    """As the stage hands it on, of a training that stops or goes through by its counts."""

    def train(*_: Any, **__: Any) -> Trained:
        return Trained(None, None, dict(numbers), [*check_counts(numbers, DEFINITION), "another"])  # type: ignore[arg-type]

    def by_selector(*_: Any) -> str:
        assert counted, "costs a pass over the accounts"
        return WORDS

    monkeypatch.setattr(training, "train", train)
    monkeypatch.setattr(stage, "describe", lambda run: None)
    monkeypatch.setattr(stage, "_by_selector", by_selector)
    run: Any = SimpleNamespace(settings=SimpleNamespace(evaluation_accounts=9))
    accounts: Any = None
    return stage.trained_on(run, accounts, DEFINITION, as_of=date(2026, 6, 1))


def test_a_refusal_of_few_customers_says_what_each_selector_finds(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(TrainingRefused) as refused:
        trained(monkeypatch, counts(49), counted=True)
    assert str(refused.value).startswith("one: 49 customers") and str(refused.value).endswith(WORDS)


def test_so_does_the_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = trained(monkeypatch, counts(99), counted=True).warnings
    assert first.endswith(f"; 100 or more are recommended. {WORDS}") and second == "another"


def test_selectors_are_not_counted_where_there_are_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    assert trained(monkeypatch, counts(100), counted=False).warnings == ["another"]


def test_another_refusal_stays_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stage, "describe", lambda run: None)

    def refuse(*_: Any, **__: Any) -> Trained:
        raise TrainingRefused("the answer is given away")

    monkeypatch.setattr(training, "train", refuse)
    run: Any = SimpleNamespace(settings=SimpleNamespace(evaluation_accounts=9))
    accounts: Any = None
    with pytest.raises(TrainingRefused, match=r"^the answer is given away$"):
        stage.trained_on(run, accounts, DEFINITION, as_of=date(2026, 6, 1))


def test_of_two_trainings_of_a_score_the_second_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """So is a rollback meanwhile; another score is free, and so is this one once the training has ended."""

    def run(run_id: str) -> Any:
        return SimpleNamespace(run_id=run_id, tables=SimpleNamespace(catalog=None, warehouse=str(tmp_path)))

    def while_the_first_works(first: Any, definition: Definition) -> str:
        if first.run_id == "first" and definition is DEFINITION:
            for change in (stage.train, rolling_back.roll_back):
                with pytest.raises(
                    Locked, match=r"^score_one: another run holds the lock since 20.*, run_id first \(.*Wait until it ends.$"
                ) as refused:
                    change(run("second"), DEFINITION)
                assert refused.value.exit_code == 5
            assert stage.train(run("second"), DEFINITION.model_copy(update={"name": "two"})) == "done"
        return "done"

    monkeypatch.setattr(stage, "_train", while_the_first_works)
    assert stage.train(run("first"), DEFINITION) == "done" and stage.train(run("second"), DEFINITION) == "done"
