"""One-line rules, slices and suspicions, on a few accounts that can be checked by eye."""

from math import log

import numpy as np
import pandas as pd
import pytest

from qualscore.definitions.definition import Features
from qualscore.model.judging import single_factors, slices, suspicions

N = 400
PLACE = np.arange(N)


def judged(**columns: object) -> pd.DataFrame:
    """400 accounts, every eighth an example; what is not given says nothing."""
    silent = {
        "is_example": PLACE % 8 == 0, "calibration_fold": PLACE % 5, "in_crm": False, "country": None, "state": None, "city": None,
        "sector": None, "industry": None, "firmo_size": np.nan, "firmo_is_listed": np.nan, "margin": np.zeros(N),
    }  # fmt: skip
    return pd.DataFrame(silent | columns)


def measures_of_rules(
    frame: pd.DataFrame, features: Features | None = None, technologies: tuple[str, ...] = ()
) -> dict[str, dict[str, object]]:
    rules = single_factors.rules(frame, features or Features(), technologies)
    measured = single_factors.judge(rules, frame["is_example"].to_numpy(bool), np.ones(len(frame), bool), weight=1)
    return {it.rule: it.measures for it in measured}


def test_a_number_is_sorted_both_ways_and_unknown_comes_last() -> None:
    """Half of the examples are of age 1, half unknown; all others are of age 2."""
    is_example = PLACE % 8 == 0
    rules = measures_of_rules(judged(firmo_age_years=np.where(is_example, np.where(PLACE % 16 == 0, 1.0, np.nan), 2.0)))
    assert list(rules) == ["company age, least first", "company age, most first"]
    assert rules["company age, least first"]["roc_auc"] == 0.5  # 25 before all others, 25 after them
    assert rules["company age, most first"]["roc_auc"] == 0
    assert rules["company age, least first"]["recall_at_5"] == pytest.approx(20 / 50)


def test_a_category_is_sorted_by_a_lift_that_does_not_count_the_account_itself() -> None:
    """Every account has a city of its own: a lift that counted it would tell all examples."""
    rules = measures_of_rules(judged(city=[f"City {i}" for i in PLACE], country=np.where(PLACE % 16 == 0, "DE", "US")))
    assert rules["country, by how common among customers"]["roc_auc"] == pytest.approx(0.75)  # 25 of 50 in DE, no other
    assert rules.get("city, by how common among customers", {"roc_auc": 0.5})["roc_auc"] <= 0.5
    lifts = single_factors.cross_fitted_lifts(judged(country=np.where(PLACE % 16 == 0, "DE", "US")), "country")
    assert lifts[0] == pytest.approx(log((20 + 3) / (0 + 3)))  # 20 of the 40 examples of the other folds


def test_a_technology_is_a_rule_by_its_presence_and_by_its_absence() -> None:
    rules = measures_of_rules(judged(technology_0=PLACE % 2 == 1, technology_1=PLACE % 16 == 0), technologies=("uses Excel", "uses Kafka"))
    assert rules["uses Kafka"]["roc_auc"] == 0.75
    assert rules["not: uses Excel"]["roc_auc"] == pytest.approx(0.5 + 0.5 * 200 / 350)


def test_what_the_model_may_not_use_is_no_rule() -> None:
    frame = judged(firmo_age_years=PLACE.astype(float), tech_count=PLACE.astype(float), country=np.where(PLACE % 16 == 0, "DE", "US"))
    left = Features.model_validate({"leave_out": {"columns": ["age_years", "country"], "families": ["technographics"]}})
    assert len(measures_of_rules(frame)) == 5
    assert measures_of_rules(frame, left) == {}


def test_the_best_few_rules_are_reported_and_the_one_that_fills_the_top() -> None:
    measured = [single_factors.Measured(f"rule {i}", "x", {"roc_auc": 0.9 - i / 100, "recall_at_10": float(i == 7)}) for i in range(9)]
    assert [it["rule"] for it in single_factors.reported(single_factors.the_best(measured))] == [*(f"rule {i}" for i in range(5)), "rule 7"]


