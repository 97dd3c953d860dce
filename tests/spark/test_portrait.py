"""Every number of a report's pictures is counted again, by pandas, from the clean tables and the published scores."""

import json
import re
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from qualscore.model.judging import judging
from qualscore.model.judging.portrait import portrait
from qualscore.model.learning.training import Trained
from qualscore.reports.house.markdown import markdown
from qualscore.reports.house.words import percent
from qualscore.reports.model_page.page import page
from tests.small_universe import companies

Report = dict[str, Any]


@pytest.fixture(scope="module")
def report(trained: Trained) -> Report:
    return judging.judge(trained).report | portrait(trained)


def test_the_portrait_is_json(report: Report) -> None:
    assert json.loads(json.dumps(report, allow_nan=False)).keys() == report.keys()


@pytest.fixture(scope="module")
def printed(report: Report) -> str:
    """The page as a person reads it."""
    return re.sub(r"\\(.)", r"\1", markdown(page(report)).replace("\u00a0", " "))


@pytest.fixture(scope="module")
def accounts(scores: pd.DataFrame) -> pd.DataFrame:
    """Delivered values beside published scores; partners are excluded, and nothing is dated: today is every account's own date."""
    delivered = companies().iloc[5:].set_index("domain")
    return delivered.join(scores[["score", "margin", "is_example", "factors_for", "factors_against"]], how="inner")


def test_gains_are_those_of_the_published_order(report: Report, printed: str, accounts: pd.DataFrame) -> None:
    ordered = accounts.sort_values("margin", ascending=False)["is_example"].to_numpy()
    for top, found in zip(report["gains"]["top_percent"], report["gains"]["model"], strict=True):
        first = top / 100 * len(ordered)  # a share of an account at the edge
        expected = (ordered[: int(first)].sum() + (first % 1) * ordered[min(int(first), len(ordered) - 1)]) / ordered.sum()
        assert found == pytest.approx(expected, abs=1e-9), top
        assert f"| {said(top / 100)} | {said(expected)} |" in printed
    at_ten = report["gains"]["model"][report["gains"]["top_percent"].index(10)]
    assert f"The best 10 % of all companies by score hold {said(at_ten)} of the customers" in printed
    assert report["roc_auc"] == pytest.approx(roc_auc_score(accounts["is_example"], accounts["margin"]))
    (rule, *_) = report["gains"]["rules"]
    assert rule["rule"] == report["rules"][0]["rule"] and rule["found"][8] == pytest.approx(report["rules"][0]["recall_at_10"], abs=0.01)


def test_scores_are_counted_by_bar_and_by_band(report: Report, printed: str, accounts: pd.DataFrame) -> None:
    shares, customers = report["distribution"], accounts[accounts["is_example"]]
    for low, high, everybody, mine in zip(shares["edges"], shares["edges"][1:], shares["all"], shares["customers"], strict=False):
        inside = [frame["score"].between(low, high, inclusive="left" if high < 100 else "both").sum() for frame in (accounts, customers)]
        assert [everybody, mine] == inside, low
    for row in report["conversion"]:
        inside = accounts[(accounts["score"] >= row["from"]) & ((accounts["score"] < row["to"]) | (row["to"] == 100))]
        assert (row["accounts"], row["customers"]) == (len(inside), inside["is_example"].sum()), row
        assert row["share"] == pytest.approx(inside["is_example"].mean()) and row["low"] < row["share"] < row["high"]
        if row["customers"] >= 5:
            assert f"| {len(inside):,} | {row['customers']} | {said(row['share'])} |" in printed
    assert sum(report["separation"]["customers"]) == pytest.approx(1) and sum(report["separation"]["unlabelled"]) == pytest.approx(1)


EMPLOYEES = {
    "0 to 9 employees": (0, 9),
    "10 to 49 employees": (10, 49),
    "50 to 199 employees": (50, 199),
    "200 to 999 employees": (200, 999),
}


