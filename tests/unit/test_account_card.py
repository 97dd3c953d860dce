"""The card of one account: its record, and the text of the terminal, hostile names included."""

import unicodedata

import pytest

from qualscore.reports.account_card.card import card
from qualscore.reports.account_card.matches import page_of_matches
from qualscore.reports.account_card.reasons import WHY, without_score
from qualscore.reports.account_card.record import record
from qualscore.reports.house.terminal import shown
from tests.small_account import ACCOUNT, BEFORE, CHANGE, DOMAIN, FEATURES, HOSTILE, REPORTS, ROWS, SCORE

NAMES = ["small", "other", "third"]
NOTHING = {name: [] for name in ROWS}
PLAIN = f"""\
<script>alert('x')</script> [2J Inc [bold]😀{"x" * 16}… (acme.com)
known by CRM and firmographics

Scores
score  band    action     now                  rank  better than  times as common               points
small  Likely  qualified  call now, improving    12       97.2 %              7.0  87.50, final 100.00

No score
score  reason      why                                                         what would mend it
other  EXCLUDED    the score excludes it: it is one of own_domains, or what    take it off the list or out of own_domains where that is
                   `exclude` of the definition picks                           wrong, then score
third  NOT_SCORED  no run of this score has met it yet                         run the pipeline, or the stage score

Set by people
score  final score  set by  on          until       why
all    always       ann     2026-05-04  2026-12-31  a partner [2J

Why 87.50 for small
speaks for it   how common among customers                                                           log-odds
7 employees     0.41 % of companies with 0 to 9 employees became customers, 1.8 % of all; n = 7,133     +1.50
based in Japan  fewer than 5 customers; n = 338                                                         +0.50

speaks against it                  how common among customers  log-odds
no research seen in the past year  –                              -0.30
All other factors together +0.40, from a base of -0.20; version 3, as of 2026-06-01.

The customers that it is most like
score  customer               both have for them     distance
small  globex (globex.com)    employees and country      0.50
small  initech (initech.com)  country                    1.00

What changed, the latest first
scored on   score  points and band                 why
2026-06-02  small  44.00 Unlikely -> 87.50 Likely  its data changed, or time passed; number of employees unknown, now 7 employees (+1.40);
                                                   based in Japan (+0.50)

Where its data comes from
                            value                                     from           source                     of
name                        <script>alert('x')</script> [2J Inc [bo…  CRM            crm_accounts:accounts.csv  2026-05-03
country                     JP (the model takes DE)                   CRM            crm_accounts:accounts.csv  2026-05-03
employees                   1,848                                     firmographics  firmographics:f.csv        2026-05-01
listed on a stock exchange  no                                        firmographics  firmographics:f.csv        2026-05-01
founded                     1999                                      firmographics  firmographics:f.csv        2026-05-01

Technologies
product  category  first seen  last seen
Kafka    –         –           2026-04-30

Account lists
list    since
rivals  –

Segments
segment     since
mid_market  2026-05-01

Call lists
list   made on     owner  place
north  2026-06-01  –      3
north  2026-05-01  Ada    held out

In the CRM
id   name                                                           type      owner
001  <script>alert('x')</script> [2J Inc [bold]😀{"x" * 16}…  Prospect  ann

Deals
deal      outcome  created
Platform  lost     2025-02-03

Engagement
activity      last on     number
demo request  2026-01-02       2"""


def everything() -> dict[str, object]:
    return record(DOMAIN, ROWS, names=NAMES, reports=REPORTS, before={"small": {**BEFORE, "run_id_of_change": "r2"}})


def test_the_card_says_everything_of_an_account() -> None:
    assert shown(card(everything()), columns=None).replace("\u00a0", " ") == PLAIN


def test_the_record_has_what_the_card_shows_and_more() -> None:
    made = everything()
    (score,) = made["scores"]
    assert {name: score[name] for name in ("score", "rank", "margin")} == {"score": 87.5, "rank": 12, "margin": 1.9}
    assert [it["says"] for it in score["factors_against"]] == ["no research seen in the past year"]
    (change,) = made["history"]
    assert change["moved"] == [
        {"factor": "employees", "before": "unknown", "now": "7", "difference": 1.4},
        {"factor": "country", "before": None, "now": "JP", "difference": 0.5},
    ]
    assert made["unscored"] == [without_score("EXCLUDED", score_name="other"), without_score("NOT_SCORED", score_name="third")]
    assert made["company_name"] == HOSTILE and [it["column"] for it in made["values"] if it["differs"]] == ["country"]


