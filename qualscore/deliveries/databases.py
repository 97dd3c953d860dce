"""Tables, views and queries of a database, through JDBC."""

import os
import re
from pathlib import Path

from py4j.protocol import Py4JJavaError  # type: ignore[import-untyped]
from pyspark.errors import PySparkException
from pyspark.sql import DataFrame, SparkSession

from qualscore.config import Jdbc
from qualscore.errors import ConfigurationError
from qualscore.yaml_files import load_mapping

DRIVERS = {"postgresql": "org.postgresql.Driver"}
ROWS_AT_A_TIME = 10_000


def table(spark: SparkSession, jdbc: Jdbc, source: str) -> DataFrame:
    """The rows, lazily; by several tasks when a column to part them by is named.

    Raises:
        ConfigurationError: no such server, database, table or column, or the credentials are missing or refused. The message
            never holds the password.
    """
    options = {"url": jdbc.url, "fetchsize": str(ROWS_AT_A_TIME)} | credentials(jdbc, f"source {source}")
    driver = driver_of(jdbc.url)
    options |= {"driver": driver} if driver else {}
    options["dbtable"] = relation(jdbc.table)
    try:
        if jdbc.partition_column and jdbc.partitions > 1:
            options |= _bounds(spark, options, jdbc)
        return spark.read.format("jdbc").options(**options).load()
    except (Py4JJavaError, PySparkException) as error:
        reason = str(error.java_exception.getMessage() if isinstance(error, Py4JJavaError) else error).strip().splitlines()[0]
        secret = options.get("password")
        reason = reason.replace(secret, "***") if secret else reason
        raise ConfigurationError(f"source {source}: {jdbc.url.partition('?')[0]}, table {jdbc.table}: cannot be read: {reason}") from None


def relation(table: str) -> str:
    """A table's name as it is; a query in brackets and with a name, as `FROM` takes it.

    >>> relation("crm.account"), relation("SELECT * FROM t WHERE x IN (1);")
    ('crm.account', '(SELECT * FROM t WHERE x IN (1)) AS delivered')
    >>> relation("(SELECT 1)"), relation("(SELECT 1) UNION (SELECT 2)")
    ('((SELECT 1)) AS delivered', '((SELECT 1) UNION (SELECT 2)) AS delivered')
    """
    query = table.strip().rstrip("; \t\r\n")
    return f"({query}) AS delivered" if re.search(r"\s", query) else table


def driver_of(url: str) -> str | None:
    """The class of a database's driver, where it is one that comes with us.

    >>> driver_of("jdbc:postgresql://db/crm"), driver_of("jdbc:other://db")
    ('org.postgresql.Driver', None)
    """
    return DRIVERS.get(url.split(":")[1] if ":" in url else "")


def credentials(jdbc: Jdbc, whose: str) -> dict[str, str]:
    """User and password from the environment, else from the file.

    Raises:
        ConfigurationError: a variable or the file is not there; the message begins with `whose` they are.
    """
    held: dict[str, str] = {}
    if jdbc.credentials_file:
        content = load_mapping(Path(jdbc.credentials_file))
        held = {key: str(content[key]) for key in ("user", "password") if key in content}
    named = {"user": jdbc.user_env, "password": jdbc.password_env}
    absent = [f"{key}_env: {name}" for key, name in named.items() if name and name not in os.environ]
    if absent:
        raise ConfigurationError(f"{whose}: the environment has no variable for {', '.join(absent)}; set it before the run")
    return held | {key: os.environ[name] for key, name in named.items() if name}


def _bounds(spark: SparkSession, options: dict[str, str], jdbc: Jdbc) -> dict[str, str]:
    column = jdbc.partition_column
    query = f"(SELECT min({column}) AS low, max({column}) AS high FROM {options['dbtable']}) AS bounds"
    row = spark.read.format("jdbc").options(**(options | {"dbtable": query})).load().first()
    if row is None or row["low"] is None:
        return {}
    return {
        "partitionColumn": str(column),
        "lowerBound": str(row["low"]),
        "upperBound": str(row["high"]),
        "numPartitions": str(jdbc.partitions),
    }
