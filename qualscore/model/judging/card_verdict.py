"""A rule-based score's report in plain words, for the person who has just registered it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from qualscore.model.judging import verdict

WIDTH = 60


def lines(report: Mapping[str, Any]) -> list[str]:
    """What was measured, if there are customers, and what each criterion finds."""
    name, accounts = report["score_name"], f"{report['unlabelled']:,} other accounts"
    if not report["intervals"]:
        measured = [f"{name}: rules, not measured; {accounts}", *(f"  what to doubt        {it}" for it in report["warnings"])]
    else:
        customers = f"{report['customers']:,} customers ({report['dated']:,} dated), and {accounts}"
        measured = [f"{name}: rules, judged by {customers}", *verdict.lines(report)[2:]]  # a model's first lines say what it learned from
    return [*measured, *_criteria(report["criteria"])]


def _criteria(criteria: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    yield f"  {'criterion':<{WIDTH}}{'points':>8}{'customers':>11}{'others':>9}{'unknown':>9}"
    for it in criteria:
        customers = "" if it["customers"] is None else f"{it['customers']:.1%}"
        numbers = f"{it['points']:>8g}{customers:>11}{it['others']:>9.1%}{it['unknown']:>9.1%}"
        name = it["criterion"]
        yield f"  {name:<{WIDTH}}{numbers}" if len(name) < WIDTH else f"  {name}\n  {'':<{WIDTH}}{numbers}"
