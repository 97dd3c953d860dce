"""One model as a pass uses it: what an executor needs to score, explain and describe accounts with it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from pyspark.sql import Column

from qualscore.definitions.definition import Definition, Training
from qualscore.features.intent import MEASURES
from qualscore.model.encoding.arrays import Array
from qualscore.model.encoding.draws import draw
from qualscore.model.encoding.encoding import UNSEEN
from qualscore.model.encoding.inputs import STACK_SIZE
from qualscore.model.kernel.tree_shap import Ensemble, Explanation, TopFactors
from qualscore.model.scoring import factor_lines, factor_values
from qualscore.model.scoring.account_batch import AccountBatch
from qualscore.model.scoring.bands import HIGHLY_LIKELY, LIKELY, UNLIKELY
from qualscore.model.scoring.calibration import Calibration
from qualscore.model.scoring.factor_lines import FactorNames
from qualscore.model.scoring.factor_values import FactorValues
from qualscore.model.scoring.static_columns import StaticColumns

LISTED_FACTORS = 5
DOMAIN_HASH = "_hash"
"""The column with Spark's xxhash64 of the domain, which a pass adds to account features beside `fold_columns`."""
BANDS = (UNLIKELY, LIKELY, HIGHLY_LIKELY)
ACTIONS = ("good_fit", "qualified", "act_now")


@dataclass(frozen=True)
class PassModel:
    """What an executor needs to score, explain and describe accounts with one model; plain data, so that it is broadcast.

    Attributes:
        definition: its name, bands and actions.
        version: of the model.
        ensemble: the compiled trees.
        static: the inputs that are the same for all of them.
        lifted: value ids by column.
        calibration: margin to score.
        quantiles: margins of the evaluation sample at equal steps of rank.
        examples: hashes of the examples' domains, sorted.
        names: how its factors are said.
    """

    definition: Definition
    version: int | None
    ensemble: Ensemble
    static: StaticColumns
    lifted: dict[str, dict[str | None, int]]
    calibration: Calibration
    quantiles: Array
    examples: Array
    names: FactorNames

    @property
    def reads(self) -> list[str]:
        """The columns of account features that the model needs."""
        return account_columns(self.static.numeric, list(self.lifted), self.static.keyword_sets)

    def scored(self, accounts: AccountBatch, values: FactorValues) -> pa.RecordBatch:
        """The columns of scores/account_scores but those of the run."""
        static = self.static.rows(accounts)
        top = self.ensemble.top_factors(static, self._lift_ids(accounts), self._folds(accounts), count=LISTED_FACTORS)
        # The stored score decides, so that what is read and what is done never differ.
        score = self.stored_score(top.margin)
        columns = {
            **described(self.definition, self.version, self.examples, accounts, score),
            **self._numbers(top, score),
            **factor_lines.columns(self.names, values, static, top, most=int(np.diff(accounts.stack.ends).max(initial=0))),
        }
        return pa.RecordBatch.from_pydict(columns)

    def added(self, present: Sequence[str]) -> dict[str, Column]:
        """The columns that the pass adds to account features, whichever are `present`: which fold of each repeat an account is in."""
        training = self.definition.training
        names = enumerate(fold_columns(training))
        return {name: draw("fold", training.folds, seed=training.seed, repeat=repeat) for repeat, name in names}

    def explained(self, accounts: AccountBatch) -> Explanation:
        """The contributions of all factors, exact."""
        return self.ensemble.explain(self.static.rows(accounts), self._lift_ids(accounts), self._folds(accounts))

    def stored_score(self, margin: Array) -> Array:
        """The score of a margin, rounded down as it is stored."""
        score: Array = np.floor(100 * self.calibration.score(margin)) / 100
        return score

    def _lift_ids(self, accounts: AccountBatch) -> Array:
        ids = [
            accounts.coded(name).lookup(lambda value, known=known: known.get(value, UNSEEN), missing=known.get(None, UNSEEN))  # type: ignore[misc]
            for name, known in self.lifted.items()
        ]
        return np.stack(ids, axis=1) if ids else np.zeros((accounts.rows, 0), np.int32)

    def _folds(self, accounts: AccountBatch) -> Array:
        return np.stack([accounts.batch.column(name).to_numpy() for name in fold_columns(self.definition.training)], axis=1)

    def _numbers(self, top: TopFactors, score: Array) -> dict[str, pa.Array]:
        listed = top.for_values.astype(np.float64).sum(axis=1) + top.against_values.astype(np.float64).sum(axis=1)
        percentile = np.interp(top.margin, self.quantiles, np.linspace(0, 100, len(self.quantiles)))
        numbers = {
            "score": score, "lift": np.exp(self.calibration.log_ratio(top.margin)), "margin": top.margin, "base": top.base,
            "percentile": percentile, "other_contribution": top.margin - top.base - listed,
        }  # fmt: skip
        return {name: pa.array(value) for name, value in numbers.items()}


def described(definition: Definition, version: int | None, examples: Array, accounts: AccountBatch, score: Array) -> dict[str, pa.Array]:
    """The columns of scores/account_scores that say who was scored, by which model, and what the score is called.

    Args:
        definition: its name, bands and actions.
        version: of the model.
        examples: hashes of the examples' domains, sorted.
        accounts: the batch, with DOMAIN_HASH.
        score: as it is stored.
    """
    actions = definition.actions
    reached = [score > actions.good_fit, score > actions.qualified, score >= actions.act_now]
    return {
        "score_name": pa.repeat(definition.name, accounts.rows),
        **{name: accounts.batch.column(name) for name in ("domain", "company_name", "as_of_on")},
        "band": _chosen(BANDS, band_places(score, definition)),
        "action": _chosen(ACTIONS, np.select(reached[::-1], [2, 1, 0], -1)),
        "is_example": pa.array(_are_among(examples, accounts.batch.column(DOMAIN_HASH).to_numpy())),
        "model_version": pa.array(np.full(accounts.rows, version or 0, np.int32), mask=np.full(accounts.rows, version is None)),
    }


def band_places(score: Array, definition: Definition) -> Array:
    """The place in BANDS of the band of each stored score."""
    places: Array = (score >= definition.bands.likely).astype(int) + (score >= definition.bands.highly_likely)
    return places


def _are_among(examples: Array, hashes: Array) -> Array:
    if not len(examples):
        return np.zeros(len(hashes), bool)
    is_example: Array = examples[np.searchsorted(examples, hashes).clip(max=len(examples) - 1)] == hashes
    return is_example


def account_columns(numeric: Sequence[str], lifted: Sequence[str], keyword_sets: Sequence[str]) -> list[str]:
    """The columns of account features that a model with such inputs reads to score and to explain."""
    names = ["domain", "company_name", "as_of_on", "tech_stack", *factor_values.READ, *lifted]
    names += [name for name in numeric if name != STACK_SIZE]
    names += ["intent", *(f"intent_{measure}" for measure in MEASURES)] if keyword_sets else []
    return list(dict.fromkeys(names))


def _chosen(names: Sequence[str], places: Array) -> pa.Array:
    return pa.array(names).take(pa.array(places.astype(np.int32), mask=places < 0))


def fold_columns(training: Training) -> list[str]:
    """The columns that say which fold of each repeat an account is in; definitions with equal settings share them."""
    return [f"_fold_{training.folds}_{training.seed}_{repeat}" for repeat in range(training.repeats)]
