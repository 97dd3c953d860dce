"""The files of a model: what they are called in them, and when a model fits today's tables."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from qualscore import contracts
from qualscore.contracts import Contract
from qualscore.errors import ConfigurationError
from qualscore.model.lifecycle import saved_model
from qualscore.model.scoring.qualification import QualificationModel


def test_keyword_sets_keep_the_name_that_saved_models_have(small: QualificationModel, tmp_path: Path) -> None:
    inputs = replace(small.inputs, keyword_sets=("cloud",), measures=("trend",))
    saved_model.write(replace(small, inputs=inputs), [], tmp_path)
    assert json.loads((tmp_path / "model.json").read_text())["inputs"]["topics"] == ["cloud"]
    assert saved_model.read(tmp_path, of="models:/x/1").inputs == inputs


def changed(*, without: tuple[str, ...] = (), types: dict[str, str] | None = None, added: str = "string") -> Contract:
    """account_features with another column, and with changes."""
    contract = contracts.load(saved_model.FEATURES)
    columns = {name: it for name, it in contract.columns.items() if name not in without}
    columns |= {name: columns[name].model_copy(update={"type": kind}) for name, kind in (types or {}).items()}
    new = contract.columns["city"].model_copy(update={"type": added})
    return contract.model_copy(update={"columns": {"new": new} | columns})


def read_with(monkeypatch: pytest.MonkeyPatch, folder: Path, contract: Contract) -> QualificationModel:
    monkeypatch.setattr(contracts, "load", lambda name: contract)
    return saved_model.read(folder, of="models:/x/1")


def test_a_model_fits_as_long_as_what_it_reads_is_there(monkeypatch: pytest.MonkeyPatch, small: QualificationModel, tmp_path: Path) -> None:
    saved_model.write(small, [], tmp_path)
    wider = {"tech_stack": "array<struct<product:string,vendor:string,category:string>>"}
    unread = {"industry": "int", "intent_trend": "float"}
    read_with(monkeypatch, tmp_path, changed(without=("city", "founded_year"), types=wider | unread))


def test_a_model_does_not_fit_when_what_it_reads_has_changed(
    monkeypatch: pytest.MonkeyPatch, small: QualificationModel, tmp_path: Path
) -> None:
    saved_model.write(small, [], tmp_path)
    narrower = changed(
        without=("firmo_size", "country", "city"),
        types={"employees": "string", "tech_stack": "array<struct<product:string>>", "industry": "int"},
    )
    with pytest.raises(ConfigurationError) as caught:
        read_with(monkeypatch, tmp_path, narrower)
    assert str(caught.value) == (
        "models:/x/1: reads columns of features/account_features that have changed: firmo_size is gone; country is gone; "
        "tech_stack is array<struct<product:string>>, was array<struct<product:string,category:string>>; "
        "employees is string, was bigint; train the score again"
    )
