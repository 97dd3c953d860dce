"""What the scores look like and mean."""

from collections.abc import Iterator

from qualscore.reports.house.content import Block, Section, Table, Text
from qualscore.reports.house.words import percent
from qualscore.reports.model_page.report import Report
from qualscore.reports.pictures import scores


def sections(report: Report) -> Iterator[Section]:
    """Distribution, separation, calibration and conversion; then how to read a score."""
    if "distribution" in report:
        yield Section("scores", "What its scores look like", tuple(_pictures(report)))
    if "bands" in report:
        yield Section("reading", "How to read a score", tuple(_reading(report)))


def _pictures(report: Report) -> Iterator[Block]:
    yield scores.distribution(report["distribution"], report["bands"])
    yield scores.conversion(report["conversion"])
    calibration = scores.calibration(report["reliability"], report.get("calibration_error"), report.get("calibration_error_expected"))
    if calibration:
        yield calibration
    yield scores.separation(report["separation"], report["roc_auc"])
    yield Text(
        "All of it is of companies as they were on their own dates, each scored by models that did not see it, and of the companies that "
        "customers are compared with; the CRM's are those of them that it knows. Bars of fewer than 5 companies are withheld.",
        "note",
    )


def _reading(report: Report) -> Iterator[Block]:
    bands, actions = report["bands"], report["actions"]
    top = report["conversion"][0]
    yield Text(
        "A score says how many times as common such companies are among your customers as among the companies that they are compared with: "
        "95 is 19 times as common, 75 three times, 50 as common, 25 a third. It is no probability to buy"
        + (f": of the companies from {top['from']:g} on {percent(top['share'])} are customers." if scores.is_told(top) else ".")
    )
    rows = (
        (f"{bands['highly_likely']:g} to 100", "Highly Likely", "looks like your customers"),
        (f"{bands['likely']:g} to {bands['highly_likely']:g}", "Likely", "at least as common among customers as among others"),
        (f"0 to {bands['likely']:g}", "Unlikely", "more common among others"),
        (f"from {actions['act_now']:g}", "act now", "a segment to start with"),
        (f"above {actions['qualified']:g}", "qualified", "worth a look"),
        (f"above {actions['good_fit']:g}", "good fit", "worth marketing to"),
    )
    yield Table(("score", "band or action", "meaning"), rows)
    yield Text(
        "Factors add up: what a company starts from, plus the contributions of its factors, is its margin, and the margin makes the score. "
        "They say what the model looked at, not what would happen if a company changed."
    )
