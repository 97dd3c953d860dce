"""Faults that are planted in what an audit counts: each is named, and what is as it should be is not."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from qualscore.model.judging.ageing import Change
from qualscore.reports.audit_page import audit_page
from qualscore.reports.house.terminal import shown
from qualscore.scores.audit import data_faults, disagreements, growth, score_faults
from qualscore.scores.audit.data_faults import OLDEST, Coverage, Orphans
from qualscore.scores.audit.disagreements import Agreement, Overruled
from qualscore.scores.audit.finding import KINDS, Finding
from qualscore.scores.audit.growth import BandOfRun, Moves
from qualscore.scores.audit.measures import DAYS
from qualscore.scores.audit.score_faults import ScoreTable, SharedScore, TopBand

AS_OF = date(2026, 6, 1)
# 20,000 accounts, of whom .4 % are Highly Likely, and of 400 customers a tenth: 25 times as common.
BAND = TopBand("platform", 95.0, True, customers=400, customers_inside=40, others=19_600, others_inside=78)


def sentences(findings: list[Finding]) -> list[str]:
    return [it.sentence for it in findings]


@pytest.mark.parametrize(
    ("is_rules", "shared", "is_fault"),
    [
        (False, SharedScore(60.0, 3_000, 3_000), True),
        (False, SharedScore(60.0, 3_000, 1), True),
        (False, SharedScore(60.0, 1_900, 1_900), False),
        (False, SharedScore(0.1, 9_000, 100), False),  # the worst, rounded
        (False, SharedScore(0.1, 9_000, 5_000), True),
        (True, SharedScore(40.0, 9_000, 9_000), False),
        (True, SharedScore(40.0, 11_000, 11_000), True),
        (True, SharedScore(0.0, 15_000, 15_000), False),  # nothing that the rules ask for
    ],
)
def test_many_accounts_on_one_score(is_rules: bool, shared: SharedScore, is_fault: bool) -> None:
    assert bool(score_faults.clumped(ScoreTable("platform", is_rules, 20_000, [shared]))) == is_fault


def test_a_clump_is_named_with_its_accounts() -> None:
    (finding,) = score_faults.clumped(ScoreTable("platform", False, 20_000, [SharedScore(60.25, 3_000, 2_500, ("a.com", "b.com"))]))
    assert finding.sentence == "15% of the accounts have the score 60.25, 2,500 of them one margin: among them there is no order"
    assert (finding.kind, finding.table, finding.count) == ("clumping", "scores/account_scores", 3_000)
    assert (finding.examples, finding.score_name) == (("a.com", "b.com"), "platform")


def test_a_top_band_with_more_accounts_than_its_score_allows() -> None:
    assert score_faults.inflated(BAND) == []
    (finding,) = score_faults.inflated(replace(BAND, others_inside=980))
    assert finding.sentence == (
        "5.0% of the accounts and 10.0% of the customers are Highly Likely: 2.0 times as common among customers, "
        "where the band says 19 times"
    )
    for changes in ({"is_promised": False}, {"customers": 40, "customers_inside": 4}):
        assert score_faults.inflated(replace(BAND, others_inside=980, **changes)) == []


def test_a_top_band_that_grows_in_a_run() -> None:
    before = [BandOfRun(None, 20_000, 100), BandOfRun(AS_OF, 20_000, 104, "data")]
    assert growth.growing("platform", before) == []
    (finding,) = growth.growing("platform", [*before, BandOfRun(AS_OF, 20_000, 180, "model")])
    assert finding.sentence == (
        "Highly Likely are 180 of 20,000 accounts, and before the run of 2026-06-01 104 of 20,000 were; what is new came there by: model"
    )
    assert finding.count == 76 and "rollback --score platform" in finding.advice
    assert growth.growing("platform", [*before, BandOfRun(AS_OF, 35_000, 180, "data")]) == []  # the universe grew
    assert growth.growing("platform", [BandOfRun(None, 20_000, 2), BandOfRun(AS_OF, 20_000, 6)]) == []


def test_a_top_band_that_grows_from_run_to_run() -> None:
    sizes = [100, 120, 140, 160]
    (finding,) = growth.growing("platform", [BandOfRun(AS_OF, 20_000, it, "data") for it in sizes])
    assert "before the last 3 runs 100 of 20,000 were" in finding.sentence
    assert growth.growing("platform", [BandOfRun(AS_OF, 20_000, it) for it in (100, 120, 119, 160)]) == []


def test_bands_are_counted_back_from_what_runs_changed() -> None:
    first, second = date(2026, 4, 1), date(2026, 5, 1)
    moves = [Moves("a", first, "data", 5, 100), Moves("b", second, "data", 2, -50), Moves("b", second, "model", 60, 0)]
    assert growth.band_by_run(BAND, moves) == [
        BandOfRun(None, 19_950, 51, ""),
        BandOfRun(first, 20_050, 56, "data"),
        BandOfRun(second, 20_000, 118, "model"),
    ]


def test_a_score_that_turns_the_best_of_another_down() -> None:
    agreements = [
        Agreement("platform", "rules", 1_000, 30.0, 46.0, ("a.com",)),
        Agreement("rules", "platform", 1_000, 47.0, 50.0),
        Agreement("other", "rules", 60, 10.0, 46.0),
    ]
    (finding,) = disagreements.at_odds(agreements)
    assert (
        finding.sentence
        == "the 1,000 best accounts of platform are worse than most by rules: percentile 30 on average, and 46 of all accounts"
    )
    assert finding.examples == ("a.com",)


def test_people_who_often_set_another_score() -> None:
    assert disagreements.overruled([Overruled("platform", 1_000, 50), Overruled("platform", 20, 19)]) == []
    (finding,) = disagreements.overruled([Overruled("platform", 1_000, 60, ("industry",))])
    assert finding.sentence == "people have set another score for 60 of 1,000 accounts of the CRM, more than 5%"
    assert (finding.kind, finding.count, finding.examples) == ("rule and model at odds", 60, ("industry",))


@pytest.mark.parametrize("table", OLDEST)
def test_the_newest_row_of_a_table_is_old(table: str) -> None:
    last = AS_OF - timedelta(days=OLDEST[table])
    assert data_faults.stale({table: (last, 9)}, as_of=AS_OF) == data_faults.stale({table: (None, 9)}, as_of=AS_OF) == []
    (finding,) = data_faults.stale({table: (last - timedelta(days=1), 9)}, as_of=AS_OF)
    assert finding.count == 9 and f"{OLDEST[table] + 1} days before 2026-06-01" in finding.sentence


def test_each_table_whose_age_counts_has_its_days() -> None:
    assert [*DAYS] == [*OLDEST]


def test_data_that_accounts_have_lost_or_that_hardly_any_has() -> None:
    table = "clean/technographics"
    right = [Coverage("technographics", table, 20_000, 5_000), Coverage("technographics", table, 40_000, 4_500, 20_000, 5_000)]
    assert data_faults.uncovered(right) == []
    wrong = [Coverage("technographics", table, 20_000, 3_000, 20_000, 5_000), Coverage("intent", "clean/intent_signals", 20_000, 50)]
    lost, scarce = data_faults.uncovered(wrong)
    assert lost.sentence == "3,000 of 20,000 accounts have technographics, and 5,000 of 20,000 had in the run before"
    assert lost.count == 2_000 and "rejected/technographics" in lost.advice
    assert scarce.sentence == "50 of 20,000 accounts have intent, less than 0.5%"


def test_inputs_that_are_missing_are_not_shifted_too() -> None:
    changes = [
        Change("country", 0.9, 0.9, 0.5),
        Change("margin", 0.3, 1.0, 1.0),
        Change("employees", 0.26, 0.8, 0.78),
        Change("city", 0.2, 0.5, 0.46),
        Change("industry", 0.1, 0.9, 0.8),
    ]
    (missing,) = data_faults.lost_inputs("platform", changes, accounts=20_000)
    assert missing.sentence == "country: known of 50% of the accounts, and of 90% when the model was trained" and missing.count == 8_000
    shifted = data_faults.shifted("platform", changes, accounts=20_000)
    assert sentences(shifted) == [
        "the margins: distributed otherwise than at the training (PSI 0.30, more than 0.25 is much)",
        "employees: distributed otherwise than at the training (PSI 0.26, more than 0.25 is much)",
    ]
    assert [it.table for it in shifted] == ["scores/account_scores", "features/account_features"]


def test_deals_of_no_account() -> None:
    assert data_faults.orphaned(Orphans(10, {"NO_DOMAIN": 4})) == data_faults.orphaned(Orphans(1_000, {"NO_DOMAIN": 100})) == []
    (finding,) = data_faults.orphaned(Orphans(100, {"NO_DOMAIN": 9, "NOT_AN_ACCOUNT": 2}))
    assert finding.sentence.startswith("11 of 100 deals are of no account (9 NO_DOMAIN, 2 NOT_AN_ACCOUNT)")


def test_the_page_names_what_was_found_what_was_not_and_what_was_not_looked_at() -> None:
    findings = score_faults.clumped(ScoreTable("platform", False, 20_000, [SharedScore(60.25, 3_000, 3_000, ("a.com", "b.com"))]))
    page = audit_page(findings, {"shift": "no model"}, warehouse="/data", as_of=AS_OF)
    assert shown(page, columns=None).splitlines() == [
        "Audit of /data",
        "as of 2026-06-01: 1 finding(s)",
        "",
        "Clumping: scores/account_scores, platform",
        "15% of the accounts have the score 60.25, and one margin: among them there is no order.",
        "For example: a.com, b.com",
        "What to do: deliver more about them, or narrow `reference`; until then sort them by something else, such as `employees`.",
        "",
        "Nothing to doubt",
        ", ".join(it for it in KINDS if it not in ("clumping", "shift")),
        "",
        "Not looked at",
        "•  shift: no model",
    ]
