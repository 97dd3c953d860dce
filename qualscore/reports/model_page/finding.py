"""How well customers are found: gains, rules, later customers, parts of the universe."""

from collections.abc import Iterator

from qualscore.reports.house.content import Block, Section, Table, Text
from qualscore.reports.house.words import auc, count, percent
from qualscore.reports.model_page.report import Report
from qualscore.reports.pictures import finding


def sections(report: Report) -> Iterator[Section]:
    """What the order finds, and in which parts of the universe."""
    if report.get("criteria"):
        yield Section("criteria", "Its rules", tuple(_criteria(report)))
    if "gains" in report:
        yield Section("finding", "How well it finds customers", tuple(_finding(report)))
    if report.get("slices"):
        yield Section("slices", "Where it is good and where not", tuple(_slices(report)))


def _finding(report: Report) -> Iterator[Block]:
    yield from finding.pictures(report["gains"])
    rows = tuple((it["rule"], auc(it["roc_auc"]), percent(it["recall_at_1"]), percent(it["recall_at_10"])) for it in report["rules"])
    score = ("the score", auc(report["roc_auc"]), percent(report["recall_at_1"]), percent(report["recall_at_10"]))
    yield Text("A score has to be better than sorting by one thing. The best rules of a single factor:")
    yield Table(("sorted by", "ROC-AUC", "customers in the best 1 %", "in the best 10 %"), (score, *rows), numbers=3)
    later = report.get("by_time", {})
    if "roc_auc" in later:
        low, high = later["intervals"]["roc_auc"]
        yield Text(
            f"Forward in time: models that learned before {later['from']} from {later['customers_before']:,} customers reach ROC-AUC "
            f"{auc(later['roc_auc'])} ({auc(low)} to {auc(high)}) on the {later['customers']:,} customers who came after it, and have "
            f"{percent(later['recall_at_10'])} of them in their best 10 %. It is what to expect of the next customers."
        )
    elif "skipped" in later:
        yield Text(f"Forward in time it was not judged: {later['skipped']}.", "note")


def _criteria(report: Report) -> Iterator[Block]:
    yield Text(
        "Points that a company gets for what it meets, and how many meet it. A rule that as many others meet as customers finds nobody."
    )
    rows = tuple(
        (it["criterion"], f"{it['points']:+g}", percent(it["customers"]), percent(it["others"]), percent(it["unknown"]))
        for it in report["criteria"]
    )
    yield Table(("rule", "points", "met by customers", "by others", "unknown of"), rows, numbers=4)


def _slices(report: Report) -> Iterator[Block]:
    yield Text(
        "A model may be good over all and useless within the part that one sells to. Each part is judged for itself, the weakest first; "
        "the best rule is the best single factor within it."
    )
    parts = sorted(report["slices"], key=lambda it: it["roc_auc"])
    head = ("part", "best rule within it", "customers", "ROC-AUC", "95 % interval", "in its best 10 %", "by the rule")
    yield Table(head, tuple(_part(it) for it in parts), numbers=5)


def _part(part: Report) -> tuple[str, ...]:
    rule = next(iter(part["rules"]), None)
    ends = f"{auc(part['roc_auc_low'])} to {auc(part['roc_auc_high'])}"
    wins = " – better than the score" if any(it["is_clear"] for it in part["beaten_by"]) else ""
    rule_name, by_rule = (f"{rule['rule']}{wins}", percent(rule["recall_at_10"])) if rule else ("–", "–")
    return part["slice"], rule_name, count(part["customers"]), auc(part["roc_auc"]), ends, percent(part["recall_at_10"]), by_rule
