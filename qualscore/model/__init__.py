"""The models: training, calibration, evaluation, the scoring kernel and explanation."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qualscore.model.learning.judged_model import Model


def load(uri: str, tracking_uri: str | None = None) -> "Model":
    """Opens a registered model, `models:/qualscore.NAME@champion` or `models:/qualscore.NAME/3`; its `score` takes account features.

    Args:
        uri: of the model.
        tracking_uri: of the MLflow store; None takes MLFLOW_TRACKING_URI.

    Raises:
        ConfigurationError: no such model, or account features have changed in what it reads.
        RegistryUnavailable: the registry does not answer.
    """
    from qualscore.model.lifecycle import registry  # MLflow takes 6 s to import, and most of what is here is used without it

    return registry.load(uri, tracking_uri)
