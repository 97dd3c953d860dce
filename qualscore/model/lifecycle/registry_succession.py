"""Which version of a score's model serves, which one waits, and which ones served before.

The alias `champion` alone says which version serves. The versions that served are listed, first to last, in a tag that is written before
the alias moves; what stands behind the champion in the list never came to serve, or was rolled back. So a death between the two leaves
the champion as it was, and the list true.
"""

from typing import TYPE_CHECKING

from qualscore.errors import ConfigurationError
from qualscore.model.lifecycle.registry_store import registered

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities.model_registry import RegisteredModel

CHAMPION, CHALLENGER = "champion", "challenger"
SERVED = "served"


def promote(mlflow: "MlflowClient", name: str, number: int) -> None:
    """Makes a version the champion of a registered model; a challenger that is no later than it waits no longer."""
    model = registered(mlflow, name)
    assert model is not None
    served = [it for it in served_until_now(mlflow, model) if it != number]
    mlflow.set_registered_model_tag(name, SERVED, " ".join(map(str, [*served, number])))
    mlflow.set_registered_model_alias(name, CHAMPION, str(number))
    if CHALLENGER in model.aliases and int(model.aliases[CHALLENGER]) <= number:
        mlflow.delete_registered_model_alias(name, CHALLENGER)


def roll_back(mlflow: "MlflowClient", name: str) -> tuple[int, int]:
    """Makes the version that served before the champion again, and the former champion the challenger, unless another one waits.

    Returns:
        The numbers of the champion and of the former one.

    Raises:
        ConfigurationError: no version served before.
    """
    model = registered(mlflow, name)
    served = served_until_now(mlflow, model) if model else []
    there = {int(it.version) for it in mlflow.search_model_versions(f"name='{name}'")} if served else set()
    before = [it for it in served[:-1] if it in there]
    if model is None or not before:
        raise ConfigurationError(f"{name}: no version served before {f'version {served[-1]}' if served else 'any other'}")
    mlflow.set_registered_model_alias(name, CHAMPION, str(before[-1]))
    if CHALLENGER not in model.aliases:
        mlflow.set_registered_model_alias(name, CHALLENGER, str(served[-1]))
    return before[-1], served[-1]


def served_until_now(mlflow: "MlflowClient", model: "RegisteredModel") -> list[int]:
    """The versions that served, first to last; the last one is the champion."""
    if CHAMPION not in model.aliases:
        return []
    champion = int(model.aliases[CHAMPION])
    listed = model.tags.get(SERVED)
    if listed is None:  # of an earlier commit, which made each version the champion
        known = [int(it.version) for it in mlflow.search_model_versions(f"name='{model.name}'")]
        return sorted(it for it in known if it <= champion)
    served = [int(it) for it in listed.split()]
    return served[: served.index(champion) + 1] if champion in served else [*served, champion]
