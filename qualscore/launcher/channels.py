"""The way of a driver's output to the terminal.

spark-submit mixes the driver's two outputs and the JVM's own. The driver writes into two named pipes instead, which are
copied to this process's standard output and error.
"""

import os
import selectors
from collections.abc import Callable
from pathlib import Path

PIPES = {"QUALSCORE_STDOUT": 1, "QUALSCORE_STDERR": 2}


def terminal() -> dict[str, str]:
    """The variable that says how wide the terminal is that standard output goes to; none where it goes elsewhere."""
    return {"QUALSCORE_COLUMNS": str(os.get_terminal_size(1).columns)} if os.isatty(1) else {}


class Channels:
    """The named pipes of one run, in a folder that goes with the run."""

    def __init__(self, folder: Path) -> None:
        """Make the pipes."""
        self.names = {name: str(folder / name.removeprefix("QUALSCORE_").lower()) for name in PIPES}
        self.spoke = False
        self._selector = selectors.DefaultSelector()
        self._closed: set[int] = set()
        for name, target in PIPES.items():
            os.mkfifo(self.names[name], 0o600)
            source = os.open(self.names[name], os.O_RDONLY | os.O_NONBLOCK)
            # A writer of our own, so that the pipe never ends before the driver opens it.
            os.open(self.names[name], os.O_WRONLY | os.O_CLOEXEC)
            self._selector.register(source, selectors.EVENT_READ, target)

    def copy_until(self, is_done: Callable[[], bool]) -> None:
        """Copy as it comes; what was written before the end is copied too."""
        done = False
        while True:
            ready = self._selector.select(timeout=0 if done else 0.1)
            for key, _ in ready:
                self._pass_on(os.read(key.fd, 1 << 16), key.data)
            if done and not ready:
                return
            done = done or is_done()

    def _pass_on(self, data: bytes, target: int) -> None:
        """Write all; when nobody reads any more (`| head`), the job goes on unheard."""
        self.spoke = True
        try:
            while data and target not in self._closed:
                data = data[os.write(target, data) :]
        except OSError:
            self._closed.add(target)
