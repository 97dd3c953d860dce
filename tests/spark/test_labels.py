"""Selectors: any, all and not of lists, deals and engagement, and the date of an example."""

from datetime import date
from typing import Any

import pytest
from pyspark.sql import SparkSession

from qualscore import contracts
from qualscore.definitions.definition import Definition, Reference
from qualscore.universe import labels

AS_OF = date(2026, 6, 15)
EARLY, LATE = date(2025, 1, 1), date(2026, 1, 1)
MEMBERS = [
    ("won", "both.com", LATE),
    ("old", "both.com", EARLY),
    ("won", "won.com", None),
    ("old", "old.com", EARLY),
    ("won", "me.com", LATE),
    ("won", "soon.com", date(2026, 6, 16)),
]
# domain, outcome, products, stage, amount, created_on, close_on
DEALS = [
    ("won.com", "won", ["GTX Pro"], "Closed Won", 500.0, date(2025, 6, 15), LATE),
    ("won.com", "won", ["MG Special"], "closed won ", 9_000.0, date(2024, 1, 1), LATE),
    ("both.com", "won", ["GTXPro", "Other"], "Closed Won", None, date(2025, 6, 14), LATE),
    ("old.com", "lost", ["GTX Pro"], "Closed Lost", 800.0, date(2020, 1, 1), date(2020, 5, 1)),
    ("none.com", "open", ["Other"], "Proposal", 100.0, date(2025, 5, 15), date(2026, 9, 1)),
    ("old.com", "open", ["Other"], "Proposal", 100.0, date(2025, 5, 14), date(2026, 9, 1)),
    ("soon.com", "won", ["Other"], "Closed Won", 100.0, date(2026, 1, 1), date(2026, 7, 1)),
    ("later.com", "won", ["GTX Pro"], "Closed Won", 100.0, date(2026, 6, 16), date(2026, 6, 16)),
    (None, "won", ["GTX Pro"], "Closed Won", 100.0, LATE, LATE),
]
# deal, day, stage from then on
HISTORY = [
    ("4", date(2026, 5, 1), "Lead"),
    ("4", date(2026, 6, 15), "Demo"),
    ("4", date(2026, 6, 16), "Proposal"),
    ("5", date(2026, 6, 16), "Demo"),
]
# domain, type, day; a row each
ACTIVITIES = [
    ("won.com", "demo_request", date(2026, 6, 5)),
    ("won.com", "demo_request", date(2026, 6, 15)),
    ("both.com", "demo_request", date(2026, 6, 4)),
    ("both.com", "demo_request", date(2026, 6, 15)),
    ("old.com", "webinar", date(2026, 6, 10)),
    ("old.com", "demo_request", date(2026, 6, 16)),
]
DOMAINS = ["both.com", "later.com", "me.com", "none.com", "old.com", "soon.com", "won.com"]


@pytest.fixture(scope="module")
def records(spark: SparkSession) -> labels.Records:
    names = ("domain", "outcome", "products", "stage", "amount", "created_on", "close_on")
    deals = [{"opportunity_id": str(place), **dict(zip(names, deal, strict=True))} for place, deal in enumerate(DEALS)]
    acts = [{"domain": d, "activity_type": kind, "active_on": on} for d, kind, on in ACTIVITIES]
    lists = [{"list_name": name, "domain": domain, "event_on": on} for name, domain, on in MEMBERS]
    changes = [
        {"change_id": str(place), "opportunity_id": deal, "changed_on": on, "stage": to} for place, (deal, on, to) in enumerate(HISTORY)
    ]
    rows = {"crm_opportunities": deals, "activities": acts, "account_lists": lists, "crm_opportunity_history": changes}
    return labels.Records(*(contracts.load(f"clean/{table}").rows(spark, rows[table]).persist() for table in labels.Records._fields))


def label(records: labels.Records, examples: dict[str, Any], **more: Any) -> dict[str, tuple[bool, bool, date | None]]:
    accounts = records.account_lists.sparkSession.createDataFrame([(domain,) for domain in DOMAINS], "domain string")
    definition = Definition.model_validate({"name": "one", "examples": examples, **more})
    rows = labels.label(accounts, records, definition=definition, as_of=AS_OF, own_domains=("me.com",)).collect()
    assert len(rows) == len(DOMAINS)
    return {row["domain"]: (row["is_example"], row["is_excluded"], row["event_on"]) for row in rows}


def examples(records: labels.Records, selection: dict[str, Any]) -> dict[str, date | None]:
    """The examples and their dates."""
    return {domain: on for domain, (is_example, _, on) in sorted(label(records, selection).items()) if is_example}


def test_any_takes_the_first_event_of_all_that_hold(records: labels.Records) -> None:
    labelled = label(records, {"any": [{"account_list": "won"}, {"account_list": "old"}]})
    assert labelled["both.com"] == (True, False, EARLY)
    assert labelled["won.com"] == (True, False, None)
    assert labelled["old.com"] == (True, False, EARLY)
    assert labelled["none.com"] == (False, False, None)
    assert labelled["soon.com"] == (False, False, None), "on the list from tomorrow on"


def test_own_domains_are_neither_examples_nor_scored(records: labels.Records) -> None:
    assert label(records, {"account_list": "won"})["me.com"] == (False, True, LATE)


