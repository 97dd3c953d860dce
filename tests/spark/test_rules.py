"""Rule-based scores: which criteria accounts and records meet, how rules are judged, and that they score beside models."""

import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from qualscore import contracts
from qualscore.config import ROOT
from qualscore.definitions.definition import Definition, load
from qualscore.errors import ConfigurationError
from qualscore.model.judging import card_judging
from qualscore.model.learning import criteria_rows
from qualscore.model.learning.training import Trained
from qualscore.model.lifecycle import comparison
from qualscore.model.scorecard import columns
from qualscore.model.scorecard.card import ScorecardModel
from qualscore.model.scoring import scoring_pass
from qualscore.universe.labels import Records
from tests.small_universe import AS_OF, DEFINITION, Universe


def card(*criteria: dict[str, Any], name: str = "one", sets: tuple[str, ...] = (), **keys: Any) -> ScorecardModel:
    return ScorecardModel(Definition.model_validate({"name": name, "type": "rules", "rules": {"criteria": criteria}, **keys}), sets)


def table(spark: SparkSession, name: str, *rows: dict[str, Any]) -> DataFrame:
    return contracts.load(name).rows(spark, rows)


def features(spark: SparkSession, *rows: dict[str, Any]) -> DataFrame:
    always = {"as_of_on": AS_OF, "has_data": True, "is_backfilled": False, "tech_stack": [], "intent": []}
    return table(spark, "features/account_features", *(always | row for row in rows))


def met(model: ScorecardModel, accounts: DataFrame) -> dict[str, list[tuple[float | None, str]]]:
    """By domain the share and the value of each criterion."""
    shares, values = model.in_pass.added(accounts.columns).values()
    rows = accounts.select("domain", shares.alias("shares"), values.alias("values")).collect()
    return {
        row["domain"]: [(it if it is None else round(it, 3), v) for it, v in zip(row["shares"], row["values"], strict=True)] for row in rows
    }


def test_what_account_features_say(spark: SparkSession) -> None:
    kafka = {"product": "Apache Kafka", "category": "Streaming"}
    signals = {"keyword_set": "data", "signals_13w": 4, "weeks_since_last": 2}
    accounts = features(
        spark,
        {
            "domain": "a.com",
            "employees": 1200,
            "is_listed": True,
            "firmo_age_years": 1500.0,
            "tech_stack": [kafka],
            "intent": [signals],
            "intent_signals_13w": 9,
        },
        {"domain": "b.com", "tech_stack": [{"product": None, "category": None}], "intent_signals_13w": 3},
        {"domain": "c.com", "employees": 5, "is_listed": False, "firmo_age_years": 2.5},
    )
    model = card(
        {"when": "Employees between 50 and 5000 or is_listed or firmo_age_years > 99", "points": 1},
        {"when": "products has 'apache-kafka'", "points": 1},
        {"when": "data.signals_13w >= 3", "points": 1, "half_life_days": 14, "dated_by": "data.weeks_since_last"},
        sets=("data",),
    )  # fmt: skip
    assert met(model, accounts) == {
        "a.com": [(1, "1,200, yes, 1,500"), (1, "yes"), (0.5, "4")],
        "b.com": [(None, "unknown, unknown, unknown"), (0, "no"), (0, "0")],
        "c.com": [(0, "5, no, 2.50"), (0, "no"), (None, "unknown")],
    }


CRITERIA = (
    {"name": "demo", "activities": {"type": ["demo"], "min_count": 2, "within_days": 365}, "points": 20, "half_life_days": 31},
    {"name": "lost", "opportunities": {"outcome": "lost"}, "points": -10},
    {"name": "visitor", "account_list": "visitors", "points": 5, "half_life_days": 30},
    {"name": "partner", "crm_accounts": "account_type = 'Partner' and created_on within 1 year", "points": -5, "ignore_when_unknown": True},
)  # fmt: skip


@pytest.fixture(scope="module")
def records(spark: SparkSession) -> tuple[Records, DataFrame]:
    days = [("a.com", date(2026, 5, 1)), ("a.com", date(2026, 3, 1)), ("b.com", date(2026, 5, 1)), ("c.com", date(2026, 6, 9))]
    activities = [{"domain": domain, "activity_type": "demo", "active_on": day} for domain, day in days]
    deal = {"opportunity_id": "1", "domain": "b.com", "outcome": "lost", "created_on": date(2026, 1, 1), "close_on": date(2026, 4, 1)}
    lists = [{"list_name": "visitors", "domain": "a.com"}, {"list_name": "visitors", "domain": "b.com", "event_on": date(2026, 5, 2)}]
    crm: list[dict[str, Any]] = [
        {"account_id": "1", "domain": "a.com", "account_type": "Partner", "created_on": date(2026, 1, 1)},
        {"account_id": "2", "domain": "a.com", "account_type": "Customer", "created_on": date(2026, 1, 1)},
        {"account_id": "3", "domain": "b.com", "account_type": "Customer"},
    ]
    tables = (
        table(spark, f"clean/{name}", *rows)
        for name, rows in {"crm_opportunities": [deal], "activities": activities, "account_lists": lists}.items()
    )
    return Records(*tables), table(spark, "clean/crm_accounts", *crm)


