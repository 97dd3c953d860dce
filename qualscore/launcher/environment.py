"""The environment: `.venv` with the locked packages, made once and again when the lock changes."""

import ctypes
import fcntl
import os
import platform
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from qualscore.errors import ConfigurationError
from qualscore.launcher.places import CONF, ENVIRONMENT, LOGS, PYTHON, STATE, fingerprint, is_stamped, say, site_packages

LOCK = CONF / "requirements.lock"
SET_UP_LOG = LOGS / "set-up.log"


def ensure_environment() -> None:
    """Make `.venv` when there is none, it is unfinished, or the lock of packages has changed."""
    if platform.machine().lower() not in ("x86_64", "amd64"):
        raise ConfigurationError(
            f"SynapseML's native code is x86_64 only and this machine is {platform.machine()}: use an x86_64 machine or container."
        )
    stamp = fingerprint(LOCK)
    if _is_ready(stamp):
        return
    with set_up_lock():
        if not _is_ready(stamp):
            _make_environment()
            (ENVIRONMENT / ".stamp").write_text(stamp)


def _is_ready(stamp: str) -> bool:
    # Its Python is a link, which dangles when the machine's Python has gone.
    return is_stamped(ENVIRONMENT, stamp) and PYTHON.exists()


def _make_environment() -> None:
    say("Setting up: Python packages (once, about 2 min)")
    # The base interpreter, because this one may be the environment's own.
    base = getattr(sys, "_base_executable", None) or sys.executable
    venv = [base, "-I", "-m", "venv", "--clear", str(ENVIRONMENT)]
    run_logged(venv, "Python's venv module does not work: install it (Debian: the package python3.11-venv)")
    # Without compiling: of most packages only a part is ever imported.
    pip = [str(PYTHON), "-I", "-m", "pip", "--no-input", "--disable-pip-version-check", "install", "--no-compile", "--progress-bar", "off"]
    failure = "The Python packages could not be installed: check the network, or set PIP_INDEX_URL to a mirror that can be reached"
    run_logged([*pip, "--require-hashes", "-r", str(LOCK)], failure)


def run_logged(command: Sequence[str], failure: str) -> None:
    """Run one step of the set-up into its log; a failure is one sentence that ends with what to do."""
    with _open_log() as log:
        log.write(f"$ {' '.join(command)}\n")
        log.flush()
        code = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, check=False).returncode
    if code != 0:
        raise ConfigurationError(f"{failure}, then start again (details: {SET_UP_LOG}).")


def _open_log() -> IO[str]:
    LOGS.mkdir(parents=True, exist_ok=True)
    return SET_UP_LOG.open("a")


@contextmanager
def set_up_lock() -> Iterator[None]:
    """Hold the set-up for this process; a second launcher waits for the first."""
    try:
        STATE.mkdir(exist_ok=True)
        handle = (STATE / "set-up.lock").open("w")
    except OSError as error:
        message = f"The set-up cannot write to {STATE} ({error.strerror}): make the checkout writable, then start again."
        raise ConfigurationError(message) from error
    with handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Waiting for another set-up of this checkout to finish")
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def openmp_folder() -> Path | None:
    """The folder to put on the library path, where the machine has no libgomp.so.1; None where it has one."""
    if sys.platform != "linux" or _loads("libgomp.so.1"):
        return None
    return link_openmp(site_packages() / "scikit_learn.libs", ENVIRONMENT / "lib" / "openmp")


def link_openmp(bundled: Path, folder: Path) -> Path:
    """Link scikit-learn's copy of libgomp under the name that both native LightGBM libraries ask for."""
    copies = sorted(bundled.glob("libgomp-*.so*"))
    if not copies:
        raise ConfigurationError("libgomp.so.1 is missing: install the package libgomp1 (Fedora, Red Hat: libgomp), then start again.")
    folder.mkdir(parents=True, exist_ok=True)
    link = folder / "libgomp.so.1"
    if not link.exists():
        # Under a name of its own first, because two launchers may come here at once.
        fresh = folder / f"libgomp.{os.getpid()}"
        fresh.symlink_to(copies[0].resolve())
        fresh.replace(link)
    return folder


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True