def test_a_rule_that_wins_in_a_slice_is_named_with_the_measure() -> None:
    """In DE size tells all examples and the margin none; in FR the margin does and size does not; IT is too small a slice."""
    country = np.array(["DE", "DE", "FR", "FR", "FR", "DE", "DE", "FR", "IT"])[np.where(PLACE >= 390, 8, PLACE // 8 % 8)]
    frame = judged(country=country)
    right = frame["is_example"] + PLACE / 10_000
    frame["margin"] = np.where(country == "FR", right, -right)
    frame["firmo_size"] = np.where(country == "FR", -right, right) + 5
    rows = {str(row["slice"]): row for row in slices.judge(frame, single_factors.rules(frame, Features()), weight=1)}
    assert {"country DE", "country FR", "51 to 250 employees"} <= set(rows) and "country IT" not in rows
    assert rows["country FR"]["roc_auc"] == 1 and rows["country FR"]["beaten_by"] == []
    best = "size (employees, or estimated from other values), most first"
    assert rows["country DE"]["beaten_by"][0] == {"measure": "roc_auc", "model": 0, "value": 1, "rule": best, "is_clear": True}
    (doubt,) = suspicions.beaten([rows["country FR"], rows["country DE"]])
    assert doubt.sentence == f"country DE: '{best}' alone is better (ROC-AUC 1.000, the model 0.000)"


def test_a_rule_that_is_better_by_less_than_one_standard_error_is_kept_but_not_doubted() -> None:
    measures, ends = {"roc_auc": 0.8, "recall_at_10": 0.5}, {"roc_auc": (0.8 - 0.0196, 0.8 + 0.0196), "recall_at_10": (0.4, 0.6)}
    for auc, is_clear in ((0.809, False), (0.811, True)):
        measured = [single_factors.Measured("age", "age", {"roc_auc": auc, "recall_at_10": 0.5})]
        (row,) = slices.beaten_by(measures, ends, measured)
        assert row == {"measure": "roc_auc", "model": 0.8, "value": auc, "rule": "age", "is_clear": is_clear}
        assert len(suspicions.beaten([{"slice": "listed", "beaten_by": [row]}])) == is_clear


def test_slices_are_the_parts_with_enough_accounts_on_either_side() -> None:
    is_example = PLACE % 8 == 0
    frame = judged(
        country=np.where(PLACE < 160, "DE", "US"),  # 20 examples, 140 others
        firmo_size=np.log1p(np.select([PLACE < 168, PLACE < 392], [50, 51], 20_000)),  # 8 accounts of 20,000: too few
        firmo_is_listed=np.where(is_example, 1.0, np.nan),  # no other is listed
        in_crm=PLACE >= 200,
    )
    masks = slices.masks(frame)
    names = ["country DE", "country US", "in the CRM", "not in the CRM", "up to 50 employees", "51 to 250 employees"]
    assert sorted(masks) == sorted(names)
    assert masks["up to 50 employees"].sum() == 168


def test_a_factor_that_tells_too_much_is_said_with_how_to_leave_it_out() -> None:
    rules = [{"rule": "tickets, most first", "column": "tickets", "roc_auc": 0.91}, {"rule": "age", "column": "age", "roc_auc": 0.9}]
    (doubt,) = suspicions.too_good(rules)
    assert doubt.sentence == "'tickets, most first' alone reaches ROC-AUC 0.91"
    assert "features.leave_out.columns: [tickets]" in doubt.advice
    assert suspicions.how_to_leave_out("uses Ours") == "features.leave_out.products: [Ours]"
    assert suspicions.how_to_leave_out("technologies in CRM") == "features.leave_out.categories: [CRM]"


def test_clumped_scores_are_said_with_their_share() -> None:
    margins = np.arange(100.0)
    margins[:11] = -3
    assert "11% of the accounts share one score" in suspicions.clumped(margins)[0].sentence
    assert suspicions.clumped(np.r_[margins[1:], 200]) == []


def test_a_weak_model_is_doubted_by_its_auc_or_by_the_low_end() -> None:
    assert suspicions.weak({"roc_auc": 0.70}, 0.60) == []
    assert "as low as 0.60" in suspicions.weak({"roc_auc": 0.69}, 0.60)[0].sentence
    assert "as low as 0.59" in suspicions.weak({"roc_auc": 0.75}, 0.59)[0].sentence


def test_the_population_stability_index_by_hand() -> None:
    """Ten parts of 10 %; now the first has 20 % and the last none (counted as 0.01 %)."""
    before = np.arange(100.0)
    now = np.r_[np.arange(10.0), np.arange(90.0)]
    expected = (0.2 - 0.1) * log(0.2 / 0.1) + (0.0001 - 0.1) * log(0.0001 / 0.1)
    assert suspicions.population_stability(before, now) == pytest.approx(expected)
    assert suspicions.drifted(expected)[0].kind == "drift"
    assert suspicions.drifted(0.25) == suspicions.drifted(None) == []


def test_scores_that_say_something_else_are_doubted() -> None:
    assert suspicions.miscalibrated(0.1) == suspicions.miscalibrated(float("nan")) == []
    assert "0.12 on average" in suspicions.miscalibrated(0.12)[0].sentence
