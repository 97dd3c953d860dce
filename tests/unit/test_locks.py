"""Locks on a local disk, without Spark: who may take one, and that of many who race for it one wins."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from qualscore.errors import Locked
from qualscore.storage import entries, holders, locks
from qualscore.storage.entries import LocalEntries

HERE = socket.gethostname()


@pytest.fixture
def folder(tmp_path: Path) -> LocalEntries:
    return LocalEntries(tmp_path / "_locks" / "score" / "_entries")


def left_by(folder: LocalEntries, *, age: float = 0, **holder: object) -> None:
    """An entry of another process, of this machine and its present start unless it says otherwise."""
    this = holders.this_process() | {"state": "held", "user": "jo", "run_id": "abc", "since": "2026-11-01T00:00:00+00:00"}
    number = folder.last() + 1
    assert folder.add(number, json.dumps(this | holder))
    file = Path(folder.place) / f"{number:020d}.json"
    os.utime(file, (file.stat().st_mtime - age,) * 2)


def lock(folder: LocalEntries, run_id: str = "mine", wait: Any = None) -> locks.Lock:
    return locks.Lock(folder, "score", holders.this_process() | {"run_id": run_id, "since": "now"}, **({"wait": wait} if wait else {}))


def ended() -> int:
    process = subprocess.Popen(["true"])
    process.wait()
    return process.pid


@pytest.mark.parametrize(
    ("holder", "is_free"),
    [
        ({}, False),
        ({"state": "free"}, True),
        ({"pid": ended()}, True),
        ({"started": 1}, True),
        ({"host": "elsewhere", "boot": "other", "age": 60}, False),
        ({"host": "elsewhere", "boot": "other", "age": 180}, True),
        ({"boot": "other", "age": 60}, True),
        ({"processes": "pid:[1]", "age": 60}, True),
    ],
    ids=[
        "this process", "released", "its process ended", "its number belongs to another process now: an old container's", "elsewhere",
        "elsewhere, silent", "before this machine was started", "an earlier container of this name",
    ],
)  # fmt: skip
def test_a_lock_is_taken_only_from_the_dead(folder: LocalEntries, holder: dict[str, Any], is_free: bool) -> None:
    left_by(folder, **holder)
    if is_free:
        lock(folder).take()
        assert folder.read(folder.last())[0]["run_id"] == "mine"
    else:
        with pytest.raises(Locked, match=r"score: another run holds the lock since 2026-11-01T00:00:00\+00:00: user jo, host .*run_id abc"):
            lock(folder).take()


@pytest.mark.parametrize("lives", [True, False])
def test_a_container_of_the_same_name_is_watched_for_a_sign_of_life(folder: LocalEntries, lives: bool) -> None:
    left_by(folder, processes="pid:[1]", age=30)
    pauses: list[float] = []

    def wait(seconds: float) -> None:
        pauses.append(seconds)
        if lives:
            folder.remove(folder.last())
            left_by(folder, host="elsewhere", boot="other")
        else:
            file = max(Path(folder.place).glob("*.json"))
            os.utime(file, (file.stat().st_mtime - 10,) * 2)

    if lives:
        with pytest.raises(Locked):
            lock(folder, wait=wait).take()
    else:
        lock(folder, wait=wait).take()
    assert len(pauses) == 1 if lives else len(pauses) in (2, 3)


def test_a_lock_is_renewed_and_released_by_its_owner_alone(folder: LocalEntries) -> None:
    mine, other = lock(folder), lock(folder, "other")
    mine.take()
    assert all(mine.renew() for _ in range(9)) and len(list(Path(folder.place).iterdir())) <= locks.KEPT + 1
    assert not other.release()
    assert folder.read(folder.last())[0]["run_id"] == "mine"
    folder.add(folder.last() + 1, json.dumps({"state": "held", "run_id": "other"}))  # as if this process had slept too long
    assert not mine.renew() and not mine.release()
    assert folder.read(folder.last())[0] == {"state": "held", "run_id": "other"}


def test_who_comes_back_after_the_lock_moved_on_gets_nothing(folder: LocalEntries) -> None:
    """The number that it would add is free again: old entries are removed."""
    left_by(folder, pid=ended())
    late = folder.last() + 1
    other = lock(folder, "other")
    other.take()
    for _ in range(locks.KEPT + 3):
        other.renew()
    assert not lock(folder, "late")._add(late, "held")
    assert folder.read(folder.last())[0]["run_id"] == "other"


def test_an_entry_whose_answer_was_lost_is_this_process_own(folder: LocalEntries, monkeypatch: pytest.MonkeyPatch) -> None:
    mine, add = lock(folder), LocalEntries.add
    mine.take()

    def lose(entries: LocalEntries, number: int, content: str) -> bool:
        add(entries, number, content)
        raise OSError("timed out")

    with monkeypatch.context() as broken:
        broken.setattr(LocalEntries, "add", lose)
        assert mine.renew()
    assert mine.renew() and mine.release()


def test_a_run_that_lost_its_lock_is_told(folder: LocalEntries) -> None:
    with pytest.raises(Locked, match="another run has taken the lock"), locks.held_in(folder, "score", run_id="mine"):
        left_by(folder, run_id="other")
    with pytest.raises(ValueError, match="mine"), locks.held_in(LocalEntries(Path(folder.place) / "b"), "b", run_id="mine"):
        raise ValueError("mine")
    with locks.held_in(LocalEntries(Path(folder.place) / "b"), "b", run_id="mine"):
        pass


RACER = """
import json, os, sys
from pathlib import Path
from qualscore.errors import Locked
from qualscore.storage import holders, locks
from qualscore.storage.entries import LocalEntries
folders, me = Path(sys.argv[1]), sys.argv[2]
print("ready", flush=True)
for number in sys.stdin:
    folder = LocalEntries(folders / number.strip())
    try:
        locks.Lock(folder, "score", holders.this_process() | {"run_id": me, "since": "now"}).take()
        print("won", flush=True)
    except Locked:
        print("lost", flush=True)
