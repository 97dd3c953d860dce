"""Which version serves after trainings, promotions and rollbacks, and after any of them was killed."""

import os
import signal
from collections.abc import Callable
from dataclasses import replace

import pytest
from mlflow import MlflowClient

from qualscore.errors import ConfigurationError
from qualscore.model.lifecycle.registry import Registry
from tests.small_model import AS_OF, small_training

NAME = "qualscore.tiny"


def register(store: Registry, *, serves: bool) -> int:
    return store.register(small_training(), as_of=AS_OF, inputs={}, report={"metrics.json": "{}"}, serves=serves).number


def places(store: Registry) -> tuple[int | None, int | None]:
    """The numbers of champion and challenger."""
    champion, challenger = store.champion("tiny"), store.challenger("tiny")
    return champion and champion.number, challenger and challenger.number


@pytest.fixture
def three(store: Registry) -> Registry:
    """The first version served, the second one serves, the third one waits."""
    for serves in (True, True, False):
        register(store, serves=serves)
    assert places(store) == (2, 3)
    return store


def test_the_newest_version_is_the_later_of_champion_and_challenger(store: Registry) -> None:
    assert store.newest("tiny") is None
    register(store, serves=False)
    assert places(store) == (None, 1) and store.newest("tiny") == store.challenger("tiny")
    register(store, serves=True)
    assert places(store) == (2, None) and store.newest("tiny") == store.champion("tiny")


def test_a_promotion_and_its_rollback(three: Registry) -> None:
    three.promote("tiny", 3)
    assert places(three) == (3, None)
    assert three.roll_back("tiny") == (2, 3) and places(three) == (2, 3)
    assert three.roll_back("tiny") == (1, 2) and places(three) == (1, 3)
    with pytest.raises(ConfigurationError, match="qualscore.tiny: no version served before version 1"):
        three.roll_back("tiny")
    three.promote("tiny", 3)
    assert three.roll_back("tiny") == (1, 3), "what was rolled back does not come back by the next rollback"


def test_a_version_that_was_deleted_does_not_come_back(three: Registry) -> None:
    three.promote("tiny", 3)
    MlflowClient(three.uri).delete_model_version(NAME, "2")
    assert three.roll_back("tiny") == (1, 3)


def test_no_version_served_where_there_is_none(store: Registry) -> None:
    with pytest.raises(ConfigurationError, match="no version served before any other"):
        store.roll_back("tiny")


def test_all_versions_of_an_earlier_commit_have_served(three: Registry) -> None:
    MlflowClient(three.uri).delete_registered_model_tag(NAME, "served")
    assert three.roll_back("tiny") == (1, 2)


def test_a_run_holds_the_definition_and_the_report(three: Registry) -> None:
    assert three.report("tiny", 3) == {"metrics.json": "{}"} and three.report("tiny", 9) == {}
    mlflow = MlflowClient(three.uri)
    run = mlflow.get_model_version(NAME, "3").run_id
    with open(mlflow.download_artifacts(run, "definition.yml")) as file:
        assert file.read().startswith("name: tiny\nexamples:\n  account_list: customers\n")


def killed(store: Registry, method: str, work: Callable[[], object], *, after: bool) -> None:
    """Works in a process of its own, which is killed before or after the call of a client's method."""
    called = getattr(MlflowClient, method)

    def dying(*given: object, **named: object) -> None:
        if after:
            called(*given, **named)
        os.kill(os.getpid(), signal.SIGKILL)

    child = os.fork()
    if child == 0:
        setattr(MlflowClient, method, dying)
        work()
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL


@pytest.mark.parametrize("serves", [True, False])
@pytest.mark.parametrize(
    ("method", "after", "is_there"),
    [("log_batch", False, False), ("log_artifacts", False, False), ("create_model_version", False, False),
     ("create_model_version", True, True), ("set_registered_model_tag", True, True)],
)  # fmt: skip
def test_a_training_that_is_killed_leaves_no_version_or_a_whole_one(
    store: Registry, method: str, after: bool, is_there: bool, serves: bool
) -> None:
    """The champion is the former one, and the next training is as if nothing had been."""
    if not serves and method == "set_registered_model_tag":
        method = "set_registered_model_alias"
    register(store, serves=True)
    killed(store, method, lambda: register(store, serves=serves), after=after)
    versions = MlflowClient(store.uri).search_model_versions(f"name='{NAME}'")
    assert len(versions) == 1 + is_there and places(store) == (1, 2 if method == "set_registered_model_alias" else None)
    assert [store.load_version("tiny", int(it.version)).texts for it in versions] == [small_training().model.texts] * len(versions)
    last = register(store, serves=True)
    assert places(store) == (last, None) and replace(store.load_champion("tiny"), version=None).texts == small_training().model.texts
    assert store.roll_back("tiny") == (1, last)


@pytest.mark.parametrize("method", ["set_registered_model_tag", "set_registered_model_alias"])
def test_a_promotion_that_is_killed_has_happened_or_not(three: Registry, method: str) -> None:
    killed(three, method, lambda: three.promote("tiny", 3), after=True)
    happened = method == "set_registered_model_alias"
    assert places(three) == ((3, None) if happened else (2, 3))
    assert three.roll_back("tiny") == ((2, 3) if happened else (1, 2))
