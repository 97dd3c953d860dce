"""What a person reads of rules that were registered."""

from typing import Any

from qualscore.model.judging import card_verdict

CRITERION = {"criterion": "country = 'DE'", "points": 30.0, "customers": 0.5, "others": 0.125, "unknown": 0.25}
REPORT: dict[str, Any] = {
    "score_name": "one", "type": "rules", "customers": 150, "dated": 100, "selected": 160, "unlabelled": 9_000, "warnings": ["one: look"],
    "roc_auc": 0.8, "recall_at_1": 0.1, "recall_at_5": 0.3, "recall_at_10": 0.5, "lift_at_10": 5.0, "intervals": {"roc_auc": (0.7, 0.9)},
    "rules": [], "slices": [], "by_time": {"skipped": "no"}, "reliability": [], "calibration_error": 0.1, "suspicions": [],
    "permutation_null": [], "permutation_p": None, "drift_auc": None,
    "learning_curve": [], "learning_curve_in_words": None, "criteria": [CRITERION],
}  # fmt: skip


def test_rules_with_customers() -> None:
    lines = card_verdict.lines(REPORT)
    assert lines[0] == "one: rules, judged by 150 customers (100 dated), and 9,000 other accounts"
    assert lines[1].startswith("  found                ROC-AUC 0.800 (0.700 to 0.900); ") and not any("learn" in it for it in lines)
    assert lines[-1].split() == ["country", "=", "'DE'", "30", "50.0%", "12.5%", "25.0%"]


def test_rules_without_customers() -> None:
    lines = card_verdict.lines(REPORT | {"intervals": {}, "criteria": [CRITERION | {"customers": None}]})
    assert lines[:2] == ["one: rules, not measured; 9,000 other accounts", "  what to doubt        one: look"]
    assert lines[-1].split() == ["country", "=", "'DE'", "30", "12.5%", "25.0%"]
