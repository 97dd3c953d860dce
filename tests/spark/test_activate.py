"""The stage `activate` on a universe of six accounts and two scores, whose tables can be checked by eye."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from io import StringIO
from types import SimpleNamespace

import pytest
from pyspark.sql import Row, SparkSession
from pyspark.sql import functions as F

from qualscore import config, contracts
from qualscore.intervals import wilson
from qualscore.runs import main, pinning
from qualscore.runs.console import Console
from qualscore.runs.run import Outcome, Run
from qualscore.scores.audit import measures
from qualscore.scores.segments import account_segments
from qualscore.stages import audited_data, audited_scores
from qualscore.stages.activate import ACTIVATE
from qualscore.stages.call_lists import _made, shown
from qualscore.stages.fit_intent_summary import show_fit_intent
from qualscore.stages.keyword_sets import show_coverage
from qualscore.stages.list_outcomes import write_list_outcomes
from qualscore.stages.performance import write_performance
from qualscore.stages.segments import show_segments
from tests.held_tables import HeldTables
from tests.small_activation import (
    AS_OF,
    DEFINITIONS,
    DELIVERED_LATER,
    LATER,
    LISTED,
    LISTS,
    OF_ROW,
    P_LOST,
    P_NEW,
    SEGMENTS,
    tables,
)


@pytest.fixture(scope="module")
def activated(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> tuple[Run, Outcome]:
    """A warehouse after the stage."""
    folder = tmp_path_factory.mktemp("activated")
    (folder / "sets.yml").write_text("data: [etl, data lake]\ncloud: [Kubernetes, data lake]\nnobody: [quilting]\n")
    settings = config.load(None, warehouse=str(folder), changes=[f"keyword_sets={folder}/sets.yml"])
    options, console = SimpleNamespace(dry_run=False, as_of=None), Console(StringIO(), StringIO(), False, datetime.now(UTC))
    store = HeldTables(spark, settings.warehouse)
    for name, rows in tables().items():
        store.replace(name, contracts.load(name).rows(spark, rows))
    run = Run("run", datetime.now(UTC), AS_OF, options, settings, DEFINITIONS[:1], store, ("", None), console, "activate", DEFINITIONS[1:])
    run = replace(run, segments=SEGMENTS, call_lists=LISTS)
    return run, ACTIVATE.work(run)


def rows_of(run: Run, table: str, *columns: str) -> list[Row]:
    return [tuple(row) for row in run.tables.read(table).select(*columns).orderBy(*contracts.load(table).key).collect()]


def test_each_account_has_its_level_of_intent_and_what_to_do_with_it(activated: tuple[Run, Outcome]) -> None:
    """By the keyword sets of each score; whoever has no score has a row too, and the score that nobody defines any more has none."""
    columns = ("score_name", "domain", "score", "band", "is_example", "intent_level", "advice")
    assert rows_of(activated[0], "scores/fit_intent", *columns) == [
        ("analytics", "customer.com", 97.5, "highly_likely", False, "high", "call_now"),
        ("analytics", "group.com", None, "unscored", False, "unknown", "not_now"),
        ("analytics", "listed.com", 4.0, "unlikely", False, "none", "not_now"),
        ("analytics", "lost.com", 91.0, "likely", False, "none", "nurture"),
        ("analytics", "new.com", None, "unscored", False, "none", "not_now"),
        ("analytics", "open.com", 76.99, "likely", True, "some", "nurture"),
        ("platform", "customer.com", 97.5, "highly_likely", False, "high", "call_now"),
        ("platform", "group.com", None, "unscored", False, "unknown", "not_now"),
        ("platform", "listed.com", 10.0, "unlikely", True, "some", "not_now"),
        ("platform", "lost.com", 80.0, "likely", False, "none", "nurture"),
        ("platform", "new.com", 70.5, "likely", False, "some", "nurture"),
        ("platform", "open.com", 60.0, "likely", False, "high", "call_now"),
    ]


def test_the_market_is_cut_by_what_accounts_are_and_how_far_the_crm_is(activated: tuple[Run, Outcome]) -> None:
    """A cell of two accounts, and one for each of the others: in all the universe, for each score."""
    columns = ("band", "industry", "country", "size", "crm_state", "accounts", "high_intent_accounts", "some_intent_accounts")
    cells = [row[1:] for row in rows_of(activated[0], "scores/market", "score_name", *columns, "call_now_accounts") if row[0] == "platform"]
    assert cells == [
        ("highly_likely", "Software & Internet", "DE", "251-1000", "customer", 1, 1, 0, 1),
        ("likely", "Banking & Finance", "US", "10001+", "untouched", 1, 0, 0, 0),
        ("likely", "Software & Internet", "DE", "251-1000", "not_in_crm", 1, 0, 1, 0),
        ("likely", "Software & Internet", "DE", "251-1000", "open_deal", 1, 1, 0, 1),
        ("unlikely", "unknown", "unknown", "unknown", "customer", 1, 0, 1, 0),
        ("unscored", "unknown", "US", "1-50", "customer", 1, 0, 0, 0),
    ]
    sums = activated[0].tables.read("scores/market").groupBy("score_name").agg({"accounts": "sum"}).collect()
    assert sorted(map(tuple, sums)) == [("analytics", 6), ("platform", 6)]


def test_a_quick_card_lists_the_products_that_an_account_qualifies_for(activated: tuple[Run, Outcome]) -> None:
    """The best first, and of two that are equal the first by name; by the final scores."""
    columns = ("domain", "company_name", "crm_state", "product_count", "best_score_name", "best_score", "best_score_final", "best_action")
    both = "analytics 97 (act now), platform 97 (act now)"
    assert rows_of(activated[0], "scores/quick_cards", *columns, "products_line", "as_of_on") == [
        ("customer.com", "Customer", "customer", 2, "analytics", 97.5, 97.5, "act_now", both, AS_OF),
        ("lost.com", "Lost", "untouched", 1, "platform", 80.0, 80.0, "qualified", "platform 80 (qualified)", AS_OF),
        ("new.com", "New", "not_in_crm", 1, "platform", 70.5, 100.0, "act_now", "platform 100 (act now)", AS_OF),
        ("open.com", "Open", "open_deal", 1, "analytics", 76.99, 76.99, "qualified", "analytics 76 (qualified)", AS_OF),
    ]
    (products,) = activated[0].tables.read("scores/quick_cards").where("domain = 'customer.com'").select("products").first()
    assert [tuple(it) for it in products] == [
        ("analytics", 97.5, 97.5, "model", "highly_likely", "act_now", "high", "call_now", "too_new", False),
        ("platform", 97.5, 97.5, "model", "highly_likely", "act_now", "high", "call_now", "steady", False),
    ]


def test_each_account_of_the_crm_has_its_scores_and_those_of_its_group(activated: tuple[Run, Outcome]) -> None:
    """Two of one domain, one below itself, one without a domain; parents by name and by id."""
    own = (
        "account_id",
        "domain",
        "domain_problem",
        "owner",
        "crm_state",
        "domain_account_count",
        "best_score_name",
        "best_score",
        "best_score_final",
        "best_band",
    )
    assert rows_of(activated[0], "scores/crm_account_scores", *own, "best_action", "scores.score_name") == [
        ("A1", "customer.com", None, "Eva", "customer", 1, "analytics", 97.5, 97.5, "highly_likely", "act_now", ["analytics", "platform"]),
        ("B1", "open.com", None, None, "open_deal", 2, "analytics", 76.99, 76.99, "likely", "qualified", ["analytics", "platform"]),
        ("B2", "open.com", None, None, "open_deal", 2, "analytics", 76.99, 76.99, "likely", "qualified", ["analytics", "platform"]),
        ("C1", "lost.com", None, None, "untouched", 1, "platform", 80.0, 80.0, "likely", "qualified", ["platform", "analytics"]),
        ("G1", "group.com", None, None, "customer", 1, None, None, None, None, None, []),
        ("N1", None, "NO_DOMAIN", None, "untouched", None, None, None, None, None, None, []),
    ]
    parent = ("account_id", "parent_account_id", "parent_best_score_name", "parent_best_score")
    group = ("subsidiary_count", "subsidiary_best_account_id", "subsidiary_best_score_name", "subsidiary_best_score_final", "as_of_on")
    assert rows_of(activated[0], "scores/crm_account_scores", *parent, *group) == [
        ("A1", "G1", None, None, 2, "C1", "platform", 80.0, AS_OF),
        ("B1", "A1", "analytics", 97.5, 1, None, None, None, AS_OF),
        ("B2", None, None, None, 0, None, None, None, AS_OF),
        ("C1", "A1", "analytics", 97.5, 0, None, None, None, AS_OF),
        ("G1", None, None, None, 1, "A1", "analytics", 97.5, AS_OF),
        ("N1", "B1", "analytics", 76.99, 0, None, None, None, AS_OF),
    ]


def test_tables_for_bi_are_of_the_same_run(activated: tuple[Run, Outcome]) -> None:
    """A factor of each score of open.com, which the CRM has; the score that nobody defines any more is in no dimension."""
    assert activated[1].counts["bi_factors"] == 2
    columns = ("score_name", "title", "date_key", "accounts", "likely_accounts", "unscored_accounts")
    assert rows_of(activated[0], "bi/dim_score", *columns) == [
        ("analytics", "Analytics", AS_OF, 6, 2, 2),
        ("platform", "Platform", AS_OF, 6, 3, 1),
    ]
    market, performance = (activated[0].tables.read(it) for it in ("bi/fact_market", "bi/fact_performance"))
    worded = market.where("is_white_space").groupBy("band_name").agg(F.sum("accounts").alias("accounts")).orderBy("band_name").collect()
    assert [tuple(it) for it in worded] == [("Likely", 3)]
    names = performance.select("range_name").distinct().collect()
    assert {"Highly Likely", "Unscored", "All", "90 to 100"} <= {row["range_name"] for row in names}


def test_deals_are_counted_by_the_score_that_their_account_had(activated: tuple[Run, Outcome]) -> None:
    """On the day of their creation; and all of them by today's, also those of before the first score."""
    rows = activated[0].tables.read("scores/score_performance").where("score_name = 'platform'").orderBy("basis", "score_range").collect()
    measures = ("accounts", "won_accounts", "opportunities", "won", "lost", "conversion", "lift", "won_revenue_usd", "average_deal_usd")
    found = {(row["basis"], row["score_range"]): tuple(row[it] for it in measures) for row in rows if row["range_kind"] == "tenth"}
    nothing = (0, 0, 0, 0, None, None, 0.0, None)
    assert found == {
        ("present_score", "10 to 20"): (1, 1, 1, 1, 0, 1.0, 3.0, 500.25, 500.25),
        ("present_score", "60 to 70"): (1, 0, 2, 0, 1, 0.0, 0.0, 0.0, None),
        ("present_score", "70 to 80"): (1, *nothing),
        ("present_score", "80 to 90"): (1, 0, 2, 0, 1, 0.0, 0.0, 0.0, None),
        ("present_score", "90 to 100"): (1, 1, 2, 1, 0, 1.0, 3.0, 1_000.0, 1_000.0),
        ("present_score", "unscored"): (1, 0, 2, 0, 2, 0.0, 0.0, 0.0, None),
        ("score_when_created", "10 to 20"): (1, *nothing),
        ("score_when_created", "50 to 60"): (0, 0, 1, 0, 1, 0.0, 0.0, 0.0, None),
        ("score_when_created", "60 to 70"): (1, 1, 2, 1, 0, 1.0, 5.0, 500.25, 500.25),
        ("score_when_created", "70 to 80"): (1, *nothing),
        ("score_when_created", "80 to 90"): (1, 0, 1, 0, 1, 0.0, 0.0, 0.0, None),
        ("score_when_created", "90 to 100"): (1, 0, 1, 0, 0, None, None, 0.0, None),
        ("score_when_created", "unscored"): (1, 0, 2, 0, 2, 0.0, 0.0, 0.0, None),
    }
    bands = {
        (row["basis"], row["score_range"]): (row["accounts"], row["opportunities"], row["won"])
        for row in rows
        if row["range_kind"] == "band"
    }
    assert bands == {
        ("present_score", "highly_likely"): (1, 2, 1),
        ("present_score", "likely"): (3, 4, 0),
        ("present_score", "unlikely"): (1, 1, 1),
        ("present_score", "unscored"): (1, 2, 0),
        ("score_when_created", "highly_likely"): (1, 1, 0),
        ("score_when_created", "likely"): (3, 4, 1),
        ("score_when_created", "unlikely"): (1, 0, 0),
        ("score_when_created", "unscored"): (1, 2, 0),
    }


