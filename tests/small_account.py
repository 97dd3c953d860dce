"""Rows of the tables about one account, as `rows_of` gives them, and the report of the model that scored it."""

from typing import Any

from tests import small_report

HOSTILE = "<script>alert('x')</script>\x1b[2J\nInc \u202e[bold]\U0001f600" + "x" * 300
DOMAIN = "acme.com"


def factor(name: str, value: str, contribution: float) -> dict[str, Any]:
    return {"factor": name, "value": value, "contribution": contribution}


SCORE = {
    "score_name": "small", "domain": DOMAIN, "company_name": HOSTILE, "score": 87.5, "band": "likely", "action": "qualified", "lift": 7.0,
    "score_final": 100.0, "final_cause": "override_always", "margin": 1.9,
    "base": -0.2, "percentile": 97.25, "other_contribution": 0.4, "is_example": False, "model_version": 3,
    "factors_for": [factor("employees", "7", 1.5), factor("country", "JP", 0.5)],
    "factors_against": [factor("research activity", "0 signals in 52 weeks", -0.3)],
    "top_factors": "", "run_id": "r2", "as_of_on": "2026-06-01", "scored_at": "2026-06-02T08:00:00.000Z",
}  # fmt: skip
BEFORE = {**SCORE, "score": 44.0, "band": "unlikely", "action": None, "factors_for": [factor("employees", "unknown", 0.1)], "run_id": "r1"}
CHANGE = {
    "score_name": "small", "domain": DOMAIN, "change": "changed", "cause": "data", "score_before": 44.0, "score": 87.5,
    "band_before": "unlikely", "band": "likely", "model_version_before": 3, "model_version": 3, "run_id": "r2", "as_of_on": "2026-06-01",
    "scored_at": "2026-06-02T08:00:00.000Z",
}  # fmt: skip
ACCOUNT = {
    "domain": DOMAIN, "company_name": HOSTILE, "country": "JP", "employees": 1848, "founded_year": 1999, "is_listed": False,
    "sources": ["crm", "firmographics"], "value_sources": {"company_name": "crm", "country": "crm", "employees": "firmographics",
    "founded_year": "firmographics", "is_listed": "firmographics"},
}  # fmt: skip
FEATURES = {"domain": DOMAIN, "company_name": HOSTILE, "country": "DE", "employees": 1848, "founded_year": 1999, "is_listed": False,
            "firmo_size": 2.08, "intent_signals_52w": 0, "intent": []}  # fmt: skip
CRM = {"account_id": "001", "company_name": HOSTILE, "domain": DOMAIN, "country": "JP", "account_type": "Prospect", "owner": "ann",
       "modified_on": "2026-05-03", "created_on": "2020-01-01", "source": "crm_accounts:accounts.csv"}  # fmt: skip
DEAL = {"opportunity_id": "006", "opportunity_name": "Platform", "domain": DOMAIN, "outcome": "lost", "created_on": "2025-02-03",
        "modified_on": None, "source": "crm_opportunities:deals.csv"}  # fmt: skip
FIRMOGRAPHICS = {"domain": DOMAIN, "employees": 1848, "observed_on": "2026-05-01", "source": "firmographics:f.csv"}
KAFKA = {"domain": DOMAIN, "product": "Kafka", "category": None, "first_seen_on": None, "last_seen_on": "2026-04-30", "source": "t"}

NEAR = [
    {"score_name": "small", "domain": DOMAIN, "rank": rank, "customer_domain": f"{name}.com", "customer_name": name, "distance": rank / 2,
     "shared_factors": shared}
    for rank, name, shared in ((2, "initech", ["country"]), (1, "globex", ["employees", "country"]))
]  # fmt: skip
ROWS: dict[str, list[dict[str, Any]]] = {
    "clean/accounts": [ACCOUNT], "features/account_features": [FEATURES], "scores/account_scores": [SCORE],
    "scores/unscored_accounts": [{"score_name": "other", "reason": "EXCLUDED", "domain": DOMAIN}],
    "scores/top_accounts": [{"score_name": "small", "rank": 12}], "scores/score_history": [CHANGE], "clean/firmographics": [FIRMOGRAPHICS],
    "clean/technographics": [KAFKA], "clean/crm_accounts": [CRM], "clean/intent_signals": [], "clean/crm_opportunities": [DEAL],
    "clean/activities": [{"activity_type": "demo_request", "number": 2, "last_on": "2026-01-02", "source": "a"}],
    "scores/nearest_customers": NEAR,
    "scores/fit_intent": [{"score_name": "small", "advice": "call_now", "intent_level": "high", "score_trend": "improving"}],
    "scores/account_segments": [{"segment_name": "mid_market", "since_on": "2026-05-01", "left_on": None},
                                {"segment_name": "left", "since_on": "2026-04-01", "left_on": "2026-05-01"}],
    "scores/call_lists": [{"list_name": "north", "made_on": "2026-05-01", "owner": "Ada", "rank": None, "is_control": True},
                          {"list_name": "north", "made_on": "2026-06-01", "owner": None, "rank": 3, "is_control": False}],
    "clean/overrides": [{"score_name": None, "score_final": 100.0, "decision": "always", "reason": "a partner\x1b[2J", "author": "ann",
                         "decided_on": "2026-05-04", "expires_on": "2026-12-31"}],
    "clean/account_lists": [{"list_name": "rivals", "domain": DOMAIN, "event_on": None}],
}  # fmt: skip
REPORTS = {"small": small_report.report()}
