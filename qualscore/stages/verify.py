"""A former run's scores made again, from the versions of the tables that it read and the model that it scored with."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from py4j.protocol import Py4JJavaError  # type: ignore[import-untyped]
from pyspark.errors import PySparkException
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from qualscore.definitions.definition import Definition
from qualscore.errors import ConfigurationError, DataError, NotReproduced
from qualscore.runs import records
from qualscore.runs.run import Outcome, Run, Stage
from qualscore.scores import verification
from qualscore.scores.overrides import overridden
from qualscore.stages import overrides
from qualscore.stages.labelling import selectable, with_facts
from qualscore.stages.models import registry_of
from qualscore.stages.reading import FEATURES, OVERRIDES, SCORES
from qualscore.storage import upgrades
from qualscore.universe import labels

KNOWN_RUNS = 5
# How Delta and Hadoop say that a version, or a file of one, is not there any more.
GONE = (
    "DELTA_VERSION_NOT_FOUND",
    "VersionNotFound",
    "DELTA_FILE_NOT_FOUND",
    "FileNotFound",
    "FILE_NOT_EXIST",
    "does not exist",
    "Cannot time travel",
)


def verify(run: Run) -> Outcome:
    """Scores what a run scored again, and compares every row and column but those of the run.

    Raises:
        ConfigurationError: no such run of `score`.
        DataError: a version that it read or wrote is not there any more.
        NotReproduced: accounts differ.
    """
    wanted = run.options.run
    scored = [row for row in records.of_score_run(run, wanted) if not run.options.score or row["score_name"] in run.options.score]
    if not scored:
        known = ", ".join(records.last_score_runs(run, KNOWN_RUNS)) or "none"
        raise ConfigurationError(f"{wanted}: no such run has scored; the last ones that have: {known} (scores/score_runs)")
    counts = {}
    for row in scored:
        counts[row["score_name"]] = _verified(run, row)
    lines = [f"{name}: {number:,} accounts, all as stored" for name, number in counts.items()]
    run.console.result("\n".join(lines), run_id=wanted, verified=counts)
    return Outcome(f"run {wanted} gives the same scores again", counts={"verified": sum(counts.values())})


def _verified(run: Run, row: Mapping[str, Any]) -> int:
    """The number of accounts of one score that are as stored."""
    wanted, name = row["run_id"], row["score_name"]
    try:
        stored = upgrades.stepped(SCORES, run.tables.read(SCORES, version=row["outputs"][SCORES]).where(F.col("score_name") == name))
        different = verification.differences(stored, _again(run, row))
        first = [it.asDict() for it in different.orderBy("domain").limit(verification.SHOWN).collect()]
        number = different.count() if first else 0
        total = stored.where(F.col("margin").isNotNull()).count()
    except (PySparkException, Py4JJavaError) as error:
        raise _gone(error, wanted, row) or error from None
    if first:
        lines = "\n".join(f"  {verification.in_words(it)}" for it in first)
        raise NotReproduced(
            f"{name}: {number:,} of {total:,} accounts of run {wanted} differ from what its model makes of its tables:\n{lines}"
        )
    return total


def _again(run: Run, row: Mapping[str, Any]) -> DataFrame:
    """What the recorded model makes of the recorded tables."""
    past = replace(run, tables=run.tables.pinned({OVERRIDES: -1} | dict(row["inputs"])))  # there was a time without overrides
    applied = json.loads(row["rules"])
    model = registry_of(run).load_version(row["score_name"], row["model_version"])
    changed = {"bands": applied["bands"], "actions": applied["actions"], "exclude": applied.get("exclude")}
    definition = Definition.model_validate(model.definition.model_dump(mode="json", by_alias=True, exclude_none=True) | changed)
    accounts = labels.excluded(
        past.tables.read(FEATURES), selectable(past), definitions=[definition], as_of=row["as_of_on"],
        own_domains=tuple(applied["own_domains"]),
    )  # fmt: skip
    scores = model.with_presentation(definition).score(with_facts(past, model, accounts))
    in_force = overrides.in_force(past, [row["score_name"]], as_of=row["as_of_on"])
    return scores if in_force is None else overridden(scores, in_force)


def is_gone(error: Exception) -> bool:
    """Whether reading failed because a version of a table, or a file of one, is not there any more."""
    return any(sign in str(error) for sign in GONE)


def _gone(error: Exception, wanted: str, row: Mapping[str, Any]) -> DataError | None:
    """The refusal where the versions are not there any more; None of another error."""
    if not is_gone(error):
        return None
    versions: Sequence[str] = [f"{SCORES} {row['outputs'][SCORES]}", *(f"{table} {version}" for table, version in row["inputs"].items())]
    return DataError(
        f"run {wanted} cannot be verified: of the versions that it read and wrote ({', '.join(sorted(versions))}) files were vacuumed. "
        "Tables keep them for `retention_days`, 30 unless set."
    )


def _depends(run: Run) -> Mapping[str, object]:
    return {"run": run.options.run}


VERIFY = Stage("verify", verify, _depends)
