"""What changed since a model before: its measures, its customers, and which factors weigh more or less."""

from collections.abc import Mapping
from typing import Any

MEASURES = ("roc_auc", "average_precision", "recall_at_10", "calibration_error")
COUNTS = ("customers", "unlabelled")
LISTED = 6
LEAST_MOVE = 0.01  # of all that moves a score

Report = Mapping[str, Any]


def since(report: Report, before: Report) -> dict[str, Any]:
    """What is different from the report of the model before; of one that an earlier commit made, as far as it goes.

    Returns:
        version, as_of_on, definition_changed (None where it is not known), measures and counts (name to before and now), and factors
        (factor, before and now as shares of all that moves a score), the largest change first.
    """
    settings = [it.get("made", {}).get("definition") for it in (report, before)]
    return {
        "version": before.get("model_version"),
        "as_of_on": before.get("as_of_on"),
        "definition_changed": settings[0] != settings[1] if all(settings) else None,
        "measures": {name: [before.get(name), report.get(name)] for name in MEASURES},
        "counts": {name: [before.get(name), report.get(name)] for name in COUNTS},
        "factors": _moved(weights(before), weights(report)),
    }


def weights(report: Report) -> dict[str, float]:
    """Each factor's share of all that moves a score.

    >>> weights({"importance": [{"factor": "employees", "moves": 3.0}, {"factor": "country", "moves": 1.0}]})
    {'employees': 0.75, 'country': 0.25}
    """
    moves = {it["factor"]: it["moves"] for it in report.get("importance", [])}
    total = sum(moves.values()) or 1.0
    return {name: value / total for name, value in moves.items()}


def _moved(before: Mapping[str, float], now: Mapping[str, float]) -> list[dict[str, Any]]:
    if not before or not now:
        return []
    rows: list[dict[str, Any]] = [{"factor": name, "before": before.get(name, 0.0), "now": now.get(name, 0.0)} for name in {*before, *now}]
    changed = [it for it in rows if abs(it["now"] - it["before"]) >= LEAST_MOVE]
    return sorted(changed, key=lambda it: (-abs(it["now"] - it["before"]), it["factor"]))[:LISTED]
