"""One run of a job through spark-submit: its environment, its log, its end."""

import os
import signal
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from types import FrameType

from qualscore import paths
from qualscore.launcher.channels import Channels, terminal
from qualscore.launcher.environment import ensure_environment, openmp_folder
from qualscore.launcher.java import ensure_jars, find_java, network_options, trust_options
from qualscore.launcher.options import given, is_local, split_options, submit_options
from qualscore.launcher.places import CONF, HOME, JOBS, LOGS, PYTHON, say, site_packages
from qualscore.runs.arguments import parse

SHIPPED = ("qualscore", "conf", "schemas")
SERVING = ("bi",)  # they go on until they are stopped, which is no failure then
SMALL_BYTES = 32 << 20  # what a shuffle partition holds
SECONDS_TO_STOP = 10
SECONDS_TO_LEAVE = 1


def set_up() -> dict[str, str]:
    """Make sure of everything that a run needs; the variables that say where it is."""
    ensure_environment()
    java = find_java()
    jars = ensure_jars(java)
    variables = {
        # What LightGBM frees stays in the C library's pool of the thread that had it: of two trainings side by side, on 20,000 and
        # 9,000 customers, Java held 14 GB with 2 pools (12 of them its heap), and 19 GB with the 16 that 2 cores have by default.
        "MALLOC_ARENA_MAX": "2",
        **os.environ,
        "JAVA_HOME": str(java),
        "SPARK_HOME": str(site_packages() / "pyspark"),
        "SPARK_CONF_DIR": str(CONF),
        "QUALSCORE_HOME": str(HOME),
        "QUALSCORE_JARS": ",".join(map(str, jars)),
        "PYSPARK_PYTHON": str(PYTHON),
        "PYSPARK_DRIVER_PYTHON": str(PYTHON),
    }
    if openmp := openmp_folder():
        variables["LD_LIBRARY_PATH"] = os.pathsep.join(filter(None, [str(openmp), os.environ.get("LD_LIBRARY_PATH")]))
    # The machine's own Java trusts what its administrator told it to.
    options = [*network_options(), *(trust_options() if java.is_relative_to(site_packages()) else [])]
    quoted = " ".join(f'"{option}"' for option in options)
    variables["SPARK_SUBMIT_OPTS"] = f"{quoted} {os.environ.get('SPARK_SUBMIT_OPTS', '')}".strip()
    return variables


def temporary_files(variables: dict[str, str], folder: Path) -> dict[str, str]:
    """The variable that keeps Java's temporary files in a folder, to be removed with it.

    SynapseML unpacks 7 MB of native code for each task of a fit and leaves them, and Spark leaves its blocks when it is killed.
    """
    (folder / "java").mkdir()
    return {"SPARK_SUBMIT_OPTS": f'{variables["SPARK_SUBMIT_OPTS"]} "-Djava.io.tmpdir={folder / "java"}"'}


def takes_our_arguments(job: str) -> bool:
    """Whether the arguments of a job are those of all jobs, so that mistakes in them are said before anything starts."""
    return "qualscore.runs.main" in (JOBS / f"{job}.py").read_text(encoding="utf-8")


def is_small_run(job: str, arguments: Sequence[str]) -> bool:
    """Whether a job is known to meet little data; to ask takes .4 s."""
    asked = [str(PYTHON), "-P", "-m", "qualscore.runs.weight", job, *arguments]
    variables = os.environ | {"PYTHONPATH": str(HOME)}
    answer = subprocess.run(asked, env=variables, capture_output=True, text=True, check=False).stdout.strip()
    return answer.isdigit() and int(answer) < SMALL_BYTES


