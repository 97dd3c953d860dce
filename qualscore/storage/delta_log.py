"""The only module that uses Delta's own classes beyond its public interface: those of delta-spark 3.3."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from qualscore import internals


def of_path(spark: SparkSession, path: str) -> Any:
    """The log of a folder's table, which need not be there."""
    return internals.java(spark).org.apache.spark.sql.delta.DeltaLog.forTable(internals.java_session(spark), path)


def of_catalog(spark: SparkSession, identifier: str) -> Any:
    """The log of a catalog's table, which is there."""
    return of_path(spark, str(spark.sql(f"DESCRIBE DETAIL {identifier}").collect()[0]["location"]))


def version(spark: SparkSession, log: Any) -> int:
    """The table's version as it is now; -1 when there is none. A query of its history takes 50 times as long."""
    nothing = internals.java(spark).scala.Option.empty()
    return int(log.update(False, nothing, nothing).version())


@dataclass(frozen=True)
class Staged:
    """Rows that are written as files of a table, and that no version of the table names yet.

    Attributes:
        rows: them, as the table will have them.
        count: their number.
    """

    rows: DataFrame
    count: int
    _spark: SparkSession
    _transaction: Any
    _files: Any

    def commit(self, where: str | None, partition_by: tuple[str, ...], *, only: Collection[str] | None = None) -> int:
        """Makes written rows the table's, in one commit; returns the version.

        Args:
            where: the partitions whose rows they replace; None: they are added.
            partition_by: the columns that the table is partitioned by.
            only: values of the first of these columns; what was written of others is left to VACUUM. None: all.
        """
        jvm = internals.java(self._spark)
        option, to_seq, modes = jvm.scala.Option, jvm.org.apache.spark.api.python.PythonUtils.toSeq, jvm.org.apache.spark.sql.SaveMode
        written = [file for file in _each(jvm, self._files) if only is None or file.partitionValues().apply(partition_by[0]) in only]
        condition = to_seq([internals.expression(F.expr(where))]) if where else None
        replaced = _each(jvm, self._transaction.filterFiles(condition, False)) if where else []
        write = getattr(jvm.org.apache.spark.sql.delta, "DeltaOperations$Write")
        mode = modes.Overwrite if where else modes.Append
        predicate = option.apply(where) if where else option.empty()
        operation = write(mode, option.apply(to_seq(list(partition_by))), predicate, option.empty())
        return int(self._transaction.commit(to_seq([*(file.remove() for file in replaced), *written]), operation))


def stage(spark: SparkSession, log: Any, frame: DataFrame, *, most_rows_per_file: int) -> Staged:
    """Writes a frame's rows as files of a table, as Delta's own writer does, and commits nothing.

    Until they are committed they are what a write leaves that was killed: files that VACUUM removes.
    """
    jvm = internals.java(spark)
    nothing = jvm.scala.Option.empty()
    settings = jvm.org.apache.spark.api.python.PythonUtils.toScalaMap({"maxRecordsPerFile": str(most_rows_per_file)})
    options = jvm.org.apache.spark.sql.delta.DeltaOptions(settings, internals.java_session(spark).sessionState().conf())
    transaction = log.startTransaction(nothing, nothing)
    files = transaction.writeFiles(internals.java_frame(frame), jvm.scala.Option.apply(options))
    rows = log.createDataFrame(transaction.snapshot(), files, False, nothing)
    count = sum(int(file.numLogicalRecords().get()) for file in _each(jvm, files))
    return Staged(DataFrame(rows, spark), count, spark, transaction, files)


def _each(jvm: Any, iterable: Any) -> Any:
    return jvm.scala.collection.JavaConverters.seqAsJavaListConverter(iterable).asJava()
