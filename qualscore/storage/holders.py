"""Who holds a lock, and whether that process still lives."""

import os
import socket
from collections.abc import Mapping
from contextlib import suppress
from enum import Enum
from getpass import getuser
from pathlib import Path
from typing import Any

PROC = Path("/proc")


class Fate(Enum):
    """What can be said of a lock's holder."""

    ALIVE = "alive"
    GONE = "gone"
    UNSURE = "unsure"  # of this machine's name, but of another boot or container: told by its signs of life


def this_process() -> dict[str, Any]:
    """User, machine and process; a process number alone may be used again, in a container even by the next run of the same job."""
    return {"user": _user(), "host": socket.gethostname(), "pid": os.getpid(), "started": _start_of(os.getpid()), **_where()}


def fate(holder: Mapping[str, Any], age: float, *, patience: float, expires: float) -> Fate:
    """Whether a holder lives.

    Args:
        holder: as this_process said there; nothing of one that is just being written.
        age: seconds since its last sign of life.
        patience: seconds after which one of this machine's name is gone.
        expires: seconds after which one of another machine is gone.
    """
    is_of_this_name = holder.get("host") == socket.gethostname()
    if is_of_this_name and isinstance(holder.get("pid"), int) and _where().items() <= holder.items():
        return Fate.ALIVE if _lives(holder["pid"], holder.get("started")) else Fate.GONE
    if age > expires or (is_of_this_name and age > patience):
        return Fate.GONE
    return Fate.UNSURE if is_of_this_name else Fate.ALIVE


def _lives(pid: int, started: object) -> bool:
    """Whether the process with this number is the one that started then."""
    if (start := _start_of(pid)) is not None:
        return start == started
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _start_of(pid: int) -> int | None:
    """Ticks from the machine's start to the process's; None where that cannot be read."""
    with suppress(OSError, ValueError, IndexError):
        # The name before it may hold spaces and parentheses.
        return int((PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()[19])
    return None


def _where() -> dict[str, str]:
    """What process numbers belong to: the machine since its last start, and the container in it."""
    identity: dict[str, str] = {}
    with suppress(OSError):
        identity["boot"] = (PROC / "sys/kernel/random/boot_id").read_text().strip()
    with suppress(OSError):
        identity["processes"] = os.readlink(PROC / "self/ns/pid")
    return identity


def _user() -> str:
    try:
        return getuser()
    except (KeyError, OSError):  # a container's user may have no name
        return str(os.getuid())
