"""A scorecard as a pass uses it, beside trees: what an executor needs to score, explain and describe accounts with it."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa
from pyspark.sql import Column
from pyspark.sql import functions as F

from qualscore.definitions.conditions import parse
from qualscore.definitions.conditions.kinds import resolved
from qualscore.definitions.definition import Definition
from qualscore.definitions.scorecard import Scorecard
from qualscore.model.encoding.arrays import Array
from qualscore.model.kernel.tree_kernel import select_top
from qualscore.model.kernel.tree_shap import Explanation, TopFactors
from qualscore.model.scorecard import columns, criteria, facts, points
from qualscore.model.scoring import factor_lines
from qualscore.model.scoring.account_batch import AccountBatch
from qualscore.model.scoring.calibration import Calibration
from qualscore.model.scoring.factor_lines import AS_CRITERION, FactorNames
from qualscore.model.scoring.factor_values import FactorValues
from qualscore.model.scoring.pass_model import LISTED_FACTORS, described


@dataclass(frozen=True)
class CardPass:
    """What scores and explains accounts by criteria; plain data, so that it is broadcast.

    Attributes:
        definition: its criteria, name, bands and actions.
        keyword_sets: that its conditions may name.
        version: of the model.
        quantiles: margins of the evaluation sample at equal steps of rank.
        examples: hashes of the examples' domains, sorted.
        calibration: margin to lift; None without customers.
    """

    definition: Definition
    keyword_sets: tuple[str, ...]
    version: int | None
    quantiles: Array
    examples: Array
    calibration: Calibration | None

    @property
    def scorecard(self) -> Scorecard:
        """The criteria."""
        assert self.definition.rules is not None
        return self.definition.rules

    @property
    def reads(self) -> list[str]:
        """The columns of account features that go to Python; what criteria read, Spark reads for `added`."""
        return ["domain", "company_name", "as_of_on"]

    @property
    def named(self) -> list[str]:
        """The columns of conditions that the criteria name."""
        types = columns.types(self.keyword_sets)["when"]
        asked = [it for it in self.scorecard.criteria if it.kind == "when"]
        names = [name for it in asked for name in (*parse(str(it.when)).names, *filter(None, [it.dated_by]))]
        return list(dict.fromkeys(name for it in names if (name := resolved(it, [*types]))))

    @property
    def facts(self) -> str:
        """The column of what records say of the criteria; it is there when the account features went through `with_facts`."""
        return f"_facts_{self._key}"

    @property
    def shares_column(self) -> str:
        """The column that says how far each criterion is met, by place; null is unknown."""
        return f"_shares_{self._key}"

    @property
    def values_column(self) -> str:
        """The column of what a person reads beside each criterion, by place."""
        return f"_values_{self._key}"

    @property
    def _key(self) -> str:
        """Tells two versions of a score apart that are compared in one pass."""
        return f"{self.definition.name}_{self.version or 0}"

    @property
    def asks_records(self) -> bool:
        """Whether account features alone do not tell whether the criteria are met."""
        return bool(facts.asking_records(self.scorecard.criteria))

    def added(self, present: list[str]) -> dict[str, Column]:
        """The columns that the pass adds to account features: how far each criterion is met, and its values."""
        known = F.col(self.facts) if self.facts in present else F.lit(None).cast(f"array<{facts.FACT}>")
        types, over = columns.types(self.keyword_sets)["when"], columns.account_columns(self.keyword_sets)
        shares, values = criteria.shares_and_values(self.scorecard.criteria, over, types, known)
        return {self.shares_column: shares, self.values_column: values}

    def scored(self, accounts: AccountBatch, values: FactorValues) -> pa.RecordBatch:
        """The columns of scores/account_scores but those of the run."""
        explanation = self.explained(accounts)
        top, score = _top(explanation.contributions, explanation.margin), self.stored_score(explanation.margin)
        pool = accounts.batch.column(self.values_column).flatten()
        first = np.arange(accounts.rows)[:, None] * len(self.scorecard.criteria)
        codes = [np.where(ids >= 0, first + ids, -1).astype(np.int32) for ids in (top.for_ids, top.against_ids)]
        return pa.RecordBatch.from_pydict(
            {
                **described(self.definition, self.version, self.examples, accounts, score),
                **self._numbers(top, score),
                **factor_lines.written(self.names, top, codes, pool),
            }
        )

    def explained(self, accounts: AccountBatch) -> Explanation:
        """The points of all criteria."""
        flat = accounts.batch.column(self.shares_column).flatten().to_numpy(zero_copy_only=False)
        of_criteria = points.contributions(flat.reshape(-1, len(self.scorecard.criteria)), self.scorecard)
        return Explanation(points.margins(of_criteria), np.zeros(accounts.rows), of_criteria)

    def stored_score(self, margin: Array) -> Array:
        """The score of a margin, rounded down as it is stored."""
        return points.scores(margin)

    @cached_property
    def names(self) -> FactorNames:
        """How the criteria are said."""
        names = tuple(it.text for it in self.scorecard.criteria)
        kinds = np.full(len(names), AS_CRITERION, np.int32)
        words = tuple(text for name in names for text in (f"{name} (", ")", ""))
        return FactorNames(names, (None,) * len(names), kinds, np.full(len(names), -1, np.int32), words)

    def _numbers(self, top: TopFactors, score: Array) -> dict[str, pa.Array]:
        listed = top.for_values.astype(np.float64).sum(axis=1) + top.against_values.astype(np.float64).sum(axis=1)
        steps = len(self.quantiles) - 1
        below = np.minimum(np.searchsorted(self.quantiles, top.margin, "left"), steps)  # equal points are not below
        lift = np.exp(self.calibration.log_ratio(top.margin)) if self.calibration else np.full(len(score), np.nan)
        numbers = {
            "score": score, "margin": top.margin, "base": top.base, "percentile": 100 * below / steps,
            "other_contribution": top.margin - listed,
        }  # fmt: skip
        return {name: pa.array(value) for name, value in numbers.items()} | {"lift": pa.array(lift, pa.float64(), from_pandas=True)}


def _top(of_criteria: Array, margin: Array) -> TopFactors:
    """The largest contributions on either side; the base is 0: an account that meets nothing has no points."""
    ids, values = np.full((2, len(margin), LISTED_FACTORS), -1, np.int32), np.zeros((2, len(margin), LISTED_FACTORS), np.float32)
    top = TopFactors(margin, np.zeros(len(margin)), ids[0], values[0], ids[1], values[1])
    select_top(of_criteria, top.for_ids, top.for_values, top.against_ids, top.against_values)
    return top
