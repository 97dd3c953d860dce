"""The only module that reads or writes Delta: tables by contract name, in one warehouse folder or in a catalog."""

from dataclasses import dataclass
from threading import Lock
from typing import Any
from uuid import uuid4

from delta.tables import DeltaTable
from pyspark.errors import AnalysisException
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from qualscore import contracts
from qualscore.contracts import Contract
from qualscore.errors import ConfigurationError

# Other Delta clients (delta-rs, DuckDB, BI tools) cannot read tables with these.
READABLE_BY_OTHERS = {"delta.enableDeletionVectors": "false", "delta.columnMapping.mode": "none"}
# Of account_scores, the widest table, 180 MB.
MOST_ROWS_PER_FILE = 2_000_000
_CREATING = Lock()


@dataclass(frozen=True)
class Tables:
    """The tables of one warehouse.

    Attributes:
        spark: the session.
        warehouse: folder of the tables; each is at WAREHOUSE/LAYER/TABLE.
        catalog: if set, LAYER/TABLE is the catalog's table CATALOG_LAYER.TABLE instead.
    """

    spark: SparkSession
    warehouse: str
    catalog: str | None = None

    def _path(self, name: str) -> str:
        return f"{self.warehouse}/{name}"

    def identifier(self, name: str) -> str:
        """How SQL names the table."""
        layer, _, table = name.partition("/")
        return f"{self.catalog}_{layer}.{table}" if self.catalog else f"delta.`{self.warehouse}/{name}`"

    def exists(self, name: str) -> bool:
        """Whether the table has been written."""
        if self.catalog:
            return self.spark.catalog.tableExists(self.identifier(name))
        return DeltaTable.isDeltaTable(self.spark, self._path(name))

    def read(self, name: str, *, version: int | None = None) -> DataFrame:
        """The table as it is now, or as it was at a version.

        Raises:
            ConfigurationError: it has not been written yet.
        """
        if not self.exists(name):
            raise ConfigurationError(
                f"{self.identifier(name)}: no such table yet; run `./spark-submit.sh pipeline`, or the stage that writes it"
            )
        if version is not None:
            return self.spark.sql(f"SELECT * FROM {self.identifier(name)} VERSION AS OF {version}")
        return self.spark.table(self.identifier(name))

    def version(self, name: str) -> int:
        """The version of the table as it is now; -1 when there is none."""
        return int(self._last_commit(name)["version"]) if self.exists(name) else -1

    def location(self, lock: str) -> str:
        """Where a catalog keeps the table of a lock, which is made if there is none; the table has no rows."""
        name = f"{self.catalog}_locks.{lock}"
        self.spark.sql(f"CREATE SCHEMA IF NOT EXISTS {self.catalog}_locks")
        self.spark.sql(f"CREATE TABLE IF NOT EXISTS {name} (nothing STRING) USING delta COMMENT 'Beside it are the entries of a lock.'")
        return str(self.spark.sql(f"DESCRIBE DETAIL {name}").collect()[0]["location"])

    def size(self, name: str) -> int:
        """Bytes of the table's files as it is now; 0 when there is none."""
        return int(self.spark.sql(f"DESCRIBE DETAIL {self.identifier(name)}").collect()[0]["sizeInBytes"]) if self.exists(name) else 0

    def replace(self, name: str, frame: DataFrame, *, where: str | None = None) -> int:
        """Replaces the whole table, or the slice that `where` names, in one commit; returns the number of rows written.

        A run that fails or is killed leaves the old version. The frame has to conform to the table's contract.
        """
        frame = self._prepared(name, frame)
        if self.catalog:
            frame.writeTo(self.identifier(name)).option("mergeSchema", "true").overwrite(F.expr(where or "true"))
        else:
            writer = frame.write.format("delta").mode("overwrite").option("maxRecordsPerFile", MOST_ROWS_PER_FILE)
            how = {"replaceWhere": where, "mergeSchema": "true"} if where else {"overwriteSchema": "true"}
            writer.options(**how).partitionBy(*contracts.load(name).partition_by).save(self._path(name))
        return self._rows_written(name)

    def merge(self, name: str, frame: DataFrame, *, before: DataFrame | None = None) -> None:
        """Makes the table hold the frame's rows by changing only what differs: one commit, none where nothing does.

        Args:
            name: of the table.
            frame: what it is to hold, by key, in place of `before`.
            before: rows of the table as it is; all of them where it is not given.
        """
        frame = self._prepared(name, frame)
        contract = contracts.load(name)
        values = [column for column in contract.columns if column not in contract.key]
        same = " AND ".join(f"old.`{column}` <=> new.`{column}`" for column in contract.key)
        differs = " OR ".join(f"NOT (old.`{column}` <=> new.`{column}`)" for column in values)
        old = self.read(name) if before is None else contract.conform(before)
        if frame.exceptAll(old).isEmpty() and old.exceptAll(frame).isEmpty():
            return
        # No row is added: of what was before, the rows whose key is not there any more.
        gone = old.alias("old").join(frame.alias("new"), F.expr(same), "left_anti").withColumn("_is_gone", F.lit(True))
        view = f"_merged_{uuid4().hex}"
        frame.withColumn("_is_gone", F.lit(False)).unionByName(gone).createOrReplaceTempView(view)
        self.spark.sql(
            f"MERGE INTO {self.identifier(name)} AS old USING {view} AS new ON {same} WHEN MATCHED AND new._is_gone THEN DELETE "
            f"WHEN MATCHED AND ({differs}) THEN UPDATE SET * WHEN NOT MATCHED AND NOT new._is_gone THEN INSERT *"
        )
        self.spark.catalog.dropTempView(view)

    def append(self, name: str, frame: DataFrame) -> int:
        """Adds rows; returns their number."""
        frame = self._prepared(name, frame)
        if self.catalog:
            frame.writeTo(self.identifier(name)).option("mergeSchema", "true").append()
        else:
            frame.write.format("delta").mode("append").option("mergeSchema", "true").save(self._path(name))
        return self._rows_written(name)

    def _prepared(self, name: str, frame: DataFrame) -> DataFrame:
        contract = contracts.load(name)
        self._create(contract)
        return contract.conform(frame)

    def _rows_written(self, name: str) -> int:
        return int(self._last_commit(name)["operationMetrics"].get("numOutputRows", 0))

    def _create(self, contract: Contract) -> None:
        with _CREATING:  # of two scores that are written side by side one makes the table
            if not self.exists(contract.name):
                self._create_anew(contract)

    def _create_anew(self, contract: Contract) -> None:
        if self.catalog:
            self.spark.sql(f"CREATE SCHEMA IF NOT EXISTS {self.catalog}_{contract.layer}")
        columns = ", ".join(
            f"`{it.name}` {it.dataType.simpleString()} COMMENT {_text(it.metadata['comment'])}" for it in contract.schema.fields
        )
        partitioned = f"PARTITIONED BY ({', '.join(contract.partition_by)})" if contract.partition_by else ""
        # Those of all columns took 8 of 100 samples of Java in an ingest.
        selected_by = contract.statistics or tuple(name for name in contract.key if name not in contract.partition_by)
        statistics = {"delta.dataSkippingStatsColumns": ",".join(selected_by)}
        properties = ", ".join(f"{_text(key)} = {_text(value)}" for key, value in (READABLE_BY_OTHERS | statistics).items())
        self.spark.sql(
            f"CREATE TABLE {self.identifier(contract.name)} ({columns}) USING delta {partitioned} "
            f"COMMENT {_text(contract.about)} TBLPROPERTIES ({properties})"
        )

    def _last_commit(self, name: str) -> Any:
        try:
            return self.spark.sql(f"DESCRIBE HISTORY {self.identifier(name)} LIMIT 1").collect()[0]
        except AnalysisException as error:
            raise ConfigurationError(f"{self.identifier(name)}: its Delta log cannot be read: {error}") from error


def _text(plain: str) -> str:
    """A literal of SQL."""
    escaped = plain.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
