"""One at a time: numbered entries say who holds a lock since when, and a lock whose holder died expires.

A lock is a folder of entries, 0, 1, 2, ...; the last one counts. To take, to renew and to release a lock is to add the entry after the
last one, which succeeds for one writer only, as a commit of a Delta table does, and by the same means (storage/entries.py).
"""

import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import Event, Thread
from typing import Any
from uuid import uuid4

from qualscore.errors import Locked
from qualscore.storage import entries
from qualscore.storage.entries import Entries
from qualscore.storage.holders import Fate, fate, this_process
from qualscore.storage.tables import Tables

HEARTBEAT_SECONDS = 20
# Without a sign of life for so long, two heartbeats and a bit, a process of an earlier life of this machine or container is gone.
PATIENCE_SECONDS = 50
EXPIRES_SECONDS = 120
KEPT = 5
FREE = "free"


@contextmanager
def held(tables: Tables, name: str, *, run_id: str) -> Iterator[None]:
    """Holds the lock `name` of a warehouse, or of its catalog.

    Raises:
        Locked: another run holds the lock, and lives; or has taken it since this one had shown no sign of life for too long.
    """
    with held_in(entries.of(tables, name), name, run_id=run_id):
        yield


@contextmanager
def held_in(folder: Entries, name: str, *, run_id: str) -> Iterator[None]:
    """Holds the lock `name` whose entries are in a folder."""
    lock = Lock(folder, name, this_process() | {"run_id": run_id, "since": _now(), "token": uuid4().hex})
    lock.take()
    stop = Event()
    beat = Thread(target=_beat, args=(lock, stop), daemon=True)
    beat.start()
    try:
        yield
    finally:
        stop.set()
        beat.join()
        is_mine = lock.release()
    if not is_mine:
        raise Locked(f"{name}: another run has taken the lock, as this one showed no sign of life: {lock.described()}. Run it again.")


def _beat(lock: "Lock", stop: Event) -> None:
    while not stop.wait(HEARTBEAT_SECONDS) and lock.renew():
        pass


@dataclass
class Lock:
    """A lock as one process sees it.

    Attributes:
        folder: its entries.
        name: of the lock.
        mine: who this process is.
        number: of the entry that this process added last; -1 when it holds nothing.
        wait: pauses for so many seconds.
    """

    folder: Entries
    name: str
    mine: Mapping[str, Any]
    number: int = field(default=-1, init=False)
    wait: Callable[[float], None] = time.sleep

    def take(self) -> None:
        """Adds an entry of this process after one that is free or whose holder is dead.

        Raises:
            Locked: another process holds the lock, and lives.
        """
        while (last := self.folder.last()) >= 0:
            holder, age = self.folder.read(last)
            holder_fate = (
                Fate.GONE if holder.get("state") == FREE else fate(holder, age, patience=PATIENCE_SECONDS, expires=EXPIRES_SECONDS)
            )
            if holder_fate is Fate.ALIVE:
                raise Locked(f"{self.name}: {self.described()}. Wait until it ends.")
            if holder_fate is Fate.GONE:
                break
            self.wait(1)
        if not self._add(last + 1, "held"):
            raise Locked(f"{self.name}: {self.described()}. Wait until it ends.")

    def renew(self) -> bool:
        """Adds a sign of life; whether the lock is still this process's. A file system that fails once does not end the run."""
        try:
            return self._add(self.number + 1, "held")
        except OSError:
            return True

    def release(self) -> bool:
        """Frees the lock if it is this process's; whether it was."""
        try:
            return self._add(self.number + 1, FREE)
        except OSError:
            return True  # it expires

    def described(self) -> str:
        """Who holds the lock since when."""
        last = self.folder.last()
        holder = self.folder.read(last)[0] if last >= 0 else {}
        who = ", ".join(f"{key} {holder[key]}" for key in ("user", "host", "pid", "run_id") if key in holder)
        return f"another run holds the lock since {holder.get('since', '?')}: {who or 'it is just being taken'} ({self.folder.place})"

    def _add(self, number: int, state: str) -> bool:
        """Whether this process's entry is the last one now. Of a lock that moved on meanwhile the number may be free again."""
        entry = {"state": state, **self.mine}
        # A store may make an entry and lose its answer.
        if not self.folder.add(number, json.dumps(entry)) and self.folder.read(number)[0] != entry:
            return False
        if self.folder.last() != number:
            self.folder.remove(number)
            return False
        self.number = number
        self.folder.remove_before(number - KEPT)
        return True


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
