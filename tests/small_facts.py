"""What is published of six accounts and two scores, as BI reads it."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from qualscore.definitions.definition import Definition

AS_OF = date(2026, 6, 1)
SCORED_AT = datetime(2026, 6, 1, 4, 30, tzinfo=UTC)
DEFINITIONS = [
    Definition.model_validate({"name": "platform", "examples": {"account_list": "won"}, "bands": {"highly_likely": 90}}),
    Definition.model_validate({"name": "data_analytics", "examples": {"account_list": "won"}}),
]
# domain, name, country, industry, size, crm_state, owners of its CRM accounts
ACCOUNTS: list[tuple[str, str, str, str, str, str, list[str | None]]] = [
    ("acme.com", "Acme", "DE", "Software & Internet", "251-1000", "not_in_crm", []),
    ("bolt.com", "Bolt", "DE", "Banking & Finance", "51-250", "untouched", ["Eva"]),
    ("cord.com", "Cord", "US", "Software & Internet", "1-50", "open_deal", ["Ben", "Ada"]),
    ("dust.com", "Dust's", "US", "Manufacturing", "10001+", "customer", ["Ada"]),
    ("echo.com", "Echo", "unknown", "unknown", "unknown", "not_in_crm", []),
    ("fern.com", "Fern", "DE", "Banking & Finance", "unknown", "not_in_crm", []),
]
# score, domain, score, band, advice
SCORES = [
    ("platform", "acme.com", 97.5, "highly_likely", "call_now"),
    ("platform", "bolt.com", 80.0, "likely", "nurture"),
    ("platform", "cord.com", 60.0, "likely", "call_now"),
    ("platform", "dust.com", 10.0, "unlikely", "not_now"),
    ("platform", "fern.com", 55.0, "likely", "call_now"),
    ("data_analytics", "acme.com", 40.0, "unlikely", "not_now"),
    ("data_analytics", "bolt.com", 96.0, "highly_likely", "call_now"),
]
# score, domain, rank
RANKS = [("platform", "acme.com", 1), ("platform", "bolt.com", 2), ("data_analytics", "bolt.com", 1)]
# domain to factors for and against, each with its value and contribution
FACTORS: dict[str, tuple[list[tuple[str, str | None, float]], list[tuple[str, str | None, float]]]] = {
    "acme.com": ([("uses Kafka", "Kafka", 1.5), ("industry", "Software", 0.5)], [("country", "DE", -0.25)]),
    "bolt.com": ([("uses Kafka", "Kafka", 1.0)], []),
    "cord.com": ([("industry", "Software", 0.5)], []),
    "dust.com": ([], [("industry", "Manufacturing", -2.0), ("research", None, -1.0)]),
    "fern.com": ([("employees", "60", 0.125)], []),
}
# domain, change, cause, score before and now, day
MOVES = [
    ("acme.com", "changed", "data", 89.5, 97.5, date(2026, 5, 20)),
    ("bolt.com", "changed", "model", 95.25, 80.0, date(2026, 5, 20)),
    ("cord.com", "changed", "data", 61.5, 60.0, date(2026, 5, 20)),
    ("dust.com", "changed", "rule", 50.0, 10.0, date(2026, 4, 10)),
    ("fern.com", "new", "data", None, 55.0, date(2026, 4, 10)),
    ("gone.com", "gone", "data", 70.0, None, date(2026, 5, 20)),
]
# basis, kind, range, low score, accounts, won, lost, conversion
PERFORMANCE = [
    ("present_score", "tenth", "90 to 100", 90.0, 1, 1, 0, 1.0),
    ("present_score", "tenth", "10 to 20", 10.0, 1, 1, 3, 0.25),
    ("present_score", "tenth", "unscored", None, 1, 0, 0, None),
    ("present_score", "band", "highly_likely", None, 1, 1, 0, 1.0),
    ("present_score", "all", "all", None, 6, 2, 3, 0.4),
    ("score_when_created", "tenth", "90 to 100", 90.0, 1, 0, 1, 0.0),
]


def band_of(score: float | None) -> str | None:
    return None if score is None else "highly_likely" if score >= 90 else "likely" if score >= 50 else "unlikely"


def tables() -> Mapping[str, Sequence[Mapping[str, Any]]]:
    return {
        "features/account_features": [
            {"domain": it[0], "company_name": it[1], "as_of_on": AS_OF, "country": None if it[2] == "unknown" else it[2],
             "industry": it[3], "has_data": it[2] != "unknown", "tech_stack": [], "intent": []} for it in ACCOUNTS
        ],
        "scores/crm_account_scores": [
            {"account_id": f"{it[0]} {number}", "domain": it[0], "owner": owner, "scores": []}
            for it in ACCOUNTS for number, owner in enumerate(it[6])
        ] + [{"account_id": "nowhere", "owner": "Eva", "scores": []}],
        "scores/fit_intent": fit_intent(),
        "scores/account_scores": [
            {"score_name": it[0], "domain": it[1], "score": it[2], "band": it[3], "as_of_on": AS_OF, "scored_at": SCORED_AT,
             "run_id": "r1", "model_version": 3, **factors(it[1])} for it in SCORES
        ],
        "scores/top_accounts": [{"score_name": it[0], "domain": it[1], "rank": it[2]} for it in RANKS],
        "scores/score_history": [
            {"score_name": "platform", "domain": it[0], "change": it[1], "cause": it[2], "score_before": it[3], "score": it[4],
             "band_before": band_of(it[3]), "band": band_of(it[4]), "as_of_on": it[5], "run_id": f"r {it[5]}", "scored_at": SCORED_AT}
            for it in MOVES
        ],
        "scores/score_performance": [
            {"score_name": "platform", "basis": it[0], "range_kind": it[1], "score_range": it[2], "low_score": it[3], "accounts": it[4],
             "opportunities": it[5] + it[6], "won": it[5], "lost": it[6], "conversion": it[7], "won_revenue_usd": 0.0, "as_of_on": AS_OF}
            for it in PERFORMANCE
        ],
        "scores/score_runs": [
            {"run_id": "r0", "job": "score", "score_name": it.name, "as_of_on": date(2025, 12, 30), "exit_code": 0} for it in DEFINITIONS
        ],
    }  # fmt: skip


def fit_intent() -> list[dict[str, Any]]:
    known = {it[:2]: it for it in SCORES}
    rows = []
    for definition in DEFINITIONS:
        for domain, name, country, industry, size, crm_state, _ in ACCOUNTS:
            _, _, score, band, advice = known.get((definition.name, domain), (None, None, None, "unscored", "not_now"))
            rows.append(
                {"score_name": definition.name, "domain": domain, "company_name": name, "score": score, "score_final": score,
                 "band": band, "advice": advice, "intent_level": "high" if advice == "call_now" else "none", "country": country,
                 "industry": industry, "size": size, "crm_state": crm_state, "as_of_on": AS_OF, "is_example": False}
            )  # fmt: skip
    return rows


def factors(domain: str) -> dict[str, list[dict[str, Any]]]:
    fields = ("factor", "value", "contribution")
    return {
        name: [dict(zip(fields, it, strict=True)) for it in side]
        for name, side in zip(("factors_for", "factors_against"), FACTORS[domain], strict=True)
    }
