"""The schema `bi` through three databases, each of which answers the same SQL: Spark, DuckDB and delta-rs."""

from collections.abc import Callable, Mapping
from pathlib import Path

import duckdb
import pandas as pd
import pyarrow as pa
from deltalake import DeltaTable, QueryBuilder
from pyspark.sql import SparkSession

from qualscore import contracts
from qualscore.publish.bi.selects import SELECTS, sources
from qualscore.publish.bi.views import statements

Client = Callable[[str], pd.DataFrame]
QUESTIONS = sorted((Path(__file__).parents[1] / "conf" / "bi" / "questions").glob("*.sql"))


def of_spark(spark: SparkSession, paths: Mapping[str, str]) -> Client:
    """Through views of the session, as the Thrift server has them."""
    for statement in statements(paths):
        spark.sql(statement)
    return lambda sql: spark.sql(sql).toPandas()


def of_duckdb(paths: Mapping[str, str]) -> Client:
    """Through views over Arrow datasets of delta-rs: DuckDB's own extension for Delta is fetched from the network."""
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'; CREATE SCHEMA bi")
    for name, path in paths.items():
        connection.register(_plain(name), DeltaTable(path).to_pyarrow_dataset())
    for name, select in _views(paths).items():
        connection.execute(f"CREATE VIEW bi.{name} AS {select}")
    return lambda sql: connection.execute(sql).df()


def of_delta_rs(paths: Mapping[str, str]) -> Client:
    """Through the query engine of delta-rs, which is DataFusion."""
    builder = QueryBuilder()
    for name, path in paths.items():
        builder.register(_plain(name), DeltaTable(path))
    builder.execute("CREATE SCHEMA bi").read_all()
    for name, select in _views(paths).items():
        builder.execute(f"CREATE VIEW bi.{name} AS {select}").read_all()
    return lambda sql: pa.table(builder.execute(sql).read_all()).to_pandas()


def _views(paths: Mapping[str, str]) -> dict[str, str]:
    tables = {name: _plain(name) for name in paths}
    return {contracts.load(name).table: select.format_map(tables) for name, select in SELECTS.items() if sources(select) <= paths.keys()}


def _plain(name: str) -> str:
    return name.replace("/", "_")
