"""The rows that rules are judged by: how far examples and other accounts met each criterion on their own dates."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
import pandas as pd
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from qualscore import checkpoints
from qualscore.definitions.definition import Definition
from qualscore.definitions.scorecard import Scorecard
from qualscore.errors import TrainingRefused
from qualscore.joins import to_be_joined
from qualscore.model.encoding import inputs
from qualscore.model.encoding.arrays import Array
from qualscore.model.encoding.draws import draw, is_drawn
from qualscore.model.learning import evidence, giveaways, population, rows
from qualscore.model.learning.fitting import CALIBRATION_FOLDS
from qualscore.model.scorecard import points
from qualscore.model.scorecard.card import ScorecardModel
from qualscore.universe.labels import Records

FEWEST_EXAMPLES = 20  # an interval of ROC-AUC is .2 wide with fewer
JUDGED = ("as_of_on", "is_dated", "in_crm")
SHARES = "shares"


@dataclass(frozen=True)
class CriteriaRows:
    """Examples and drawn unlabelled accounts, in one order whatever the partitioning.

    Attributes:
        definition: of the score.
        frame: domain_hash, is_example, calibration_fold, shares (a list of floats, NaN: unknown), JUDGED, and the columns of
            `evidence.facts`.
        technologies: names of the columns technology_0, technology_1, ...
        weight: how many unlabelled accounts each drawn one stands for.
        counts: accounts by the names of `population.counted`.
        coverage: shares by source; empty where the accounts do not say by which sources they are known.
        undated: what is known of the dated examples without a day of its own.
    """

    definition: Definition
    frame: pd.DataFrame
    technologies: tuple[str, ...]
    weight: float
    counts: Mapping[str, int]
    coverage: Mapping[str, float]
    undated: Mapping[str, int]

    @property
    def scorecard(self) -> Scorecard:
        """The criteria."""
        assert self.definition.rules is not None
        return self.definition.rules

    @cached_property
    def shares(self) -> Array:
        """Float (accounts, criteria), 0 to 1; NaN is unknown."""
        return np.array(self.frame[SHARES].to_list(), dtype=float).reshape(len(self.frame), len(self.scorecard.criteria))

    @cached_property
    def margins(self) -> Array:
        """The points out of 100 of each account."""
        return points.margins(points.contributions(self.shares, self.scorecard))

    @property
    def is_example(self) -> Array:
        """Bool (accounts,)."""
        is_example: Array = self.frame["is_example"].to_numpy(bool)
        return is_example

    @property
    def has_customers(self) -> bool:
        """Whether there are enough customers, and others beside them, to measure anything."""
        return bool(self.is_example.sum() >= FEWEST_EXAMPLES and (~self.is_example).any())


def read(
    accounts: DataFrame,
    describe: Callable[[DataFrame], DataFrame],
    model: ScorecardModel,
    records: Records,
    crm_accounts: DataFrame,
    *,
    as_of: date,
    evaluation_accounts: int,
) -> CriteriaRows:
    """Describes the accounts that judge rules, each as of its own date; without examples as of today.

    Args:
        accounts: as `training.train` takes them.
        describe: (domain, company_name, as_of_on) to features as of each row's own date.
        model: the criteria.
        records: deals, engagement and lists.
        crm_accounts: clean/crm_accounts.
        as_of: the day of the run.
        evaluation_accounts: unlabelled accounts, at most.

    Raises:
        TrainingRefused: there are no accounts.
    """
    definition = model.definition.model_copy(update={"training": model.definition.training.model_copy(update={"repeats": 1})})
    flagged = population.marked(inputs.with_stack(accounts, definition.features))
    known = population.scan(flagged)
    if not known.counts["unlabelled"]:
        raise TrainingRefused(f"{definition.name}: no accounts with data but customers: deliver firmographics of other companies")
    if known.counts["examples"]:
        described = rows.describe_rows(flagged, describe, definition, known, as_of=as_of, evaluation_accounts=evaluation_accounts)
        drawn, undated = described.frame, described.undated
    else:
        drawn, undated = _of_today(flagged, known.counts, definition, evaluation_accounts), {}
    told = drawn.where(F.col("is_example") | F.col("in_evaluation"))
    values = giveaways.count_values(told)
    technologies = evidence.telling_technologies(values)
    facts = evidence.facts(drawn, technologies)
    told = told.withColumn("facts", facts)
    if model.in_pass.asks_records:
        own, own_crm = own_records(records, crm_accounts, told)
        told = model.with_facts(told, own, own_crm, as_of=F.col("as_of_on"))
    frame = _collected(told, model, seed=definition.training.seed)
    return CriteriaRows(
        model.definition, frame, tuple(evidence.spoken_technology(*it) for it in technologies),
        known.counts["unlabelled"] / max(1, int((~frame["is_example"].to_numpy(bool)).sum())), known.counts, known.coverage, undated,
    )  # fmt: skip


def own_records(records: Records, crm_accounts: DataFrame, told: DataFrame) -> tuple[Records, DataFrame]:
    """The records, and CRM accounts, of accounts that are each described as of their own date, with that date, as_of_on.

    Args:
        records: of all accounts.
        crm_accounts: clean/crm_accounts.
        told: domain, as_of_on; one row per domain.
    """
    days = to_be_joined(told.select("domain", "as_of_on"))
    deals, activities, lists, crm = (table.join(days, "domain", "inner") for table in (*records[:3], crm_accounts))
    history = records.crm_opportunity_history
    if history is not None:
        history = history.join(deals.select("opportunity_id", "as_of_on"), "opportunity_id", "inner")
    return Records(deals, activities, lists, history), crm


def _of_today(flagged: DataFrame, counts: Mapping[str, int], definition: Definition, most: int) -> DataFrame:
    drawn = flagged.where(F.col("is_unlabelled") & is_drawn("evaluation", most / counts["unlabelled"], seed=definition.training.seed))
    return drawn.withColumns({"in_evaluation": F.lit(True), "is_dated": F.lit(False)}).transform(checkpoints.kept)


def _collected(asked: DataFrame, model: ScorecardModel, *, seed: int) -> pd.DataFrame:
    shares = model.in_pass.added(asked.columns)[model.in_pass.shares_column].alias(SHARES)
    fold = draw("calibration", CALIBRATION_FOLDS, seed=seed).alias("calibration_fold")
    ready = asked.select(F.xxhash64("domain").alias("domain_hash"), "is_example", fold, *JUDGED, shares, "facts.*")
    return ready.toPandas().sort_values("domain_hash", ignore_index=True)
