"""The only module that reads or writes Delta: tables by contract name, in one warehouse folder or in a catalog."""

from dataclasses import dataclass
from threading import Lock
from typing import Any

from delta.tables import DeltaTable
from pyspark.errors import AnalysisException
from pyspark.sql import DataFrame, SparkSession

from qualscore import contracts
from qualscore.contracts import Contract
from qualscore.errors import ConfigurationError

# Other Delta clients (delta-rs, DuckDB, BI tools) cannot read tables with these.
READABLE_BY_OTHERS = {"delta.enableDeletionVectors": "false", "delta.columnMapping.mode": "none"}
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

    def identifier(self, name: str) -> str:
        """How SQL names the table."""
        layer, _, table = name.partition("/")
        return f"{self.catalog}_{layer}.{table}" if self.catalog else f"delta.`{self.warehouse}/{name}`"

    def exists(self, name: str) -> bool:
        """Whether the table has been written."""
        if self.catalog:
            return self.spark.catalog.tableExists(self.identifier(name))
        return DeltaTable.isDeltaTable(self.spark, f"{self.warehouse}/{name}")

    def read(self, name: str) -> DataFrame:
        """The table as it is now.

        Raises:
            ConfigurationError: it has not been written yet.
        """
        if not self.exists(name):
            raise ConfigurationError(
                f"{self.identifier(name)}: no such table yet; run `./spark-submit.sh pipeline`, or the stage that writes it"
            )
        return self.spark.table(self.identifier(name))

    def version(self, name: str) -> int:
        """The version of the table as it is now; -1 when there is none."""
        return int(self._last_commit(name)["version"]) if self.exists(name) else -1

    def replace(self, name: str, frame: DataFrame, *, where: str | None = None) -> int:
        """Replaces the whole table, or the slice that `where` names, in one commit; returns the number of rows written.

        A run that fails or is killed leaves the old version. The frame has to conform to the table's contract.
        """
        contract = contracts.load(name)
        self._create(contract)
        writer = contract.conform(frame).write.format("delta").mode("overwrite")
        writer = writer.option("replaceWhere", where).option("mergeSchema", "true") if where else writer.option("overwriteSchema", "true")
        return self._written(name, writer.partitionBy(*contract.partition_by))

    def append(self, name: str, frame: DataFrame) -> int:
        """Adds rows; returns their number."""
        contract = contracts.load(name)
        self._create(contract)
        writer = contract.conform(frame).write.format("delta").mode("append").option("mergeSchema", "true")
        return self._written(name, writer.partitionBy(*contract.partition_by))

    def _written(self, name: str, writer: Any) -> int:
        if self.catalog:
            writer.saveAsTable(self.identifier(name))
        else:
            writer.save(f"{self.warehouse}/{name}")
        return int(self._last_commit(name)["operationMetrics"].get("numOutputRows", 0))

    def _create(self, contract: Contract) -> None:
        with _CREATING:  # of two scores that are written side by side one makes the table
            if not self.exists(contract.name):
                self._create_anew(contract)

    def _create_anew(self, contract: Contract) -> None:
        builder = DeltaTable.createIfNotExists(self.spark).addColumns(contract.schema).comment(contract.about)
        if self.catalog:
            self.spark.sql(f"CREATE SCHEMA IF NOT EXISTS {self.catalog}_{contract.layer}")
            builder = builder.tableName(self.identifier(contract.name))
        else:
            builder = builder.location(f"{self.warehouse}/{contract.name}")
        for key, value in READABLE_BY_OTHERS.items():
            builder = builder.property(key, value)
        (builder.partitionedBy(*contract.partition_by) if contract.partition_by else builder).execute()

    def _last_commit(self, name: str) -> Any:
        table = (
            DeltaTable.forName(self.spark, self.identifier(name))
            if self.catalog
            else DeltaTable.forPath(self.spark, f"{self.warehouse}/{name}")
        )
        try:
            return table.history(1).collect()[0]
        except AnalysisException as error:
            raise ConfigurationError(f"{self.identifier(name)}: its Delta log cannot be read: {error}") from error
