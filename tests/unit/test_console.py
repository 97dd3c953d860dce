"""How a run speaks: to a terminal, a pipe or a program, in brief or at length."""

from datetime import UTC, datetime
from io import StringIO

import pytest

from qualscore.launcher import channels
from qualscore.runs.console import Console, open_console


def said(*, as_json: bool, is_verbose: bool) -> str:
    console = Console(StringIO(), StringIO(), as_json, datetime.now(UTC), None, is_verbose)
    console.detail("5 rows", rows=5)
    return console.results.getvalue()  # type: ignore[attr-defined, no-any-return]


def test_a_detail_is_for_those_who_ask_and_for_programs() -> None:
    assert said(as_json=False, is_verbose=False) == ""
    assert said(as_json=False, is_verbose=True) == "5 rows\n"
    assert said(as_json=True, is_verbose=False) == said(as_json=True, is_verbose=True) == '{"rows": 5}\n'


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
