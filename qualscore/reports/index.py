"""The page of all scores: what each model is worth, and where its report is."""

from collections.abc import Mapping, Sequence
from typing import Any

from qualscore.reports.house.content import Page, Section, Table, Text
from qualscore.reports.house.words import between, percent
from qualscore.reports.model_page.standing import verdict

HEARD = {"ready": "ready", "doubtful": "doubtful", "refused": "refused"}


def index(reports: Mapping[str, Mapping[str, Any]], business: Sequence[str] = ()) -> Page:
    """The page.

    Args:
        reports: by the score's name the report of the model that was trained last.
        business: the files of business reports, from the page's folder: those of all scores, and of each.
    """
    rows = tuple(_row(name, report) for name, report in sorted(reports.items()))
    head = ("score", "verdict", "customers", "as of", "customers in the best 10 %", "95 % interval")
    table = Table(head, rows, numbers=4, links=tuple(f"{name}/model.html" for name in sorted(reports)))
    shown = table if reports else Text("No score has a model yet.")
    sections = [Section("scores", "Models: how far to believe the scores", (shown,))]
    if business:
        sections.insert(0, Section("business", "Business reports: the market, and whom to call", (_business(business),)))
    return Page("Qualification scores", "The scores of this warehouse, and the reports of them and of their models", tuple(sections))


def _business(files: Sequence[str]) -> Table:
    """Those of all scores first, and of a score that of all accounts before those of lists."""
    ordered = sorted(files, key=lambda it: (it.count("/"), it.removesuffix(".html")))
    return Table(("of", "accounts"), tuple(map(_named, ordered)), links=tuple(ordered))


def _named(file: str) -> tuple[str, str]:
    """What a business report is of.

    >>> _named("business.html"), _named("platform/business_mid_market.html")
    (('all scores', 'all'), ('platform', 'mid_market'))
    """
    score, _, name = file.rpartition("/")
    return score or "all scores", name.removesuffix(".html").removeprefix("business").lstrip("_") or "all"


def _row(name: str, report: Mapping[str, Any]) -> tuple[str, ...]:
    standing = HEARD[verdict(report).standing]
    if "recall_at_10" not in report:
        return name, standing, "–", str(report["as_of_on"]), "–", "–"
    found = percent(report["recall_at_10"]), between(*report["intervals"]["recall_at_10"])
    return name, standing, f"{report['customers']:,}", str(report["as_of_on"]), *found
