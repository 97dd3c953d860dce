"""The business report of the warehouse that `activate` leaves: its numbers are asked of the tables, too."""

import html
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from qualscore import contracts
from qualscore.errors import ConfigurationError
from qualscore.runs import main, pinning
from qualscore.runs.run import Outcome, Run
from qualscore.stages.report import REPORT, _members
from tests.held_tables import HeldTables
from tests.small_activation import AS_OF, MOVES, SCORES, features
from tests.spark.test_activate import activated

__all__ = ["activated"]  # the fixture


TOP = [("customer.com", 3.0), ("lost.com", 2.0), ("new.com", 2.0), ("open.com", 0.5)]
LIKE = [("lost.com", 1, "customer.com", "Customer"), ("lost.com", 2, "listed.com", None), ("open.com", 1, "customer.com", "Customer")]
UNSCORED = [("group.com", "group.com", "NO_DATA"), ("N1", None, "NO_DOMAIN")]


@pytest.fixture(scope="module")
def reported(activated: tuple[Run, Outcome]) -> Run:
    """A warehouse with what `score` ranks and leaves out, too, and the reports of all accounts and of a list."""
    run = activated[0]
    rows = {
        "scores/top_accounts": [
            {"score_name": "platform", "rank": rank, "domain": domain, "company_name": domain.split(".")[0].title(), "margin": margin,
             "is_example": False, "score": SCORES[domain][0][0], "band": SCORES[domain][0][1],
             "top_factors": f"For: {domain}. Against: all"}
            for rank, (domain, margin) in enumerate(TOP, 1)
        ],
        "scores/nearest_customers": [
            {"score_name": "platform", "domain": it[0], "rank": it[1], "customer_domain": it[2], "customer_name": it[3]} for it in LIKE
        ],
        "scores/unscored_accounts": [
            {"score_name": "platform", "account_key": it[0], "domain": it[1], "source": "crm", "reason": it[2]} for it in UNSCORED
        ],
    }  # fmt: skip
    held = HeldTables(run.spark, run.settings.warehouse, frames={name: [*of] for name, of in run.tables.frames.items()})
    for name, of_table in rows.items():
        held.replace(name, contracts.load(name).rows(run.spark, of_table))
    for name in (None, "targets"):
        run = replace(run, tables=held, options=SimpleNamespace(dry_run=False, as_of=None, list=name))
        REPORT.work(run)
    return run


def printed(run: Run, file: str) -> tuple[str, list[list[str]]]:
    """The texts of a report, and the cells of the rows of all of its tables."""
    text = re.sub(r"<(style|script|svg).*?</\1>", "", Path(run.settings.warehouse, "reports", file).read_text(), flags=re.DOTALL)
    rows = [re.findall(r"<td[^>]*>(.*?)</td>", it, flags=re.DOTALL) for it in re.findall(r"<tr>(.*?)</tr>", text, flags=re.DOTALL)]
    plain = [[html.unescape(re.sub(r"<[^>]+>", "", cell)).replace("\u00a0", " ") for cell in row] for row in rows if row]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).replace("\u00a0", " ").split()), plain


