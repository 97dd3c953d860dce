"""A universe of six accounts and two scores, with what people define over it: the warehouse that `activate` works on in tests."""

from collections.abc import Mapping, Sequence
from datetime import date
from math import log1p
from typing import Any

import pandas as pd

from qualscore.definitions.call_list import CallList
from qualscore.definitions.definition import Definition
from qualscore.definitions.segment import Segment
from qualscore.scores.expected_value import odds

AS_OF = date(2026, 6, 1)
DEFINITIONS = [
    Definition.model_validate({"name": "platform", "examples": {"account_list": "won"}}),
    Definition.model_validate({"name": "analytics", "examples": {"account_list": "won"}, "keyword_sets": ["data", "cloud"]}),
]
# domain, country, industry, employees; signals of the last 4 and 13 weeks of all keywords, of data, and of cloud
ACCOUNTS = [
    ("customer.com", "DE", "Software", 300, (4, 9), (2, 3), (1, 1)),
    ("open.com", "DE", "software", 251, (3, 3), (0, 2), None),
    ("lost.com", "US", "Banking", 10_001, (0, 0), None, None),
    ("new.com", "DE", "Software", 260, (2, 4), (0, 0), None),
    ("listed.com", None, "Untergang", None, (0, 1), None, None),
    ("group.com", "US", None, 9, (None, None), None, None),
]
# domain to score, band and action of platform and of analytics
SCORES = {
    "customer.com": [(97.5, "highly_likely", "act_now"), (97.5, "highly_likely", "act_now")],
    "open.com": [(60.0, "likely", None), (76.99, "likely", "qualified")],
    "lost.com": [(80.0, "likely", "qualified"), (91.0, "likely", "act_now")],
    "new.com": [(70.5, "likely", "good_fit"), None],
    "listed.com": [(10.0, "unlikely", None), (4.0, "unlikely", None)],
}
# score, domain, score_final, final_cause
OVERRIDES = [("platform", "new.com", 100.0, "override_always"), ("analytics", "lost.com", 0.0, "override_never")]
CRM = [
    {"account_id": "A1", "company_name": "Customer", "domain": "customer.com", "parent_account": "Group", "owner": "Eva"},
    {"account_id": "B1", "company_name": "Open", "domain": "open.com", "parent_account": "A1"},
    {"account_id": "B2", "company_name": "Open Twin", "domain": "open.com", "parent_account": "B2"},
    {"account_id": "C1", "company_name": "Lost", "domain": "lost.com", "parent_account": "A1", "account_type": "Former customer"},
    {"account_id": "G1", "company_name": "Group", "domain": "group.com", "account_type": "Customer - Direct"},
    {"account_id": "N1", "company_name": "Nowhere", "domain_problem": "NO_DOMAIN", "parent_account": "B1"},
]
# domain, outcome, created_on, close_on, amount
DEALS = [
    ("customer.com", "won", date(2025, 1, 1), date(2025, 3, 2), 1_000.0),
    ("customer.com", "open", date(2026, 5, 1), date(2026, 9, 1), 700.0),
    ("open.com", "open", date(2026, 5, 1), None, None),
    ("lost.com", "lost", date(2026, 5, 1), date(2026, 5, 20), 90.0),
    ("lost.com", "open", date(2024, 5, 1), None, None),  # no longer open
    ("lost.com", "won", date(2026, 6, 2), None, None),  # of tomorrow
    ("listed.com", "won", date(2026, 2, 1), date(2026, 3, 1), 500.25),
    ("open.com", "lost", date(2026, 3, 5), None, 30.0),
    ("group.com", "lost", date(2026, 2, 1), None, None),
    (None, "lost", date(2026, 2, 2), None, None),
]


