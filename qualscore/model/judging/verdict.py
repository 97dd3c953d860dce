"""A report in plain words, for the person who has just trained."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from qualscore.model.judging import expectations
from qualscore.model.learning.refusals import RECOMMENDED_EXAMPLES

SHOWN_SLICES, SHOWN_DOUBTS = 5, 5

Report = Mapping[str, Any]


def lines(report: Report) -> list[str]:
    """At most about 25 lines: what was selected, what was found, what to doubt, what to do next."""
    doubts = [*report["warnings"], *(it["said"] for it in report["suspicions"])]
    return [
        *_selected(report),
        *_ranking(report),
        *_against_chance(report),
        *_by_time(report),
        *_reliability(report["reliability"], report["calibration_error"]),
        *_slices(report["slices"]),
        *_expected(report.get("expect", [])),
        *([f"  more customers?      {report['learning_curve_in_words']}"] if report["learning_curve_in_words"] else []),
        *_listed("what to doubt", doubts or ["nothing that was looked for was found"]),
        *_listed("what to do next", next_steps(report)),
    ]


def _selected(report: Report) -> Iterator[str]:
    yield f"{report['score_name']}: judged on accounts that the models did not see"
    yield (
        f"  selected             {report['selected']:,} accounts, {report['customers']:,} of them customers to learn from "
        f"({report['dated']:,} dated), against {report['unlabelled']:,} unlabelled"
    )


def _ranking(report: Report) -> Iterator[str]:
    low, high = report["intervals"]["roc_auc"]
    yield (
        f"  found                ROC-AUC {report['roc_auc']:.3f} ({low:.3f} to {high:.3f}); of the customers {report['recall_at_1']:.0%} "
        f"in the top 1 %, {report['recall_at_5']:.0%} in 5 %, {report['recall_at_10']:.0%} in 10 % (lift {report['lift_at_10']:.1f})"
    )
    if report["rules"]:
        best = report["rules"][0]
        low, high = best["intervals"]["roc_auc"]
        yield (
            f"  best one-line rule   {best['rule']}: ROC-AUC {best['roc_auc']:.3f} ({low:.3f} to {high:.3f}), "
            f"{best['recall_at_10']:.0%} in the top 10 %"
        )


def _against_chance(report: Report) -> Iterator[str]:
    """What random lists reach, and how well today's accounts are told from those that were learned from."""
    null = report["permutation_null"]
    if null:
        drift = report["drift_auc"]
        today = "" if drift is None else f"; today's accounts are told from those of the customers' dates with ROC-AUC {drift:.2f}"
        yield f"  by chance            {len(null)} random lists reach {max(null):.3f} at most (p = {report['permutation_p']:.3f}){today}"


def _by_time(report: Report) -> Iterator[str]:
    refit = report["by_time"]
    if "skipped" in refit:
        yield f"  by time              not judged: {refit['skipped']}"
    else:
        yield (
            f"  by time              learned before {refit['from']} from {refit['customers_before']:,}, judged on {refit['customers']:,} "
            f"later customers: ROC-AUC {refit['roc_auc']:.3f}, {refit['recall_at_10']:.0%} in the top 10 %"
        )


def _reliability(bands: Sequence[Report], error: float | None) -> Iterator[str]:
    if bands:
        shares = ", ".join(f"{it['from']:.0f} to {it['to']:.0f}: {it['said']:.0%} / {it['observed']:.0%}" for it in bands)
        yield f"  said / observed      {shares}" + (f" (calibration error {error:.3f})" if error is not None else "")


def _slices(slices: Sequence[Report]) -> Iterator[str]:
    """The CRM's accounts, where most of the work is, and the weakest: those are the ones to know of."""
    for i, row in enumerate(sorted(slices, key=lambda it: (it["slice"] != "in the CRM", it["roc_auc"]))[:SHOWN_SLICES]):
        head = "slices, the weakest" if i == 0 else ""
        yield (
            f"  {head:<20} {row['slice']}: ROC-AUC {row['roc_auc']:.3f} ({row['roc_auc_low']:.3f} to {row['roc_auc_high']:.3f}), "
            f"{row['recall_at_10']:.0%} in the top 10 %, {row['customers']:,} customers"
        )


def _expected(found: Sequence[Report]) -> Iterator[str]:
    """The missed ones first: those are the ones to know of."""
    ordered = sorted(found, key=lambda it: it["passed"] is not False)
    lines = [f"{expectations.mark(it)}: {expectations.sentence(it)}" for it in ordered]
    yield from _listed("what was expected", lines) if lines else ()


def _listed(head: str, texts: Sequence[str]) -> Iterator[str]:
    for i, text in enumerate(texts[:SHOWN_DOUBTS]):
        yield f"  {head if i == 0 else '':<20} {text}"
    if len(texts) > SHOWN_DOUBTS:
        yield f"  {'':<20} and {len(texts) - SHOWN_DOUBTS} more in metrics.json"


def next_steps(report: Report) -> list[str]:
    """What to do, the most useful first; warnings say for themselves what to do about them."""
    steps = []
    missing = RECOMMENDED_EXAMPLES - report["customers"]
    if missing > 0:
        steps.append(f"add {missing} customers: {RECOMMENDED_EXAMPLES} or more are recommended")
    steps += dict.fromkeys(it["advice"] for it in report["suspicions"])
    if 2 * report["dated"] < report["customers"]:
        steps.append(
            "give customers a date (event_on of their list, or select them by opportunities): they are then described as before the sale"
        )
    return steps or ["look at the best accounts and their factors with somebody who sells"]
