"""A real standalone cluster of one worker on the loopback interface, that knows nothing of any checkout."""

import os
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from qualscore.launcher.java import find_java
from qualscore.launcher.places import site_packages

SECONDS_TO_START = 60


def plain_environment(**changes: str) -> dict[str, str]:
    """The variables of a user who has set none of Qualscore's, Spark's or Python's."""
    own = ("QUALSCORE", "SPARK", "PYSPARK", "PYTHON", "JAVA_HOME", "MLFLOW")
    return {name: value for name, value in os.environ.items() if not name.startswith(own)} | changes


@contextmanager
def running(folder: Path, *, cores: int = 1, memory: str = "1g", variables: Mapping[str, str] | None = None) -> Iterator[str]:
    """Starts a master and a worker that have HOME and working directory in `folder`; gives the master's URL, and stops both."""
    home, work = folder / "a home", folder / "work"
    for each in (home, work):
        each.mkdir(parents=True)
    port = _free_port()
    spark = site_packages() / "pyspark"
    places = {"HOME": str(home), "JAVA_HOME": str(find_java()), "SPARK_HOME": str(spark)}
    environment = plain_environment(**places, SPARK_LOCAL_IP="127.0.0.1", SPARK_NO_DAEMONIZE="1", **(variables or {}))
    master = f"spark://127.0.0.1:{port}"
    loopback = ["--host", "127.0.0.1", "--webui-port", "0"]
    parts = (
        ["master.Master", *loopback, "--port", str(port)],
        ["worker.Worker", *loopback, "--cores", str(cores), "--memory", memory, "--work-dir", str(work), master],
    )
    processes = []
    try:
        for name, *options in parts:
            log = (folder / f"{name}.log").open("wb")
            command = [str(spark / "bin" / "spark-class"), f"org.apache.spark.deploy.{name}", *options]
            processes.append(subprocess.Popen(command, env=environment, cwd=home, stdout=log, stderr=subprocess.STDOUT))
            log.close()
            _wait_for_port(port)
        yield master
    finally:
        for process in reversed(processes):
            process.terminate()
        for process in processes:
            process.wait(60)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for_port(port: int) -> None:
    for _ in range(SECONDS_TO_START * 10):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise TimeoutError(f"nothing listens on port {port}")
