"""What the values of factors tell, counted from a dozen accounts that can be checked by eye."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from qualscore.definitions.definition import Definition
from qualscore.model.encoding.arrays import Array
from qualscore.model.judging import inputs_used, levels, profile
from qualscore.model.judging.explained_accounts import ExplainedAccounts
from qualscore.model.judging.importance import importance
from qualscore.model.judging.since import since
from qualscore.model.kernel.tree_shap import SparseRows
from qualscore.model.scoring.explaining import factor_values

NAN = float("nan")
DEFINITION = Definition.model_validate(
    {"name": "one", "examples": {"account_list": "won"}, "features": {"leave_out": {"columns": ["city"], "families": ["intent"]}}}
)


def accounts(texts: dict[str, list[str | None]] | None = None, **values: list[float]) -> ExplainedAccounts:
    """Eight accounts, the first four of them customers; a factor's contribution is .5 for each of them and -.1 for the others."""
    given = texts or {}
    factors = (*given, *(name.replace("_", " ") for name in values))
    customers = np.arange(8) < 4
    moved = np.where(customers, 0.5, -0.1).astype(np.float32)
    table = [np.full(8, NAN), *([np.full(8, NAN)] * (len(given) - 1)), *values.values()] if given else [*values.values()]
    contributions = np.tile(moved[:, None], (1, len(factors)))
    named: dict[str, Array] = {name: np.array(of, object) for name, of in given.items()}
    return ExplainedAccounts(factors, customers, contributions, np.array(table, np.float32).T, named, 1.0, 10.0)


def told(of: ExplainedAccounts, factor: str) -> list[dict[str, Any]]:
    return levels.levels(of, [factor])[0]["levels"]


def test_a_level_counts_customers_and_what_the_others_stand_for() -> None:
    used, unused = told(accounts(uses_Kafka=[1, 1, 1, 0, 1, 0, 0, 0]), "uses Kafka")
    assert (used["customers"], used["accounts"], used["customers_share"]) == (3, 13, 0.75)
    assert used["all_share"] == 13 / 44 and used["rate"] == 3 / 13 and used["low"] < 3 / 13 < used["high"]
    assert used["moves"] == pytest.approx((3 * 0.5 - 0.1) / 4)
    assert (unused["level"], unused["customers"], unused["accounts"]) == ("does not use it", 1, 31)


def test_fewer_than_five_accounts_have_no_numbers() -> None:
    rows = told(accounts(uses_Kafka=[1, 0, 0, 0, 0, 0, 0, 0]), "uses Kafka")
    assert rows[0] == {"level": "uses it", "withheld": True} and rows[1]["accounts"] == 43


def test_numbers_are_told_in_ranges_and_what_is_missing_is_one() -> None:
    employees = accounts(employees=[np.log1p(5), np.log1p(9), np.log1p(10), NAN, np.log1p(49), np.log1p(50), np.log1p(20_000), NAN])
    assert [(it["level"], it.get("accounts")) for it in told(employees, "employees")] == [
        ("0 to 9 employees", None), ("10 to 49 employees", 11), ("50 to 199 employees", 10), ("10,000 employees or more", 10),
        ("unknown", 11),
    ]  # fmt: skip
    assert [it["level"] for it in told(accounts(revenue=[5, 6, 7, 9.5, 8, 8, NAN, 3]), "revenue")] == [
        "under $1M", "$1M to $10M", "$10M to $100M", "$100M to $1B", "$1B or more", "unknown"
    ]  # fmt: skip
    assert [it["level"] for it in told(accounts(market_cap=[1, 6, 6, NAN, 6, 6, 6, 6]), "market cap")] == [
        "Nano Cap",
        "Mega Cap",
        "unknown",
    ]
    listed = accounts(listed_on_a_stock_exchange=[1, 0, 0, NAN, 1, 0, 0, NAN])
    assert [it["level"] for it in told(listed, "listed on a stock exchange")] == ["listed", "not listed", "unknown"]
    signals = accounts(research_activity=[0, 1, 5, 21, 0, NAN, 0, 0])
    assert [it["level"] for it in told(signals, "research activity")] == [
        "no signals", "1 to 4 signals", "5 to 19 signals", "20 signals or more", "unknown"
    ]  # fmt: skip


