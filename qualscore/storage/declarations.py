"""How SQL declares the table of a contract."""

from collections.abc import Sequence

from pyspark.sql import types as T

from qualscore.contracts import Contract
from qualscore.storage import upgrades

# Other Delta clients (delta-rs, DuckDB, BI tools) cannot read tables with these.
READABLE_BY_OTHERS = {"delta.enableDeletionVectors": "false", "delta.columnMapping.mode": "none"}
STATISTICS = "delta.dataSkippingStatsColumns"
# How long VACUUM leaves files that no longer belong to the table, and how long the log tells of former versions.
RETENTION = ("delta.deletedFileRetentionDuration", "delta.logRetentionDuration")


def create(contract: Contract, identifier: str, *, retention_days: int) -> str:
    """Makes the statement that creates the table, without rows."""
    partitioned = f"PARTITIONED BY ({', '.join(contract.partition_by)})" if contract.partition_by else ""
    return (
        f"CREATE TABLE {identifier} ({columns(contract.schema.fields)}) USING delta {partitioned} "
        f"COMMENT {text(contract.about)} TBLPROPERTIES ({properties(contract, retention_days=retention_days)})"
    )


def columns(fields: Sequence[T.StructField]) -> str:
    """Lists columns with their types and meanings."""
    return ", ".join(f"`{it.name}` {it.dataType.simpleString()} COMMENT {text(it.metadata['comment'])}" for it in fields)


def retention(days: int) -> dict[str, str]:
    """The properties that keep former versions for so many days."""
    return dict.fromkeys(RETENTION, f"interval {days} days")


def properties(contract: Contract, *, retention_days: int) -> str:
    """Lists the properties of a table of today's form."""
    # Those of all columns took 8 of 100 samples of Java in an ingest.
    selected_by = contract.statistics or tuple(name for name in contract.key if name not in contract.partition_by)
    listed = READABLE_BY_OTHERS | {STATISTICS: ",".join(selected_by)} | upgrades.properties(contract) | retention(retention_days)
    return ", ".join(f"{text(key)} = {text(value)}" for key, value in listed.items())


def text(plain: str) -> str:
    """A literal of SQL."""
    escaped = plain.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
