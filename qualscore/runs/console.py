"""How a run speaks: results to standard output, progress to standard error, everything to the log as JSON lines.

What deliveries hold is in many of these lines: of names and values a terminal is shown letters, and obeys nothing of them.
"""

import json
import logging
import os
import sys
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TextIO

from pythonjsonlogger.json import JsonFormatter

from qualscore.reports.house.letters import lines

logger = logging.getLogger("qualscore")


def _stream(variable: str, default: TextIO) -> TextIO:
    """spark-submit mixes a driver's two streams; the launcher gives a named pipe for each."""
    path = os.environ.get(variable)
    return open(path, "w", buffering=1, encoding="utf-8") if path else default  # noqa: SIM115 (kept for the whole run)


@dataclass
class Console:
    """The streams of one run.

    Attributes:
        results: standard output.
        progress: standard error.
        as_json: whether results are JSON lines.
        started: when the run began.
        columns: of the terminal that results go to; None where they go elsewhere.
        is_verbose: whether people are told what a page sums up at the end.
    """

    results: TextIO
    progress: TextIO
    as_json: bool
    started: datetime
    columns: int | None = None
    is_verbose: bool = True

    def say(self, line: str) -> None:
        """Progress, with the time since the start."""
        logger.info(line)
        seconds = int((datetime.now(self.started.tzinfo) - self.started).total_seconds())
        print(f"{seconds // 60:3d}:{seconds % 60:02d}  {lines(line)}", file=self.progress, flush=True)

    def complain(self, message: str) -> None:
        """An error or a warning, whole."""
        logger.error(message)
        print(lines(message), file=self.progress, flush=True)

    def result(self, text: str, **values: object) -> None:
        """A result: text for people, or one JSON line of `values`."""
        logger.info(text or "result", extra={"result": values})
        shown = json.dumps(values, default=str) if self.as_json else lines(text, is_styled=self.columns is not None)
        print(shown, file=self.results, flush=True)

    def detail(self, text: str, **values: object) -> None:
        """A result that a page sums up at the end of the job: as JSON it is said, and in text where it is asked for."""
        if self.as_json or self.is_verbose:
            self.result(text, **values)
        else:
            logger.info(text, extra={"result": values})


def open_console(*, as_json: bool, started: datetime, is_verbose: bool = True) -> Console:
    """The console of this process, with its log file."""
    log = os.environ.get("QUALSCORE_LOG")
    if log:
        handler = logging.FileHandler(Path(log).with_suffix(".jsonl"))
        handler.setFormatter(JsonFormatter("{asctime}{levelname}{message}{name}", style="{", timestamp=True))
        logger.addHandler(handler)
        logger.setLevel(logging.INFO)
        logger.propagate = False
    columns = os.environ.get("QUALSCORE_COLUMNS", "")
    streams = _stream("QUALSCORE_STDOUT", sys.stdout), _stream("QUALSCORE_STDERR", sys.stderr)
    return Console(*streams, as_json, started, int(columns) if columns.isdigit() and int(columns) else None, is_verbose)
