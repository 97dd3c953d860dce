"""How the model was made: enough to make it again."""

import json
from collections.abc import Iterator

from qualscore.reports.house.content import Block, Section, Table, Text
from qualscore.reports.model_page.report import Report


def sections(report: Report) -> Iterator[Section]:
    """Versions, settings and the definition."""
    made = report.get("made")
    if made:
        yield Section("made", "How it was made", tuple(_made(report)))


def _made(report: Report) -> Iterator[Block]:
    made = report["made"]
    yield Text(
        f"Boosted trees on a linear start: {made['training']['folds']} models in each of {made['training']['repeats']} repeats, each "
        "trained without one part of the companies, so that every company is scored by models that did not see it. Nothing is left to "
        "chance: the same tables, settings and seed give the same model."
    )
    facts = {
        "score": report["score_name"], "version": report.get("model_version"), "trained as of": report["as_of_on"], "run": made["run_id"],
        "code": made["code_version"], **{f"training: {name}": value for name, value in made["training"].items()},
        "companies that judge": f"{report['evaluation_accounts']:,}, each standing for {report['evaluation_weight']:.3g}",
    }  # fmt: skip
    yield Table(("what", "value"), tuple((name, str(value)) for name, value in facts.items()))
    tables = tuple((name, str(version)) for name, version in made["inputs"].items())
    yield Table(("table", "version"), tables, numbers=1, fold="Versions of the tables that it read")
    yield Table(("key", "value"), tuple((name, json.dumps(value)) for name, value in made["definition"].items()), fold="The definition")
