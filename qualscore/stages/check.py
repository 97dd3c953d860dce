"""Score definitions against the data, before anything is computed with them."""

from collections.abc import Mapping, Sequence

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
    warnings = [*matching.empty_lists(run.definitions, known), *_strange_own_domains(run.settings.own_domains, accounts)]
    return Outcome(fitting, warnings=warnings)


def _strange_own_domains(own_domains: Sequence[str], accounts: DataFrame) -> list[str]:
    """At most one line: own domains that are no account, be it for a slip of the pen."""
    if not own_domains:
        return []
    there = {row["domain"] for row in accounts.where(F.col("domain").isin(list(own_domains))).select("domain").collect()}
    strange = ", ".join(name for name in own_domains if name not in there)
    return [f"own_domains: no account has the domain {strange}"] if strange else []


def _check_depends(run: Run) -> Mapping[str, object]:
    return {"definitions": [definition.model_dump() for definition in run.definitions], "own_domains": run.settings.own_domains}


CHECK = Stage("check_definitions", check, _check_depends, inputs=INPUTS)
