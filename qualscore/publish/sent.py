"""What targets have confirmed (publish/sent_rows), and what they refused (publish/failed_rows)."""

from collections.abc import Sequence
from datetime import datetime

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from qualscore import contracts
from qualscore.publish.rows import Result
from qualscore.storage.tables import Tables

SENT_ROWS, FAILED_ROWS = "publish/sent_rows", "publish/failed_rows"


def confirmed(tables: Tables, target: str) -> DataFrame:
    """Of each row that a target has confirmed what it said last."""
    contract = contracts.load(SENT_ROWS)
    rows = tables.read(SENT_ROWS) if tables.exists(SENT_ROWS) else contract.rows(tables.spark, [])
    others = [name for name in contract.columns if name != "key"]
    last = F.max_by(F.struct(*others), F.struct("sent_at", "number")).alias("_last")
    latest = rows.where(F.col("target") == target).groupBy("key").agg(last)
    return contract.conform(latest.select("key", "_last.*").select(*contract.columns))


def remember(tables: Tables, target: str, results: Sequence[Result], *, run_id: str, now: datetime, number: int) -> None:
    """Adds confirmed rows; the `number` of later ones of a run is higher."""
    if not results:
        return
    same = {"target": target, "run_id": run_id, "sent_at": now, "number": number}
    rows = [{**same, **it.mark._asdict(), "outcome": it.outcome} for it in results]
    tables.append(SENT_ROWS, contracts.load(SENT_ROWS).rows(tables.spark, rows))


def tidy(tables: Tables, target: str) -> None:
    """Leaves one row for each key."""
    if tables.exists(SENT_ROWS):
        tables.replace(SENT_ROWS, confirmed(tables, target), where=_of(target))


def write_failures(tables: Tables, target: str, failures: Sequence[Result], *, run_id: str, now: datetime) -> None:
    """Replaces the target's failed rows by those of this publish."""
    if not failures and not tables.exists(FAILED_ROWS):
        return
    same = {"target": target, "run_id": run_id, "failed_at": now}
    rows = [{**same, "key": it.mark.key, "domain": it.mark.domain, "code": it.code, "message": it.message[:1000]} for it in failures]
    tables.replace(FAILED_ROWS, contracts.load(FAILED_ROWS).rows(tables.spark, rows), where=_of(target))


def _of(target: str) -> str:
    return f"target = '{target}'"
