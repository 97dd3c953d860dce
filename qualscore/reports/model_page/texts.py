"""A report as the files that people and programs read."""

import json
from collections.abc import Mapping
from typing import Any

from qualscore.reports.house.markdown import markdown
from qualscore.reports.house.page import html
from qualscore.reports.model_page.page import UNNUMBERED, page

HTML, MARKDOWN, MEASURED = "model.html", "model.md", "metrics.json"


def texts(report: Mapping[str, Any]) -> dict[str, str]:
    """The page as HTML and as Markdown, and all that was measured as JSON, by file name."""
    content = page(report)
    return {HTML: html(content), MARKDOWN: markdown(content), MEASURED: json.dumps(report, indent=1, default=str)}


def numbered(report: Mapping[str, str], version: int) -> dict[str, str]:
    r"""The files with the number of the version, which is known only once the version is there, with its report in its run.

    >>> numbered({"model.md": "a version not yet numbered, of today", "metrics.json": "{}"}, 3)
    {'model.md': 'version 3, of today', 'metrics.json': '{\n "model_version": 3\n}'}
    """
    pages = {file: text.replace(UNNUMBERED, f"version {version}") for file, text in report.items() if file != MEASURED}
    return pages | {MEASURED: json.dumps(json.loads(report[MEASURED]) | {"model_version": version}, indent=1)}
