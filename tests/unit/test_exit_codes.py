"""A stage that has done its work and not all that was asked: its code, its record, and what goes on."""

from collections.abc import Sequence
from datetime import UTC, datetime
from io import StringIO
from types import SimpleNamespace
from typing import Any

import pytest

from qualscore.definitions.definition import Definition
from qualscore.runs import main
from qualscore.runs.console import Console
from qualscore.runs.run import Outcome, Stage

KEPT_OUT, FINE = (Definition.model_validate({"name": name, "examples": {"account_list": "won"}}) for name in ("kept_out", "fine"))


def train(run: Any, definition: Definition) -> Outcome:
    if definition is KEPT_OUT:
        return Outcome("version 1 waits", model_version=1, warnings=["weak"], exit_code=6)
    return Outcome("version 1, 60 customers")


def test_a_score_whose_first_model_may_not_serve_is_not_scored_and_the_others_are(monkeypatch: pytest.MonkeyPatch) -> None:
    recorded: list[tuple[str, str, int, int | None]] = []
    scored: list[str] = []

    def score(run: Any, definitions: Sequence[Definition]) -> dict[str, Outcome]:
        scored.extend(it.name for it in definitions)
        return {it.name: Outcome("scored") for it in definitions}

    def record(run: Any, stage: Stage, definition: Definition, started: datetime, outcome: Outcome, code: int, fingerprint: str) -> None:
        recorded.append((stage.name, definition.name, code, outcome.model_version))

    monkeypatch.setattr(main.records, "record", record)
    monkeypatch.setattr(main.disk, "warnings", lambda *_, **__: [])
    monkeypatch.setattr(main.executors, "check_elsewhere", lambda session: None)
    monkeypatch.setattr(main.pinning, "pinned", lambda run, names: run)
    monkeypatch.setattr(main, "_asked", lambda *_: ("fingerprint", True))
    monkeypatch.setattr(main, "_begin", lambda *_: None)
    console = Console(StringIO(), StringIO(), False, datetime.now(UTC))
    options = SimpleNamespace(dry_run=False, restart=True)
    run: Any = SimpleNamespace(
        definitions=[FINE, KEPT_OUT], options=options, console=console, tables=None, settings=None, spark=None, job="pipeline"
    )
    stages = [
        Stage("train", train, lambda run, definition: {}, per_score=True),
        Stage("score", score, lambda run, definition: {}, per_score=True, together=True),
    ]
    assert main._run_all(run, "pipeline", stages) == (6, [FINE])
    assert scored == ["fine"] and sorted(recorded) == [("score", "fine", 0, None), ("train", "fine", 0, None), ("train", "kept_out", 6, 1)]
    said = console.progress.getvalue()  # type: ignore[attr-defined]
    assert "warning: weak\ntrain kept_out: version 1 waits\n" in said