def test_the_performance_of_all_accounts_has_an_interval_and_a_median(activated: tuple[Run, Outcome]) -> None:
    """A score without a deal after its first day has no row of scores when deals were created."""
    rows = activated[0].tables.read("scores/score_performance").where("range_kind = 'all'").orderBy("score_name", "basis").collect()
    assert [(*row[:5], row["opportunities"], row["won"], row["lost"], row["median_cycle_days"], row["has_examples"]) for row in rows] == [
        ("analytics", "present_score", "all", "all", None, 9, 2, 4, 44.0, True),
        ("platform", "present_score", "all", "all", None, 9, 2, 4, 44.0, True),
        ("platform", "score_when_created", "all", "all", None, 7, 1, 4, 28.0, True),
    ]
    last = rows[-1]
    assert (last["conversion_low"], last["conversion_high"]) == pytest.approx(wilson(1, 5))
    assert (last["accounts"], last["conversion"], last["lift"], last["as_of_on"]) == (6, 0.2, 1.0, AS_OF)


def test_the_outcome_counts_and_says_where_tables_are_not_of_one_universe(activated: tuple[Run, Outcome]) -> None:
    outcome = activated[1]
    segments = {"segment_members": 6, "segment_added": 6, "segment_removed": 2, "override_rates": 4}
    lists = {"lists": 4, "list_called": 4, "list_control": 0, "list_outcomes": 12}
    tables = {"accounts": 6, "quick_cards": 4, "crm_accounts": 6, "market_cells": 12, "performance": 32, "surprises": 0, "compared": 0}
    tables["bi_factors"] = 2
    assert outcome.counts == tables | segments | lists
    assert outcome.warnings == [
        "clean/accounts has 5 accounts and features/account_features 6: run build_features and score, then activate again",
        "the call list held_out has 1 of 2 accounts: of 6 fell out 1 (no score), 2 (customer), 1 (open deal), 1 (worked lately)",
        "the call list shared has 1 of 2 accounts: of 6 fell out 1 (conditions not met), 1 (no score), 1 (customer), 1 (open deal), "
        "1 (worked lately)",
        "the call list theirs has 0 of 50 accounts: of 6 fell out 4 (conditions not met), 1 (no score), 1 (of nobody who has a list)",
    ]
    assert outcome.as_of == AS_OF


