"""What a version takes and gives, as MLflow's signatures have it in JSON."""

import json
from typing import Any

from pyspark.sql import types as T

from qualscore import contracts
from qualscore.model.learning.judged_model import Model
from qualscore.model.lifecycle import saved_model
from qualscore.model.scoring.bands import FINAL
from qualscore.model.scoring.scoring_pass import OF_THE_RUN, SCORES

NAMES = {"int": "integer", "bigint": "long", "date": "datetime", "timestamp": "datetime"}
ANY = {"type": "any"}


def signature(model: Model) -> dict[str, str]:
    """`inputs`, the columns of account features that a model reads, and `outputs`, the columns of account_scores but those of a run."""
    features, scores = contracts.load(saved_model.FEATURES), contracts.load(SCORES)
    inputs = [
        {"name": name, "required": features.columns[name].required, **_input(features.schema[name].dataType)}
        for name in saved_model.read_columns(model)
    ]
    own = [name for name in scores.columns if name not in (*OF_THE_RUN, *FINAL)]
    outputs = [{"name": name, "required": True, **_type(scores.schema[name].dataType)} for name in own]
    return {"inputs": json.dumps(inputs), "outputs": json.dumps(outputs)}


def _input(kind: T.DataType) -> dict[str, Any]:
    """The type that MLflow asks of a column of a frame.

    A whole number is of any: pandas has a column of them as floats as soon as one is missing, and MLflow takes either alone. So is what
    a list holds: MLflow would make a series of each value in it, 4 ms for an account with 20 technologies.
    """
    if isinstance(kind, T.ArrayType):
        return {"type": "array", "items": ANY}
    return ANY if isinstance(kind, T.IntegralType) else _type(kind)


def _type(kind: T.DataType) -> dict[str, Any]:
    if isinstance(kind, T.ArrayType):
        return {"type": "array", "items": _type(kind.elementType)}
    if isinstance(kind, T.StructType):
        return {"type": "object", "properties": {field.name: {**_type(field.dataType), "required": False} for field in kind.fields}}
    return {"type": NAMES.get(kind.simpleString(), kind.simpleString())}
