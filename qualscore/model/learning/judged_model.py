"""A model that has been judged: what the registry keeps of a training."""

from dataclasses import dataclass

from qualscore.model.scorecard.card import ScorecardModel
from qualscore.model.scoring.qualification import QualificationModel

Model = QualificationModel | ScorecardModel
"""What scores: an ensemble that was trained, or criteria."""


@dataclass(frozen=True)
class JudgedModel:
    """A model not yet registered, and the numbers that are logged with it.

    Attributes:
        model: calibrated.
        counts: accounts that it was trained on, by name.
        metrics: what was measured, by name.
        reliability: said against observed, by band of score.
    """

    model: Model
    counts: dict[str, int]
    metrics: dict[str, float]
    reliability: list[dict[str, float]]
