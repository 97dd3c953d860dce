"""What the benchmarks share: the session that jobs have, and the CPU time of all processes of a run."""

import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))


@dataclass(frozen=True)
class Measured:
    """Seconds by the clock, and CPU seconds of the driver, its JVM and the Python workers."""

    seconds: float
    cpu: float


def session(memory: str) -> "SparkSession":  # type: ignore[name-defined]  # noqa: F821 (imported where it is needed)
    """A local session with the settings that jobs have."""
    from pyspark.sql import SparkSession

    from qualscore.launcher.submission import set_up
    from tests.session import spark_defaults

    os.environ.update({"SPARK_LOCAL_IP": "127.0.0.1"} | set_up())
    settings = spark_defaults() | {"spark.master": "local[2]", "spark.driver.memory": memory, "spark.jars": os.environ["QUALSCORE_JARS"]}
    return SparkSession.builder.appName("benchmark").config(map=settings).getOrCreate()


def measure(work: Callable[[], object]) -> Measured:
    """Does it once."""
    started, cpu = time.monotonic(), cpu_seconds()
    work()
    return Measured(time.monotonic() - started, cpu_seconds() - cpu)


def cpu_seconds() -> float:
    """Of this process and of all that it has started, ended ones too."""
    ticks, children = {}, {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = entry.read_text().rpartition(")")[2].split()
        except OSError:  # it has ended meanwhile
            continue
        ticks[int(entry.parent.name)] = sum(map(int, fields[11:15]))
        children.setdefault(int(fields[1]), []).append(int(entry.parent.name))
    family = [os.getpid()]
    for one in family:
        family += children.get(one, [])
    return sum(ticks[one] for one in family) / os.sysconf("SC_CLK_TCK")