def test_each_value_is_as_common_as_in_the_deliveries(report: Report, printed: str, accounts: pd.DataFrame) -> None:
    levels = {(of["factor"], it["level"]): it for of in report["factors"] for it in of["levels"]}
    having = {("country", name): accounts["country"] == name for name in ("DE", "US", "FR")}
    having |= {("industry", name): accounts["industry"] == name for name in ("Software", "Retail", "Mining", "Banking")}
    having |= {("employees", name): accounts["employees"].between(*ends) for name, ends in EMPLOYEES.items()}
    having |= {("uses Kafka", "uses it"): accounts["uses_kafka"], ("uses Kafka", "does not use it"): ~accounts["uses_kafka"]}
    having |= {("country", "unknown"): accounts["country"].isna()}
    base, told = accounts["is_example"].mean(), 0
    for (factor, name), has in having.items():
        level = levels[factor, name]
        assert level["accounts"] == has.sum() and level["customers"] == accounts[has]["is_example"].sum(), (factor, name)
        assert level["customers_share"] == pytest.approx(has[accounts["is_example"]].mean())
        assert level["all_share"] == pytest.approx(has.mean()) and level["rate"] == pytest.approx(accounts[has]["is_example"].mean())
        if level["customers"] >= 5:
            told += 1
            assert re.search(rf"{said(level['rate'])} of companies .*{said(base)} of all; n = {has.sum():,} \|", printed), name
    assert told >= 8
    assert f"that use Kafka became customers, {said(base)} of all; n = {accounts['uses_kafka'].sum()}" in printed


def test_importance_is_that_of_the_published_contributions(report: Report, accounts: pd.DataFrame) -> None:
    """Where a factor is always among the five that are published, its mean is counted from them."""
    both = zip(accounts["factors_for"], accounts["factors_against"], strict=True)
    listed = pd.DataFrame([{it["factor"]: it["contribution"] for side in sides for it in side} for sides in both], index=accounts.index)
    by_name = {it["factor"]: it for it in report["importance"]}
    whole = [name for name in by_name if name in listed and listed[name].notna().all()]
    assert len(whole) >= 3
    for name in whole:
        customers, others = (listed[name][accounts["is_example"] == side] for side in (True, False))
        assert by_name[name]["customers_mean"] == pytest.approx(customers.mean(), abs=1e-5)
        assert by_name[name]["moves"] == pytest.approx((customers.abs().mean() + others.abs().mean()) / 2, abs=1e-5)
        assert by_name[name]["others"] == pytest.approx(np.quantile(others, [0.05, 0.25, 0.5, 0.75, 0.95]), abs=1e-5)
    assert {"industry", "country"} <= {it["factor"] for it in report["importance"][:3]}


def test_misses_are_the_customers_with_the_lowest_published_scores(report: Report, printed: str, accounts: pd.DataFrame) -> None:
    low = accounts[accounts["is_example"] & (accounts["score"] < 50)].sort_values("score")
    assert [it["score"] for it in report["misses"]] == list(low["score"][:10])
    for miss in report["misses"]:
        row = accounts.loc[miss["domain"]]
        assert miss["company_name"] == row["company_name"] and miss["score"] == row["score"]
        assert [it["contribution"] for it in miss["factors_against"]] == pytest.approx(
            [it["contribution"] for it in row["factors_against"]]
        )
        assert f"| {row['company_name']} | {miss['domain']} |" in printed
    assert (
        f"{len(low)} of {accounts['is_example'].sum()} customers ({said(len(low) / accounts['is_example'].sum())}) score below 50"
        in printed
    )


def test_the_ideal_customer_is_the_one_that_was_made(report: Report) -> None:
    ideal = {(it["factor"], it["level"]) for it in report["profile"]["ideal"]}
    assert {("industry", "Software"), ("country", "DE"), ("uses Kafka", "uses it")} <= ideal
    assert all(it["times"] < 1 and it["moves"] < 0 for it in report["profile"]["opposite"])


def test_inputs_say_how_full_they_are_and_why_they_are_not_used(report: Report, accounts: pd.DataFrame) -> None:
    inputs = {it["input"]: it for it in report["inputs"]}
    assert inputs["country"]["others_filled"] == pytest.approx(accounts[~accounts["is_example"]]["country"].notna().mean())
    assert inputs["employees"]["is_used"] and inputs["employees"]["customers_filled"] == 1
    assert inputs["revenue"]["why"] == "no account has a value" and not inputs["revenue"]["is_used"]
    assert inputs["research activity"]["why"] == "no account has a signal of it"
    assert report["stack"]["products_given"] == 2


def said(share: float) -> str:
    """As the page prints it."""
    return percent(share).replace("\u00a0", " ")
