"""The command of spark-submit: what fits this machine first, then the user's own options, of which the last one wins."""

import os
from collections.abc import Sequence
from itertools import zip_longest
from pathlib import Path

from qualscore.launcher.places import CONF

GIGABYTE = 1 << 30
JAVA_OPTIONS = "spark.driver.extraJavaOptions"
CGROUP_LIMITS = (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"))


def split_options(arguments: Sequence[str]) -> tuple[list[str], list[str]]:
    """The job's arguments and, after the first `--`, those of spark-submit.

    >>> split_options(["--json", "--", "--master", "local[1]"])
    (['--json'], ['--master', 'local[1]'])
    """
    listed = list(arguments)
    at = listed.index("--") if "--" in listed else len(listed)
    return listed[:at], listed[at + 1 :]


def given(arguments: Sequence[str], name: str) -> str | None:
    """The last value of an option, written `--name VALUE` or `--name=VALUE`.

    >>> given(["--warehouse", "a", "--warehouse=b"], "--warehouse")
    'b'
    """
    values = [
        following if argument == name else argument.removeprefix(f"{name}=")
        for argument, following in zip_longest(arguments, arguments[1:])
        if argument == name or argument.startswith(f"{name}=")
    ]
    return values[-1] if values else None


def without(options: Sequence[str], name: str) -> list[str]:
    """The options but for one of them.

    >>> without(["--jars", "a.jar", "--jars=b.jar", "--name", "x"], "--jars")
    ['--name', 'x']
    """
    kept = [option for option in options if not option.startswith(f"{name}=")]
    while name in kept:
        at = kept.index(name)
        del kept[at : at + 2]
    return kept


def is_local(options: Sequence[str]) -> bool:
    """Whether the run stays in one process of this machine."""
    settings = [option.removeprefix("spark.master=") for option in options if option.startswith("spark.master=")]
    master = given(options, "--master") or (settings[-1] if settings else "local")
    return master.startswith("local")


def submit_options(
    options: Sequence[str], *, jars: Sequence[Path], code: Path | None, work: Path, is_small: bool = False, serves: bool = False
) -> list[str]:
    """The options of one run; `code` is the archive that executors elsewhere need, and a small run starts another Java."""
    settings = {
        # Spark makes this folder at every start, else in the working directory.
        "spark.sql.warehouse.dir": (work / "spark-warehouse").as_uri(),
        "spark.jars.ivySettings": (CONF / "ivysettings.xml").as_uri(),
    }
    if not given(options, "--properties-file") and given(options, "--deploy-mode") != "cluster":
        settings["spark.driver.memory"] = f"{memory_gigabytes(machine_memory())}g"
    if is_local(options):
        settings["spark.master"] = "local[*]"
        # On other machines the code is not where Python looks for a module before it serves Spark.
        settings["spark.python.daemon.module"] = "qualscore.runs.python_daemon"
        settings |= small_run(CONF / "spark-defaults.conf") if is_small else {}
    if serves:
        # A session of the Thrift server that begins in a database looks for Delta where Java itself does, and not among Spark's JARs.
        settings["spark.driver.extraClassPath"] = os.pathsep.join(map(str, jars))
    own = ["--properties-file", str(CONF / "spark-defaults.conf")]
    own += [part for name, value in settings.items() for part in ("--conf", f"{name}={value}")]
    own += joined(options, "--jars", [str(jar) for jar in jars])
    own += joined(options, "--py-files", [str(code)] if code else [])
    return own + without(without(options, "--jars"), "--py-files")


def small_run(defaults: Path) -> dict[str, str]:
    """What a run of minutes on little data is quicker with: on the sample 380 s of CPU time in place of 513.

    Java's optimising compiler pays off in longer runs; expressions are interpreted, for to make and compile classes for them takes longer
    than a few rows do.
    """
    lines = [line.split(None, 1) for line in defaults.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    java = "".join(value for name, value in lines if name == JAVA_OPTIONS)
    return {
        JAVA_OPTIONS: f"{java} -XX:TieredStopAtLevel=1 -XX:ReservedCodeCacheSize=240m".strip(),
        "spark.sql.codegen.wholeStage": "false",
        "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    }


def joined(options: Sequence[str], name: str, own: Sequence[str]) -> list[str]:
    """A list option of ours together with the user's.

    >>> joined(["--jars", "theirs.jar"], "--jars", ["ours.jar"])
    ['--jars', 'ours.jar,theirs.jar']
    """
    theirs = given(options, name)
    values = [*own, *([theirs] if theirs else [])]
    return [name, ",".join(values)] if values else []


def memory_gigabytes(available: int) -> int:
    """Half of the memory: Python, the native libraries and the page cache need the other half.

    >>> [memory_gigabytes(size << 30) for size in (1, 16, 64)]
    [2, 8, 32]
    """
    return max(2, available // 2 // GIGABYTE)


def machine_memory(limits: Sequence[Path] = CGROUP_LIMITS) -> int:
    """The memory of the machine or, where it is less, of the container."""
    sizes = [os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")]
    for limit in limits:
        try:
            text = limit.read_text().strip()
        except OSError:
            continue
        # Without a limit the file says "max".
        sizes += [int(text)] if text.isdigit() else []
    return min(sizes)
