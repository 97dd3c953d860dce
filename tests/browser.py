"""A real browser for tests: headless Chromium through its debugging pipe, with the standard library alone."""

import base64
import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
QUIET = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--hide-scrollbars"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync", "--remote-debugging-pipe"),
)
PATIENCE = 60  # seconds for an answer
needs_browser = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium: apt-get install chromium")


class Tab:
    """A page of the browser, and what happened on it: console messages, errors and requests."""

    def __init__(self, to: int, of: int) -> None:
        """The two ends of the pipe."""
        self._to, self._of, self._rest, self._number = to, of, b"", 0
        self.events: list[dict[str, Any]] = []
        self._session: str | None = None
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.ask(f"{domain}.enable")

    def ask(self, method: str, **parameters: Any) -> dict[str, Any]:
        """What the browser answers; what it tells meanwhile is kept."""
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._to, json.dumps(message).encode() + b"\0")
        while (heard := self._hear()).get("id") != self._number:
            self.events.append(heard)
        assert "error" not in heard, (method, heard)
        return dict(heard["result"])

    def _hear(self) -> dict[str, Any]:
        end = time.monotonic() + PATIENCE
        while b"\0" not in self._rest:
            read = os.read(self._of, 1 << 20)
            assert read and time.monotonic() < end, "the browser does not answer"
            self._rest += read
        line, _, self._rest = self._rest.partition(b"\0")
        return dict(json.loads(line))

    def resize(self, width: int, height: int = 900) -> None:
        """Sets the size of the window in CSS pixels."""
        self.ask("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 500)

    def load(self, file: Path) -> None:
        """Opens a file and waits until it is there."""
        self.ask("Page.navigate", url=file.as_uri())
        while not any(it.get("method") == "Page.loadEventFired" for it in self.events):
            self.events.append(self._hear())

    def run(self, script: str) -> Any:
        """The value of an expression of the page."""
        answer = self.ask("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in answer, (script, answer)
        return answer["result"].get("value")

    def click(self, element: str) -> None:
        """Scrolls to the first element of a selector, or of an expression, and clicks its middle as a mouse does."""
        found = element if "(" in element else f"document.querySelector({json.dumps(element)})"
        place = f"(() => {{ const e = {found}; e.scrollIntoView({{block: 'center', behavior: 'instant'}}); "
        x, y = self.run(f"{place} const r = e.getBoundingClientRect(); return [r.x + Math.min(r.width / 2, 40), r.y + r.height / 2] }})()")
        for kind in ("mousePressed", "mouseReleased"):
            self.ask("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def shot(self, file: Path) -> None:
        """Writes a picture of the whole page."""
        answer = self.ask("Page.captureScreenshot", captureBeyondViewport=True)
        file.write_bytes(base64.b64decode(answer["data"]))

    def printed(self) -> bytes:
        """The page as PDF."""
        return base64.b64decode(self.ask("Page.printToPDF", printBackground=False)["data"])

    @property
    def complaints(self) -> list[Any]:
        """Errors and warnings of the console and of the browser."""
        kinds = {"Runtime.exceptionThrown", "Log.entryAdded"}
        return [
            it["params"]
            for it in self.events
            if it.get("method") in kinds
            or (it.get("method") == "Runtime.consoleAPICalled" and it["params"]["type"] in ("error", "warning"))
        ]

    @property
    def requested(self) -> list[str]:
        """The addresses that the page asked for."""
        return [it["params"]["request"]["url"] for it in self.events if it.get("method") == "Network.requestWillBeSent"]


@contextmanager
def opened() -> Iterator[Tab]:
    """A tab of a browser of its own, which leaves nothing behind."""
    assert CHROMIUM is not None
    (read, to), (of, write) = os.pipe(), os.pipe()
    # Of a short name: a socket lies in it, whose path may have some hundred letters.
    with TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        command = [
            "bash",
            "-c",
            f'exec "$@" 3<&{read} 4>&{write}',
            "--",
            CHROMIUM,
            *QUIET,
            f"--user-data-dir={folder}/profile",
            "about:blank",
        ]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        browser = subprocess.Popen(command, pass_fds=(read, write), env={**os.environ, "TMPDIR": folder}, **quiet)
        os.close(read)
        os.close(write)
        try:
            yield Tab(to, of)
        finally:
            browser.terminate()
            browser.wait()
            os.close(to)
            os.close(of)
