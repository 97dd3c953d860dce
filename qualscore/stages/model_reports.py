"""The reports of models beside the tables: of the champion in reports/NAME, of a challenger in reports/NAME/challenger, of all an index."""

import json
import re
from collections.abc import Mapping
from threading import Lock
from typing import Any

from qualscore.definitions.definition import Definition
from qualscore.errors import TrainingRefused
from qualscore.model.lifecycle.registry import Registry
from qualscore.reports.house.page import html
from qualscore.reports.index import index
from qualscore.reports.model_page.texts import HTML, MEASURED, numbered, texts
from qualscore.runs.run import Run
from qualscore.storage import files

INDEX = "index.html"
BUSINESS = re.compile(r"(^|/)business(_\w+)?\.html$")
REFUSED = "refused"
_WRITING = Lock()  # scores are trained side by side, and the index reads the files of all


def write(run: Run, score_name: str, report: Mapping[str, str], *, version: int, serves: bool) -> str:
    """Writes the files of a version's report; returns where its page is."""
    return _write(run, score_name if serves else f"{score_name}/challenger", numbered(report, version))


def write_of(run: Run, store: Registry, score_name: str, version: int) -> None:
    """Writes the report of a version that serves from now on; nothing for one of an earlier commit, whose run has none."""
    report = store.report(score_name, version)
    if MEASURED in report:
        write(run, score_name, report, version=version, serves=True)
    write_waiting(run, store, score_name)


def write_waiting(run: Run, store: Registry, score_name: str) -> None:
    """Writes the report of the version that waits now, or removes that of one that waits no longer."""
    waiting, folder = store.challenger(score_name), f"{run.settings.warehouse}/reports/{score_name}/challenger"
    report = store.report(score_name, waiting.number) if waiting else {}
    if waiting and MEASURED in report:
        write(run, score_name, report, version=waiting.number, serves=False)
    elif files.exists(run.spark, folder):
        files.remove(run.spark, folder)


def write_refusal(run: Run, definition: Definition, refused: TrainingRefused) -> None:
    """Writes why there is no model; beside the report of the model that serves, where there is one."""
    name = definition.name
    known = measured(run, name)
    report = {"score_name": name, "as_of_on": str(run.as_of), REFUSED: str(refused), "counts": refused.counts}
    _write(run, f"{name}/{REFUSED}" if known and REFUSED not in known else name, texts(report))


def measured(run: Run, score_name: str) -> dict[str, Any] | None:
    """What was measured of the model that serves, or why there is none; None before a training."""
    path = f"{run.settings.warehouse}/reports/{score_name}/{MEASURED}"
    return dict(json.loads(files.read(run.spark, path))) if files.exists(run.spark, path) else None


def measured_of(store: Registry, score_name: str, version: int) -> dict[str, Any] | None:
    """What was measured in the training of a version; None of one of an earlier commit."""
    text = store.report(score_name, version).get(MEASURED)
    return {**json.loads(text), "model_version": version} if text else None


def _write(run: Run, folder: str, report: Mapping[str, str]) -> str:
    with _WRITING:
        paths = {file: files.write(run.spark, run.settings.warehouse, f"{folder}/{file}", text) for file, text in report.items()}
        write_index(run)
    return paths.get(HTML, paths[MEASURED])


def write_index(run: Run) -> None:
    """Writes the page of all scores, from what is measured of each, with the business reports that are there."""
    reports = f"{run.settings.warehouse}/reports"
    entries = files.listed(run.spark, reports)
    folders = [it.name for it in entries if it.is_folder]
    known = {name: report for name in folders if (report := measured(run, name))}
    inside = [f"{name}/{it.name}" for name in folders for it in files.listed(run.spark, f"{reports}/{name}")]
    business = [it for it in (*(it.name for it in entries), *inside) if BUSINESS.search(it)]
    files.write(run.spark, run.settings.warehouse, INDEX, html(index(known, business)))
