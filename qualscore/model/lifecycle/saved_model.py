"""A model as files of a folder, and back: needs neither a registry nor a session."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from pyspark.sql import types as T

from qualscore import contracts
from qualscore.config import validate
from qualscore.contracts.datatypes import datatype
from qualscore.definitions.definition import Definition
from qualscore.errors import ConfigurationError
from qualscore.model.encoding import encoding
from qualscore.model.encoding.inputs import Inputs
from qualscore.model.kernel.starting_margin import LiftTerm, NumberTerm, StartingMargin
from qualscore.model.learning.judged_model import Model
from qualscore.model.lifecycle import saved_card
from qualscore.model.scorecard.card import ScorecardModel
from qualscore.model.scoring.calibration import Calibration
from qualscore.model.scoring.pass_model import account_columns
from qualscore.model.scoring.qualification import QualificationModel

DESCRIPTION = "model.json"
FEATURES = "features/account_features"
_SAVED_AS = {"keyword_sets": "topics"}  # models stay readable by the names that their inputs were first saved under


def write(model: Model, reliability: list[dict[str, float]], folder: Path) -> None:
    """Writes a calibrated model to a folder that is there."""
    if isinstance(model, ScorecardModel):
        return saved_card.write(model, reliability, read_columns(model), folder / DESCRIPTION)
    assert model.calibration is not None
    (folder / "trees").mkdir()
    for repeat, texts in enumerate(model.texts):
        for fold, text in enumerate(texts):
            (folder / "trees" / f"repeat_{repeat}_fold_{fold}.txt").write_text(text)
    encoding.table(list(model.lifted), list(model.lifted.values())).to_parquet(folder / "encodings.parquet")
    np.save(folder / "examples.npy", model.examples)
    described = {
        "definition": model.definition.model_dump(mode="json", by_alias=True, exclude_none=True),
        "inputs": {_SAVED_AS.get(name, name): values for name, values in asdict(model.inputs).items()},
        "reads": read_columns(model),
        "factors": model.inputs.factors,
        "starts": [[asdict(start) for start in starts] for starts in model.starts],
        "calibration": asdict(model.calibration),
        "reliability": reliability,
        "quantiles": model.quantiles.tolist(),
    }
    (folder / DESCRIPTION).write_text(json.dumps(described, indent=1))


def read(folder: Path, *, of: str, version: int | None = None) -> Model:
    """The model of a folder.

    Args:
        folder: that `write` filled, this one or that of an earlier commit.
        of: where the folder comes from, for errors.
        version: of the model in the registry.

    Raises:
        ConfigurationError: account features lack a column that the model reads, or have it in another type.
    """
    described: dict[str, Any] = json.loads((folder / DESCRIPTION).read_text())
    if described["definition"].get("type") == "rules":
        _check_reads(described["reads"], of)
        return saved_card.read(described, definition_of(folder / DESCRIPTION), folder, version=version)
    named = {saved: name for name, saved in _SAVED_AS.items()}
    inputs = Inputs(**{named.get(saved, saved): tuple(values) for saved, values in described["inputs"].items()})
    # Of a model that says nothing of types the names are known: they follow from its inputs.
    _check_reads(described.get("reads") or dict.fromkeys(_names(inputs)), of)
    definition = definition_of(folder / DESCRIPTION)
    repeats, folds, trees = definition.training.repeats, definition.training.folds, folder / "trees"
    encodings = pd.read_parquet(folder / "encodings.parquet")
    lifted = encoding.from_table(encodings, inputs.lifted, repeats=repeats, folds=folds)
    return QualificationModel(
        definition=definition,
        inputs=inputs,
        lifted=dict(zip(inputs.lifted, lifted, strict=True)),
        texts=[[(trees / f"repeat_{repeat}_fold_{fold}.txt").read_text() for fold in range(folds)] for repeat in range(repeats)],
        starts=[[_start(start) for start in starts] for starts in described.get("starts", [])],  # older models start from 0
        calibration=_calibration(described["calibration"]),
        quantiles=np.array(described["quantiles"]),
        examples=np.load(folder / "examples.npy"),
        version=version,
    )


def read_columns(model: Model) -> dict[str, str]:
    """The columns of features/account_features that a model reads, with their types."""
    columns = contracts.load(FEATURES).schema
    names = model.read_columns if isinstance(model, ScorecardModel) else _names(model.inputs)
    return {name: columns[name].dataType.simpleString() for name in names}


def definition_of(file: Path) -> Definition:
    """The definition that a model's description holds.

    Raises:
        ConfigurationError: it has what definitions no longer have.
    """
    return validate(Definition, json.loads(file.read_text())["definition"], where=str(file))


def _names(inputs: Inputs) -> list[str]:
    return [*account_columns(inputs.numeric, inputs.lifted, inputs.keyword_sets), "has_data"]


def _check_reads(reads: Mapping[str, str | None], of: str) -> None:
    now = {field.name: field.dataType for field in contracts.load(FEATURES).schema.fields}
    findings = [f"{name} is gone" for name in reads if name not in now]
    findings += [
        f"{name} is {now[name].simpleString()}, was {kind}"
        for name, kind in reads.items()
        if name in now and kind is not None and not _holds(now[name], datatype(kind))
    ]
    if findings:
        raise ConfigurationError(f"{of}: reads columns of {FEATURES} that have changed: {'; '.join(findings)}; train the score again")


def _holds(now: T.DataType, then: T.DataType) -> bool:
    """Whether a type is what it was; structs may have got more fields."""
    if isinstance(now, T.ArrayType) and isinstance(then, T.ArrayType):
        return _holds(now.elementType, then.elementType)
    if isinstance(now, T.StructType) and isinstance(then, T.StructType):
        return all(field.name in now.names and _holds(now[field.name].dataType, field.dataType) for field in then.fields)
    return now.simpleString() == then.simpleString()


def _start(described: dict[str, Any]) -> StartingMargin:
    numbers, lifts = (NumberTerm(*term) for term in described["numbers"]), (LiftTerm(*term) for term in described["lifts"])
    return StartingMargin(described["intercept"], tuple(numbers), tuple(lifts))


def _calibration(described: dict[str, Any]) -> Calibration:
    knots = (tuple(described[name]) for name in ("margins", "logits"))
    return Calibration(described["slope"], described["intercept"], *knots)
