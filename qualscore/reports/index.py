"""The page of all scores: what each model is worth, and where its report is."""

from collections.abc import Mapping
from typing import Any

from qualscore.reports.house.content import Page, Section, Table, Text
from qualscore.reports.house.words import between, percent
from qualscore.reports.model_page.standing import verdict

HEARD = {"ready": "ready", "doubtful": "doubtful", "refused": "refused"}


def index(reports: Mapping[str, Mapping[str, Any]]) -> Page:
    """The page.

    Args:
        reports: by the score's name the report of the model that was trained last.
    """
    rows = tuple(_row(name, report) for name, report in sorted(reports.items()))
    head = ("score", "verdict", "customers", "as of", "customers in the best 10 %", "95 % interval")
    table = Table(head, rows, numbers=4, links=tuple(f"{name}/model.html" for name in sorted(reports)))
    shown = table if reports else Text("No score has a model yet.")
    return Page(
        "Qualification scores", "The scores of this warehouse and the reports of their models", (Section("scores", "Scores", (shown,)),)
    )


def _row(name: str, report: Mapping[str, Any]) -> tuple[str, ...]:
    standing = HEARD[verdict(report).standing]
    if "recall_at_10" not in report:
        return name, standing, "–", str(report["as_of_on"]), "–", "–"
    found = percent(report["recall_at_10"]), between(*report["intervals"]["recall_at_10"])
    return name, standing, f"{report['customers']:,}", str(report["as_of_on"]), *found
