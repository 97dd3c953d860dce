"""No leak: what happens because of a deal is not learnt, what came before it is."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from qualscore import contracts
from qualscore.definitions.definition import Definition
from qualscore.errors import TrainingRefused
from qualscore.model.encoding import inputs
from qualscore.model.judging import judging
from qualscore.model.kernel.starting_margin import prepared
from qualscore.model.learning import rows as rows_of_training
from qualscore.model.learning import training
from qualscore.model.learning.training import Trained
from qualscore.model.scoring.factor_words import phrase
from tests.small_universe import AS_OF, Universe

COMPANIES, CUSTOMERS = 900, 120
DEFINITION = Definition.model_validate(
    {"name": "dated", "examples": {"account_list": "customers"}, "training": {"repeats": 1, "folds": 3, "trees": 20}}
)
EVENTS = [date(2025, 9, 3) + timedelta(days=31 * month) for month in range(6)]  # of customer i: EVENTS[i % 6]
FIRST_WEEK = date(2024, 5, 6)
EARLY, LATE = date(2024, 5, 1), date(2026, 5, 1)  # days of firmographics


def event_of(customer: int) -> date:
    return EVENTS[customer % len(EVENTS)]


def domain(number: int) -> str:
    return f"company{number}.com"


def week(day: date, weeks: int = 0) -> date:
    return day - timedelta(days=day.weekday()) + timedelta(weeks=weeks)


def signal(number: int, week_on: date, keyword_set: str) -> dict[str, Any]:
    return {"domain": domain(number), "keyword": keyword_set, "week_on": week_on, "strength": 70.0}


def rows(spark: SparkSession, table: str, of_table: list[dict[str, Any]]) -> DataFrame:
    return contracts.load(f"clean/{table}").rows(spark, of_table).persist()


def research(draws: np.random.Generator) -> list[dict[str, Any]]:
    """Customers research the data platform in the quarter before their event, mostly; one in ten others does so all the time."""
    eager = [signal(i, week(event_of(i), -n), "data_platform") for i in range(CUSTOMERS) if draws.random() < 0.8 for n in (2, 3, 5, 8)]
    always = [i for i in range(CUSTOMERS, COMPANIES) if draws.random() < 0.1]
    eager += [signal(i, week(FIRST_WEEK, n), "data_platform") for i in always for n in range(0, 108, 4)]
    either = [i for i in range(COMPANIES) if draws.random() < 0.3]
    return eager + [signal(i, week(FIRST_WEEK, int(n)), "security") for i in either for n in {*draws.integers(0, 108, 20)}]


@pytest.fixture(scope="module")
def dated(spark: SparkSession) -> Universe:
    """Companies of which the customers differ by nothing but what they researched before their own event."""
    draws = np.random.default_rng(3)
    employees = draws.lognormal(4, 1.5, COMPANIES).astype(int) + 1
    firmographics = [
        {
            "domain": domain(i),
            "employees": int(employees[i]),
            "country": ("DE", "US", "FR")[i % 3],
            "observed_on": LATE if i < 10 else EARLY,
        }
        for i in range(COMPANIES)
    ]
    customers = [{"list_name": "customers", "domain": domain(i), "event_on": event_of(i)} for i in range(CUSTOMERS)]
    return Universe(
        rows(spark, "firmographics", firmographics),
        rows(spark, "technographics", [{"domain": domain(i), "product": "Excel", "category": "Office"} for i in range(0, COMPANIES, 3)]),
        rows(spark, "account_lists", customers),
        rows(spark, "intent_signals", research(draws)),
        {name: [name] for name in ("data_platform", "security", "onboarding", "security_")},
    )


def train(universe: Universe, definition: Definition = DEFINITION) -> Trained:
    return training.train(universe.labelled(definition), universe.describe, definition, as_of=AS_OF, evaluation_accounts=10_000)


@pytest.fixture(scope="module")
def learnt(dated: Universe) -> Trained:
    return train(dated)


def test_what_follows_a_deal_is_not_learnt(spark: SparkSession, dated: Universe, learnt: Trained) -> None:
    """Each customer adopts a product on the day of its event and researches for ten weeks, the week of that day included."""
    adopted = [
        {"domain": domain(i), "product": "Pipefit", "category": "Data", "first_seen_on": event_of(i), "last_seen_on": AS_OF}
        for i in range(CUSTOMERS)
    ]
    because = [signal(i, week(event_of(i), n), topic) for i in range(CUSTOMERS) for n in range(10) for topic in ("onboarding", "security_")]
    planted = replace(
        dated,
        technographics=dated.technographics.unionByName(rows(spark, "technographics", adopted)),
        intent_signals=dated.intent_signals.unionByName(rows(spark, "intent_signals", because)),
    )
    today = planted.today().where(F.col("domain") == domain(0)).collect()[0]
    assert "Pipefit" in [row["product"] for row in today["tech_stack"]]  # it is there, and scored
    assert "onboarding" in [row["keyword_set"] for row in today["intent"]]
    again = train(planted)
    assert again.model.texts == learnt.model.texts
    assert (again.model.inputs, again.counts) == (learnt.model.inputs, learnt.counts)
    pd.testing.assert_frame_equal(again.evidence.judged, learnt.evidence.judged, check_exact=True)


def test_research_before_the_event_is_learnt_and_nothing_else_is_there_to_learn(dated: Universe, learnt: Trained) -> None:
    assert judging.judge(learnt).report["roc_auc"] > 0.8
    without = DEFINITION.model_dump(by_alias=True) | {"features": {"leave_out": {"families": ["intent"]}}}
    with pytest.raises(TrainingRefused, match=r"no signal.*ROC-AUC 0\.(4\d|5[0-4])"):
        judging.judge(train(dated, Definition.model_validate(without)))


def test_what_has_no_day_of_before_the_event_is_counted(learnt: Trained) -> None:
    """Excel, of every third customer, has no first day; the firmographics of ten are of after their events."""
    assert learnt.evidence.undated == {"dated": 120, "backfilled": 10, "products": 40, "undated_products": 40}
    products, firmographics = learnt.warnings
    assert products.startswith("dated: 40 of 40 products that 120 dated customers use have no first day and count as used at any date")
    assert firmographics.startswith("dated: 10 of 120 dated customers are described by firmographics of a later day")
    assert rows_of_training.undated_warnings(dict.fromkeys(learnt.evidence.undated, 0), "dated") == []


def test_the_factor_of_a_keyword_set_shows_its_signals(dated: Universe, learnt: Trained) -> None:
    always = F.exists("intent", lambda it: it["keyword_set"] == "data_platform") & ~F.col("domain").isin(
        [domain(i) for i in range(CUSTOMERS)]
    )
    today = dated.today().where(always)
    scores = learnt.model.score(today).toPandas()
    signals = {
        row["domain"]: [it["signals_13w"] for it in row["intent"] if it["keyword_set"] == "data_platform"] for row in today.collect()
    }
    shown = {
        row.domain: (factor["value"], phrase(**{name: factor[name] for name in ("factor", "value")}) in row.top_factors)
        for row in scores.itertuples()
        for factor in (*row.factors_for[:3], *row.factors_against[:3])
        if factor["factor"] == "researches: data platform"
    }
    assert len(shown) > 10 and all(count > 1 for (count,) in signals.values())
    assert shown == {domain: (f"{count} signals in 13 weeks", True) for domain, (count,) in signals.items() if domain in shown}
    listed = [sum(f["contribution"] for f in (*row.factors_for, *row.factors_against)) for row in scores.itertuples()]
    np.testing.assert_allclose(scores.base + listed + scores.other_contribution, scores.margin, atol=1e-5)


def test_no_research_is_0_and_no_delivery_is_missing(spark: SparkSession, dated: Universe, learnt: Trained) -> None:
    """Of a company without any signal, on a day that the deliveries cover and on one that they do not; lightgbm's margin is ours."""
    import lightgbm

    model, days = learnt.model, {"covered": AS_OF - timedelta(weeks=5), "not covered": AS_OF + timedelta(weeks=5)}
    seen = {row["domain"] for row in dated.intent_signals.select("domain").distinct().collect()}
    quiet = min({domain(i) for i in range(COMPANIES)} - seen)
    dates = spark.createDataFrame([(quiet, quiet, day) for day in days.values()], "domain string, company_name string, as_of_on date")
    described = dated.describe(dates)
    rows = model.vectors(inputs.with_stack(described, DEFINITION.features)).orderBy("as_of_on").collect()
    margins = model.score(described).orderBy("as_of_on").toPandas().margin
    start_of_research = len(model.inputs.numeric)
    for row, margin, expected in zip(rows, margins, (0.0, np.nan), strict=True):
        research_columns = row["static"].toArray()[start_of_research : start_of_research + len(model.inputs.intent_columns)]
        np.testing.assert_array_equal(research_columns, np.full(3 * 8, expected))
        (fold,) = row["folds"]
        lifts = [lifted.scoring_lifts()[fold, lifted.ids.get(row[name], 0)] for name, lifted in model.lifted.items()]
        (raw,) = lightgbm.Booster(model_str=model.texts[0][fold]).predict([[*row["static"].toArray(), *lifts]], raw_score=True)
        start = model.starts[0][fold].margins(
            prepared(row["static"].toArray()[None, :start_of_research], model.inputs.numeric), np.array([lifts])
        )
        assert margin == pytest.approx(raw + start[0], abs=1e-9)
