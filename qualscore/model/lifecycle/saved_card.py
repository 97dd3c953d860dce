"""A rule-based model as files of a folder, and back."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from qualscore.definitions.definition import Definition
from qualscore.model.scorecard.card import ScorecardModel
from qualscore.model.scoring.calibration import Calibration


def write(model: ScorecardModel, reliability: list[dict[str, float]], reads: Mapping[str, str], file: Path) -> None:
    """Writes a model to a description and, beside it, the hashes of the examples.

    Args:
        model: with the quantiles of its margins.
        reliability: said against observed, by band of score.
        reads: the columns of account features that it reads, with their types.
        file: of the description.
    """
    np.save(file.parent / "examples.npy", model.examples)
    described = {
        "definition": model.definition.model_dump(mode="json", by_alias=True, exclude_none=True),
        "keyword_sets": list(model.keyword_sets),
        "reads": dict(reads),
        "factors": list(model.in_pass.names.names),
        "calibration": asdict(model.calibration) if model.calibration else None,
        "reliability": reliability,
        "quantiles": model.quantiles.tolist(),
    }
    file.write_text(json.dumps(described, indent=1))


def read(described: Mapping[str, Any], definition: Definition, folder: Path, *, version: int | None) -> ScorecardModel:
    """The model of a description."""
    calibrated = described["calibration"]
    return ScorecardModel(
        definition=definition,
        keyword_sets=tuple(described["keyword_sets"]),
        quantiles=np.array(described["quantiles"]),
        examples=np.load(folder / "examples.npy"),
        calibration=Calibration(**calibrated | {name: tuple(calibrated[name]) for name in ("margins", "logits")}) if calibrated else None,
        version=version,
    )