"""


def test_of_processes_that_race_for_a_dead_lock_one_wins(tmp_path: Path) -> None:
    rounds, dead = 150, ended()
    for number in range(rounds):
        left_by(LocalEntries(tmp_path / str(number)), pid=dead)
    root = Path(locks.__file__).parents[2]
    racers = [
        subprocess.Popen([sys.executable, "-c", RACER, str(tmp_path), str(i)], cwd=root, stdin=-1, stdout=-1, text=True) for i in range(3)
    ]
    assert [it.stdout.readline() for it in racers if it.stdout] == ["ready\n"] * 3
    won = []
    for number in range(rounds):
        for racer in racers:
            assert racer.stdin
            racer.stdin.write(f"{number}\n")
            racer.stdin.flush()
        won.append([it.stdout.readline() for it in racers if it.stdout].count("won\n"))
    for racer in racers:
        racer.communicate()
    assert won == [1] * rounds


class Conf:
    def __init__(self, **settings: str) -> None:
        self.conf = self
        self.settings = {name.replace("__", "."): value for name, value in settings.items()}

    def get(self, name: str, default: str) -> str:
        return self.settings.get(name, default)


def test_s3_without_a_log_store_for_several_writers_is_doubted() -> None:
    several = Conf(spark__delta__logStore__s3a__impl=entries.FOR_SEVERAL)
    doubt = entries.doubt(Conf(), "s3a://bucket/qualscore")  # type: ignore[arg-type]
    assert doubt and "set spark.delta.logStore.s3a.impl=io.delta.storage.S3DynamoDBLogStore" in doubt
    assert entries.doubt(several, "s3a://bucket/qualscore") is None  # type: ignore[arg-type]
    for place in ("/data/qualscore", "hdfs://name/qualscore", "abfss://a@b.dfs.core.windows.net/q"):
        assert entries.doubt(Conf(), place) is None  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("place", "folder"),
    [
        ("/a b/c#1", "/a b/c#1"),
        ("file:/a/b", "/a/b"),
        ("file:///a/b", "/a/b"),
        ("/a:b/c", "/a:b/c"),
        ("s3a://a/b", None),
        ("hdfs:/a", None),
    ],
)
def test_what_is_a_folder_of_this_machine(place: str, folder: str | None) -> None:
    assert entries.local_path(place) == (folder and Path(folder))
