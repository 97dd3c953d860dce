"""The private parts of Spark that this project touches, all of them: tried with pyspark 3.5.9, and to be tried again with another."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from pyspark.sql import Column, DataFrame, SparkSession

TRIED_WITH = "3.5.9"


def java(session: SparkSession) -> Any:
    """The classes of the driver's JVM, by their names: those of Spark and of Hadoop."""
    return session._jvm


# Classes, and methods of classes, that are asked for with each column, frame or table.
OFTEN_ASKED = (
    *("Column", "PythonSQLUtils", "PythonUtils.toSeq", "PythonUtils.toList", "PythonUtils.toScalaMap", "SparkSession$"),
    *("SparkSession.getActiveSession", "SparkSession.getDefaultSession", "scala.Option", "org.apache.spark.sql.delta.DeltaLog.forTable"),
    *("io.delta.tables.DeltaTable.forPath", "io.delta.tables.DeltaTable.isDeltaTable", "org.apache.spark.sql.types.Metadata.fromJson"),
    "org.apache.spark.sql.catalyst.expressions.LambdaFunction",
    "org.apache.spark.sql.catalyst.expressions.UnresolvedNamedLambdaVariable",
)


def remember_classes(session: SparkSession) -> None:
    """Keeps what the gateway answers to the names of Java's classes, and of functions, which pyspark asks with each use.

    To answer, Java looks for a class in eight packages and all JARs: 13 % of its samples in an ingest of the sample.
    """
    for path in OFTEN_ASKED:
        holder = java(session)
        for name in path.split("."):
            setattr(holder, name, getattr(holder, name))
            holder = getattr(holder, name)
    java(session).functions = _Remembering(java(session).functions)


class _Remembering:
    """A Java class whose methods are asked for once."""

    def __init__(self, java_class: Any) -> None:
        self._java_class = java_class

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._java_class, name)
        setattr(self, name, method)
        return method


def java_session(session: SparkSession) -> Any:
    """The session as the JVM has it, which Delta's classes take."""
    return session._jsparkSession


def java_frame(frame: DataFrame) -> Any:
    """A frame as the JVM has it, which Delta's classes take."""
    return frame._jdf


def expression(column: Column) -> Any:
    """A column as an expression of Catalyst, which Delta's classes take."""
    return column._jc.expr()


def hadoop_configuration(session: SparkSession) -> Any:
    """What Hadoop's file systems are configured with: Spark's `spark.hadoop.*`, and the session's own settings."""
    return session._jsparkSession.sessionState().newHadoopConf()


def is_in(text: Column, words: Iterable[str]) -> Column:
    """Whether a column is one of many words without commas: two calls into the JVM, where `isin` makes five for each word."""
    listed = java(SparkSession.active()).org.apache.spark.util.Utils.stringToSeq(",".join(words))
    return Column(text._jc.isin(listed))


def first_of_parts(rows: DataFrame, most: int) -> DataFrame:
    """The first rows of each part: `limit` without its last step, which keeps those of one part. Nothing else of Spark reads so little."""
    of_parts = rows.limit(most)._jdf.queryExecution().logical().child()
    return _frame(rows.sparkSession, of_parts)


def arrow_batches(rows: DataFrame) -> list[Any]:
    """Rows on the driver as Arrow's batches, where `toPandas` would make an object of each value in a list. An action."""
    return rows._collect_as_arrow()


def read_from_cache(cached: DataFrame) -> DataFrame:
    """A persisted frame whose plan is its cache: each query of the frame itself would analyse the whole plan behind it again."""
    return _frame(cached.sparkSession, cached._jdf.queryExecution().withCachedData())


def running_stages(session: SparkSession) -> list[Any]:
    """What Spark keeps of the stages that run now, for its own pages: objects of org.apache.spark.status.api.v1.StageData."""
    stages = session.sparkContext._jsc.sc().statusStore().activeStages()
    return [stages.apply(place) for place in range(stages.size())]


def delta_log_store(session: SparkSession) -> Any:
    """What Delta reads and writes commits with, for all file systems: its Scala LogStore."""
    return java(session).org.apache.spark.sql.delta.storage.LogStore.apply(session._jsparkSession)


def scala_iterator(session: SparkSession, texts: Sequence[str]) -> Any:
    """Texts as an Iterator of Scala."""
    return java(session).org.apache.spark.api.python.PythonUtils.toSeq(list(texts)).iterator()


def thrift_server(session: SparkSession) -> Any:
    """Starts Spark's Thrift server over what the session's catalogue holds; its settings are the session's `hive.*`."""
    with same_class_loader(session) as loader:
        _keep_classes(session, loader)
        server = java(session).org.apache.spark.sql.hive.thriftserver.HiveThriftServer2
        return server.startWithContext(session._jsparkSession.sqlContext())


@contextmanager
def same_class_loader(session: SparkSession) -> Iterator[Any]:
    """Leaves the driver's thread its loader of classes, in place of which Hive puts one that knows no Delta."""
    thread = java(session).java.lang.Thread.currentThread()
    loader = thread.getContextClassLoader()
    try:
        yield loader
    finally:
        thread.setContextClassLoader(loader)


def _keep_classes(session: SparkSession, loader: Any) -> None:
    """Keeps the JARs of a session open, which Hive closes with each connection: after the first one Delta would not be there any more.

    From the session's loader of classes Hive closes all parents up to Java's own. Of this one it sees no parent, so that it closes none.
    """
    jvm, shared = java(session), session._jsparkSession.sharedState()
    gateway: Any = session.sparkContext._gateway
    apart = jvm.org.apache.spark.util.ChildFirstURLClassLoader(gateway.new_array(jvm.java.net.URL, 0), loader)
    field = shared.getClass().getDeclaredField("jarClassLoader")
    field.setAccessible(True)
    field.set(shared, jvm.org.apache.spark.sql.internal.NonClosableMutableURLClassLoader(apart))


def local_folder(session: SparkSession) -> str:
    """Where Spark keeps temporary files on this machine."""
    return str(java(session).org.apache.spark.util.Utils.getLocalDir(session.sparkContext._jsc.sc().conf()))


def _frame(session: SparkSession, plan: Any) -> DataFrame:
    made = java(session).org.apache.spark.sql.Dataset.ofRows(session._jsparkSession, plan)
    return DataFrame(made, session)