# score, domain, change, cause, score_before, score, as_of_on
MOVES = [
    ("platform", "open.com", "changed", "data", 54.25, 57.0, date(2026, 3, 5)),
    ("platform", "open.com", "changed", "data", 57.5, 60.0, date(2026, 5, 1)),
    ("platform", "lost.com", "changed", "data", 90.0, 84.99, date(2026, 5, 1)),
    ("platform", "customer.com", "changed", "model", 80.0, 97.5, date(2026, 5, 1)),
    ("platform", "listed.com", "changed", "data", 60.0, 10.0, date(2026, 3, 3)),  # more than 90 days ago
    ("platform", "new.com", "new", "data", None, 70.5, date(2026, 5, 20)),
]
FIRST_RUNS = {"platform": date(2026, 1, 1), "analytics": date(2026, 5, 25)}
RESEARCHING = "(data.signals_4w >= 1 and not account_lists has 'targets' and platform.score_trend <> 'declining') or platform.score = 100"
SEGMENTS = [
    Segment(name="german", when="analytics.score > 70 and country = 'DE' and analytics.factors_for has 'industry'"),
    Segment(name="old_friends", crm_accounts="account_type ilike '%customer%'", append_to="targets"),
    Segment(name="researching", when=RESEARCHING),
]
LISTS = [
    CallList.model_validate({"name": "best", "accounts": 2, "control_share": 0, "cool_down": {"days": 0}}),
    CallList.model_validate({"name": "held_out", "accounts": 2, "control_share": 0.5, "cool_down": {"activities": ["demo"]}}),
    CallList.model_validate(
        {"name": "shared", "scores": ["platform"], "when": "country in ('DE', 'US')", "accounts": 1, "per": "owner",
         "owners": ["Ada", "Ben"], "control_share": 0}
    ),
    CallList.model_validate(
        {"name": "theirs", "per": "owner", "crm_accounts": "account_type ilike '%customer%'", "cool_down": {"days": 0}}
    ),
]  # fmt: skip
# List, day, domain, whether it was held out, probability; lists of the runs before.
LISTED = [
    ("best", date(2026, 4, 1), "lost.com", False, 0.5),
    ("best", date(2026, 4, 1), "new.com", False, 0.25),
    ("best", date(2026, 4, 1), "listed.com", True, 0.25),
    ("best", date(2026, 5, 15), "lost.com", False, 0.5),
    ("best", date(2026, 5, 15), "listed.com", True, 0.25),
    ("best", date(2026, 6, 1), "gone.com", False, 0.5),  # of the same day, before it is made again
]
# Of the odds at which the four accounts of the CRM that platform scores have one customer: 97, 60, 80 and 10 points, which is the customer.
ODDS = odds(
    pd.DataFrame({"points": [97, 60, 80, 10], "is_example": [False, False, False, True], "in_crm": [True] * 4, "accounts": [1] * 4})
)
P_LOST, P_NEW = (ratio * ODDS / (1 + ratio * ODDS) for ratio in (80 / 20, 70.5 / 29.5))
OF_ROW = ("list_name", "domain", "owner", "rank", "is_control")
LATER = date(2026, 8, 1)
DELIVERED_LATER = {
    "clean/crm_opportunities": [
        {"opportunity_id": "later", "domain": "lost.com", "outcome": "won", "created_on": date(2026, 6, 10), "close_on": date(2026, 7, 1),
         "amount": 5000.0},
        {"opportunity_id": "latest", "domain": "new.com", "outcome": "won", "created_on": date(2026, 6, 20), "close_on": date(2026, 8, 2),
         "amount": 700.0},
        {"opportunity_id": "low", "domain": "listed.com", "outcome": "won", "created_on": date(2026, 6, 15), "close_on": date(2026, 7, 2)},
        {"opportunity_id": "high", "domain": "customer.com", "outcome": "lost", "created_on": date(2026, 6, 15),
         "close_on": date(2026, 7, 3), "amount": 9.0, "owner": "Eva"},
    ],
    "clean/activities": [{"domain": "listed.com", "activity_type": "call", "active_on": date(2026, 6, 15)}],
}  # fmt: skip
# Segment, domain, since_on, left_on: of the runs before.
MEMBERS = [
    ("german", "customer.com", date(2026, 5, 1), None),
    ("german", "lost.com", date(2026, 5, 1), None),
    ("german", "listed.com", date(2026, 4, 1), date(2026, 5, 1)),
    ("forgotten", "customer.com", date(2026, 5, 1), None),
]
SIGNALS = [
    ("open.com", "etl", 18),
    ("open.com", "etl", 25),
    ("new.com", "Data Lake", 25),
    ("new.com", "kubernetes", 25),
    ("new.com", "golf", 25),
]