def test_what_records_say(spark: SparkSession, records: tuple[Records, DataFrame]) -> None:
    """Aged by the last one; what is undated does not age; without a CRM account its fields are unknown."""
    accounts, model = features(spark, *({"domain": f"{it}.com"} for it in "abcd")), card(*CRITERIA)
    assert met(model, model.with_facts(accounts, *records, as_of=AS_OF)) == {
        "a.com": [(0.5, "2026-05-01"), (0, "no"), (1, "yes"), (1, "2026-01-01")],
        "b.com": [(0, "no"), (1, "2026-01-01"), (0.5, "2026-05-02"), (0, "no")],
        "c.com": [(0, "no"), (0, "no"), (0, "no"), (None, "unknown")],
        "d.com": [(0, "no"), (0, "no"), (0, "no"), (None, "unknown")],
    }
    with pytest.raises(ConfigurationError, match="one: criteria ask for deals, engagement, lists or CRM accounts"):
        model.score(accounts)
    scores = model.score(model.with_facts(accounts, *records, as_of=AS_OF)).toPandas().set_index("domain")
    assert scores.margin.to_dict() == {"a.com": 40, "b.com": -30, "c.com": 0, "d.com": 0}  # of 25 points that can be had


def test_on_an_earlier_day_records_were_not_there_yet(spark: SparkSession, records: tuple[Records, DataFrame]) -> None:
    """Each account as of its own day: of deals the stage and outcome of then."""
    accounts = features(
        spark,
        {"domain": "a.com", "as_of_on": date(2026, 4, 1)}, {"domain": "b.com", "as_of_on": date(2026, 3, 31)},
        {"domain": "c.com", "as_of_on": date(2026, 7, 10)},
    )  # fmt: skip
    history = [{"change_id": "1", "opportunity_id": "1", "stage": "Proposal", "changed_on": date(2026, 2, 1)}]
    dated = records[0]._replace(crm_opportunity_history=table(spark, "clean/crm_opportunity_history", *history))
    model = card({"name": "open", "opportunities": {"outcome": "open", "stage": ["proposal"]}, "points": 5}, *CRITERIA[:2])
    asked = model.with_facts(accounts, *criteria_rows.own_records(dated, records[1], accounts), as_of=F.col("as_of_on"))
    assert {domain: [share for share, _ in row] for domain, row in met(model, asked).items()} == {
        "a.com": [0, 0, 0], "b.com": [1, 0, 0], "c.com": [0, 0, 0],
    }  # fmt: skip


RULES = (
    {"when": "country = 'DE'", "points": 30}, {"when": "industry = 'Software'", "points": 40},
    {"when": "products has 'kafka'", "points": 30}, {"when": "employees < 2", "points": -10}, {"when": "city = 'Nowhere'", "points": 5},
)  # fmt: skip
KEYS: dict[str, Any] = {"examples": {"account_list": "customers"}, "exclude": {"account_list": "partners"}}


def judged(universe: Universe, model: ScorecardModel) -> card_judging.Judgement:
    lists = universe.account_lists
    none = (table(lists.sparkSession, f"clean/{name}") for name in ("crm_opportunities", "activities"))
    rows = criteria_rows.read(
        universe.labelled(model.definition), universe.describe, model, Records(*none, lists),
        table(lists.sparkSession, "clean/crm_accounts"), as_of=AS_OF, evaluation_accounts=10_000,
    )  # fmt: skip
    return card_judging.judge(model, rows, as_of=AS_OF)