def test_the_readmes_query_finds_the_accounts_of_a_cell(activated: tuple[Run, Outcome]) -> None:
    """As it is written, of the table that was written."""
    (query,) = re.findall(r"```sql\n(SELECT[^;`]*delta.`[^`]*/scores/fit_intent`[^`]*)```", (config.ROOT / "README.md").read_text())
    rows = activated[0].tables.read("scores/fit_intent")
    rows.createOrReplaceTempView("fit_intent_of_the_readme")
    found = rows.sparkSession.sql(re.sub(r"delta.`[^`]*`", "fit_intent_of_the_readme", query)).collect()
    assert [tuple(it) for it in found] == [("new.com", "New", 70.5)]


def test_a_trend_is_what_new_data_did_to_the_score(activated: tuple[Run, Outcome]) -> None:
    """No other model did it, nor what is long ago; a score, and an account, of yesterday have none."""
    rows = rows_of(activated[0], "scores/fit_intent", "score_name", "domain", "score_trend", "points_moved")
    assert rows[6:] == [
        ("platform", "customer.com", "steady", 0.0),
        ("platform", "group.com", None, None),
        ("platform", "listed.com", "steady", 0.0),
        ("platform", "lost.com", "declining", -5.01),
        ("platform", "new.com", "too_new", 0.0),
        ("platform", "open.com", "improving", 5.25),
    ]
    assert {row[2] for row in rows[:6]} == {"too_new", None}


