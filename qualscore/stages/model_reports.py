"""The reports of models beside the tables: of the champion in reports/NAME, of a challenger in reports/NAME/challenger."""

import json
from collections.abc import Mapping

from qualscore.model.lifecycle.registry import Registry
from qualscore.runs.run import Run
from qualscore.storage import files

MEASURED = "metrics.json"


def write(run: Run, score_name: str, report: Mapping[str, str], *, version: int, serves: bool) -> str:
    """Writes the files of a version's report; returns where its measures are."""
    folder = score_name if serves else f"{score_name}/challenger"
    numbered = {file: _numbered(text, version) if file == MEASURED else text for file, text in report.items()}
    paths = {file: files.write(run.spark, run.settings.warehouse, f"{folder}/{file}", text) for file, text in numbered.items()}
    return paths[MEASURED]


def write_of(run: Run, store: Registry, score_name: str, version: int) -> None:
    """Writes the report of a version that serves from now on; nothing for one of an earlier commit, whose run has none."""
    report = store.report(score_name, version)
    if MEASURED in report:
        write(run, score_name, report, version=version, serves=True)


def _numbered(measured: str, version: int) -> str:
    """The measures with the number of the version, which is known only once the version is there, with its report in its run."""
    return json.dumps(json.loads(measured) | {"model_version": version}, indent=1)
