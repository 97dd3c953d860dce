"""How a run speaks: to a terminal or a pipe."""

from datetime import UTC, datetime

import pytest

from qualscore.launcher import channels
from qualscore.runs.console import open_console


@pytest.mark.parametrize(("columns", "known"), [("80", 80), ("", None), ("0", None), ("wide", None)])
def test_the_launcher_says_how_wide_the_terminal_is(columns: str, known: int | None, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("QUALSCORE_LOG", "QUALSCORE_STDOUT", "QUALSCORE_STDERR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("QUALSCORE_COLUMNS", columns)
    assert open_console(as_json=False, started=datetime.now(UTC)).columns == known


def test_a_pipe_is_no_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(channels.os, "isatty", lambda number: False)
    assert channels.terminal() == {}
    monkeypatch.setattr(channels.os, "isatty", lambda number: True)
    monkeypatch.setattr(channels.os, "get_terminal_size", lambda number: channels.os.terminal_size((90, 20)))
    assert channels.terminal() == {"QUALSCORE_COLUMNS": "90"}
