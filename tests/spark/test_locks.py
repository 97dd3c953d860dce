import json
import os
import socket
import subprocess
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from qualscore.errors import Locked
from qualscore.storage import locks


def lock_file(warehouse: Path, **holder: object) -> Path:
    file = warehouse / "_locks" / "ingest.json"
    file.parent.mkdir()
    file.write_text(json.dumps({"run_id": "abc", "user": "jo", "since": "2026-11-01T00:00:00+00:00"} | holder))
    return file


def test_a_second_run_is_refused_and_told_who_holds_the_lock(spark: SparkSession, warehouse: Path) -> None:
    with locks.held(spark, str(warehouse), "ingest", run_id="first"):
        with pytest.raises(Locked) as caught, locks.held(spark, str(warehouse), "ingest", run_id="second"):
            pass
        said = str(caught.value)
        assert all(part in said for part in (f"pid {os.getpid()}", f"host {socket.gethostname()}", "run_id first", "since 20"))
        with locks.held(spark, str(warehouse), "another", run_id="second"):
            pass
    assert not list((warehouse / "_locks").glob("*.json"))
    assert caught.value.exit_code == 5


def test_a_lock_is_released_by_a_run_that_fails(spark: SparkSession, warehouse: Path) -> None:
    with pytest.raises(ValueError, match="mine"), locks.held(spark, str(warehouse), "ingest", run_id="first"):
        raise ValueError("mine")
    with locks.held(spark, str(warehouse), "ingest", run_id="second"):
        pass


def test_a_lock_whose_process_is_gone_expires(spark: SparkSession, warehouse: Path) -> None:
    ended = subprocess.Popen(["true"])
    ended.wait()
    lock_file(warehouse, host=socket.gethostname(), pid=ended.pid)
    with locks.held(spark, str(warehouse), "ingest", run_id="second"):
        assert json.loads((warehouse / "_locks" / "ingest.json").read_text())["run_id"] == "second"


@pytest.mark.parametrize(("age", "is_free"), [(60, False), (180, True)], ids=["alive", "silent"])
def test_a_lock_of_another_machine_expires_without_a_sign_of_life(spark: SparkSession, warehouse: Path, age: int, is_free: bool) -> None:
    file = lock_file(warehouse, host="elsewhere", pid=1)
    then = file.stat().st_mtime - age
    os.utime(file, (then, then))
    if is_free:
        with locks.held(spark, str(warehouse), "ingest", run_id="second"):
            pass
    else:
        with pytest.raises(Locked, match="user jo, host elsewhere"), locks.held(spark, str(warehouse), "ingest", run_id="second"):
            pass
