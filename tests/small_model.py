"""A calibrated model of four columns, made without a session."""

from datetime import date

import lightgbm
import numpy as np

from qualscore.definitions.definition import Definition
from qualscore.model.encoding.encoding import INNER_FOLDS, LiftedColumn
from qualscore.model.encoding.inputs import Inputs
from qualscore.model.kernel.starting_margin import LiftTerm, NumberTerm, StartingMargin
from qualscore.model.learning.judged_model import JudgedModel
from qualscore.model.scoring.calibration import Calibration
from qualscore.model.scoring.qualification import QualificationModel

AS_OF = date(2026, 6, 1)
DEFINITION = Definition.model_validate(
    {"name": "tiny", "examples": {"account_list": "customers"}, "training": {"repeats": 2, "folds": 2, "trees": 5}}
)
INPUTS = Inputs(numeric=("firmo_size",), keyword_sets=(), measures=(), categories=("Streaming",), products=("Kafka",), lifted=("country",))


def small_model(definition: Definition = DEFINITION) -> QualificationModel:
    """The larger, the more in DE and with Kafka, the better."""
    draws = np.random.default_rng(0)
    columns = np.column_stack([draws.normal(5, 2, 400), draws.integers(0, 2, (400, 2)), draws.normal(size=400)])
    labels = (columns[:, 0] + 2 * columns[:, 2] + columns[:, 3] > 6).astype(float)
    settings = {"objective": "binary", "num_leaves": 5, "verbose": -1, "num_threads": 1}
    texts = [
        [
            lightgbm.train(settings | {"seed": repeat}, lightgbm.Dataset(columns[fold::2], labels[fold::2]), 5).model_to_string()
            for fold in range(2)
        ]
        for repeat in range(2)
    ]
    start = StartingMargin(-1.0, (NumberTerm(5.0, 0.5, -2.0, 2.0, 0.3, 0.1, 0.05),), (LiftTerm(0.4, 0.01),))
    counts = np.arange(3.0 * 2 * 2 * INNER_FOLDS).reshape(3, 2, 2, INNER_FOLDS)
    counts[0] = 0  # of values never seen
    return QualificationModel(
        definition, INPUTS, {"country": LiftedColumn({None: 1, "DE": 2}, np.array([0.0, 0.3, 0.2]), counts)}, texts, [[start] * 2] * 2,
        Calibration(0.8, 0.2, (-2.0, 0.0, 1.5), (-1.5, 0.1, 2.0)), np.linspace(-3, 3, 11), np.sort(draws.integers(-(2**63), 2**63, 5)),
    )  # fmt: skip


def small_training(model: QualificationModel | None = None) -> JudgedModel:
    """What the registry takes of a training."""
    return JudgedModel(model or small_model(), {"examples": 60}, {"roc_auc": 0.9}, [])
