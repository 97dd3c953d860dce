"""The only reader and writer of Delta tables: by contract name, in one warehouse folder or in a catalog."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from threading import Lock
from typing import Any

from delta.tables import DeltaTable
from pyspark.errors import AnalysisException
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from qualscore import contracts
from qualscore.contracts import Contract
from qualscore.errors import ConfigurationError
from qualscore.storage import declarations, delta_log, merging, upgrades

# Of account_scores, the widest table, 180 MB.
MOST_ROWS_PER_FILE = 2_000_000
EVERY = "true"  # the condition of all rows
_CREATING = Lock()
_TODAYS: set[str] = set()  # tables of which this process knows that they have today's form
_SIGNED = "qualscore "


@dataclass(frozen=True)
class Tables:
    """The tables of one warehouse.

    Attributes:
        spark: the session.
        warehouse: folder of the tables; each is at WAREHOUSE/LAYER/TABLE.
        catalog: if set, LAYER/TABLE is the catalog's table CATALOG_LAYER.TABLE instead.
        pins: the versions of tables that are read as they were; -1 for one that was not there. The others are read as they are.
        commits: the last version of each table that was written through these tables.
        retention_days: how long former versions of the tables are kept.
    """

    spark: SparkSession
    warehouse: str
    catalog: str | None = None
    pins: Mapping[str, int] = field(default_factory=dict)
    commits: dict[str, int] = field(default_factory=dict)
    retention_days: int = 30

    def pinned(self, pins: Mapping[str, int]) -> "Tables":
        """The same tables, of which those named are read at one version, whoever writes them meanwhile."""
        return replace(self, pins=pins, commits={})

    def _path(self, name: str) -> str:
        return f"{self.warehouse}/{name}"

    def identifier(self, name: str) -> str:
        """How SQL names the table."""
        layer, _, table = name.partition("/")
        return f"{self.catalog}_{layer}.{table}" if self.catalog else f"delta.`{self.warehouse}/{name}`"

    def exists(self, name: str) -> bool:
        """Whether the table has been written."""
        return self.pins[name] >= 0 if name in self.pins else self._is_there(name)

    def _is_there(self, name: str) -> bool:
        if self.catalog:
            return self.spark.catalog.tableExists(self.identifier(name))
        return DeltaTable.isDeltaTable(self.spark, self._path(name))

    def read(self, name: str, *, version: int | None = None) -> DataFrame:
        """The table as it is now, at the version that it is pinned to, or at another; always with the columns of its contract.

        Raises:
            ConfigurationError: it has not been written yet.
        """
        if not self.exists(name):
            raise ConfigurationError(
                f"{self.identifier(name)}: no such table yet; run `./spark-submit.sh pipeline`, or the stage that writes it"
            )
        wanted, identifier = self.pins.get(name) if version is None else version, self.identifier(name)
        rows = self.spark.table(identifier) if wanted is None else self.spark.sql(f"SELECT * FROM {identifier} VERSION AS OF {wanted}")
        shaped = upgrades.shaped(contracts.load(name), rows)
        if shaped is not rows and wanted is None:  # an upgrade would take columns away under whoever reads it
            return self.read(name, version=self.version(name))
        return shaped

    def version(self, name: str) -> int:
        """The version that is read: the pinned one, or that of the table as it is now; -1 when there is none."""
        if name in self.pins:
            return self.pins[name]
        if self.catalog and not self._is_there(name):
            return -1
        return delta_log.version(self.spark, self._log(name))

    def writers(self, name: str, *, after: int) -> dict[int, str | None]:
        """By later version than `after` who committed it, as `sign` said then; None of commits of others."""
        history = self.spark.sql(f"DESCRIBE HISTORY {self.identifier(name)}").where(F.col("version") > after)
        signatures = {row["version"]: row["userMetadata"] or "" for row in history.select("version", "userMetadata").collect()}
        return {version: text.removeprefix(_SIGNED) if text.startswith(_SIGNED) else None for version, text in signatures.items()}

    def sign(self, writer: str) -> None:
        """Names the writer of all commits of the session from now on."""
        self.spark.conf.set("spark.databricks.delta.commitInfo.userMetadata", f"{_SIGNED}{writer}")

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
        with self._in_todays_form(name, kept=_others(where) if where else None) as lag:
            self._overwrite(name, frame, where, anew=lag is not None and lag.is_reshaped and not where)
            return self._rows_written(name)

    def _overwrite(self, name: str, frame: DataFrame, where: str | None, *, anew: bool = False) -> None:
        """Replaces rows in one commit; `anew` with the contract's partitions and no other columns, which a catalog's table else keeps."""
        if self.catalog and not anew:
            frame.writeTo(self.identifier(name)).option("mergeSchema", "true").overwrite(F.expr(where or EVERY))
            return
        writer = frame.write.format("delta").mode("overwrite").option("maxRecordsPerFile", MOST_ROWS_PER_FILE)
        how = {"replaceWhere": where, "mergeSchema": "true"} if where else {"overwriteSchema": "true"}
        writer = writer.options(**how).partitionBy(*contracts.load(name).partition_by)
        writer.saveAsTable(self.identifier(name)) if self.catalog else writer.save(self._path(name))

    @contextmanager
    def _in_todays_form(self, name: str, *, kept: str | None, is_alone: bool = True) -> Iterator[upgrades.Lag | None]:
        """Brings the rows that a write keeps (of the condition `kept`; None: none) to today's form, in a commit before the write's own.

        That the table has today's form is written down after the write: a run that dies in between leaves it to the next one.
        """
        lag = self._lag(name, is_alone=is_alone)
        if lag and kept is not None:
            self._upgrade(lag, kept)
        yield lag
        if lag:
            self.mark(lag.contract)

    def _lag(self, name: str, *, is_alone: bool = True) -> upgrades.Lag | None:
        """What the table lacks of today's form; None when that is nothing. Of a writer who is alone it gets today's retention at once."""
        contract, identifier = contracts.load(name), self.identifier(name)
        if identifier in _TODAYS:
            return None
        detail = self.spark.sql(f"DESCRIBE DETAIL {identifier}").select("partitionColumns", "properties").collect()[0]
        written = self.spark.table(identifier).schema
        lag = upgrades.lag(contract, written, partitions=detail["partitionColumns"], taken=detail["properties"])
        if lag.is_none and declarations.retention(self.retention_days).items() <= detail["properties"].items():
            _TODAYS.add(identifier)
        elif lag.is_none and is_alone:  # beside it the append of another score would fail
            self.mark(contract)
        return None if lag.is_none else lag

    def _upgrade(self, lag: upgrades.Lag, kept: str) -> None:
        """Brings a table to today's form, in one commit; a column that is new alone changes no file."""
        name, identifier = lag.contract.name, self.identifier(lag.contract.name)
        rows = self.spark.table(identifier)
        if lag.is_reshaped:
            upgraded = lag.upgraded(rows)
            # A property that names a column that goes would forbid the commit.
            self.spark.sql(f"ALTER TABLE {identifier} UNSET TBLPROPERTIES IF EXISTS ('{declarations.STATISTICS}')")
            self._overwrite(name, upgraded, None, anew=True)
        elif not lag.is_stepped and not rows.where(kept).isEmpty():
            self._overwrite(name, lag.upgraded(rows.where(kept)), None if kept == EVERY else kept)
        elif lag.added:
            self.spark.sql(f"ALTER TABLE {identifier} ADD COLUMNS ({declarations.columns(lag.added)})")

    def mark(self, contract: Contract) -> None:
        """Writes down that the table has today's form."""
        identifier = self.identifier(contract.name)
        self.spark.sql(
            f"ALTER TABLE {identifier} SET TBLPROPERTIES ({declarations.properties(contract, retention_days=self.retention_days)})"
        )
        _TODAYS.add(identifier)

    def stage(self, name: str, frame: DataFrame, *, where: str | None) -> "StagedSlice":
        """Writes rows, to be looked at before they replace those of the partitions that `where` names; None: before they are added."""
        frame = self._prepared(name, frame)
        lag = self._lag(name, is_alone=where is not None)
        if lag:
            self._upgrade(lag, _others(where) if where else EVERY)
        staged = delta_log.stage(self.spark, self._log(name), frame, most_rows_per_file=MOST_ROWS_PER_FILE)
        return StagedSlice(self, name, where, staged, lag)

    def delete(self, name: str, where: str) -> None:
        """Deletes the rows that a condition selects."""
        self.spark.sql(f"DELETE FROM {self.identifier(name)} WHERE {where}")
        self._rows_written(name)

    def merge(self, name: str, frame: DataFrame, *, before: DataFrame | None = None) -> None:
        """Makes the table hold the frame's rows by changing only what differs: one commit, none where nothing does.

        Args:
            name: of the table.
            frame: what it is to hold, by key, in place of `before`.
            before: rows of the table as it is; all of them where it is not given.
        """
        frame = self._prepared(name, frame)
        with self._in_todays_form(name, kept=EVERY):
            contract = contracts.load(name)
            old = contract.conform(self.read(name) if before is None else before)
            if merging.merge(contract, self.identifier(name), frame, old=old):
                self._rows_written(name)

    def append(self, name: str, frame: DataFrame) -> int:
        """Adds rows; returns their number."""
        frame = self._prepared(name, frame)
        with self._in_todays_form(name, kept=EVERY, is_alone=False):
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
        last = self._last_commit(name)
        self.commits[name] = int(last["version"])
        return int(last["operationMetrics"].get("numOutputRows", 0))

    def _log(self, name: str) -> Any:
        return delta_log.of_catalog(self.spark, self.identifier(name)) if self.catalog else delta_log.of_path(self.spark, self._path(name))

    def _create(self, contract: Contract) -> None:
        with _CREATING:  # of two scores that are written side by side one makes the table
            if not self._is_there(contract.name):
                self._create_anew(contract)

    def _create_anew(self, contract: Contract) -> None:
        if self.catalog:
            self.spark.sql(f"CREATE SCHEMA IF NOT EXISTS {self.catalog}_{contract.layer}")
        self.spark.sql(declarations.create(contract, self.identifier(contract.name), retention_days=self.retention_days))
        _TODAYS.add(self.identifier(contract.name))

    def _last_commit(self, name: str) -> Any:
        try:
            return self.spark.sql(f"DESCRIBE HISTORY {self.identifier(name)} LIMIT 1").collect()[0]
        except AnalysisException as error:
            raise ConfigurationError(f"{self.identifier(name)}: its Delta log cannot be read: {error}") from error


def _others(where: str) -> str:
    return f"NOT coalesce(({where}), false)"


@dataclass(frozen=True)
class StagedSlice:
    """Rows for a slice of a table, or more rows, that the table does not name yet."""

    _tables: Tables
    _name: str
    _where: str | None
    _staged: delta_log.Staged
    _lag: upgrades.Lag | None

    @property
    def rows(self) -> DataFrame:
        """The rows, read from the files that were written."""
        return self._staged.rows

    def commit(self, only: Collection[str] | None = None) -> None:
        """Makes the rows the table's, in one commit. What fails before leaves the old rows.

        Args:
            only: values of the first partition column whose rows are meant; those of others stay as they are. None: all.
        """
        first, *others = contracts.load(self._name).partition_by
        where = (
            f"{first} IN ({', '.join(map(repr, sorted(only)))}) AND ({self._where})" if only is not None and self._where else self._where
        )
        self._tables.commits[self._name] = self._staged.commit(where, (first, *others), only=only)
        # Rows that were to be replaced, and stay, have not today's form yet.
        if self._lag and (only is None or self._where is None):
            self._tables.mark(self._lag.contract)
