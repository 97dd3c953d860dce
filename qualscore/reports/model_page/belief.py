"""How far to believe it: chance, more customers, drift, expectations, and what changed since the model before."""

from collections.abc import Iterator, Mapping
from typing import Any

from qualscore.reports.house.content import Block, Section, Table, Text
from qualscore.reports.house.words import auc, count, listed, percent
from qualscore.reports.model_page.report import Report
from qualscore.reports.pictures import honesty

DEFINITION = {
    True: "The definition is another one, so that the figures are not of the same question.",
    False: "The definition is the same.",
    None: "Whether the definition is the same is not known.",
}
MET = {True: "yes", False: "no", None: "only shown"}
MEASURES = {
    "roc_auc": "ROC-AUC",
    "average_precision": "average precision",
    "recall_at_10": "customers in the best 10 %",
    "calibration_error": "calibration error",
}


def sections(report: Report) -> Iterator[Section]:
    """Belief, expectations, changes; each where there is something to show."""
    blocks = tuple(_belief(report))
    if blocks:
        yield Section("belief", "How far to believe it", blocks)
    if report.get("expect"):
        yield Section("expect", "What was expected of it", tuple(_expected(report)))
    changes = (*_gate(report), *_changes(report))
    if changes:
        yield Section("changes", "What changed since the model before", changes)


def _belief(report: Report) -> Iterator[Block]:
    chance = honesty.permutation(report.get("permutation_null") or [], report.get("roc_auc", 0.0), report.get("permutation_p"))
    curve = honesty.learning_curve(report.get("learning_curve") or [], report.get("learning_curve_in_words"))
    yield from (it for it in (chance, curve) if it)
    drift, by = report.get("drift_auc"), report.get("drift_factors")
    if drift is not None:
        tells = f" What tells them apart: {listed(by)}." if by else ""
        yield Text(
            f"Has the world changed? A model that is asked to tell companies of the customers' dates from those of today reaches ROC-AUC "
            f"{auc(drift)}; 0.5 is no difference.{tells}"
        )
    if report.get("psi") is not None:
        much = "much" if report["psi"] > 0.25 else "little"
        yield Text(
            f"The scores of today's companies are distributed {much} differently from those of the customers' dates (population stability "
            f"index {report['psi']:.2f}; more than 0.25 is much)."
        )
    if report.get("bands_today"):
        rows = tuple((f"{it['from']:g} to {it['to']:g}", percent(it["share"])) for it in report["bands_today"])
        yield Table(("score", "share of today's companies"), rows, numbers=1, fold="Today's companies by score")


def _expected(report: Report) -> Iterator[Block]:
    yield Text("Accounts that the model never learned from as such, what was expected of their scores, and what became of it.")
    head = ("accounts", "expected", "met", "with a score", "as expected", "mean score")
    yield Table(head, tuple(map(_expectation, report["expect"])), numbers=3)
    missed = [(it["accounts"], miss) for it in report["expect"] if it["passed"] is False for miss in it["misses"]]
    if missed:
        yield Text("Those that miss what was expected, the worst first:")
        rows = tuple(
            (miss["company_name"] or "–", miss["domain"], of, miss["top_factors"] or "–", f"{miss['score']:.1f}") for of, miss in missed
        )
        yield Table(("company", "domain", "of", "why", "score"), rows, numbers=1)


def _expectation(it: Mapping[str, Any]) -> tuple[str, ...]:
    asked = f"{it['asked']} (must)" if it["must"] else it["asked"]
    mean = "–" if it["mean_score"] is None else f"{it['mean_score']:.0f}"
    return it["accounts"], asked, MET[it["passed"]], str(it["scored"]), str(it["met"]), mean


def _gate(report: Report) -> Iterator[Block]:
    """How it compares with the champion on the same accounts."""
    gate = report.get("gate")
    if not gate:
        return
    if "roc_auc" in gate:  # rules are judged by their definition
        (before, now), (low, high) = gate["roc_auc"], gate["roc_auc_difference"]
        yield Text(
            f"On the same companies of today version {gate['champion']} reaches ROC-AUC {auc(before)} and this one {auc(now)} (difference "
            f"{low:+.3f} to {high:+.3f} with 95 % confidence). It gives {percent(gate['bands_changed'])} of the companies another band."
        )
    if gate["against"]:
        yield Text(f"So version {gate['champion']} still scores, and this one waits: {listed(gate['against'])}.")


def _changes(report: Report) -> Iterator[Block]:
    since = report.get("since")
    if not since:
        return
    definition = DEFINITION[since["definition_changed"]]
    yield Text(f"Compared with version {since['version']}, trained as of {since['as_of_on']}. {definition}")
    rows = tuple((MEASURES[name], _measure(name, before), _measure(name, now)) for name, (before, now) in since["measures"].items())
    counts = tuple((name, count(before), count(now)) for name, (before, now) in since["counts"].items())
    yield Table(("", "before", "now"), rows + counts, numbers=2)
    moved = tuple((it["factor"], percent(it["before"]), percent(it["now"])) for it in since["factors"])
    if moved:
        yield Text("Factors whose weight changed most (share of all that moves a score):")
        yield Table(("factor", "before", "now"), moved, numbers=2)


def _measure(name: str, value: float | None) -> str:
    return percent(value) if name.startswith("recall") else auc(value)
