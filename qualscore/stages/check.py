"""Score definitions against the data, before anything is computed with them."""

from collections.abc import Mapping

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from qualscore.errors import ConfigurationError
from qualscore.model.encoding.inputs import known_columns
from qualscore.runs.run import Outcome, Run, Stage
from qualscore.stages.labelling import selectable
from qualscore.stages.reading import ACCOUNTS, SELECTED_FROM, clean
from qualscore.universe import matching

INPUTS = (*SELECTED_FROM, "clean/technographics", ACCOUNTS)


def check(run: Run) -> Outcome:
    """Judges whether every value that a definition names is delivered.

    Raises:
        ConfigurationError: with the findings of all definitions at once, or nothing is ingested yet.
    """
    accounts = run.tables.read(ACCOUNTS)
    known = matching.delivered(selectable(run), run.definitions, technographics=clean(run, "technographics"), columns=known_columns())
    findings = matching.findings(run.definitions, known)
    if findings:
        raise ConfigurationError("\n".join(findings))
    fitting = f"{len(run.definitions)} score definition(s) fit the data"
    warnings = [*matching.empty_lists(run.definitions, known), *_strange_domains(run, accounts)]
    return Outcome(fitting, warnings=warnings)


def _strange_domains(run: Run, accounts: DataFrame) -> list[str]:
    """A line for each place that names domains of no account, be it for a slip of the pen."""
    named = {"own_domains": list(run.settings.own_domains)}
    named |= {f"{definition.name}: expect": [it.domain for it in definition.expect if it.domain] for definition in run.definitions}
    wanted = sorted({domain for domains in named.values() for domain in domains})
    if not wanted:
        return []
    there = {row["domain"] for row in accounts.where(F.col("domain").isin(wanted)).select("domain").collect()}
    strange = {place: ", ".join(it for it in domains if it not in there) for place, domains in named.items()}
    return [f"{place}: no account has the domain {domains}" for place, domains in strange.items() if domains]


def _check_depends(run: Run) -> Mapping[str, object]:
    return {"definitions": [definition.model_dump() for definition in run.definitions], "own_domains": run.settings.own_domains}


CHECK = Stage("check_definitions", check, _check_depends, inputs=INPUTS)