def submit(job: str, arguments: Sequence[str]) -> int:
    """Run a job and return its exit code."""
    own, options = split_options(arguments)
    if takes_our_arguments(job):
        parse(job, "", own)
    variables = set_up()
    if is_local(options):
        # Open to nobody else, and independent of what the machine's name resolves to.
        variables.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    else:
        variables["PYSPARK_PYTHON"] = os.environ.get("PYSPARK_PYTHON", str(PYTHON))
    log = log_file(job, given(own, "--warehouse"))
    with tempfile.TemporaryDirectory(prefix="qualscore-", ignore_cleanup_errors=True) as folder:
        work = Path(folder)
        variables |= temporary_files(variables, work)
        code = None if is_local(options) else archive(work / "qualscore.zip")
        jars = [Path(jar) for jar in variables["QUALSCORE_JARS"].split(",")]
        # Who serves may meet more data than there was at the start.
        is_small = is_local(options) and takes_our_arguments(job) and job not in SERVING and is_small_run(job, own)
        listed = submit_options(options, jars=jars, code=code, work=work, is_small=is_small, serves=job in SERVING)
        command = [f"{variables['SPARK_HOME']}/bin/spark-submit", *listed]
        channels = Channels(work)
        variables |= {**channels.names, **terminal(), "QUALSCORE_LOG": str(log), "QUALSCORE_ENDED": str(work / "ended")}
        variables["PYSPARK_DRIVER_PYTHON"] = str(Path(__file__).with_name("driver.sh"))
        exit_code = run([*command, str(JOBS / f"{job}.py"), *own], variables, log, channels)
    exit_code = exit_code if exit_code >= 0 else 128 - exit_code
    if job in SERVING and exit_code in (128 + signal.SIGINT, 128 + signal.SIGTERM):
        exit_code = 0
    if exit_code > 128:
        say(f"Stopped by signal {exit_code - 128}. When nobody stopped it, the machine ran out of memory.")
    elif exit_code != 0 and not channels.spoke:
        say(f"The job ended with code {exit_code} before it could say why; its log has the reason.")
    say(f"Log: {log}")
    return exit_code


def run(command: Sequence[str], variables: dict[str, str], log: Path, channels: Channels) -> int:
    """Run spark-submit in a process group of its own, so that a stop reaches the JVM and its Python alike."""
    with log.open("ab") as output:
        process = subprocess.Popen(
            command, env=variables, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, process_group=0
        )
    ended = Path(variables["QUALSCORE_ENDED"])
    stops: list[int] = []

    def stop(number: int, _: FrameType | None) -> None:
        stops.append(number)
        end(process.pid, signal.SIGTERM)
        signal.alarm(SECONDS_TO_STOP)

    def is_over() -> bool:
        if ended.exists() and time.time() - ended.stat().st_mtime > SECONDS_TO_LEAVE:
            end(process.pid, signal.SIGTERM)
        return process.poll() is not None

    signal.signal(signal.SIGALRM, lambda *_: end(process.pid, signal.SIGKILL))
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, stop)
    channels.copy_until(is_over)
    # A driver may outlive its JVM.
    end(process.pid, signal.SIGKILL)
    if stops:
        return 128 + stops[0]
    return int(ended.read_text()) if ended.exists() else process.wait()


def end(group: int, how: signal.Signals) -> None:
    """Signal all of a run that is still there."""
    with suppress(ProcessLookupError):
        os.killpg(group, how)


def log_file(job: str, warehouse: str | None) -> Path:
    """This run's log: beside its tables, else in the checkout; a temporary file where that cannot be written."""
    local = paths.local(warehouse) if warehouse else None
    folder = Path(local).absolute() / "_logs" if local else LOGS
    name = f"{job}-{datetime.now():%Y%m%dT%H%M%S}-{os.getpid()}.log"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()
    except OSError:
        folder = Path(tempfile.mkdtemp(prefix="qualscore-log-"))
    return folder / name


def archive(target: Path) -> Path:
    """What executors on other machines need of the checkout."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as files:
        for folder in SHIPPED:
            for file in sorted((HOME / folder).rglob("*")):
                if file.is_file() and "__pycache__" not in file.parts:
                    files.write(file, file.relative_to(HOME))
    return target


def show_help(job: str) -> int:
    """A job's own help, without a JVM."""
    ensure_environment()
    sys.stdout.flush()
    return subprocess.run([str(PYTHON), str(JOBS / f"{job}.py"), "--help"], check=False).returncode