def test_overrides_are_counted_by_the_factors_of_those_that_people_know(activated: tuple[Run, Outcome]) -> None:
    """The CRM's accounts that are scored, and one that people set a score of without knowing it there."""
    columns = ("score_name", "factor", "side", "accounts", "overridden", "overridden_up", "overridden_down", "rate")
    assert rows_of(activated[0], "scores/override_rates", *columns) == [
        ("analytics", "any", "any", 3, 1, 0, 1, 1 / 3),
        ("analytics", "industry", "for", 1, 0, 0, 0, 0.0),
        ("platform", "any", "any", 4, 1, 1, 0, 0.25),
        ("platform", "industry", "for", 1, 0, 0, 0, 0.0),
    ]


def test_segments_tell_who_came_and_who_went(activated: tuple[Run, Outcome]) -> None:
    """Since the day before; the same day again gives the same rows."""
    run, may = activated[0], date(2026, 5, 1)
    table = run.tables.read("scores/account_segments")
    columns = ("segment_name", "domain", "company_name", "crm_state", "origin", "change", "since_on", "left_on", "as_of_on")
    rows = rows_of(run, "scores/account_segments", *columns)
    assert rows == [
        ("german", "customer.com", None, None, "condition", "removed", may, AS_OF, AS_OF),
        ("german", "lost.com", None, None, "condition", "removed", may, AS_OF, AS_OF),
        ("german", "open.com", "Open", "open_deal", "condition", "added", AS_OF, None, AS_OF),
        ("old_friends", "group.com", "Group", "customer", "condition", "added", AS_OF, None, AS_OF),
        ("old_friends", "lost.com", "Lost", "untouched", "condition", "added", AS_OF, None, AS_OF),
        ("old_friends", "new.com", "New", "not_in_crm", "list", "added", AS_OF, None, AS_OF),
        ("researching", "customer.com", "Customer", "customer", "condition", "added", AS_OF, None, AS_OF),
        ("researching", "new.com", "New", "not_in_crm", "condition", "added", AS_OF, None, AS_OF),
    ]
    again = account_segments(table.where("left_on is null").select(*columns[:5]), table, as_of=AS_OF)
    assert sorted(map(tuple, again.select(*columns).collect()), key=str) == sorted(rows, key=str)


