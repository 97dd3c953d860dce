"""Trainings in small on the driver: what they find, and what they may not see; chance, drift and learning curves made of them."""

import numpy as np
import pytest

from qualscore.definitions.definition import Definition
from qualscore.errors import TrainingRefused
from qualscore.model.encoding.arrays import Array
from qualscore.model.judging import driver_fits, driver_rows, judging, learning_curves, shuffles, suspicions
from qualscore.model.judging.drift import between
from qualscore.model.judging.driver_rows import DriverRows
from qualscore.model.judging.shuffles import Null
from qualscore.model.learning.evaluation import ranking
from tests.small_accounts import COMPANIES, accounts, customers

DEFINITION = Definition.model_validate({"name": "x", "examples": {"account_list": "x"}, "training": {"folds": 3, "trees": 90}})
TABLE = accounts(COMPANIES)
INPUTS = driver_rows.chosen_inputs(TABLE, DEFINITION)
IS_CUSTOMER = customers(COMPANIES)


@pytest.fixture(scope="module")
def rows() -> DriverRows:
    return driver_rows.described(TABLE, INPUTS, DEFINITION)


def auc(margins: Array, is_example: Array) -> float:
    return ranking(margins[is_example], margins[~is_example], weight=1)["roc_auc"]


def test_accounts_are_described_as_a_model_sees_them(rows: DriverRows) -> None:
    assert (INPUTS.products, INPUTS.categories, INPUTS.lifted[:2]) == (("Kafka",), ("Streaming",), ("country", "state"))
    kafka = rows.static[:, list(rows.columns).index(INPUTS.factor_of_column.tolist().index(INPUTS.factors.index("uses Kafka")))]
    assert kafka.tolist() == COMPANIES.sort_values("domain")["uses_kafka"].astype(float).tolist()
    assert rows.shares[0].sum() == pytest.approx(1) and len(rows.shares[0]) == 5  # never seen, DE, US, FR, missing
    assert sorted(rows.shares[0])[-1] == pytest.approx((COMPANIES["country"] == "US").mean())


def test_customers_are_found_by_models_that_saw_neither_them_nor_their_lifts(rows: DriverRows) -> None:
    """With the labels of a fold turned round, its own margins are what they were, and those of other folds are not."""
    margins = driver_fits.out_of_fold(rows, IS_CUSTOMER, DEFINITION.training)
    assert auc(margins, IS_CUSTOMER) > 0.8
    is_first = rows.draws("fold", 3, seed=0) == 0
    turned = driver_fits.out_of_fold(rows, np.where(is_first, ~IS_CUSTOMER, IS_CUSTOMER), DEFINITION.training)
    np.testing.assert_array_equal(turned[is_first], margins[is_first])
    assert not np.isclose(turned[~is_first], margins[~is_first]).any()


def test_what_is_not_to_be_learned_from_changes_nothing(rows: DriverRows) -> None:
    learns = np.arange(len(rows)) % 4 > 0
    margins = driver_fits.out_of_fold(rows, IS_CUSTOMER, DEFINITION.training, learns=learns)
    turned = driver_fits.out_of_fold(rows, IS_CUSTOMER ^ ~learns, DEFINITION.training, learns=learns)
    np.testing.assert_array_equal(turned, margins)
    assert auc(margins, IS_CUSTOMER) < auc(driver_fits.out_of_fold(rows, IS_CUSTOMER, DEFINITION.training), IS_CUSTOMER)


def test_random_lists_reach_about_a_half_and_always_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shuffles, "LISTS", 8)
    null = shuffles.null(TABLE, 71, DEFINITION.training)
    assert null == shuffles.null(TABLE.take(np.arange(len(TABLE))), 71, DEFINITION.training)
    assert null.customers == 71 and len(set(null.aucs)) == 8 and list(null.aucs) == sorted(null.aucs)
    assert 0.35 < min(null.aucs) < np.mean(null.aucs) < max(null.aucs) < 0.62


def test_what_random_lists_reach_is_refused_whatever_the_bound_allows() -> None:
    """The bound of 400 is 0.542."""
    null = Null(400, tuple(0.50 + i / 1_000 for i in range(60)))
    judging.refuse_no_signal(0.558, 400, "x", null=null)  # two reach it: p = 3 / 61
    with pytest.raises(
        TrainingRefused, match=r"ROC-AUC 0\.557 .* did not see, of 60 lists of 400 accounts drawn at random 3 reach as much \(p = 0\.07"
    ):
        judging.refuse_no_signal(0.557 - 1e-9, 400, "x", null=null)
    with pytest.raises(
        TrainingRefused, match=r"ROC-AUC 0\.541 on accounts that the model did not see, at least 0\.542 is needed\. Nothing"
    ):
        judging.refuse_no_signal(0.541, 400, "x", null=Null(400, (0.4,) * 60))
    (doubt,) = suspicions.by_chance(3 / 61, 60)
    assert doubt.sentence.startswith("of 60 lists drawn at random 2 reach as much (p = 0.05)")
    assert suspicions.by_chance(1 / 61, 60) == suspicions.by_chance(None, 0) == []


def test_accounts_of_another_day_are_told_by_what_has_changed() -> None:
    """The same accounts: as they were, and with three times the employees."""
    grown = accounts(COMPANIES.assign(employees=COMPANIES["employees"] * 3))
    same = between(TABLE, TABLE, INPUTS, DEFINITION)
    assert same["drift_auc"] == pytest.approx(0.5, abs=0.03) and same["drift_factors"] == []
    moved = between(TABLE, grown, INPUTS, DEFINITION)
    assert moved["drift_auc"] > 0.65 and moved["drift_factors"] == ["employees"]
    assert suspicions.told_from_today(None, []) == suspicions.told_from_today(0.8, ["employees"]) == []
    (doubt,) = suspicions.told_from_today(0.95, ["employees"])
    assert "(ROC-AUC 0.95, above all by employees)" in doubt.sentence


def test_a_curve_of_a_quarter_a_half_and_all_customers(rows: DriverRows) -> None:
    points = learning_curves.points(rows, IS_CUSTOMER, DEFINITION)
    total = int(IS_CUSTOMER.sum())
    assert [it["learned_from"] / total for it in points] == pytest.approx([0.25, 0.5, 1], abs=0.08)
    assert {it["customers"] for it in points} == {total}
    assert 0.6 < points[0]["roc_auc"] < points[-1]["roc_auc"] and 0 < points[-1]["gain_error"] < 0.03
    few = IS_CUSTOMER & (np.cumsum(IS_CUSTOMER) <= 30)
    assert [it["learned_from"] for it in learning_curves.points(rows, few, DEFINITION)] == [30]


def test_a_rise_within_its_error_is_said_to_be_none_yet() -> None:
    points = [{"learned_from": 40, "roc_auc": 0.80}, {"learned_from": 80, "roc_auc": 0.81, "gain_error": 0.02}]
    assert learning_curves.in_words(points).endswith("rose from 0.800 to 0.810: more customers may help, which so few do not tell")