def test_all_needs_each_and_not_turns_round(records: labels.Records) -> None:
    assert examples(records, {"all": [{"account_list": "old"}, {"not": {"account_list": "won"}}]}) == {"old.com": EARLY}


def test_a_branch_that_does_not_hold_dates_nothing(records: labels.Records) -> None:
    both = {"all": [{"account_list": "old"}, {"activities": {"type": ["webinar"]}}]}
    assert examples(records, {"any": [{"account_list": "won"}, both]}) == {"both.com": LATE, "old.com": EARLY, "won.com": None}


def test_who_is_excluded_is_no_example(records: labels.Records) -> None:
    labelled = label(records, {"account_list": "won"}, exclude={"account_list": "old"})
    assert (
        labelled["both.com"][:2] == (False, True) and labelled["old.com"][:2] == (False, True) and labelled["won.com"][:2] == (True, False)
    )


CREATED, FIRST = date(2025, 6, 15), date(2024, 1, 1)
BEFORE, BEFORE_MAY = date(2025, 6, 14), date(2025, 5, 14)
SELECTED = {
    "won, dated by the first": ({"opportunities": {"outcome": "won"}}, {"both.com": BEFORE, "won.com": FIRST}),
    "won within twelve months, to the day": ({"opportunities": {"created_within_months": 12}}, {"won.com": CREATED}),
    "one product in two spellings": ({"opportunities": {"product": ["gtx-pro"]}}, {"both.com": BEFORE, "won.com": CREATED}),
    "one of several products": ({"opportunities": {"product": ["other"]}}, {"both.com": BEFORE}),
    "a stage in another case, with spaces": (
        {"opportunities": {"stage": [" CLOSED WON"], "product": ["MG special"]}}, {"won.com": FIRST},
    ),
    "the stage that a deal had on the day": (
        {"opportunities": {"outcome": "open", "stage": ["demo"], "created_within_months": 36}}, {"none.com": date(2025, 5, 15)},
    ),
    "its own stage, where its history begins later": (
        {"opportunities": {"outcome": "open", "stage": ["proposal"], "created_within_months": 36}}, {"old.com": BEFORE_MAY},
    ),
    "an amount, which has to be known": ({"opportunities": {"min_amount": 500, "product": ["GTX Pro"]}}, {"won.com": CREATED}),
    "lost, however old": ({"opportunities": {"outcome": "lost"}}, {"old.com": date(2020, 1, 1)}),
    "open, of 13 months, won only later too": (
        {"opportunities": {"outcome": "open"}}, {"none.com": date(2025, 5, 15), "soon.com": LATE},
    ),
    "open, of one month": ({"opportunities": {"outcome": "open", "created_within_months": 1}}, {}),
    "any, of which open ones of 13 months": (
        {"opportunities": {"outcome": "any", "product": ["Other"]}},
        {"both.com": BEFORE, "none.com": date(2025, 5, 15), "soon.com": LATE},
    ),
    "active within ten days, to the day": (
        {"activities": {"type": ["Demo Request"], "within_days": 10}}, {"both.com": AS_OF, "won.com": date(2026, 6, 5)},
    ),
    "active twice within ten days": (
        {"activities": {"type": ["demo_request"], "within_days": 10, "min_count": 2}}, {"won.com": date(2026, 6, 5)},
    ),
    "active at all, not tomorrow": (
        {"activities": {}}, {"both.com": date(2026, 6, 4), "old.com": date(2026, 6, 10), "won.com": date(2026, 6, 5)},
    ),
    "won and not on a list, or lost": (
        {"any": [{"all": [{"opportunities": {}}, {"not": {"account_list": "old"}}]}, {"opportunities": {"outcome": "lost"}}]},
        {"old.com": date(2020, 1, 1), "won.com": FIRST},
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", SELECTED)
def test_deals_and_engagement_choose_and_date_the_examples(records: labels.Records, what: str) -> None:
    selection, expected = SELECTED[what]
    assert examples(records, selection) == expected


def test_what_is_found_of_no_account(records: labels.Records) -> None:
    definition = Definition.model_validate({"name": "one", "examples": {"opportunities": {"outcome": "won"}}})
    rows = labels.records_found(records, definition.selectors, as_of=AS_OF).where("domain is null").collect()
    assert [(row["selector"], row["on"]) for row in rows] == [(0, LATE)]


@pytest.mark.parametrize(
    ("reference", "inside"),
    [
        (Reference(), ["big.de", "small.de", "big.us", "unknown"]),
        (Reference(country=("DE",)), ["big.de", "small.de"]),
        (Reference(country=("DE",), min_employees=10), ["big.de"]),
    ],
)
def test_the_reference_takes_known_values_only(spark: SparkSession, reference: Reference, inside: list[str]) -> None:
    rows = [("big.de", "DE", 2.3979), ("small.de", "DE", 2.3026), ("big.us", "US", 9.0), ("unknown", None, None)]  # log1p of 10 and 9
    frame = spark.createDataFrame(rows, "domain string, country string, firmo_size double")
    assert [row["domain"] for row in frame.where(labels.in_reference(reference)).collect()] == inside
