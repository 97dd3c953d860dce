"""Private parts of Spark are touched in one place, which names the version that it was tried with."""

import ast
from collections.abc import Collection, Iterator
from pathlib import Path

import pyspark

from qualscore import internals

PACKAGE = Path(internals.__file__).parent
PRIVATE = {"_jvm", "_jdf", "_jc", "_jsc", "_jsparkSession", "_jreader", "_jconf", "_gateway"}


def naming(attributes: Collection[str]) -> Iterator[str]:
    """The modules that name one of the attributes."""
    for file in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Attribute) and node.attr in attributes:
                yield str(file.relative_to(PACKAGE))


def test_one_module_touches_private_parts_of_spark() -> None:
    assert set(naming(PRIVATE)) == {"internals.py"}


def test_one_module_decides_what_outlives_an_executor() -> None:
    assert set(naming({"localCheckpoint", "checkpoint"})) == {"checkpoints.py"}


def test_the_version_of_spark_is_the_one_that_was_tried() -> None:
    assert pyspark.__version__ == internals.TRIED_WITH and internals.TRIED_WITH in str(internals.__doc__)
