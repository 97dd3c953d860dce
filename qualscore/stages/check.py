"""Score definitions against the data, before anything is computed with them."""

from collections.abc import Mapping

from qualscore.errors import ConfigurationError
from qualscore.runs.run import Outcome, Run, Stage
from qualscore.stages.labelling import selectable
from qualscore.stages.reading import ACCOUNTS, SELECTED_FROM, named, versions
from qualscore.universe import matching


def check(run: Run) -> Outcome:
    """Whether every value that a selector names is delivered.

    Raises:
        ConfigurationError: with the findings of all definitions at once, or nothing is ingested yet.
    """
    run.tables.read(ACCOUNTS)
    known = matching.delivered(selectable(run), run.definitions)
    findings = matching.findings(run.definitions, known)
    if findings:
        raise ConfigurationError("\n".join(findings))
    fitting = f"{len(run.definitions)} score definition(s) fit the data"
    return Outcome(fitting, versions(run, *SELECTED_FROM), warnings=matching.empty_lists(run.definitions, known))


def _check_depends(run: Run) -> Mapping[str, object]:
    return versions(run, *SELECTED_FROM) | {"definitions": [definition.model_dump() for definition in run.definitions]}


CHECK = Stage("check_definitions", check, _check_depends, reads=named(*SELECTED_FROM))
