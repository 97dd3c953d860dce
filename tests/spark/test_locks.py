"""Locks by Delta's own log store, and in a catalog; what they promise is tested on local ones (tests/unit/test_locks.py)."""

import json
import os
import socket
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from qualscore.errors import Locked
from qualscore.parallel import side_by_side
from qualscore.storage import holders, locks
from qualscore.storage.entries import StoredEntries, local_path
from qualscore.storage.tables import Tables


@pytest.mark.parametrize("catalog", [None, "spark_catalog.locking"])
def test_a_second_run_is_refused_and_told_who_holds_the_lock(spark: SparkSession, warehouse: Path, catalog: str | None) -> None:
    tables, others = Tables(spark, str(warehouse), catalog), Tables(spark, str(warehouse / "other"), catalog)
    with locks.held(tables, "ingest", run_id="first"):
        with pytest.raises(Locked) as caught, locks.held(others if catalog else tables, "ingest", run_id="second"):
            pass
        message = str(caught.value)
        assert all(part in message for part in (f"pid {os.getpid()}", f"host {socket.gethostname()}", "run_id first", "since 20"))
        assert caught.value.exit_code == 5
        with locks.held(tables, "another", run_id="second"):
            pass
    with locks.held(tables, "ingest", run_id="second"):
        pass


def test_entries_by_deltas_log_store(spark: SparkSession, warehouse: Path, request: pytest.FixtureRequest) -> None:
    """As object stores have them: an entry is made once, whoever asks; two threads that race for a dead lock do not both win."""
    folder = StoredEntries(spark, f"file:{warehouse}/_locks/score/_entries")
    # Of two threads that race the loser's checksum file may replace the winner's, once in some hundred races. Only here are there such
    # files: locks of a local folder are LocalEntries.
    folder._system.setVerifyChecksum(False)
    request.addfinalizer(lambda: folder._system.setVerifyChecksum(True))
    assert local_path(folder.place) == warehouse / "_locks" / "score" / "_entries"
    assert folder.last() == -1 and folder.read(0) == ({}, 0.0)
    assert [folder.add(number, json.dumps({"run_id": number})) for number in (0, 1, 1)] == [True, True, False]
    assert folder.last() == 1 and folder.read(1)[0] == {"run_id": 1} and 0 <= folder.read(1)[1] < 60
    folder.remove_before(1)
    assert folder.last() == 1 and folder.read(0) == ({}, 0.0)

    def take(racer: str) -> str | None:
        try:
            locks.Lock(folder, "score", holders.this_process() | {"run_id": racer, "since": "now"}).take()
        except Locked:
            return None
        return racer

    for _ in range(20):
        folder.add(folder.last() + 1, json.dumps({"state": "held", **holders.this_process(), "started": 1}))
        (winner,) = filter(None, side_by_side(take, ["a", "b"]))
        assert folder.read(folder.last())[0]["run_id"] == winner
