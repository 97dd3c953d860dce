"""What a training would have measured of a small model, made without one; a company and a product have hostile names."""

from typing import Any

HOSTILE = "<script>alert('x')</script> & Söhne | *Co* `_`"
MEASURES = {"roc_auc": 0.883, "average_precision": 0.169, "recall_at_1": 0.155, "recall_at_5": 0.46, "recall_at_10": 0.623}
INTERVALS = {"roc_auc": [0.864, 0.898], "average_precision": [0.14, 0.2], "recall_at_1": [0.12, 0.19], "recall_at_10": [0.57, 0.67]}
RULE = {"rule": "employees, most first", "column": "firmo_size", "roc_auc": 0.741, "recall_at_1": 0.09, "recall_at_10": 0.45}


def report(**changes: Any) -> dict[str, Any]:
    """A report of a model that is ready to use."""
    made: dict[str, Any] = {
        "score_name": "small", "as_of_on": "2026-06-01", "model_version": 3, **MEASURES, "intervals": INTERVALS, "customers": 361,
        "unlabelled": 19_391, "selected": 366, "dated": 361, "evaluation_accounts": 19_391, "evaluation_weight": 1.0,
        "calibration_error": 0.0083, "calibration_error_expected": 0.0133, "warnings": ["small: few days are known."], "suspicions": [],
        "rules": [RULE], "beaten_by": [], "slices": [part("country DE", 0.9), part("in the CRM", 0.851)],
        "by_time": {"from": "2026-01-11", "customers_before": 269, "customers": 92, "roc_auc": 0.864, "recall_at_10": 0.58,
                    "intervals": {"roc_auc": [0.825, 0.9]}},
        "reliability": [{"from": 25.0, "to": 50.0, "said": 0.35, "observed": 0.34},
                        {"from": 95.0, "to": 100.0, "said": 0.97, "observed": 0.96}],
        "bands_today": [{"from": 95.0, "to": 100.0, "share": 0.008}], "psi": 0.02, "learning_curve": [], "learning_curve_in_words": None,
        "bands": {"highly_likely": 95, "likely": 50}, "actions": {"act_now": 90, "qualified": 75, "good_fit": 70},
        **_pictures(), **_factors(),
        "misses": [{"domain": "a.com", "company_name": HOSTILE, "as_of_on": "2026-01-02", "score": 1.58,
                    "factors_for": [{"factor": "company age", "value": "8 years", "contribution": 0.2}],
                    "factors_against": [{"factor": "employees", "value": "1-10 employees", "contribution": -1.1},
                                        {"factor": "technologies known", "value": "0", "contribution": -0.2},
                                        {"factor": "city", "value": "Ulm", "contribution": -0.01}]}],
    }  # fmt: skip
    return made | changes


def _pictures() -> dict[str, Any]:
    from qualscore.model.judging.gains import TOPS

    model = [min(1.0, 0.06 * top) if top <= 10 else 0.62 + 0.38 * (top - 10) / 90 for top in TOPS]
    rows = [("highly_likely", 95, 100, 44, 158.0), ("likely", 75, 95, 170, 1574.0), ("likely", 50, 75, 87, 2741.0)]
    rows += [("unlikely", 25, 50, 57, 3965.0), ("unlikely", 0, 25, 3, 11_314.0)]
    return {
        "gains": {"top_percent": list(TOPS), "model": model, "rules": [{"rule": RULE["rule"], "found": [it * 0.8 for it in model]}]},
        "distribution": {
            "edges": [float(it) for it in range(0, 101, 10)], "all": [900.0] * 5 + [100.0] * 5, "in_crm": [300.0] * 5 + [200.0] * 5,
            "customers": [3.0, 5, 10, 20, 22, 41, 50, 60, 70, 80],
        },
        "separation": {"edges": [-4.0, -2.0, 0.0, 2.0], "customers": [0.1, 0.3, 0.6], "unlabelled": [0.7, 0.2, 0.1]},
        "conversion": [
            {"band": band, "from": low, "to": high, "customers": customers, "accounts": accounts, "share": customers / accounts,
             "low": 0.8 * customers / accounts, "high": 1.2 * customers / accounts}
            for band, low, high, customers, accounts in rows
        ],
    }  # fmt: skip


def _factors() -> dict[str, Any]:
    spread = {"customers": [-0.6, 0.1, 1.5, 2.3, 3.0], "others": [-1.7, -1.0, 0.0, 0.4, 2.0]}
    names = {"employees": 1.12, "country": 0.24, f"uses {HOSTILE}": 0.06}
    used = level("uses it", 104, 1501.0, 0.27)
    return {
        "importance": [{"factor": it, "moves": moves, "customers_mean": 1.3, "others_mean": -0.1, **spread} for it, moves in names.items()],
        "factors": [
            {"factor": "employees", "levels": [level("0 to 9 employees", 29, 7133.0, -1.12), level("unknown", 62, 5809.0, 0.02)]},
            {"factor": "country", "levels": [level("JP", 2, 338.0, -0.4), {"level": "IS", "withheld": True}]},
            {"factor": f"uses {HOSTILE}", "levels": [used]},
        ],
        "profile": {
            "ideal": [{"factor": f"uses {HOSTILE}", "times": 3.8, **used}],
            "opposite": [{"factor": "employees", "times": 0.22, **level("0 to 9 employees", 29, 7133.0, -1.12)}],
        },
        "inputs": [
            {"input": "employees", "family": "firmographics", "customers_filled": 0.83, "others_filled": 0.7, "is_used": True, "why": None},
            {"input": "city", "family": "firmographics", "customers_filled": None, "others_filled": None, "is_used": False,
             "why": "left out by the definition"},
        ],
        "stack": {"products": 160, "products_given": 150, "products_moving": 80, "products_too_rare": 10, "fewest_accounts": 10,
                  "left_out": {"products": [], "categories": [], "columns": ["city"]}, "families_left_out": []},
    }  # fmt: skip


def level(name: str, customers: int, accounts: float, moves: float) -> dict[str, Any]:
    """A value of a factor, of 361 customers among 19,752 companies."""
    shares = {"customers_share": customers / 361, "all_share": accounts / 19_752, "rate": customers / accounts}
    return {"level": name, "customers": float(customers), "accounts": accounts, **shares, "low": 0.0, "high": 1.0, "moves": moves}


def part(name: str, auc: float, *, low: float | None = None, beaten_by: tuple[dict[str, Any], ...] = ()) -> dict[str, Any]:
    """A slice."""
    ends = {"roc_auc_low": auc - 0.05 if low is None else low, "roc_auc_high": auc + 0.05}
    return {"slice": name, "customers": 73, "roc_auc": auc, "recall_at_10": 0.47, **ends, "rules": [RULE], "beaten_by": list(beaten_by)}
