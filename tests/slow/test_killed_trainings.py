"""A training that is killed at three points leaves no version or a whole one, the champion as it was, and the next one works. Ten minutes.

It is not among the tests that run by default: ./spark-submit.sh test tests/slow/test_killed_trainings.py. QUALSCORE_SAMPLE names a
warehouse in which `pipeline --sample` has run, with its folder `sample` beside it; it is copied. Otherwise one of 5,000 companies is made.
"""

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from qualscore import model
from qualscore.model.lifecycle.registry import Registry

pytestmark = pytest.mark.slow

HOME = Path(__file__).parents[2]
NAME = "platform"
MOST_SECONDS = 900


@dataclass(frozen=True)
class Place:
    """A warehouse whose score has a champion."""

    folder: Path

    def command(self, job: str) -> list[str]:
        settings = ["--config", str(self.folder / "sample" / "qualscore.yml"), "--warehouse", str(self.folder / "warehouse")]
        return [str(HOME / "spark-submit.sh"), job, *settings, "--score", NAME, "--as-of", "2026-11-22", "--", "--driver-memory", "3g"]

    def run(self, job: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(self.command(job), capture_output=True, text=True, check=False, env=ENVIRONMENT, timeout=MOST_SECONDS)

    @property
    def registry(self) -> Registry:
        return Registry(f"sqlite:///{self.folder / 'warehouse' / '_mlflow' / 'mlflow.db'}")

    def rows(self, table: str) -> int:
        with closing(sqlite3.connect(self.folder / "warehouse" / "_mlflow" / "mlflow.db", timeout=60)) as store:
            return int(store.execute(f"select count(*) from {table}").fetchone()[0])  # noqa: S608

    def holder(self) -> int:
        """The process that took the score's lock last; -1 when it is free."""
        last = max((self.folder / "warehouse" / "_locks" / f"score_{NAME}" / "_entries").glob("*.json"))
        entry = json.loads(last.read_text())
        return int(entry["pid"]) if entry["state"] == "held" else -1


ENVIRONMENT = os.environ | {"MLFLOW_TRACKING_URI": ""}
POINTS: dict[str, Callable[[Place], int]] = {
    "it holds the lock": Place.holder,
    "its run has begun": lambda place: place.rows("runs"),
    "its version is made": lambda place: place.rows("model_versions"),
}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    made = Place(tmp_path_factory.mktemp("killed"))
    given = os.environ.get("QUALSCORE_SAMPLE")
    if given:
        shutil.copytree(given, made.folder / "warehouse")
        shutil.copytree(Path(given).parent / "sample", made.folder / "sample")
    else:
        sample = ["--accounts", "5000", "--seed", "7", "--output", str(made.folder / "sample"), "--warehouse", str(made.folder / "made")]
        subprocess.run([str(HOME / "spark-submit.sh"), "generate_sample", *sample], check=True, env=ENVIRONMENT)
        assert made.run("pipeline").returncode == 0
    return made


@pytest.mark.parametrize("point", POINTS)
def test_a_killed_training_changes_nothing_or_is_whole(place: Place, point: str) -> None:
    champion, versions, before = place.registry.champion(NAME), place.rows("model_versions"), POINTS[point](place)
    assert champion
    training = subprocess.Popen(place.command("train"), stdout=-3, stderr=-3, env=ENVIRONMENT)
    ends = time.monotonic() + MOST_SECONDS
    while POINTS[point](place) == before and time.monotonic() < ends and training.poll() is None:
        time.sleep(0.02)
    # Spark has a process group of its own, which outlives a launcher that is killed.
    os.killpg(os.getpgid(place.holder()), signal.SIGKILL)
    training.wait()
    left = place.rows("model_versions")
    assert left - versions in ((0, 1) if point == "its version is made" else (0,))
    assert place.registry.champion(NAME) == champion or left > versions
    for number in range(1, left + 1):
        assert model.load(f"models:/qualscore.{NAME}/{number}", place.registry.uri).calibration
    done = place.run("train")
    assert done.returncode == 0, done.stderr
    last = place.registry.champion(NAME)
    assert last and last.number == left + 1