def test_preview_counts_segments_and_says_what_is_known_of_each_keyword_set(activated: tuple[Run, Outcome]) -> None:
    run = replace(activated[0], console=Console(results := StringIO(), StringIO(), False, datetime.now(UTC)))
    assert show_segments(run).sentence == "3 segments"
    assert show_coverage(run).warnings == ["no signal is delivered of any keyword of nobody"]
    assert results.getvalue().splitlines() == [
        "segments                                  by condition       by list",
        "  german                                             1             0",
        "  old_friends                                        2             1",
        "  researching                                        2             0",
        "keyword sets                          accounts     in 13 weeks         signals           weeks  from week to week",
        "  cloud                                      1               1               2               1  2026-05-25 to 2026-05-25",
        "  data                                       3               2               3               2  2026-05-18 to 2026-05-25",
        "  nobody                                     0               0               0               0",
    ]


def test_fit_and_intent_are_shown_as_a_matrix(activated: tuple[Run, Outcome]) -> None:
    run = replace(activated[0], console=Console(results := StringIO(), StringIO(), False, datetime.now(UTC)))
    show_fit_intent(run)
    assert results.getvalue().splitlines()[7:] == [
        "platform               intent high     intent some     intent none  intent unknown",
        "  Highly Likely                  1               0               0               0",
        "  Likely                         1               1               1               0",
        "  Unlikely                       0               1               0               0",
        "  Unscored                       0               0               0               1",
    ]


