"""Where the reports of models are written: of the champion, of a challenger, of a refusal, and the page of all scores."""

import json
from contextlib import nullcontext
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from qualscore.definitions.definition import Definition
from qualscore.errors import TrainingRefused
from qualscore.model.learning.judged_model import JudgedModel
from qualscore.model.lifecycle.registry import Version
from qualscore.reports.model_page.texts import texts
from qualscore.stages import model_reports, train
from qualscore.storage.files import Entry
from tests.small_model import small_model, small_training
from tests.small_report import report

DEFINITION = Definition.model_validate({"name": "small", "examples": {"account_list": "won"}})
UNNUMBERED = {name: value for name, value in report().items() if name != "model_version"}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The reports' folder, written without Hadoop."""

    def write(session: Any, warehouse: str, name: str, text: str) -> str:
        file = Path(warehouse, "reports", name)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        return str(file)

    def listed(session: Any, path: str) -> list[Entry]:
        return [Entry(str(it), 0, 0, it.is_dir()) for it in Path(path).iterdir()]

    for name, fake in {"write": write, "listed": listed}.items():
        monkeypatch.setattr(model_reports.files, name, fake)
    monkeypatch.setattr(model_reports.files, "exists", lambda session, path: Path(path).exists())
    monkeypatch.setattr(model_reports.files, "read", lambda session, path: Path(path).read_bytes())
    return tmp_path / "reports"


@pytest.fixture
def run(tmp_path: Path) -> Any:
    return SimpleNamespace(spark=None, settings=SimpleNamespace(warehouse=str(tmp_path)), as_of=date(2026, 6, 1))


def test_a_version_gets_its_number_in_all_files(folder: Path, run: Any) -> None:
    path = model_reports.write(run, "small", texts(UNNUMBERED), version=7, serves=True)
    assert path == str(folder / "small" / "model.html") and "believe it; version 7, as of 2026-06-01" in Path(path).read_text()
    assert "version 7, as of" in (folder / "small" / "model.md").read_text()
    assert json.loads((folder / "small" / "metrics.json").read_text())["model_version"] == 7
    assert '<a href="small/model.html">small</a>' in (folder / "index.html").read_text()


def test_a_challenger_leaves_the_champions_report(folder: Path, run: Any) -> None:
    model_reports.write(run, "small", texts(UNNUMBERED), version=7, serves=True)
    path = model_reports.write(run, "small", texts(UNNUMBERED), version=8, serves=False)
    assert path == str(folder / "small" / "challenger" / "model.html") and "version 8" in Path(path).read_text()
    assert "version 7" in (folder / "small" / "model.html").read_text()


def test_a_refusal_says_why_and_leaves_the_report_of_the_model_that_serves(folder: Path, run: Any) -> None:
    refused = TrainingRefused("small: no signal.", counts={"examples": 60})
    model_reports.write_refusal(run, DEFINITION, refused)
    assert "small: no signal." in (folder / "small" / "model.md").read_text()
    assert "<td>refused</td>" in (folder / "index.html").read_text().replace(' data-head="verdict"', "")
    model_reports.write(run, "small", texts(UNNUMBERED), version=1, serves=True)
    model_reports.write_refusal(run, DEFINITION, refused)
    assert "**Ready.**" in (folder / "small" / "model.md").read_text()
    assert "**Refused.**" in (folder / "small" / "refused" / "model.md").read_text()
    assert "<td>ready</td>" in (folder / "index.html").read_text().replace(' data-head="verdict"', "")


class Store:
    """A registry that keeps what it is given."""

    def __init__(self) -> None:
        self.kept: list[dict[str, str]] = []

    def register(self, judged: JudgedModel, *, as_of: date, inputs: dict[str, int], report: dict[str, str], serves: bool) -> Version:
        self.kept.append(report)
        return Version(len(self.kept), "f", as_of)

    def challenger(self, name: str) -> None:
        """Every version serves."""

    def report(self, name: str, number: int) -> dict[str, str]:
        return self.kept[number - 1]


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> Store:
    """The registry of a stage that trains nothing and has measured small_report."""
    store, made = Store(), {"examples": "account list won", "reference": "all", "definition": {}, "inputs": {}, "training": {}}
    made |= {"run_id": "ab12", "code_version": "17d7"}
    made["training"] = {"folds": 5, "repeats": 3}
    trained = SimpleNamespace(evidence=SimpleNamespace(rows=None, weight=1.0), counts={"examples": 361}, model=None)
    judged = {name: value for name, value in UNNUMBERED.items() if name not in ("importance", "misses")} | {"expect": []}
    judgement = SimpleNamespace(judged=small_training(), report=judged, warnings=[])
    given = {
        "null_of": None,
        "registry_of": store,
        "with_coverage": None,
        "labelled": None,
        "features_date": date(2026, 6, 1),
        "trained_on": trained,
    }
    for name, value in given.items():
        monkeypatch.setattr(train, name, lambda *_, value=value, **__: value)
    monkeypatch.setattr(train, "locked", lambda *_: nullcontext())
    monkeypatch.setattr(train, "made", lambda *_: made)
    monkeypatch.setattr(train.verdict, "lines", lambda report: [])
    monkeypatch.setattr(train.judging, "judge", lambda *_, **__: judgement)
    monkeypatch.setattr(train.portrait, "portrait", lambda trained: {name: UNNUMBERED[name] for name in ("importance", "misses")})
    monkeypatch.setattr(train.gating, "serving", lambda *_: (replace(small_model(), version=1) if store.kept else None, []))
    monkeypatch.setattr(train.gating, "passage", lambda *_: None)
    monkeypatch.setattr(train, "profile_of", lambda *_: "{}")
    return store


def test_training_keeps_the_report_in_the_registry_and_beside_the_tables(folder: Path, run: Any, store: Store) -> None:
    run = SimpleNamespace(**vars(run), options=SimpleNamespace(), tables=SimpleNamespace(pins={}), console=SimpleNamespace(detail=_silent))
    first, second = (train.train(run, DEFINITION) for _ in range(2))
    assert first.sentence == f"version 1, 361 customers; its report is {folder / 'small' / 'model.html'}"
    assert all(it.keys() == {"model.html", "model.md", "metrics.json", "profile.json"} for it in store.kept)
    assert json.loads(store.kept[0]["metrics.json"])["since"] is None
    assert json.loads(store.kept[1]["metrics.json"])["since"]["version"] == 1
    assert second.model_version == 2 and "Compared with version 1, trained as of 2026-06-01" in (folder / "small" / "model.md").read_text()


def test_a_refused_training_says_so_in_a_report(folder: Path, run: Any, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise TrainingRefused("small: no signal.")

    monkeypatch.setattr(train, "trained_on", refuse)
    with pytest.raises(TrainingRefused):
        train.train(run, DEFINITION)
    assert "small: no signal." in (folder / "small" / "model.html").read_text() and not store.kept


def _silent(*_: Any, **__: Any) -> None:
    """A console that says nothing."""
