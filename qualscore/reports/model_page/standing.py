"""Whether to use a model: ready, doubtful or refused, with the reasons."""

from collections.abc import Iterator

from qualscore.reports.house.content import Verdict
from qualscore.reports.house.words import auc, percent
from qualscore.reports.model_page.report import Report

FEW_CUSTOMERS = 100
LARGEST_P = 0.05
# A rule that wins in a slice is no reason to doubt all of it: the page says where not to use it.
OF_A_PART = "rule_wins"


def verdict(report: Report) -> Verdict:
    """The verdict of a report, or of a refusal, which has `refused` and little more."""
    if reason := report.get("refused"):
        return Verdict(
            "refused", "There is nothing honest to learn yet, so no model was registered and nothing is scored by it.", (reason,)
        )
    if "roc_auc" not in report:
        return Verdict("doubtful", "A person wrote its rules, and there are no customers to measure them by: nobody knows their worth.", ())
    doubts = tuple(_doubts(report))
    if doubts:
        sentence = f"The model was trained, but look at {_these(len(doubts))} before anybody acts on its scores."
        return Verdict("doubtful", sentence, doubts)
    low, high = report["intervals"]["roc_auc"]
    better = _better_than_a_rule(report)
    return Verdict(
        "ready",
        "On companies that it was not shown, the model finds customers, and no test that it went through speaks against it"
        + ("; mind what is said of the data below." if report.get("warnings") else "."),
        (
            f"It tells customers from other companies in {percent(report['roc_auc'])} of pairs (ROC-AUC {auc(low)} to {auc(high)}).",
            *([better] if better else []),
        ),
    )


def _these(number: int) -> str:
    return "this" if number == 1 else f"these {number} points"


def _doubts(report: Report) -> Iterator[str]:
    customers = report["customers"]
    if customers < FEW_CUSTOMERS:
        yield f"It learned from {customers} customers; {FEW_CUSTOMERS} or more are recommended."
    p = report.get("permutation_p")
    if p is not None and p > LARGEST_P:
        yield f"Chance reaches as much in {percent(p)} of random lists."
    whole = {f"among all accounts: '{it['rule']}'" for it in report.get("beaten_by", []) if it["is_clear"]}
    for doubt in report.get("suspicions", []):
        if doubt["kind"] != OF_A_PART or any(doubt["said"].startswith(it) for it in whole):
            yield f"{doubt['said'][:1].upper()}{doubt['said'][1:]}. What to do: {doubt['advice']}."
    for reason in (report.get("gate") or {}).get("against", ()):
        yield f"It waits and does not score, because {reason}."
    for expectation in report.get("expect") or []:
        if expectation["passed"] is False:
            yield (
                f"It misses what was expected: {expectation['accounts']}: {expectation['asked']}; {expectation['met']} of "
                f"{expectation['scored']} are."
            )


def _better_than_a_rule(report: Report) -> str | None:
    if not report.get("rules"):
        return None
    best = report["rules"][0]
    return f"The best one-line rule, '{best['rule']}', does so in {percent(best['roc_auc'])}."