def test_an_audit_counts_what_its_checks_judge(activated: tuple[Run, Outcome]) -> None:
    tables = activated[0].tables
    points = measures.points(tables.read("scores/account_scores").where("score_name <> 'retired'"))
    sides = measures.sides(points).orderBy("score_name").collect()
    assert [tuple(it)[:-1] for it in sides] == [("analytics", 1, 0, 3, 1, 4), ("platform", 1, 0, 4, 1, 5)]
    assert sides[1]["mean_percentile"] == pytest.approx(63.6)
    moves = measures.runs_of_band(tables.read("scores/score_history")).select("score_name", "as_of_on", "cause", "into", "came")
    may = date(2026, 5, 1)
    assert [tuple(it)[1:] for it in moves.where("into <> 0 or came <> 0").collect()] == [
        (may, "model", 1, 0),
        (date(2026, 5, 20), "data", 0, 1),
    ]
    top = [{"score_name": "platform", "domain": it, "rank": rank} for rank, it in enumerate(["customer.com", "lost.com", "new.com"], 1)]
    best = measures.agreement(contracts.load("scores/top_accounts").rows(tables.spark, top), tables.read("scores/account_scores"))
    assert [tuple(it) for it in best.where("score_name = 'analytics'").collect()] == [
        ("platform", "analytics", 2, 94.25, ["lost.com", "customer.com"])
    ]
    lost = measures.orphans(tables.read("clean/crm_opportunities"), tables.read("clean/accounts"))
    assert sorted(tuple(it) for it in lost.select("opportunity_id", "reason").collect()) == [
        ("0", "NOT_AN_ACCOUNT"), ("1", "NOT_AN_ACCOUNT"), ("9", "NO_DOMAIN"),
    ]  # fmt: skip


def test_an_audit_finds_what_six_accounts_cannot_hide(activated: tuple[Run, Outcome]) -> None:
    """Each of four has a score of its own, which is a quarter on one score; research of a year is not known of anybody."""
    run = activated[0]
    scored, delivered = audited_scores.of_scores(run, DEFINITIONS[1:]), audited_data.of_data(run)
    assert [(it.kind, it.count, it.examples) for it in scored.findings] == [
        ("clumping", 1, (domain,)) for domain in ("listed.com", "open.com", "lost.com", "customer.com")
    ]
    assert scored.skipped == {"rule and model at odds": "there are not both a rule-based score and a model"}
    assert [(it.kind, it.table, it.count) for it in delivered.findings] == [("coverage", "clean/intent_signals", 0)]
    later = replace(run, as_of=date(2026, 8, 4), options=SimpleNamespace(as_of=date(2026, 8, 4)))
    old = [it.table for it in audited_data.of_data(later).findings if it.kind == "stale data"]
    assert old == ["clean/intent_signals", "clean/crm_opportunities", "features/account_features"]


def test_it_is_due_when_what_it_reads_has_changed(activated: tuple[Run, Outcome]) -> None:
    run = pinning.pinned(activated[0], ACTIVATE.inputs)
    fingerprint, is_asked = main._asked(run, ACTIVATE, {}, None)
    last = {("activate", None): fingerprint}
    assert is_asked and main._asked(run, ACTIVATE, last, None) == (fingerprint, False)
    of_other_scores = run.tables.pinned({**run.tables.pins, "scores/account_scores": 7})
    for changed in (
        replace(run, tables=of_other_scores),
        replace(run, segments=SEGMENTS[:1]),
        replace(run, call_lists=[]),
        replace(run, other_definitions=[]),
    ):
        assert main._asked(changed, ACTIVATE, last, None)[1]


