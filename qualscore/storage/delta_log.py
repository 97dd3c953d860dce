"""The only module that uses Delta's own classes beyond its public interface: those of delta-spark 3.3."""

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

    def commit(self, where: str, partition_by: tuple[str, ...]) -> int:
        """Makes the written rows those of the partitions that `where` selects, in one commit; returns the version."""
        jvm = internals.java(self._spark)
        some, to_seq = jvm.scala.Option.apply, jvm.org.apache.spark.api.python.PythonUtils.toSeq
        replaced = self._transaction.filterFiles(to_seq([internals.expression(F.expr(where))]), False)
        actions = [file.remove() for file in _each(jvm, replaced)] + list(_each(jvm, self._files))
        write = getattr(jvm.org.apache.spark.sql.delta, "DeltaOperations$Write")
        overwrite = jvm.org.apache.spark.sql.SaveMode.Overwrite
        operation = write(overwrite, some(to_seq(list(partition_by))), some(where), jvm.scala.Option.empty())
        return int(self._transaction.commit(to_seq(actions), operation))


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
