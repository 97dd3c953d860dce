"""What the benchmarks share: the session that jobs have, and the CPU time and memory of all processes of a run."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread

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
    return sum(_of_process(one)[1] for one in _family(os.getpid()))


@dataclass(frozen=True)
class Usage:
    """What a command took: seconds by the clock, CPU seconds of its processes, and the most memory they had (resident bytes).

    `memory` is that of all processes together, `java` that of the JVMs, `python` that of the Python processes.
    """

    seconds: float
    cpu: float
    memory: int
    java: int
    python: int


def watched(command: Sequence[str]) -> tuple[Usage, str]:
    """Runs a command; what it took and what it printed. Ends the benchmark where it fails."""
    started = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    most, over = {"cpu": 0.0, "memory": 0.0, "java": 0.0, "python": 0.0}, Event()
    watch = Thread(target=_watch, args=(process.pid, most, over))
    watch.start()
    output, _ = process.communicate()
    over.set()
    watch.join()
    if process.returncode:
        sys.exit(f"{' '.join(command)} failed: exit code {process.returncode}\n{output}")
    return Usage(time.monotonic() - started, most["cpu"], *(int(most[name]) for name in ("memory", "java", "python"))), output


def _watch(pid: int, most: dict[str, float], over: Event) -> None:
    while not over.wait(0.5):
        now = dict.fromkeys(most, 0.0)
        for member in _family(pid):
            name, cpu, resident = _of_process(member)
            now["cpu"] += cpu
            now["memory"] += resident
            now["java" if name == "java" else "python"] += resident
        most |= {name: max(most[name], value) for name, value in now.items()}


def _of_process(pid: int) -> tuple[str, float, int]:
    """Name, CPU seconds with those of its children that have ended, and resident bytes."""
    try:
        name, _, rest = Path(f"/proc/{pid}/stat").read_text().partition("(")[2].rpartition(")")
        resident = int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:  # it has ended meanwhile
        return "", 0.0, 0
    return name, sum(map(int, rest.split()[11:15])) / os.sysconf("SC_CLK_TCK"), resident


def _family(pid: int) -> list[int]:
    """A process and all that it has started."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(entry.read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
        children.setdefault(parent, []).append(int(entry.parent.name))
    family = [pid]
    for member in family:
        family += children.get(member, [])
    return family
