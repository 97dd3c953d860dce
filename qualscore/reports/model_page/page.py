"""A report to the content of its page."""

from qualscore.reports.house.content import Page, Section
from qualscore.reports.model_page import belief, factors, finding, first, made, scores
from qualscore.reports.model_page.report import Report
from qualscore.reports.model_page.standing import verdict

ORDER = (
    *("verdict", "criteria", "misses", "limits", "finding", "slices", "scores", "reading", "factors", "profile", "inputs"),
    *("belief", "expect", "changes", "made"),
)
UNNUMBERED = "a version not yet numbered"


def page(report: Report) -> Page:
    """The page of a trained model, or of one that was refused."""
    name = report["score_name"]
    if "refused" in report:
        return Page(f"{name}: model report", f"Refused as of {report['as_of_on']}", (Section("verdict", "In short", (verdict(report),)),))
    version = f"version {report['model_version']}" if report.get("model_version") else UNNUMBERED
    made_of = [it for part in (first, finding, scores, factors, belief, made) for it in part.sections(report)]
    ordered = sorted(made_of, key=lambda it: ORDER.index(it.id))
    return Page(
        f"{name}: model report", f"What the model knows and how far to believe it; {version}, as of {report['as_of_on']}", tuple(ordered)
    )
