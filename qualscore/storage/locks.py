"""One at a time: a file of the warehouse says who holds what since when, and a lock whose holder died expires."""

import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from getpass import getuser
from threading import Event, Thread
from typing import Any, cast

from py4j.protocol import Py4JJavaError  # type: ignore[import-untyped]
from pyspark.sql import SparkSession

from qualscore.errors import Locked

HEARTBEAT_SECONDS = 20
EXPIRES_SECONDS = 120


@contextmanager
def held(spark: SparkSession, warehouse: str, name: str, *, run_id: str) -> Iterator[None]:
    """Holds WAREHOUSE/_locks/NAME.json.

    The file is made by the file system's own "create unless it is there", which is atomic on local disks and on HDFS; object
    stores do not promise it, so that two runs that start within the same second may both get the lock there.

    Raises:
        Locked: another run holds it, and lives.
    """
    lock = _Lock(spark, f"{warehouse}/_locks/{name}.json")
    mine = {"run_id": run_id, "user": _user(), "host": socket.gethostname(), "pid": os.getpid(), "since": _now()}
    if not lock.create(mine):
        holder, age = lock.holder()
        if not _is_dead(holder, age):
            who = ", ".join(f"{key} {holder[key]}" for key in ("user", "host", "pid", "run_id") if key in holder)
            raise Locked(f"{name}: another run holds the lock since {holder.get('since', '?')}: {who} ({lock.path}). Wait until it ends.")
        lock.remove()
        if not lock.create(mine):
            raise Locked(f"{name}: another run has just taken the lock ({lock.path}). Wait until it ends.")
    stop = Event()
    beat = Thread(target=_beat, args=(lock, mine, stop), daemon=True)
    beat.start()
    try:
        yield
    finally:
        stop.set()
        beat.join()
        lock.remove()


def _beat(lock: "_Lock", mine: dict[str, Any], stop: Event) -> None:
    while not stop.wait(HEARTBEAT_SECONDS):
        lock.rewrite(mine)


def _is_dead(holder: dict[str, Any], age: float) -> bool:
    """Whether the process is gone, or on another machine its heartbeat."""
    if holder.get("host") == socket.gethostname() and isinstance(holder.get("pid"), int):
        try:
            os.kill(holder["pid"], 0)
        except ProcessLookupError:
            return True
        except PermissionError:
            return False
        return False
    return age > EXPIRES_SECONDS


def _user() -> str:
    try:
        return getuser()
    except (KeyError, OSError):  # a container's user may have no name
        return str(os.getuid())


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


class _Lock:
    """The file, through Hadoop, so that a warehouse may be anywhere."""

    def __init__(self, spark: SparkSession, path: str) -> None:
        self.path = path
        self._jvm = cast(Any, spark._jvm)
        self._place = self._jvm.org.apache.hadoop.fs.Path(path)
        self._system = self._place.getFileSystem(spark._jsparkSession.sessionState().newHadoopConf())

    def create(self, content: dict[str, Any]) -> bool:
        """Whether the file could be made: there was none."""
        self._system.mkdirs(self._place.getParent())
        try:
            stream = self._system.create(self._place, False)
        except Py4JJavaError as error:
            if "AlreadyExists" in str(error.java_exception.toString()) or self._system.exists(self._place):
                return False
            raise
        self._write(stream, content)
        return True

    def rewrite(self, content: dict[str, Any]) -> None:
        """A sign of life; a file system that fails once does not end the run."""
        with suppress(Py4JJavaError):
            self._write(self._system.create(self._place, True), content)

    def holder(self) -> tuple[dict[str, Any], float]:
        """Who holds it, and the seconds since its last sign of life."""
        try:
            changed = int(self._system.getFileStatus(self._place).getModificationTime())
            stream = self._system.open(self._place)
            text = str(self._jvm.org.apache.commons.io.IOUtils.toString(stream, "UTF-8"))
            stream.close()
            content = json.loads(text) if text else {}
        except (Py4JJavaError, ValueError):  # just removed, or being written
            return {}, 0.0
        return content, datetime.now(UTC).timestamp() - changed / 1000

    def remove(self) -> None:
        """Also when it is gone already."""
        with suppress(Py4JJavaError):
            self._system.delete(self._place, False)

    def _write(self, stream: Any, content: dict[str, Any]) -> None:  # noqa: ANN401 (an object of the JVM)
        stream.write(bytearray(json.dumps(content).encode()))
        stream.close()
