"""Mistakes of usage: each is one sentence, said before a JVM starts."""

import subprocess
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import pytest

from qualscore.errors import ConfigurationError
from qualscore.launcher.places import HOME
from qualscore.runs import arguments
from qualscore.runs.console import Console
from qualscore.runs.main import _prepare, main

ALL = " (./spark-submit.sh ingest --help lists all options)"
MISTAKES = {
    "--retsart": f"unknown option --retsart; did you mean --restart?{ALL}",
    "--warehose=/tmp/x": f"unknown option --warehose; did you mean --warehouse?{ALL}",
    "--as_of 2026-05-31": f"unknown option --as_of; did you mean --as-of?{ALL}",
    "--zzz": f"unknown option --zzz{ALL}",
    "--json more": f"superfluous argument more{ALL}",
    "--warehose x --conifg y": f"unknown option --warehose; did you mean --warehouse?{ALL}\n"
    f"unknown option --conifg; did you mean --config?{ALL}",
    "--config": "--config: its value is missing; write --config FILE",
    "--set": "--set: its value is missing; write --set a.b=c",
    "--as-of tomorrow": "--as-of: tomorrow is no date such as 2026-05-31",
    "--json=yes": "--json: takes no value",
}


@pytest.mark.parametrize("line", MISTAKES)
def test_a_mistake_of_usage_is_one_sentence(line: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        arguments.parse("ingest", "", line.split())
    assert (str(caught.value), caught.value.exit_code) == (MISTAKES[line], 2)


def test_a_number_is_asked_for_in_words() -> None:
    with pytest.raises(ConfigurationError, match=r"^--accounts: 'many' is no whole number$"):
        arguments.parse("generate_sample", "", ["--accounts", "many"])


def test_what_is_right_is_taken() -> None:
    options = arguments.parse("ingest", "", ["--restart", "--warehouse", "w", "--score", "a", "--score", "b"])
    assert (options.restart, options.warehouse, options.score, options.as_of) == (True, "w", ["a", "b"], None)


def test_the_launcher_says_it_before_a_jvm_starts() -> None:
    done = subprocess.run([str(HOME / "spark-submit.sh"), "ingest", "--retsart"], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == MISTAKES["--retsart"] + "\n"


def test_a_job_that_spark_submit_starts_says_it_too(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("sys.argv", ["ingest.py", "--retsart"])
    monkeypatch.delenv("QUALSCORE_LOG", raising=False)
    with pytest.raises(SystemExit, match="2"):
        main("ingest", "", [])
    assert capsys.readouterr().err == MISTAKES["--retsart"] + "\n"


@pytest.mark.parametrize("job", ["promote", "rollback"])
def test_of_several_scores_those_that_change_their_model_are_named(job: str, tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / f"{name}.yml").write_text(f"name: {name}\nexamples: {{account_list: customers}}\n")
    source = "{table: account_lists, list: customers, path: c.csv}"
    (tmp_path / "c.csv").write_text("domain\na.com\n")
    (tmp_path / "own.yml").write_text(f"sources: [{source}]\nscores: [one.yml, two.yml]\n")
    options = arguments.parse(job, "", ["--config", str(tmp_path / "own.yml"), "--warehouse", str(tmp_path / "w")])
    console = Console(StringIO(), StringIO(), False, datetime.now(UTC))
    with pytest.raises(ConfigurationError, match=f"^{job}: several scores are defined; name those that are meant: --score one$"):
        _prepare(job, options, console, None)
    assert not (tmp_path / "w").exists()
