"""The report of the trained model: it is judged by accounts that no model saw, and by nothing but its own evidence."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from qualscore.errors import TrainingRefused
from qualscore.model.encoding import inputs
from qualscore.model.judging import judging, refits, verdict
from qualscore.model.judging.judging import Judgement
from qualscore.model.judging.shuffles import Null
from qualscore.model.learning import fitting
from qualscore.model.learning.evidence import Evidence
from qualscore.model.learning.training import Trained
from qualscore.storage import files
from tests.small_universe import AS_OF, DEFINITION, Universe, companies

NULL = Null(71, tuple(0.4 + i / 300 for i in range(60)))
FIXED = (
    *("roc_auc", "average_precision", "recall_at_1", "recall_at_5", "recall_at_10", "calibration_error"),
    *("customers", "unlabelled", "slices", "rules"),
    *("permutation_p", "permutation_null", "drift_auc", "learning_curve"),
)


@pytest.fixture(scope="module")
def judgement(trained: Trained) -> Judgement:
    return judging.judge(trained, null=NULL)


def test_the_margins_that_judge_are_those_of_the_published_scores(trained: Trained, scores: pd.DataFrame) -> None:
    """One row for each example and evaluation account, with what slices and rules look at."""
    judged = trained.evidence.judged
    assert np.isin(np.round(judged["margin"], 9), np.round(scores["margin"], 9)).all()
    assert sorted(judged[judged["is_example"]]["margin"]) == sorted(scores[scores["is_example"]]["margin"])
    assert judged["domain_hash"].is_unique and judged["domain_hash"].is_monotonic_increasing
    truth = companies().iloc[5:]  # the first five are partners
    expected = truth[truth["is_customer"]]["country"].value_counts().to_dict()
    assert judged[judged["is_example"]]["country"].value_counts().to_dict() == expected


def test_the_report_has_the_keys_that_programs_read_and_is_json(judgement: Judgement) -> None:
    assert set(FIXED) <= set(judgement.report)
    assert json.loads(json.dumps(judgement.report, allow_nan=False)) == json.loads(json.dumps(judgement.report))
    low, high = judgement.report["intervals"]["roc_auc"]
    assert low < judgement.report["roc_auc"] < high and judgement.judged.metrics["roc_auc_low"] == low
    assert all(isinstance(value, float) for value in judgement.judged.metrics.values())


def test_the_causes_are_the_best_rules_and_the_model_is_better(judgement: Judgement) -> None:
    names = {it["rule"] for it in judgement.report["rules"]}
    assert {"industry, by how common among customers", "country, by how common among customers", "uses Kafka"} <= names
    assert judgement.report["rules"][0]["roc_auc"] < judgement.report["roc_auc"]
    assert judgement.report["beaten_by"] == []
    for rule in judgement.report["rules"]:
        assert rule["intervals"]["roc_auc"][0] < rule["roc_auc"] < rule["intervals"]["roc_auc"][1], rule
    assert {"country DE", "country US"} <= {it["slice"] for it in judgement.report["slices"]}


def test_the_registry_keeps_what_the_report_says(trained: Trained, judgement: Judgement) -> None:
    kept = judgement.judged
    assert (kept.model, kept.counts, kept.reliability) == (trained.model, trained.counts, judgement.report["reliability"])
    assert {"roc_auc", "average_precision_low", "best_rule_roc_auc", "calibration_error", "customers", "suspicions"} <= kept.metrics.keys()
    assert kept.metrics["roc_auc"] == judgement.report["roc_auc"] and kept.metrics["unlabelled"] == trained.counts["unlabelled"]


def test_every_figure_but_roc_auc_is_one_of_the_universe(trained: Trained, judgement: Judgement) -> None:
    """Of every five unlabelled accounts one is left, in the list of all margins too: slices and rules find what they found."""
    whole, judged = judgement.report, trained.evidence.judged
    left = judged[judged["is_example"] | (judged["domain_hash"] % 5 == 0)].reset_index(drop=True)
    thinned = judging.judge(replace(trained, evidence=replace(trained.evidence, judged=left, weight=5.0))).report
    for name in ("roc_auc", "average_precision", "recall_at_5", "recall_at_10", "lift_at_10"):
        assert thinned[name] == pytest.approx(whole[name], rel=0.25), name
    rules = {it["rule"]: it for it in whole["rules"]}
    assert [it["lift_at_10"] / rules[it["rule"]]["lift_at_10"] for it in thinned["rules"] if it["rule"] in rules] == pytest.approx(
        [1.0] * sum(it["rule"] in rules for it in thinned["rules"]), rel=0.3
    )
    slices = {it["slice"]: it["average_precision"] for it in whole["slices"] if it["customers"] > 30}  # of fewer, chance moves it too far
    thinned_slices = {it["slice"]: it["average_precision"] for it in thinned["slices"] if it["slice"] in slices}
    assert thinned_slices == pytest.approx({name: slices[name] for name in thinned_slices}, rel=0.35) and thinned_slices


def test_margins_that_say_nothing_are_refused_where_they_are_measured(trained: Trained) -> None:
    with pytest.raises(TrainingRefused, match=r"of 60 lists of 71 accounts drawn at random 60 reach as much"):
        judging.judge(trained, null=Null(71, (0.99,) * 60))
    shuffled = trained.evidence.judged["margin"].sample(frac=1, random_state=3).to_numpy()
    proof = replace(trained.evidence, judged=trained.evidence.judged.assign(margin=shuffled))
    with pytest.raises(TrainingRefused, match=r"small: no signal\. .* ROC-AUC 0\.[45]\d\d on accounts"):
        judging.judge(replace(trained, evidence=proof))


def test_nothing_dated_is_said_and_judged_no_further(judgement: Judgement, trained: Trained) -> None:
    assert judgement.report["dated"] == 0 and judgement.report["psi"] is judgement.report["drift_auc"] is None
    assert judgement.report["by_time"] == {"skipped": f"only 0 of {trained.counts['examples']} customers have a date"}
    assert len(verdict.lines(judgement.report)) <= 25


def test_judging_again_gives_the_same(trained: Trained, judgement: Judgement) -> None:
    shuffled = replace(trained, evidence=replace(trained.evidence, judged=trained.evidence.judged.sample(frac=1, random_state=1)))
    assert judging.judge(shuffled, null=NULL).report == judgement.report
    assert judgement.report["permutation_p"] == 1 / 61 and judgement.report["permutation_null"] == [*NULL.aucs]


def test_accounts_that_look_different_today_are_said(trained: Trained, universe: Universe) -> None:
    """Had all accounts moved to DE, turned to software and to Kafka since: most would score high, and the margins would have drifted."""
    kafka = F.array(F.struct(F.lit("Kafka").alias("product"), F.lit("Streaming").alias("category")))
    moved = universe.today().withColumns({"country": F.lit("DE"), "industry": F.lit("Software"), "tech_stack": kafka})
    today = inputs.with_stack(moved, DEFINITION.features)
    report = judging.judge(replace(trained, evidence=replace(trained.evidence, today=today))).report
    assert report["psi"] > 1 and {"drift", "inputs_drift"} <= {it["kind"] for it in report["suspicions"]}
    assert report["drift_auc"] > 0.9 and report["drift_factors"][0] in ("uses Kafka", "technologies in Streaming", "technologies known")
    assert report["bands_today"][2]["share"] + report["bands_today"][3]["share"] > 0.9


@pytest.fixture
def dated(trained: Trained) -> Evidence:
    """The evidence, as if every account had a date of its own."""
    evidence = trained.evidence
    day = F.pmod("domain_hash", F.lit(300)).cast("int")
    rows = evidence.rows.withColumn("domain_hash", F.xxhash64("domain"))
    rows = rows.withColumns({"as_of_on": F.date_sub(F.lit(AS_OF), day + 1), "is_dated": F.lit(True)}).drop("domain_hash")
    dates = [AS_OF - timedelta(days=int(it) % 300 + 1) for it in evidence.judged["domain_hash"]]
    return replace(evidence, rows=rows, judged=evidence.judged.assign(as_of_on=dates, is_dated=True))


def test_later_customers_are_found_by_models_that_learned_from_earlier_ones_only(dated: Evidence, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refits, "FEWEST_EXAMPLES", 20)
    fitted: list[DataFrame] = []
    monkeypatch.setattr(fitting, "fit", _noting(fitting.fit, fitted))
    refit = refits.by_time(dated, DEFINITION)
    dates = dated.judged[dated.judged["is_example"]]["as_of_on"]
    cut = date.fromisoformat(refit["from"])
    assert (refit["customers_before"], refit["customers"]) == ((dates < cut).sum(), (dates >= cut).sum())
    assert refit["unlabelled"] == (dated.judged[~dated.judged["is_example"]]["as_of_on"] >= cut).sum()
    assert refit["roc_auc"] > 0.7 and refit["intervals"]["roc_auc"][0] < refit["roc_auc"]
    (rows,) = fitted
    assert rows.where((F.col("is_example") | (F.size("repeats") > 0)) & (F.col("as_of_on") >= F.lit(cut))).isEmpty()


def test_a_learning_curve_judges_all_customers_with_ever_more_to_learn_from(trained: Trained, judgement: Judgement) -> None:
    points = refits.learning_curve(trained.evidence, DEFINITION)
    total = trained.counts["examples"]
    learned = [it["learned_from"] for it in points]
    assert learned == sorted(learned) and learned[-1] == total and 0.5 < learned[0] / 50 < 1.5
    assert {it["customers"] for it in points} == {total}
    assert points[-1]["roc_auc"] == pytest.approx(judgement.report["roc_auc"], abs=0.05)


def test_the_cheap_curve_ends_where_the_model_is(trained: Trained, judgement: Judgement) -> None:
    points = judgement.report["learning_curve"]
    assert points[-1]["learned_from"] == trained.counts["examples"]
    assert points[-1]["roc_auc"] == pytest.approx(judgement.report["roc_auc"], abs=0.03)
    assert judgement.report["learning_curve_in_words"].startswith(f"from {points[-2]['learned_from']} to {trained.counts['examples']} ")


def _noting(fit: Callable[..., Any], noted: list[DataFrame]) -> Callable[..., Any]:
    def noting(rows: DataFrame, *given: Any, **named: Any) -> Any:
        noted.append(rows)
        return fit(rows, *given, **named)

    return noting


def test_a_report_is_written_and_replaced(spark: SparkSession, tmp_path: Any) -> None:
    for text in ('{"a": "ä, longer than the next"}', '{"a": 1}'):
        path = files.write(spark, str(tmp_path / "ware house"), "small/metrics.json", text)
    assert (tmp_path / "ware house" / "reports" / "small" / "metrics.json").read_text() == '{"a": 1}'
    assert path.endswith("ware house/reports/small/metrics.json")