def test_of_texts_those_that_set_customers_apart_are_told_and_the_others_together() -> None:
    many = accounts({"country": ["DE", "DE", "DE", None, "DE", "US", "US", None]})
    assert [(it["level"], it["customers"]) for it in told(many, "country")] == [("DE", 3), ("US", 0), ("unknown", 1)]
    *told_alone, other = told(accounts({"city": [f"C{i}" for i in range(8)]}), "city")
    # Those of a customer alone are too few to be told each, and together still are.
    assert [it["level"] for it in told_alone] == ["C4", "C5", "C6", "C7"] and other == {"level": "other", "withheld": True}


def test_importance_weighs_customers_and_others_alike() -> None:
    given = accounts(uses_Kafka=[1] * 8)
    (row,) = importance(replace(given, **{name: getattr(given, name)[3:] for name in ("is_example", "contributions", "values")}))
    assert row["moves"] == pytest.approx(0.3) and row["customers_mean"] == pytest.approx(0.5) and row["others_mean"] == pytest.approx(-0.1)
    assert row["customers"] == pytest.approx([0.5] * 5)


def test_the_profile_has_the_best_level_of_each_factor() -> None:
    def level(name: str, customers: float, share: float, everybody: float, moves: float) -> dict[str, Any]:
        return {"level": name, "customers": customers, "customers_share": share, "all_share": everybody, "moves": moves}

    countries = [
        level("DE", 50, 0.5, 0.1, 0.5),
        level("AT", 10, 0.1, 0.02, 0.6),
        level("US", 60, 0.6, 0.5, 0.9),
        level("unknown", 20, 0.2, 0.1, 0.4),
    ]
    industries = [level("Mining", 1, 0.01, 0.3, -1.0), level("Rare", 4, 0.04, 0.001, 2.0), {"level": "x", "withheld": True}]
    levels_of = {"country": countries, "industry": industries, "uses Kafka": [level("does not use it", 1, 0.1, 0.9, -0.5)]}
    found = profile.profile([{"factor": name, "levels": of} for name, of in levels_of.items()])
    assert [(it["factor"], it["level"], it["times"]) for it in found["ideal"]] == [("country", "DE", 5.0)]
    assert [(it["factor"], it["level"]) for it in found["opposite"]] == [("industry", "Mining")]


def test_why_an_input_is_not_used() -> None:
    texts: dict[str, list[str | None]] = {"country": ["DE", "US"] * 4, "state": ["X"] * 8, "sector": [None] * 8}
    given = accounts(texts, employees=[3] * 8, technologies_known=[0, 2] * 4)
    rows = {it["input"]: it for it in inputs_used.inputs_used(given, DEFINITION, ["country", "technologies known"])}
    empty, same, left = "no account has a value", "all accounts have the same value", "left out by the definition"
    assert {name: it["why"] for name, it in rows.items()} == {
        "country": None, "state": same, "city": left, "sector": empty, "industry": empty, "employees": same, "revenue": empty,
        "market cap": empty, "company age": empty, "listed on a stock exchange": empty, "technologies known": None,
        "research activity": left,
    }  # fmt: skip
    assert rows["technologies known"]["customers_filled"] == 0.5 and rows["state"]["others_filled"] == 1.0


def test_values_come_from_the_vectors_and_absent_ones_are_zero() -> None:
    rows = SparseRows(np.array([0, 2, 3]), np.array([0, 2, 1]), np.array([5.0, 1.0, NAN]))
    # The factors: column 2, a text, column 1.
    np.testing.assert_array_equal(factor_values(rows, np.array([2, -1, 1])), np.array([[1, NAN, 0], [0, NAN, NAN]], np.float32))


def test_what_changed_since_the_model_before() -> None:
    def report(version: int, auc: float, **moves: float) -> dict[str, Any]:
        factors = [{"factor": name, "moves": value} for name, value in moves.items()]
        return {"model_version": version, "as_of_on": "2026-01-01", "roc_auc": auc, "customers": 60, "importance": factors}

    found = since(report(2, 0.8, country=3, city=1), report(1, 0.7, country=1, city=1, state=2))
    assert found["version"] == 1 and found["measures"]["roc_auc"] == [0.7, 0.8] and found["definition_changed"] is None
    assert [(it["factor"], it["before"], it["now"]) for it in found["factors"]] == [("country", 0.25, 0.75), ("state", 0.5, 0.0)]
    settings = {"made": {"definition": {"name": "one"}}}
    assert since(report(2, 0.8) | settings, report(1, 0.7) | settings)["definition_changed"] is False
