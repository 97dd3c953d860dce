"""What a small market's business report is made of, counted by hand: 100 accounts, of which 12 fit and 9 are free."""

from typing import Any

HOSTILE = "=cmd|' /C calc'!A0 <script>alert(1)</script> \"q\" 'q'\n\x1b[2J\x07\u202eevil\u2066 \U0001f600 *b* `_` " + "x" * 300
TOP = "For: 51-200 employees; uses Kafka. Against: state CO"


def cell(band: str, crm_state: str, accounts: int, high: int = 0, some: int = 0) -> dict[str, Any]:
    now = high if band in ("highly_likely", "likely") else 0
    return {"band": band, "crm_state": crm_state, "accounts": accounts, "high_intent_accounts": high, "some_intent_accounts": some,
            "call_now_accounts": now}  # fmt: skip


MATRIX = [
    cell("highly_likely", "not_in_crm", 2, high=1), cell("likely", "not_in_crm", 4, some=1), cell("likely", "untouched", 3, high=1),
    cell("likely", "open_deal", 1, high=1), cell("highly_likely", "customer", 2), cell("unlikely", "not_in_crm", 80, high=4),
    cell("unlikely", "customer", 1), cell("unscored", "not_in_crm", 7),
]  # fmt: skip


def part(by: str, value: str, *numbers: int) -> dict[str, Any]:
    names = ("accounts", "customers", "fitting", "white_highly_likely", "white_likely", "white_call_now")
    return {"by": by, "value": value, **dict(zip(names, numbers, strict=True))}


PARTS = [
    part("industry", "Software & Internet", 60, 3, 10, 2, 6, 2), part("industry", "Retail", 40, 0, 2, 0, 1, 0),
    part("country", "DE", 70, 3, 9, 2, 5, 2), part("country", "unknown", 30, 0, 3, 0, 2, 0), part("size", "51-250", 100, 3, 12, 2, 7, 2),
]  # fmt: skip
SPOTS = [
    {"industry": industry, "country": country, "size": "51-250", "white_highly_likely": best, "white_likely": likely, "white_call_now": now,
     "spots": 3, "place": place}
    for place, (industry, country, best, likely, now) in enumerate(
        [("Software & Internet", "DE", 2, 4, 2), ("Software & Internet", "unknown", 0, 2, 0), ("Retail", "DE", 0, 1, 0)], 1)
]  # fmt: skip


def account(place: int, domain: str, name: str | None, score: float, **changes: Any) -> dict[str, Any]:
    like = [{"rank": 1, "customer_name": "Globex", "customer_domain": "globex.com"},
            {"rank": 2, "customer_name": None, "customer_domain": "initech.com"}]  # fmt: skip
    known = {"industry": "Retail", "country": "DE", "size": "51-250", "crm_state": "untouched", "intent_level": "some"}
    return {"place": place, "domain": domain, "company_name": name, "score": score, "top_factors": TOP, "nearest": like, **known, **changes}


BEST = [
    account(1, "hostile.com", HOSTILE, 99.5, industry="Software & Internet", crm_state="not_in_crm", intent_level="high"),
    account(2, "b.io", None, 96.0, nearest=None, top_factors=None, country="US"),
    account(3, "c.de", "Cee", 60.25),
]
MODEL = {"version": 3, "trained_on": "2026-06-01", "due_on": "2026-12-01", "is_due": False, "is_rules": False, "standing": "ready"}
MOVED = [
    {"domain": "hostile.com", "company_name": HOSTILE, "score": 99.5, "band": "highly_likely", "crm_state": "not_in_crm",
     "score_trend": "improving", "points_moved": 12.5},
    {"domain": "d.de", "company_name": "Dee", "score": 10.0, "band": "unlikely", "crm_state": "customer", "score_trend": "declining",
     "points_moved": -7.25},
]  # fmt: skip


def numbers(**changes: Any) -> dict[str, Any]:
    """The page of one score."""
    return {
        "score_name": "small", "as_of_on": "2026-06-01", "list": None, "file": "business.html",
        "bands": {"highly_likely": 95.0, "likely": 50.0},
        "matrix": MATRIX, "parts": PARTS, "spots": SPOTS, "best": BEST, "moved": MOVED, "model": MODEL,
        "changes": [{"cause": "data", "direction": "band_up", "count": 1_200}, {"cause": "rule", "direction": "gone", "count": 3}],
        "unscored": [{"reason": "NO_DATA", "count": 7}, {"reason": "NO_DOMAIN", "count": 2}],
        "performance": [], "outcomes": [], "surprises": [],
        "filled": {"accounts": 100, "country": 70, "employees": 100, "revenue": 12}, **changes,
    }  # fmt: skip


def numbers_of_all(**changes: Any) -> dict[str, Any]:
    """The page of two scores."""
    cards = [{"domain": "hostile.com", "company_name": HOSTILE, "crm_state": "not_in_crm", "product_count": 2, "best_score": 99.5,
              "products_line": "small 99 (act now), other 80 (qualified)", "cards": 9}]  # fmt: skip
    other = numbers(score_name="other", model=None, unscored=[{"reason": "EXCLUDED", "count": 4}])
    shared = {name: numbers()[name] for name in ("as_of_on", "list", "file", "filled", "outcomes")}
    return {**shared, "scores": [numbers(), other], "cards": cards, **changes}


def deals(kind: str, name: str, won: int, lost: int, **changes: Any) -> dict[str, Any]:
    """A row of scores/score_performance."""
    low = float(name.split()[0]) if kind == "tenth" and name != "unscored" else None
    share = won / (won + lost) if won + lost else None
    return {"basis": "present_score", "range_kind": kind, "score_range": name, "low_score": low, "accounts": 50, "won_accounts": won,
            "opportunities": won + lost + 1, "won": won, "lost": lost, "conversion": share, "conversion_low": share and share / 2,
            "conversion_high": share and min(1.0, 2 * share), "lift": share and share / 0.25, "won_revenue_usd": 125_000.0 * won,
            "average_deal_usd": 125_000.0 if won else None, "median_cycle_days": 61.5 if won else None, **changes}  # fmt: skip


PERFORMANCE = [
    deals("tenth", "90 to 100", 30, 30), deals("tenth", "0 to 10", 3, 57), deals("tenth", "50 to 60", 10, 90), deals("all", "all", 43, 177),
    deals("band", "highly_likely", 30, 30), deals("band", "unlikely", 13, 147), deals("tenth", "unscored", 0, 0),
]  # fmt: skip


def outcome(kind: str, name: str, band: str, outcome: str, **changes: Any) -> dict[str, Any]:
    """A row of scores/list_outcomes."""
    return {"kind": kind, "name": name, "band": band, "outcome": outcome, "accounts": 200, "reached": 40, "share": 0.2, "share_low": 0.15,
            "share_high": 0.26, "expected": None, "against_expected": None, "control_share": 0.1, "difference": 0.1, "difference_low": 0.02,
            "difference_high": 0.18, "effect": "more", "followed_to_on": "2026-06-01", **changes}  # fmt: skip


OUTCOMES = [
    outcome("score", "small", "likely", "won", expected=31.5, against_expected="more"),
    outcome("score", "small", "highly_likely", "contacted"),
    outcome("list_all_days", "dach", "all", "won", control_share=None, difference=None, effect=None),
    outcome("list_all_days", "dach", "all", "contacted"),
]
SURPRISES = [
    {"surprise": "won_scored_low", "domain": "hostile.com", "company_name": HOSTILE, "opportunity_name": HOSTILE, "top_factors": TOP,
     "created_on": "2026-05-01", "score_then": 12.0, "place": 1}
]  # fmt: skip