def test_call_lists_name_the_best_whom_somebody_may_call(activated: tuple[Run, Outcome]) -> None:
    """Never customers, open deals, unscored or lately worked ones; of the same day alone the former rows are gone."""
    columns = ("list_name", "made_on", "domain", "owner", "rank", "score_name", "score", "probability", "expected_value_usd", "is_control")
    rows = rows_of(activated[0], "scores/call_lists", *columns)
    assert [row[:3] for row in rows if row[1] < AS_OF] == [it[:3] for it in sorted(LISTED) if it[1] < AS_OF]
    assert [(row[0], *row[2:]) for row in rows if row[1] == AS_OF] == [
        ("best", "lost.com", None, 2, "platform", 80.0, P_LOST, 500.25 * P_LOST, False),
        ("best", "new.com", None, 1, "platform", 100.0, P_NEW, 500.25 * P_NEW, False),
        ("held_out", "new.com", None, 1, "platform", 100.0, P_NEW, 500.25 * P_NEW, False),
        ("shared", "new.com", "Ada", 1, "platform", 100.0, P_NEW, 500.25 * P_NEW, False),
    ]
    reasons = rows_of(activated[0], "scores/call_lists", "list_name", "made_on", "domain", "final_cause", "reason", "industry", "size")
    assert [row[2:] for row in reasons if row[:2] == ("best", AS_OF)] == [
        ("lost.com", "model", "platform 80, Likely. In the CRM without a deal", "Banking & Finance", "10001+"),
        (
            "new.com",
            "override_always",
            "platform 100, set by people. Has researched lately. Not in the CRM",
            "Software & Internet",
            "251-1000",
        ),
    ]


def test_how_each_list_came_about_is_told_rule_by_rule(activated: tuple[Run, Outcome]) -> None:
    """In their order; what is not needed is no shortfall."""
    rows = rows_of(activated[0], "scores/call_list_counts", "list_name", "step", "rule", "fell_out", "accounts_left")
    assert [row[1:] for row in sorted(rows) if row[0] == "shared"] == [
        (1, "conditions", 1, 5), (2, "unscored", 1, 4), (3, "never", 0, 4), (4, "customer", 1, 3), (5, "open_deal", 1, 2),
        (6, "recently_worked", 1, 1), (7, "other_owner", 0, 1), (8, "owner_cap", 0, 1), (9, "quota", 0, 1), (10, "parent_cap", 0, 1),
        (11, "industry_cap", 0, 1), (12, "not_needed", 0, 1), (13, "control", 0, 1),
    ]  # fmt: skip
    assert [(row[0], row[4]) for row in sorted(rows) if row[1] == 13] == [("best", 2), ("held_out", 1), ("shared", 1), ("theirs", 0)]


@pytest.fixture(scope="module")
def later(activated: tuple[Run, Outcome]) -> Run:
    """What is known of lists and deals two months later."""
    run = activated[0]
    tables = HeldTables(run.spark, run.tables.warehouse, frames={name: [*frames] for name, frames in run.tables.frames.items()})
    tables.replace("features/account_features", tables.read("features/account_features").withColumn("as_of_on", F.lit(LATER)))
    for name, rows in DELIVERED_LATER.items():
        tables.replace(name, tables.read(name).unionByName(contracts.load(name).rows(run.spark, rows)))
    run = replace(run, tables=tables)
    write_list_outcomes(run)
    write_performance(run, DEFINITIONS)
    return run


