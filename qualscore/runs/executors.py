"""What the executors lack, before anything is sent to them."""

from collections.abc import Iterator, Sequence
from typing import Any

from pyspark.sql import SparkSession

from qualscore.errors import ConfigurationError

NEEDED = ("numpy", "numba", "pyarrow", "qualscore.model.scoring.scoring_pass")


def check_elsewhere(spark: SparkSession) -> None:
    """`check` on a cluster, before a run does any work there: every stage has steps in Python. Here, Python is the driver's own."""
    if not str(spark.sparkContext.master).startswith("local"):
        check(spark)


def check(spark: SparkSession, libraries: Sequence[str] = NEEDED) -> None:
    """Imports the libraries that the stages need on as many executors as there are cores.

    Raises:
        ConfigurationError: one sentence says what is missing where, and what to do.
    """
    number = spark.sparkContext.defaultParallelism
    try:
        missing_by_python = spark.sparkContext.parallelize(range(number), number).mapPartitions(_probe(libraries)).collect()
    except Exception as error:  # an executor's Python that does not start, or is another version, fails the job itself
        raise ConfigurationError(f"the executors cannot run Python ({_reason(error)}): {_advice()}") from None
    lacking = sorted({(python, library) for python, missing in missing_by_python for library in missing})
    if lacking:
        libraries_lacking = ", ".join(f"{library} ({python})" for python, library in lacking)
        raise ConfigurationError(f"the executors lack {libraries_lacking}: {_advice()}")


def _advice() -> str:
    return "name a Python 3.11 with the packages of pyproject.toml in PYSPARK_PYTHON"


def _reason(error: Exception) -> str:
    lines = [line.strip() for line in str(error).splitlines() if "Error" in line or "Cannot run program" in line]
    return (lines or [type(error).__name__])[-1]


def _probe(libraries: Sequence[str]) -> Any:
    """For mapPartitions; a function within a function is sent whole, so that executors need not know qualscore to run it."""

    def probe(_: Any) -> Iterator[tuple[str, list[str]]]:
        import importlib
        import platform
        import sys

        missing = []
        for library in libraries:
            try:
                importlib.import_module(library)
            except Exception:
                missing.append(library)
        yield f"{sys.executable} on {platform.node()}", missing

    return probe
