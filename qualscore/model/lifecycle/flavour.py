"""A version's pyfunc flavour: scores a pandas frame of account features, without a session. MLflow calls `_load_pyfunc`."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import yaml
from pyspark.sql import types as T
from pyspark.sql.pandas.types import to_arrow_schema

from qualscore import contracts
from qualscore.errors import ConfigurationError
from qualscore.model.learning.judged_model import Model
from qualscore.model.lifecycle import saved_model
from qualscore.model.scorecard.card import ScorecardModel
from qualscore.model.scoring import on_driver, scoring_pass
from qualscore.model.scoring.bands import FINAL

REGISTERED = "registered_model_meta"
"""The file that MLflow puts beside a version's own ones when it fetches them by `models:/...`."""


class FrameScorer:
    """What `mlflow.pyfunc.load_model` wraps."""

    def __init__(self, model: Model) -> None:
        """Compiles the model with the first frame, not here."""
        self._model = model
        self._schema = contracts.load(saved_model.FEATURES).schema
        self._reads = [*saved_model.read_columns(model)]

    def predict(self, model_input: pd.DataFrame, params: Mapping[str, Any] | None = None) -> pd.DataFrame:
        """The columns of scores/account_scores but those of a run, for accounts that have data, under their own index.

        Args:
            model_input: account features as the signature has them; an optional column that is missing is null. Structs are dictionaries.
            params: none are known.
        """
        known = model_input[model_input["has_data"].astype(bool)]
        if isinstance(self._model, ScorecardModel):
            return self._by_criteria(self._model, known)
        scoring = scoring_pass.of_models([self._model.in_pass])
        scored = [batch.to_pandas(date_as_object=True) for batch in scoring.scores([self._batch(known)])]
        empty = contracts.load(scoring_pass.SCORES).schema
        none = to_arrow_schema(T.StructType([empty[name] for name in scoring.columns])).empty_table().to_pandas()
        frame = pd.concat(scored) if scored else none
        return pd.DataFrame(frame.set_axis(known.index, axis=0))

    def _by_criteria(self, model: ScorecardModel, known: pd.DataFrame) -> pd.DataFrame:
        """The same of a rule-based model, whose conditions are Spark's: by the session that there is, else by a local one."""
        from pyspark.sql import SparkSession

        if model.in_pass.asks_records:
            raise ConfigurationError(f"{model.definition.name}: a frame does not tell deals and engagement: use qualscore.model.load")
        schema = T.StructType([self._schema[name] for name in self._reads])
        rows = [tuple(_plain(it) for it in row) for row in known.reindex(columns=self._reads).astype(object).itertuples(index=False)]
        scored = model.score(SparkSession.builder.getOrCreate().createDataFrame(rows, schema))
        own = scored.drop(*scoring_pass.OF_THE_RUN, *FINAL).toPandas()
        return own.set_index("domain", drop=False).loc[known["domain"]].set_axis(known.index, axis=0)

    def _batch(self, frame: pd.DataFrame) -> pa.RecordBatch:
        schema = to_arrow_schema(T.StructType([self._schema[name] for name in self._reads]))
        columns = [_column(frame, field) for field in schema]
        return on_driver.with_draws(pa.RecordBatch.from_arrays(columns, names=schema.names), self._model.definition.training)


def _column(frame: pd.DataFrame, field: pa.Field) -> pa.Array:
    if field.name not in frame:
        return pa.nulls(len(frame), field.type)
    values = frame[field.name]
    return pa.array(values if values.dtype != object else [*map(_plain, values)], field.type, from_pandas=True)


def _plain(value: Any) -> Any:
    """NaN, which pandas has for None, as None; an array as a list."""
    if isinstance(value, np.ndarray):
        return value.tolist()
    return None if isinstance(value, float) and np.isnan(value) else value


def _load_pyfunc(path: str) -> FrameScorer:
    """The model of a folder; its version is known when it came from the registry."""
    registered = Path(path) / REGISTERED
    version = int(yaml.safe_load(registered.read_text())["model_version"]) if registered.is_file() else None
    return FrameScorer(saved_model.read(Path(path), of=path, version=version))