def test_the_numbers_of_the_report_are_those_of_the_tables(reported: Run) -> None:
    """Each asked of scores/fit_intent, the history, the features and the accounts without a score, not of the market."""
    said, rows = printed(reported, "platform/business.html")
    beside = [it for it in reported.tables.read("scores/fit_intent").where("score_name = 'platform'").collect()]
    fit = [it for it in beside if it.score is not None and it.score >= 50]
    free = [it for it in fit if it.crm_state in ("not_in_crm", "untouched")]
    now = [it for it in fit if it.intent_level == "high"]
    assert (len(beside), len(fit), len(free), len(now)) == (6, 4, 2, 2)
    assert f"Of {len(beside)} accounts {len(fit)} look like your customers (67 %). On {len(free)} of these nobody works yet" in said
    assert f"Call now {len(now)} look like your customers and research now; {len({*now} & {*free})} of them" in said
    in_state = [sum(it.band == "likely" and it.crm_state == state for it in beside) for state in ("not_in_crm", "untouched", "open_deal")]
    assert ["Likely", *map(str, in_state), "0", "3"] in rows
    german = [it for it in beside if it.country == "DE"]
    assert ["Germany", f"{len(german)}", f"{len({*german} & {*fit})}", "fewer than 5", f"{len({*german} & {*free})}", "0", "0"] in rows
    assert ["Software & Internet", "Germany", "251-1000", "1", "0", "1", "0"] in rows
    levels = [sum(it.band == "likely" and it.intent_level == level for it in beside) for level in ("high", "some", "none")]
    assert ["Likely", *map(str, levels), "3"] in rows
    best = sorted(free, key=lambda it: (-dict(TOP)[it.domain], it.domain))
    assert [row[1] for row in rows if len(row) == 10] == [it.domain for it in best] == ["lost.com", "new.com"]
    lost = [
        "Lost",
        "lost.com",
        "lost.com",
        "Customer, listed.com",
        "Banking & Finance",
        "United States",
        "10001+",
        "untouched",
        "none",
        "80.00",
    ]
    assert lost in rows
    steps = [it for it in MOVES if it[0] == "platform" and it[3] == "data" and (AS_OF - it[6]).days < 90]
    up, down = (sum(it[2] == "changed" and (it[5] > it[4]) is is_up for it in steps) for is_up in (True, False))
    assert ["their data changed, or time passed", "0", "0", f"{up}", f"{down}", f"{sum(it[2] == 'new' for it in steps)}", "0"] in rows
    assert ["Open", "open.com", "up", "Likely", "open deal", "+5.25", "60.00"] in rows
    assert [row[3] for row in rows if row[0] in ("NO_DATA", "NO_DOMAIN")] == ["1", "1"]
    deals = reported.tables.read("scores/score_performance").where("score_name = 'platform' and range_kind = 'all'").collect()
    deals = [it for it in deals if it.basis == "score_when_created"]
    assert deals and ["all", f"{deals[0].opportunities}", "fewer than 5", "withheld"] in [row[:4] for row in rows]
    known = [it for it in features() if it["country"]]
    assert ["country", "83 %", f"{len(known)}"] in rows


def test_the_report_of_all_scores_and_of_a_list(reported: Run) -> None:
    said, rows = printed(reported, "business.html")
    assert "Of 6 accounts of the universe 2 qualify for at least one of 2 products" in said  # the others are worked on
    assert ["New", "new.com", "platform 100 (act now)", "not in the CRM", "1", "100.00"] in rows  # an override
    assert ["platform", "1", "3", "2", "0", "1"] in rows and ["analytics", "1", "2", "1", "0", "2"] in rows
    said, rows = printed(reported, "platform/business_targets.html")
    assert "Of the 2 accounts of the account list targets 1 look like your customers (50 %)." in said
    assert [row[:2] for row in rows if len(row) == 10] == [["new.com", "new.com"]]
    assert [row[0] for row in rows if "NO_" in row[0]] == ["NO_DATA"]
    index = (Path(reported.settings.warehouse) / "reports" / "index.html").read_text()
    links = re.findall(r'href="([^"#]*business[^"]*)"', index)
    names = [f"{folder}business{of}.html" for folder in ("", "analytics/", "platform/") for of in ("", "_targets")]
    assert links == names


def test_a_list_that_nobody_knows_is_named_with_the_nearest(reported: Run) -> None:
    run = replace(reported, options=SimpleNamespace(dry_run=False, as_of=None, list="old_friend"))
    with pytest.raises(ConfigurationError, match="no segment, account list or call list with accounts has that name; .*old_friends"):
        REPORT.work(run)


def test_a_call_list_is_that_of_its_newest_day_without_whom_nobody_calls(reported: Run) -> None:
    days = [(1, "lost.com", False), (2, "new.com", False), (2, "open.com", True)]
    calls = [
        {"list_name": "dach", "made_on": AS_OF - timedelta(3 - day), "domain": domain, "is_control": held} for day, domain, held in days
    ]
    tables = HeldTables(reported.spark, reported.settings.warehouse, frames={**reported.tables.frames})
    tables.frames["scores/call_lists"] = [contracts.load("scores/call_lists").rows(reported.spark, calls)]
    named = _members(replace(reported, tables=tables, options=SimpleNamespace(list="dach")))
    assert named.text == "the call list dach" and [it.domain for it in named.domains.collect()] == ["new.com"]


def test_it_is_due_when_what_it_reads_or_says_has_changed(reported: Run) -> None:
    run = pinning.pinned(replace(reported, options=SimpleNamespace(list=None, dry_run=False)), REPORT.inputs)
    fingerprint, is_asked = main._asked(run, REPORT, {}, None)
    assert is_asked and main._asked(run, REPORT, {("report", None): fingerprint}, None) == (fingerprint, False)
    newer = run.tables.pinned({**run.tables.pins, "scores/score_performance": 7})
    for changed in (replace(run, tables=newer), replace(run, options=SimpleNamespace(list="targets", dry_run=False))):
        assert main._asked(changed, REPORT, {("report", None): fingerprint}, None)[1]
