"""Points fitted to customers, and how they are written down."""

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml

from qualscore.definitions.definition import Definition
from qualscore.definitions.refined_text import criteria_text, with_points
from qualscore.definitions.scorecard import Criterion, Scorecard
from qualscore.definitions.selection import Activities
from qualscore.errors import TrainingRefused
from qualscore.model.learning import refining
from qualscore.model.learning.criteria_rows import CriteriaRows

CRITERIA: list[dict[str, Any]] = [
    {"name": "strong", "when": "country = 'DE'", "points": 10},
    {"name": "weak", "when": "employees > 50", "points": 40, "group": "size"},
    {"name": "against", "when": "industry = 'Mining'", "points": -5},
    {"name": "wrong", "when": "is_listed", "points": 30},
]
LOG_ODDS = np.array([2.0, 0.5, -1.5, -1.0])
"""The truth: people gave the strong one too little, and are wrong about the last."""


def rows(n: int = 20_000, log_odds: np.ndarray[Any, Any] = LOG_ODDS) -> CriteriaRows:
    draws = np.random.default_rng(3)
    shares = (draws.random((n, 4)) < 0.3).astype(float)
    is_example = draws.random(n) < 1 / (1 + np.exp(4 - shares @ log_odds))
    shares[draws.random((n, 4)) < 0.1] = np.nan
    frame = pd.DataFrame({"is_example": is_example, "calibration_fold": draws.integers(0, 5, n), "shares": list(shares)})
    definition = Definition.model_validate({"name": "one", "type": "rules", "rules": {"criteria": CRITERIA, "caps": {"size": 60}}})
    return CriteriaRows(definition, frame, (), 1.0, {}, {}, {})


def test_points_follow_the_customers_and_keep_their_sign() -> None:
    refined = refining.refine(rows())
    strong, weak, against, wrong = (it.points for it in refined.scorecard.criteria)
    assert strong + weak == pytest.approx(80) and wrong == 0 and refined.contradicted == ("wrong",)
    assert strong / weak == pytest.approx(4, rel=0.35) and against / strong == pytest.approx(-0.75, rel=0.25)
    by_hand, fitted = refined.measures["roc_auc"]
    assert fitted > by_hand + 0.1


def test_records_that_have_most_of_the_points_are_named() -> None:
    """A condition over features that has as many is none of them."""
    learned = rows(log_odds=np.array([4.0, 0.3, -0.1, 0.3]))
    assert refining.refine(learned).dominant == ()
    engaged = learned.definition.rules.model_copy(
        update={"criteria": (Criterion(name="engaged", activities=Activities(), points=10), *learned.scorecard.criteria[1:])}
    )
    definition = learned.definition.model_copy(update={"rules": engaged})
    assert refining.refine(replace(learned, definition=definition)).dominant == ("engaged",)


def test_of_too_few_customers_and_of_none_that_meet_a_criterion_nothing_is_fitted() -> None:
    with pytest.raises(TrainingRefused, match=r"one: \d+ customers with data; refine needs 20 at least"):
        refining.refine(rows(200))
    with pytest.raises(TrainingRefused, match="one: no criterion above 0 points is more common"):
        refining.refine(rows(log_odds=np.array([-1.0, -1.0, 1.0, -1.0])))


WRITTEN = """# ours
name: one
type: rules
rules:
  criteria:
    - {name: strong, when: "country = 'DE'", points: 10}   # Germany
    - name: weak
      points: 40
      when: employees > 50
      group: size
    - {points: -5, when: industry = 'Mining', name: against}
    - {when: is_listed, points: 30, name: wrong}
  caps: {size: 60}
"""


def test_points_are_written_into_a_file_whose_rest_stays() -> None:
    text = with_points(WRITTEN, [51.2, 28.8, -40, 0])
    assert text.splitlines()[5:12] == [
        "    - {name: strong, when: \"country = 'DE'\", points: 51.2}   # Germany",
        "    - name: weak",
        "      points: 28.8",
        "      when: employees > 50",
        "      group: size",
        "    - {points: -40, when: industry = 'Mining', name: against}",
        "    - {when: is_listed, points: 0, name: wrong}",
    ]
    assert with_points(text, [10, 40, -5, 30]) == WRITTEN
    assert Definition.model_validate(yaml.safe_load(text)).rules


def test_the_text_of_fitted_criteria_is_yaml_with_the_points_by_hand_beside() -> None:
    demo = {"activities": {"type": ["demo"], "within_days": 90}, "points": 7, "half_life_days": 30}
    by_hand = Scorecard.model_validate({"criteria": [*CRITERIA, demo], "caps": {"size": 60}})
    fitted = refining.with_points(by_hand, [51.2, 28.8, -40, 0, 9])
    assert fitted is not None
    text = criteria_text(by_hand, fitted)
    assert text.splitlines()[2] == "    - {name: strong, when: country = 'DE', points: 51.2}  # by hand 10"
    assert text.splitlines()[6] == "    - {activities: {type: [demo], within_days: 90}, points: 9.0, half_life_days: 30}  # by hand 7"
    assert Scorecard.model_validate(yaml.safe_load(text)["rules"]) == fitted
