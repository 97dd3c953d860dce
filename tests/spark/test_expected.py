"""Accounts that a definition expects scores of: no model learns from them, and one of swapped customers is stopped by them."""

from typing import NamedTuple

import pandas as pd
import pytest
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from qualscore import contracts
from qualscore.definitions.definition import Definition
from qualscore.model.judging import judging
from qualscore.model.judging.judging import Judgement
from qualscore.model.learning import training
from qualscore.model.learning.preview import preview
from qualscore.model.learning.training import Trained
from qualscore.stages.gating import Admission
from qualscore.universe import labels
from tests.small_universe import AS_OF, DEFINITION, Universe, companies

EXPECT = [
    {"account_list": "best", "at_least": 50, "share": 0.6, "must": True},
    {"account_list": "not_a_fit", "at_most": 50, "share": 0.8},
    {"domain": "company10.com", "at_most": 100},
    {"domain": "nowhere.com", "at_least": 1},
]
EXPECTING = Definition.model_validate(DEFINITION.model_dump(by_alias=True, exclude_none=True) | {"expect": EXPECT})


class Lists(NamedTuple):
    """Domains by list."""

    customers: list[str]
    best: list[str]
    not_a_fit: list[str]

    def rows(self, spark: SparkSession) -> DataFrame:
        """As clean/account_lists has them; no partners."""
        rows = [{"list_name": name, "domain": domain} for name, domains in self._asdict().items() for domain in domains]
        return contracts.load("clean/account_lists").rows(spark, rows)


def lists(*, swapped: bool) -> Lists:
    """Of the customers every third is one of the best; who is no fit is known, too, and taken for a customer where that is swapped."""
    frame = companies()
    customers = list(frame[frame["is_customer"]]["domain"])
    misfits = list(frame[(frame["industry"] == "Mining") & (frame["country"] == "US")]["domain"])[: 2 * len(customers)]
    best, not_a_fit = customers[::3], misfits[::3]
    return Lists(misfits if swapped else customers, best, not_a_fit)


def labelled(universe: Universe, chosen: Lists) -> DataFrame:
    rows = chosen.rows(universe.account_lists.sparkSession)
    return labels.withheld(universe.labelled(EXPECTING, rows), rows, EXPECTING.expect)


def learned(universe: Universe, chosen: Lists) -> tuple[Trained, Judgement]:
    accounts = labelled(universe, chosen)
    trained = training.train(accounts, universe.describe, EXPECTING, as_of=AS_OF, evaluation_accounts=10_000)
    return trained, judging.judge(trained)


def test_expected_accounts_are_known_by_their_lists_and_domains(universe: Universe) -> None:
    spark = universe.account_lists.sparkSession
    accounts = spark.createDataFrame([("a.com",), ("company10.com",), ("c.com",), ("d.com",)], "domain string")
    rows = Lists([], ["a.com", "company10.com"], ["a.com", "x.com"]).rows(spark)
    marked = labels.withheld(accounts, rows, EXPECTING.expect).orderBy("domain").collect()
    assert [tuple(row) for row in marked] == [
        ("a.com", [0, 1], True), ("c.com", [], False), ("company10.com", [0, 2], True), ("d.com", [], False)
    ]  # fmt: skip
    only = Definition.model_validate(DEFINITION.model_dump(by_alias=True, exclude_none=True) | {"expect": EXPECT[2:3]})
    assert [row.domain for row in labels.withheld(accounts, rows, only.expect).where("is_withheld").collect()] == ["company10.com"]


def test_what_will_be_withheld_is_shown_before_a_training(universe: Universe) -> None:
    chosen = lists(swapped=False)
    accounts = labelled(universe, chosen).withColumn("known_by", F.array(F.lit("csv")))
    shown = preview(accounts, EXPECTING, as_of=AS_OF, connection_mode="disconnected")
    lost = {*chosen.best, *chosen.not_a_fit, "company10.com"} & {*chosen.customers}
    assert shown.counts["withheld"] == len(lost) and shown.counts["examples"] == len(chosen.customers) - len(lost)
    assert shown.expect[0].text == (
        f"list best: at least 50 for 60%, or no model serves ({len(chosen.best)} accounts, {len(chosen.best)} with a score, "
        f"{len(chosen.best)} of them picked as customers)"
    )
    assert shown.expect[3].known == 0 and "  - withheld" in shown.text and shown.record["expect"][3]["scored"] == 0  # type: ignore[index]


@pytest.fixture(scope="module")
def right(universe: Universe) -> tuple[Trained, Judgement]:
    return learned(universe, lists(swapped=False))


def test_no_model_learns_from_them_or_is_judged_by_them(right: tuple[Trained, Judgement]) -> None:
    trained, _ = right
    chosen = lists(swapped=False)
    domains = {row.domain for row in trained.evidence.rows.select("domain").collect()}
    withheld = {*chosen.best, *chosen.not_a_fit, "company10.com"}
    assert not domains & withheld and len(domains) == len(companies()) - len(withheld)
    assert trained.counts["examples"] == len({*chosen.customers} - withheld) and trained.evidence.weight == 1
    scored = trained.model.score(trained.evidence.expected).toPandas()  # type: ignore[arg-type]
    assert set(scored["domain"]) == withheld and not scored["is_example"].any()


def test_a_model_of_the_right_customers_scores_them_as_expected(right: tuple[Trained, Judgement]) -> None:
    trained, judgement = right
    best, not_a_fit, alone, nowhere = judgement.report["expect"]
    scores = trained.model.score(trained.evidence.expected).toPandas().set_index("domain")["score"]  # type: ignore[arg-type]
    mine = scores[lists(swapped=False).best]
    assert (best["scored"], best["met"]) == (len(mine), (mine >= 50).sum()) and best["mean_score"] == pytest.approx(mine.mean())
    assert best["passed"] and not_a_fit["passed"] and alone["passed"] and alone["scored"] == 1
    assert (nowhere["scored"], nowhere["passed"]) == (0, False)
    assert Admission(None, judgement.report["expect"]).against == []
    assert Admission(None, judgement.report["expect"]).doubts("small") == [
        "small: nowhere.com: at least 1 is expected, and none of its accounts has a score"
    ]


def test_a_model_of_swapped_customers_is_good_by_its_own_figures_and_stopped_by_its_list(universe: Universe) -> None:
    _, judgement = learned(universe, lists(swapped=True))
    assert judgement.report["roc_auc"] > 0.8 and judgement.report["intervals"]["roc_auc"][0] > 0.7
    (stopped,) = Admission(None, judgement.report["expect"]).stopped_by
    assert stopped.startswith("list best: at least 50 for 60% is expected, ")
    assert pd.DataFrame(judgement.report["expect"][0]["misses"])["score"].max() < 50