def test_what_came_of_lists_is_told_by_later_deliveries(activated: tuple[Run, Outcome], later: Run) -> None:
    """Of lists of earlier days in three kinds of row; two months later two accounts of them have bought, one of which was held out."""
    columns = ("kind", "name", "since_on", "band", "outcome", "accounts", "reached", "control_accounts", "control_reached")
    april, may = date(2026, 4, 1), date(2026, 5, 15)
    assert rows_of(activated[0], "scores/list_outcomes", *columns) == [
        ("list", "best", april, "all", "contacted", 2, 1, 1, 0),
        ("list", "best", april, "all", "opportunity", 2, 1, 1, 0),
        ("list", "best", april, "all", "won", 2, 0, 1, 0),
        *(("list", "best", may, "all", it, 1, 0, 1, 0) for it in ("contacted", "opportunity", "won")),
        ("list_all_days", "best", april, "all", "contacted", 2, 1, 1, 0),
        ("list_all_days", "best", april, "all", "opportunity", 2, 1, 1, 0),
        ("list_all_days", "best", april, "all", "won", 2, 0, 1, 0),
        ("score", "platform", april, "likely", "contacted", 3, 1, None, None),
        ("score", "platform", april, "likely", "opportunity", 3, 1, None, None),
        ("score", "platform", april, "likely", "won", 3, 0, None, None),
    ]
    columns = (*columns, "expected", "against_expected", "effect", "revenue_usd", "followed_to_on")
    rows = rows_of(later, "scores/list_outcomes", *columns)
    assert [row[1:2] + row[4:] for row in rows if row[0] == "list" and row[2] == AS_OF and row[4] != "contacted"] == [
        ("best", "opportunity", 2, 2, None, None, None, None, None, 5000.0, LATER),
        ("best", "won", 2, 1, None, None, pytest.approx(P_LOST + P_NEW), "as_expected", None, 5000.0, LATER),
        ("held_out", "opportunity", 1, 1, None, None, None, None, None, 0.0, LATER),
        ("held_out", "won", 1, 0, None, None, pytest.approx(P_NEW), "as_expected", None, 0.0, LATER),
        ("shared", "opportunity", 1, 1, None, None, None, None, None, 0.0, LATER),
        ("shared", "won", 1, 0, None, None, pytest.approx(P_NEW), "as_expected", None, 0.0, LATER),
    ]
    assert [row[4:] for row in rows if row[:2] == ("list_all_days", "best")] == [
        ("contacted", 2, 2, 1, 1, None, None, "none_seen", 5000.0, LATER),
        ("opportunity", 2, 2, 1, 1, None, None, "none_seen", 5000.0, LATER),
        ("won", 2, 1, 1, 1, 0.75, "as_expected", "none_seen", 5000.0, LATER),
    ]
    assert [row[3:8] for row in rows if row[:2] == ("score", "platform") and row[4] == "won"] == [("likely", "won", 3, 2, None)]


def test_preview_counts_lists_and_the_same_tables_give_the_same_ones(activated: tuple[Run, Outcome]) -> None:
    """Whatever their parts."""
    run = activated[0]
    parted = HeldTables(run.spark, run.tables.warehouse, frames={name: [it[-1].repartition(3)] for name, it in run.tables.frames.items()})
    run = replace(run, tables=parted, console=Console(results := StringIO(), StringIO(), False, datetime.now(UTC)))
    made = _made(run, LISTS, ["analytics", "platform"])
    outcome = shown(run, made)
    assert (outcome.sentence, outcome.warnings) == ("4 call lists", activated[1].warnings[1:])
    assert results.getvalue().splitlines() == [
        "call lists                                     to call      held out",
        "  best                                               2             0",
        "  held_out                                           1             0",
        "  shared                                             1             0",
        "  theirs                                             0             0",
    ]
    sides = (made.rows.where("fell_by is null"), parted.read("scores/call_lists").where(F.col("made_on") == AS_OF))
    again, once = (sorted((tuple(row) for row in it.select(*OF_ROW).collect()), key=str) for it in sides)
    assert again == once


def test_deals_that_went_otherwise_than_expected_are_named(later: Run) -> None:
    columns = (
        "score_name",
        "opportunity_id",
        "surprise",
        "domain",
        "owner",
        "amount_usd",
        "score_then",
        "score_now",
        "created_on",
        "as_of_on",
    )
    june = date(2026, 6, 15)
    assert rows_of(later, "scores/score_surprises", *columns) == [
        ("analytics", "high", "lost_scored_high", "customer.com", "Eva", 9.0, 97.5, 97.5, june, LATER),
        ("analytics", "low", "won_scored_low", "listed.com", None, None, 4.0, 4.0, june, LATER),
        ("platform", "high", "lost_scored_high", "customer.com", "Eva", 9.0, 97.5, 97.5, june, LATER),
        ("platform", "low", "won_scored_low", "listed.com", None, None, 10.0, 10.0, june, LATER),
    ]