def features() -> list[dict[str, Any]]:
    rows = []
    for domain, country, industry, employees, (weeks_4, weeks_13), *sets in ACCOUNTS:
        named = [(name, it) for name, it in zip(("data", "cloud"), sets, strict=True) if it]
        intent = [{"keyword_set": name, "signals_4w": few, "signals_13w": many} for name, (few, many) in named]
        size = None if employees is None else log1p(employees)
        rows.append(
            {"domain": domain, "company_name": domain.split(".")[0].title(), "as_of_on": AS_OF, "country": country, "industry": industry,
             "firmo_size": size, "intent_signals_4w": weeks_4, "intent_signals_13w": weeks_13, "intent": intent, "tech_stack": []}
        )  # fmt: skip
    return rows


def band_of(score: float | None) -> str | None:
    return None if score is None else "highly_likely" if score >= 95 else "likely" if score >= 50 else "unlikely"


def scores() -> list[dict[str, Any]]:
    """As an earlier version of the code wrote them, but for those of overrides."""
    final = {it[:2]: dict(zip(("score_final", "final_cause"), it[2:], strict=True)) for it in OVERRIDES}
    factor = {"factor": "industry", "value": "Software", "contribution": 1.0}
    return [
        {"score_name": name, "domain": domain, "score": it[0], "band": it[1], "action": it[2],
         "factors_for": [factor] if domain == "open.com" else [], "factors_against": [],
         "margin": it[0] / 10, "percentile": it[0],
         "is_example": (name, domain) in {("platform", "listed.com"), ("analytics", "open.com")}} | final.get((name, domain), {})
        for domain, of_domain in SCORES.items() for name, it in zip(("platform", "analytics"), of_domain, strict=True) if it
    ]  # fmt: skip


def tables() -> Mapping[str, Sequence[Mapping[str, Any]]]:
    deal = ("domain", "outcome", "created_on", "close_on", "amount")
    deals = [{"opportunity_id": f"{n}"} | dict(zip(deal, it, strict=True)) for n, it in enumerate(DEALS)]
    moves = ("score_name", "domain", "change", "cause", "score_before", "score", "as_of_on")
    member = ("segment_name", "domain", "since_on", "left_on")
    retired = {
        "score_name": "retired",
        "domain": "new.com",
        "score": 99.0,
        "band": "highly_likely",
        "action": "act_now",
        "is_example": False,
    }
    return {
        "features/account_features": features(),
        "scores/account_scores": [*scores(), retired],
        "clean/accounts": [{"domain": row["domain"]} for row in features()[1:]],
        "clean/crm_accounts": CRM,
        "clean/crm_opportunities": deals,
        "clean/account_lists": [{"list_name": "targets", "domain": domain} for domain in ("new.com", "group.com")],
        "clean/activities": [
            {"domain": domain, "activity_type": "call", "active_on": day}
            for domain, day in (("lost.com", date(2026, 5, 15)), ("customer.com", date(2026, 6, 30)))
        ],
        "scores/call_lists": [
            dict(zip(("list_name", "made_on", "domain", "is_control", "probability"), it, strict=True))
            | {"score_name": "platform", "band": "likely"} for it in LISTED
        ],
        "clean/intent_signals": [{"domain": it[0], "keyword": it[1].lower(), "week_on": date(2026, 5, it[2])} for it in SIGNALS],
        "scores/score_history": [
            dict(zip(moves, it, strict=True)) | {"band_before": band_of(it[4]), "band": band_of(it[5])} for it in MOVES
        ],
        "scores/score_runs": [
            {"run_id": f"{day}", "job": "score", "score_name": name, "as_of_on": day, "exit_code": 0}
            for name, first in FIRST_RUNS.items() for day in (first, AS_OF)
        ],
        "scores/account_segments": [dict(zip(member, it, strict=True)) | {"origin": "condition"} for it in MEMBERS],
    }  # fmt: skip