def test_a_base_rate_is_of_the_model_that_scored() -> None:
    older = {"small": {**REPORTS["small"], "model_version": 2}}
    (score,) = record(DOMAIN, ROWS, names=["small"], reports=older, before={})["scores"]
    assert {it["base_rate"] for it in score["factors_for"]} == {None}


def test_what_nothing_is_known_of_is_left_out() -> None:
    rows = NOTHING | {"scores/account_scores": [{**SCORE, "factors_against": []}], "clean/accounts": [{**ACCOUNT, "value_sources": None}]}
    rows |= {"features/account_features": [FEATURES]}
    text = shown(card(record(DOMAIN, rows, names=["small"], reports={}, before={})), columns=None)
    assert "Band and whole points are what they were when it was scored first." in text
    for title in (
        "No score",
        "Set by people",
        "against",
        "Technologies",
        "Account lists",
        "Segments",
        "most like",
        "In the CRM",
        "Deals",
        "Engagement",
        "Research",
    ):
        assert title not in text


@pytest.mark.parametrize(("seen", "reason"), [({}, "UNKNOWN"), ({"clean/technographics": ROWS["clean/technographics"]}, "NO_ACCOUNT")])
def test_an_unknown_domain_is_told_what_would_mend_it(seen: dict[str, list[dict[str, object]]], reason: str) -> None:
    made = record("new.com", NOTHING | seen, names=["small"], reports={}, before={})
    assert made["unscored"] == [{"score_name": "small", "reason": reason, "why": WHY[reason][0], "mend": WHY[reason][1]}]
    assert shown(card(made), columns=None).startswith("new.com\nno account of the universe\n\nNo score\nscore  reason")


def test_several_changes_are_cut_and_older_causes_have_no_factors() -> None:
    older = {**CHANGE, "run_id": "r1", "cause": "model", "model_version_before": 2, "scored_at": "2026-05-02T08:00:00.000Z"}
    rows = ROWS | {"scores/score_history": [CHANGE, *([older] * 11)]}
    made = record(DOMAIN, rows, names=["small"], reports={}, before={"small": {**BEFORE, "run_id_of_change": "r2"}})
    assert [bool(it["moved"]) for it in made["history"]] == [True] + [False] * 11
    text = shown(card(made), columns=None)
    assert text.count("version 3 of the model scored in place of version 2") == 9 and "and 2 more; --json lists all" in text


def test_nothing_that_a_terminal_obeys_is_written_but_its_own_colours() -> None:
    text = shown(card(everything()), columns=100)
    own = {"\x1b[0m", "\x1b[1m", "\x1b[2m", "\x1b[1;4m"}
    assert {text[place : text.index("m", place) + 1] for place, letter in enumerate(text) if letter == "\x1b"} <= own
    assert {it for it in text if unicodedata.category(it) in ("Cc", "Cf")} == {"\n", "\x1b"}


def test_matches_of_a_name() -> None:
    found = [
        {"domain": "acme.com", "company_name": HOSTILE, "country": "DE", "industry": None, "scores": {"b": 9.5, "a": 12.0}},
        {"domain": "acme.io", "company_name": None, "country": None, "industry": "Retail", "scores": {}},
    ]
    text = shown(page_of_matches({"asked": "ac\x1bme", "matches": found, "more": True, "why": None}), columns=None)
    assert text.splitlines() == [
        "Accounts named like 'ac me'",
        "name one by its domain for all about it",
        "",
        "Matches",
        "domain    name                                                           country  industry  scores",
        f"acme.com  <script>alert('x')</script> [2J Inc [bold]😀{'x' * 16}…  DE       –         a 12.00, b 9.50",
        "acme.io   –                                                              –        Retail    no score",
        "There are more: write more of the name.",
    ]
    none = shown(page_of_matches({"asked": "me@gmail", "matches": [], "more": False, "why": without_score("INVALID_DOMAIN")}), columns=None)
    assert none.splitlines()[4] == "its address is no domain: correct its website, deliver it again, then run the pipeline."
