"""The registered model of a rule-based score: its definition, and what is known of the points that accounts have."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property

import numpy as np
from pyspark.sql import Column, DataFrame

from qualscore.definitions.definition import Definition
from qualscore.errors import ConfigurationError
from qualscore.model.encoding.arrays import Array
from qualscore.model.scorecard import columns, facts
from qualscore.model.scorecard.card_pass import CardPass
from qualscore.model.scoring import scoring_pass
from qualscore.model.scoring.calibration import Calibration
from qualscore.universe.labels import Records


@dataclass(frozen=True)
class ScorecardModel:
    """A rule-based model. `score` needs account features, and what records say where criteria ask for them.

    Attributes:
        definition: with the criteria.
        keyword_sets: that conditions may name, in alphabetical order.
        quantiles: float (steps + 1,), margins of the evaluation sample by rank.
        examples: int64, sorted hashes of the domains that it was judged by.
        calibration: margin to lift; None without customers.
        version: in the registry; None before it is registered.
    """

    definition: Definition
    keyword_sets: tuple[str, ...] = ()
    quantiles: Array = field(default_factory=lambda: np.zeros(2))
    examples: Array = field(default_factory=lambda: np.zeros(0, np.int64))
    calibration: Calibration | None = None
    version: int | None = None

    @cached_property
    def in_pass(self) -> CardPass:
        """What scores and explains accounts in a pass with other models."""
        return CardPass(self.definition, self.keyword_sets, self.version, self.quantiles, self.examples, self.calibration)

    @property
    def read_columns(self) -> list[str]:
        """The columns of features/account_features that it reads to score and to explain."""
        return list(dict.fromkeys([*self.in_pass.reads, *columns.reads(self.in_pass.named), "has_data"]))

    @property
    def named_sets(self) -> set[str]:
        """The keyword sets that its criteria name."""
        return {name.rpartition(".")[0] for name in self.in_pass.named if "." in name}

    def with_presentation(self, definition: Definition) -> "ScorecardModel":
        """This model with the bands and actions of another definition: they apply at once."""
        shown = {"bands": definition.bands, "actions": definition.actions}
        return replace(self, definition=self.definition.model_copy(update=shown))

    def with_facts(self, accounts: DataFrame, records: Records, crm_accounts: DataFrame, *, as_of: date | Column) -> DataFrame:
        """Adds what deals, engagement, lists and the CRM's accounts say of the criteria; nothing where none asks for them.

        Args:
            accounts: rows of features/account_features.
            records: the clean tables of these names.
            crm_accounts: clean/crm_accounts.
            as_of: the day of the features; where it is a Column, all records have it.
        """
        card = self.in_pass
        if not card.asks_records:
            return accounts
        return facts.with_facts(accounts, card.scorecard.criteria, records, crm_accounts, as_of=as_of, name=card.facts)

    def score(self, account_features: DataFrame, *, run_id: str | None = None, scored_at: datetime | None = None) -> DataFrame:
        """Scores and explains accounts that have data: the columns of scores/account_scores, one row per row.

        Args:
            account_features: rows of features/account_features; `with_facts` where criteria ask for records.
            run_id: the run that asks, for the table.
            scored_at: when, for the table.

        Raises:
            ConfigurationError: criteria ask for records, and the rows do not say what those tell.
        """
        if self.in_pass.asks_records and self.in_pass.facts not in account_features.columns:
            raise ConfigurationError(
                f"{self.definition.name}: criteria ask for deals, engagement, lists or CRM accounts, which account features do not hold: "
                "call score(model.with_facts(account_features, records, crm_accounts, as_of=...))"
            )
        return scoring_pass.score([self.in_pass], account_features, run_id=run_id, scored_at=scored_at)
