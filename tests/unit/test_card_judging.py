"""Rules judged by customers, and the pages that are made of it."""

from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest

from qualscore.definitions.definition import Definition
from qualscore.model.judging import card_judging, shuffles
from qualscore.model.judging.card_judging import CriterionFound
from qualscore.model.learning.criteria_rows import CriteriaRows
from qualscore.model.scorecard.card import ScorecardModel
from qualscore.reports.model_page.texts import texts

CRITERIA: list[dict[str, Any]] = [
    {"name": "<home>", "when": "country = 'DE'", "points": 60},
    {"when": "employees > 50", "points": 40, "ignore_when_unknown": True},
    {"name": "typo", "when": "city = 'Berlln'", "points": 10},
    {"name": "ours", "crm_accounts": "account_type = 'Customer'", "points": 10},
]
DEFINITION = Definition.model_validate(
    {"name": "one", "type": "rules", "rules": {"criteria": CRITERIA, "full_marks": 100}, "examples": {"account_list": "won"}}
)
COVERAGE = {"coverage_crm_examples": 1.0, "coverage_crm_unlabelled": 0.1, "in_crm_auc": 0.95}


def rows(n_customers: int = 150, n: int = 3_000) -> CriteriaRows:
    """Customers are in DE and large more often than others; 150 of them, or none."""
    draws = np.random.default_rng(1)
    is_example = np.arange(n) < n_customers
    german, large = (np.where(draws.random(n) < np.where(is_example, *shares), 1.0, 0.0) for shares in ((0.8, 0.2), (0.6, 0.3)))
    large[draws.random(n) < 0.2] = np.nan
    shares = np.column_stack([german, large, np.zeros(n), np.zeros(n)])
    frame = pd.DataFrame(
        {
            "domain_hash": np.arange(n) - 50, "is_example": is_example, "calibration_fold": np.arange(n) % 5, "shares": list(shares),
            "as_of_on": date(2026, 6, 1), "is_dated": True, "in_crm": is_example, "country": np.where(german, "DE", "US"),
            "state": None, "city": None, "sector": None, "industry": None, "firmo_size": 4 + large, "firmo_is_listed": 0.0,
            "technology_0": german > 2,
        }
    )  # fmt: skip
    counts = {"examples": n_customers, "unlabelled": 10 * (n - n_customers), "selected": n_customers + 5, "undated": 0}
    return CriteriaRows(DEFINITION, frame, ("uses Kafka",), 10.0, counts, COVERAGE if n_customers else {}, {})


def judged(n_customers: int) -> card_judging.Judgement:
    return card_judging.judge(ScorecardModel(DEFINITION), rows(n_customers), as_of=date(2026, 6, 2))


def test_rules_are_measured_as_a_model_is() -> None:
    judgement = judged(150)
    report, model = judgement.report, judgement.judged.model
    assert 0.75 < report["roc_auc"] < 0.95 and report["intervals"]["roc_auc"][0] < report["roc_auc"] < report["intervals"]["roc_auc"][1]
    assert report["slices"] and report["rules"][0]["intervals"] and report["evaluation_weight"] == 10
    assert report["permutation_p"] == 1 / 200 and 0.52 < max(report["permutation_null"]) < report["roc_auc"]
    assert judgement.judged.metrics["roc_auc_low"] == report["intervals"]["roc_auc"][0] and judgement.judged.metrics["in_crm_auc"] == 0.95
    assert isinstance(model, ScorecardModel) and model.calibration is not None and len(model.examples) == 150 == report["customers"]
    assert model.quantiles[0] == 0 and model.quantiles[-1] == 100
    said = "\n".join(judgement.warnings)
    assert "one: no account meets typo; ours: look at the spelling" in said
    assert "CRM accounts are known as they are today, so that ours may be a result of the sale" in said
    assert "'is in a CRM' alone would reach ROC-AUC 0.95" in said


def test_points_of_anybody_are_within_what_chance_reaches() -> None:
    points = np.random.default_rng(3).random(500)
    null = shuffles.null_of_points(points, 100)
    assert shuffles.measured(0.51, null)["permutation_p"] > 0.3
    # The standard deviation of the U statistic without ties: sqrt((n + m + 1) / (12 n m)).
    assert np.std(null.aucs) == pytest.approx(np.sqrt(501 / (12 * 100 * 400)), rel=0.15)
    assert np.mean(null.aucs) == pytest.approx(0.5, abs=0.01)


def test_criteria_are_counted_on_either_side() -> None:
    found = card_judging.criteria_found(rows())
    home, large, typo, _ = found
    assert home.customers == pytest.approx(0.8, abs=0.1) and home.others == pytest.approx(0.2, abs=0.03) and home.unknown == 0
    assert large.unknown == pytest.approx(0.2, abs=0.03) and typo == CriterionFound("typo", 10.0, 0.0, 0.0, 0.0)


def test_what_points_say_beside_what_was_observed() -> None:
    """Of ten customers five have 80, and of twenty others one; said is the mean of points, observed the customers' share of shares."""
    scores = np.array([80.0] * 5 + [30.0] * 5 + [80.0] + [10.0] * 19)
    bands = card_judging.said_and_observed(scores, np.arange(30) < 10)
    assert [(it["from"], it["said"], round(it["observed"], 4)) for it in bands] == [(25, 0.3, 1), (75, 0.8, round(0.5 / 0.55, 4))]


@pytest.mark.parametrize("n_customers", [150, 5, 0])
def test_the_pages_of_rules(n_customers: int) -> None:
    """Also of those that other rules serve in place of: the gate has no figures then."""
    judgement = judged(n_customers)
    pages = texts(judgement.report | {"gate": {"champion": 2, "against": ["its definition is another one (rules)"]}})
    assert "So version 2 still scores, and this one waits: its definition is another one (rules)." in pages["model.md"]
    assert "So version" not in texts(judgement.report | {"gate": {"champion": 2, "against": []}})["model.md"]
    assert "&lt;home&gt;" in pages["model.html"] and "the rules that a person wrote (4)" in pages["model.html"].replace("\n", " ")
    if n_customers < 20:
        assert judgement.report["intervals"] == {} and "nothing is measured" in judgement.warnings[0]
