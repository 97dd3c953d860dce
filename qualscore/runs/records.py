"""The records of runs: the only reader and writer of scores/score_runs."""

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from qualscore import contracts
from qualscore.definitions.definition import Definition
from qualscore.runs.run import Outcome, Run, Stage
from qualscore.storage import code

RUNS = "scores/score_runs"


def record(
    run: Run, stage: Stage, definition: Definition | None, started: datetime, outcome: Outcome, exit_code: int, fingerprint: str | None
) -> None:
    """Adds the row of one stage, or of one score in it, to scores/score_runs."""
    finished = datetime.now(UTC)
    metrics = {"seconds": (finished - started).total_seconds()} | {name: float(value) for name, value in outcome.metrics.items()}
    left = {name: version for name, version in {**outcome.outputs, **run.tables.commits}.items() if name != RUNS}
    row = {
        "run_id": run.run_id, "job": stage.name, "score_name": definition.name if definition else None,
        "as_of_on": outcome.as_of or run.as_of, "started_at": started,
        "finished_at": finished, "exit_code": exit_code, "inputs": dict(run.tables.pins), "counts": dict(outcome.counts),
        "metrics": metrics, "model_version": outcome.model_version, "deliveries": list(outcome.deliveries),
        "code_version": code.commit(), "fingerprint": fingerprint, "outputs": left, "rules": outcome.rules,
        "tables": list(outcome.tables), "versions": dict(outcome.versions),
    }  # fmt: skip
    run.console.result(outcome.sentence, **row) if run.console.as_json else None
    run.tables.append(RUNS, contracts.load(RUNS).rows(run.spark, [row]))


def last_successes(run: Run) -> dict[tuple[str, str | None], str]:
    """(stage, score name) to the fingerprint of its last success."""
    done = _successes(run, "fingerprint")
    if done is None:
        return {}
    last = done.groupBy("job", "score_name").agg(F.max_by("fingerprint", "finished_at").alias("fingerprint"))
    return {(row["job"], row["score_name"]): row["fingerprint"] for row in last.collect()}


def last_outputs(run: Run) -> dict[str, int]:
    """By table the version that the last completed stage left that wrote the table."""
    done = _successes(run, "outputs")
    if done is None:
        return {}
    each = done.select("finished_at", F.explode("outputs").alias("name", "version"))
    last = each.groupBy("name").agg(F.max_by("version", "finished_at").alias("version"))
    return {row["name"]: row["version"] for row in last.collect()}


def output_before(run: Run, job: str, table: str) -> int | None:
    """The version of a table that the last success but one of a stage left; None where there was only one."""
    done = _successes(run, "outputs")
    if done is None:
        return None
    mine = done.where(F.col("job") == job).select("finished_at", F.col("outputs")[table].alias("version")).where("version is not null")
    last = mine.orderBy(F.desc("finished_at"), F.desc("version")).limit(2).collect()
    return int(last[1]["version"]) if len(last) > 1 else None


def ended_well(run: Run, writers: Collection[str]) -> set[str]:
    """The writers, each a run and its stage, that have ended well, if only for one of their scores."""
    done = _successes(run)
    if done is None:
        return set()
    writer = F.concat_ws(" ", "run_id", "job")
    return {row["writer"] for row in done.select(writer.alias("writer")).where(writer.isin(list(writers))).distinct().collect()}


def last_rules(run: Run, names: Sequence[str]) -> dict[str, str]:
    """By score the rules that its last successful run applied."""
    done = _successes(run, "rules")
    if done is None:
        return {}
    mine = done.where((F.col("job") == "score") & F.col("score_name").isin(list(names)) & F.col("rules").isNotNull())
    last = mine.groupBy("score_name").agg(F.max_by("rules", "finished_at").alias("rules"))
    return {row["score_name"]: row["rules"] for row in last.collect()}


def first_scored_on(run: Run) -> dict[str, date]:
    """By score the first day that a run of it describes, as far as runs are recorded."""
    done = _successes(run)
    if done is None:
        return {}
    first = done.where("job = 'score' and score_name is not null").groupBy("score_name").agg(F.min("as_of_on").alias("on"))
    return {row["score_name"]: row["on"] for row in first.collect()}


def of_score_run(run: Run, run_id: str) -> list[dict[str, Any]]:
    """The records of a run's stage `score`, by score: what each read and wrote, and with which rules."""
    done = _successes(run, "outputs", "rules")
    if done is None:
        return []
    mine = done.where((F.col("run_id") == run_id) & (F.col("job") == "score") & F.col("score_name").isNotNull())
    return [row.asDict(recursive=True) for row in mine.orderBy("score_name").collect()]


def last_score_runs(run: Run, most: int) -> list[str]:
    """The ids of the last runs that have scored, the newest first."""
    done = _successes(run)
    if done is None:
        return []
    scored = done.where("job = 'score'").groupBy("run_id").agg(F.max("finished_at").alias("at"))
    return [row["run_id"] for row in scored.orderBy(F.desc("at"), "run_id").limit(most).collect()]


def last_deliveries(run: Run) -> dict[str, dict[str, Any]]:
    """By source what the last successful ingest of it read and kept."""
    done = _successes(run, "deliveries")
    if done is None:
        return {}
    each = done.where("job = 'ingest'").select("finished_at", F.explode("deliveries").alias("delivery"))
    last = each.groupBy("delivery.source").agg(F.max_by("delivery", "finished_at").alias("delivery"))
    return {row["source"]: row["delivery"].asDict(recursive=True) for row in last.collect()}


def _successes(run: Run, *columns: str) -> DataFrame | None:
    """The records of what ended well; None when there are none with these columns, which earlier versions did not all write."""
    if not run.tables.exists(RUNS):
        return None
    runs = run.tables.read(RUNS)
    return runs.where("exit_code = 0") if set(columns) <= set(runs.columns) else None


def last_ingest(run: Run) -> dict[str, Any] | None:
    """The record of the last successful ingest; None when there is none that says what the tables are made of."""
    done = _successes(run, "tables")
    if done is None:
        return None
    rows = done.where("job = 'ingest'").orderBy(F.desc("finished_at"), "run_id").limit(1).collect()
    return rows[0].asDict(recursive=True) if rows else None


def fingerprint_of(depends: Mapping[str, object]) -> str:
    """Changes with everything that a result depends on, the code included."""
    content = json.dumps(dict(depends) | {"code": code.content_hash()}, sort_keys=True, default=str)
    return hashlib.sha256(content.encode()).hexdigest()[:16]