def test_rules_that_tell_customers_are_measured_and_score_beside_a_model(universe: Universe, trained: Trained) -> None:
    judgement = judged(universe, card(*RULES, name="by_hand", **KEYS))
    report, model = judgement.report, judgement.judged.model
    assert 0.75 < report["roc_auc"] < 0.95 and report["intervals"]["roc_auc"][0] > 0.7 and report["customers"] == trained.counts["examples"]
    german = report["criteria"][0]
    assert german["criterion"] == "country = 'DE'" and german["customers"] > 2 * german["others"] and 0.05 < german["unknown"] < 0.15
    assert any("no account meets city = 'Nowhere'" in it for it in judgement.warnings)
    assert judgement.judged.metrics["roc_auc"] == report["roc_auc"] and judgement.judged.reliability

    together = scoring_pass.score([trained.model.in_pass, model.in_pass], universe.today()).toPandas()
    mine = together[together.score_name == "by_hand"].set_index("domain")
    assert len(mine) == len(together) / 2 and set(mine.base) == {0.0} and mine.is_example.sum() == report["customers"]
    known = (
        universe.today()
        .select("domain", "country", "industry", "employees", F.size("tech_stack").alias("n"))
        .toPandas()
        .set_index("domain")
    )
    uses = universe.technographics.where("product = 'Kafka'").select("domain").toPandas()["domain"]
    points = 30.0 * (known.country == "DE") + 40 * (known.industry == "Software") + 30 * known.index.isin(uses) - 10 * (known.employees < 2)
    pd.testing.assert_series_equal(mine.margin, (points / 1.05).reindex(mine.index), check_names=False, atol=1e-6, rtol=0)
    np.testing.assert_allclose(mine.score, np.floor(100 * mine.margin.clip(0, 100)) / 100)
    best = mine[mine.margin > 95].iloc[0]
    assert best.lift > 5 and best.percentile > 95 and best.top_factors.startswith("For: industry = 'Software' (Software); ")
    assert DEFINITION.name in set(together.score_name)


def test_rules_without_customers_score_all_the_same(universe: Universe) -> None:
    judgement = judged(universe, card(*RULES, name="by_hand"))
    assert judgement.report["intervals"] == {} and "nothing is measured" in judgement.warnings[0]
    assert judgement.report["criteria"][0]["customers"] is None
    scores = judgement.judged.model.score(universe.today()).toPandas()
    assert scores.lift.isna().all() and not scores.is_example.any() and 0 <= scores.percentile.min() < scores.percentile.max() <= 100


def test_the_example_of_the_readme_scores(spark: SparkSession, tmp_path: Path) -> None:
    """110 points could be had, 100 because of the cap."""
    text = (ROOT / "README.md").read_text()
    (example,) = re.findall(r"```yaml\n# scores/outbound.yml\n(.*?)```", text, re.DOTALL)
    (tmp_path / "outbound.yml").write_text(example)
    tables = ["crm_opportunities", "activities"]
    (definition,) = load([str(tmp_path)], lists=["customers"], tables=tables, columns=columns.types(["data"]))
    stack = [{"product": "Apache Kafka", "category": "Streaming"}, {"product": "flink", "category": "Data Warehouse"}]
    accounts = features(
        spark,
        {"domain": "a.com", "employees": 300, "country": "DE", "tech_stack": stack, "intent_signals_13w": 3, "intent_weeks_since_last": 0},
        {"domain": "b.com", "country": "AT"},
    )  # fmt: skip
    demo = {"domain": "a.com", "activity_type": "demo_request", "active_on": AS_OF}
    records = Records(
        *(table(spark, f"clean/{name}", *rows) for name, rows in (("crm_opportunities", []), ("activities", [demo]))),
        table(spark, "clean/account_lists"),
    )
    crm = table(spark, "clean/crm_accounts", {"account_id": "1", "domain": "b.com", "account_type": "Partner"})
    model = ScorecardModel(definition)
    scores = model.score(model.with_facts(accounts, records, crm, as_of=AS_OF)).toPandas().set_index("domain")
    assert scores.score.to_dict() == {"a.com": 100, "b.com": 0}
    assert scores.margin["b.com"] == pytest.approx(-20 / 0.7)  # 30 of its points are unknown
    assert scores.top_factors["a.com"].startswith("For: employees between 200 and 5000 (300); ")
    assert scores.top_factors["b.com"] == "For: country in ('DE', 'AT', 'CH') (AT). Against: partner (yes)"


def test_other_criteria_are_compared_with_those_that_serve(spark: SparkSession, records: tuple[Records, DataFrame]) -> None:
    """Two versions of one score in one pass, each with the facts of its own criteria."""
    german: dict[str, Any] = {"when": "country = 'DE'", "points": 60}
    before = replace(card(german, CRITERIA[1], {"when": "employees > 5", "points": 40}), version=1)
    after = replace(card(german, CRITERIA[2], {"when": "employees > 5", "points": 35}), version=2)
    accounts = features(spark, *({"domain": f"{it}.com", "country": "DE", "employees": 9 if it == "a" else 1} for it in "abd"))
    for model in (before, after):
        accounts = model.with_facts(accounts, *records, as_of=AS_OF)
    rows = comparison.compare(before.in_pass, after.in_pass, accounts.withColumn("all", F.lit(True)), places=["all"])
    bands = rows[rows.kind == comparison.BAND].set_index(["first", "second"])["accounts"].to_dict()
    assert bands == {
        ("highly_likely", "highly_likely"): 1,
        ("likely", "likely"): 2,
    }
    factors = rows[rows.kind == comparison.FACTOR].set_index("first")
    assert factors.before["lost"] == pytest.approx(10 / 3) and factors.after["lost"] == 0
    assert factors.after["visitor"] == pytest.approx((5 + 2.5) / 3)
