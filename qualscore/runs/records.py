"""The records of runs: scores/score_runs."""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime

from pyspark.sql import functions as F

from qualscore import contracts
from qualscore.definitions.definition import Definition
from qualscore.runs.run import Outcome, Run, Stage
from qualscore.storage import places

RUNS = "scores/score_runs"


def record(run: Run, stage: Stage, one: Definition | None, started: datetime, outcome: Outcome, code: int, fingerprint: str | None) -> None:
    """Adds the row of one stage, or of one score in it, to scores/score_runs."""
    finished = datetime.now(UTC)
    metrics = {"seconds": (finished - started).total_seconds()} | {name: float(value) for name, value in outcome.metrics.items()}
    row = {
        "run_id": run.run_id, "job": stage.name, "score_name": one.name if one else None, "as_of_on": run.as_of, "started_at": started,
        "finished_at": finished, "exit_code": code, "inputs": dict(outcome.inputs), "counts": dict(outcome.counts),
        "metrics": metrics, "model_version": outcome.model_version, "deliveries": list(outcome.deliveries),
        "code_version": places.code_version(), "fingerprint": fingerprint, "outputs": dict(outcome.outputs), "rules": outcome.rules,
    }  # fmt: skip
    run.console.result(outcome.said, **row) if run.console.as_json else None
    run.tables.append(RUNS, contracts.load(RUNS).rows(run.spark, [row]))


def last_successes(run: Run) -> dict[tuple[str, str | None], str]:
    """(stage, score name) to the fingerprint of its last success."""
    if not run.tables.exists(RUNS):
        return {}
    done = (
        run.tables.read(RUNS)
        .where("exit_code = 0")
        .groupBy("job", "score_name")
        .agg(F.max_by("fingerprint", "finished_at").alias("fingerprint"))
    )
    return {(row["job"], row["score_name"]): row["fingerprint"] for row in done.collect()}


def fingerprint_of(depends: Mapping[str, object]) -> str:
    """Changes with everything that a result depends on, the code included."""
    content = json.dumps(dict(depends) | {"code": places.code_version()}, sort_keys=True, default=str)
    return hashlib.sha256(content.encode()).hexdigest()[:16]
