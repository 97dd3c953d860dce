"""The one Spark session of all tests and executed examples. It starts when the first of them asks for it."""

import os
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
OVERRIDES = {
    "spark.master": "local[2]",
    "spark.driver.memory": "2g",
    "spark.python.daemon.module": "qualscore.runs.python_daemon",
    # Short runs spend half their time in the compiler that pays off in long ones. Without that one, Java keeps room for 48 MB of code,
    # which the classes that Spark makes for some 500 tests fill.
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:ReservedCodeCacheSize=240m",
    # Expressions are interpreted: to make and compile classes for plans that meet a few rows took a quarter of the time
    # (test_crm_ingest: 122 s became 92 s). Tests of the system run jobs as they are, with compiled expressions.
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.sql.shuffle.partitions": "1",
    "spark.sql.adaptive.enabled": "false",
    "spark.databricks.delta.snapshotPartitions": "1",
}


def spark_defaults() -> dict[str, str]:
    """The settings that jobs run with."""
    lines = (ROOT / "conf" / "spark-defaults.conf").read_text().splitlines()
    return {name: value for name, value in (line.split(None, 1) for line in lines if line and not line.startswith("#"))}


@pytest.fixture(scope="session")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A local session with Delta and SynapseML."""
    from pyspark.sql import SparkSession

    from qualscore.internals import remember_classes
    from qualscore.launcher.submission import set_up

    # What the launcher's `test` has exported already; a bare pytest gets the same.
    os.environ.update({"SPARK_LOCAL_IP": "127.0.0.1"} | set_up())
    settings = {
        **spark_defaults(),
        **OVERRIDES,
        "spark.jars": os.environ["QUALSCORE_JARS"],
        "spark.sql.warehouse.dir": tmp_path_factory.mktemp("spark-warehouse").as_uri(),
    }
    session = SparkSession.builder.appName("tests").config(map=settings).getOrCreate()
    remember_classes(session)
    yield session
    session.stop()


@pytest.fixture
def warehouse(tmp_path: Path) -> Path:
    """An empty warehouse folder of this test's own."""
    folder = tmp_path / "warehouse"
    folder.mkdir()
    return folder


@pytest.fixture(autouse=True)
def names_for_examples(request: pytest.FixtureRequest, doctest_namespace: dict[str, Any]) -> None:
    """Executed examples know date, F and spark; only those that name Spark start it."""
    doctest_namespace["date"] = date
    if isinstance(request.node, pytest.DoctestItem):
        sources = "".join(example.source for example in request.node.dtest.examples)
        if re.search(r"\b(spark|F)\b", sources):
            from pyspark.sql import functions

            doctest_namespace.update(spark=request.getfixturevalue("spark"), F=functions)
