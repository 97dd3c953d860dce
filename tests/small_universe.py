"""A small made-up universe whose customers have known causes."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial

import numpy as np
import pandas as pd
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from qualscore import contracts, features
from qualscore.definitions.definition import Definition
from qualscore.universe import labels

AS_OF = date(2026, 6, 1)
DEFINITION = Definition.model_validate(
    {
        "name": "small",
        "examples": {"account_list": "customers"},
        "exclude": {"account_list": "partners"},
        "training": {"repeats": 2, "folds": 3, "trees": 80},
    }
)


@dataclass(frozen=True)
class Universe:
    """Clean tables of 2,000 companies; software companies in DE that use Kafka tend to be customers."""

    firmographics: DataFrame
    technographics: DataFrame
    account_lists: DataFrame
    intent_signals: DataFrame
    keyword_sets: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @property
    def describe(self) -> Callable[[DataFrame], DataFrame]:
        """(domain, company_name, as_of_on) to features."""
        tables = {"firmographics": self.firmographics, "technographics": self.technographics, "intent_signals": self.intent_signals}
        return partial(features.account_features, **tables, keyword_sets=self.keyword_sets, counts_undated=True)

    def today(self) -> DataFrame:
        """Features of every account as of AS_OF."""
        dates = self.firmographics.select("domain", "company_name", F.lit(AS_OF).alias("as_of_on"))
        return self.describe(dates).drop(features.UNDATED_PRODUCTS)

    def labelled(self, definition: Definition, account_lists: DataFrame | None = None) -> DataFrame:
        """What training takes."""
        none = (contracts.load(f"clean/{table}").rows(self.account_lists.sparkSession, []) for table in ("crm_opportunities", "activities"))
        records = labels.Records(*none, account_lists or self.account_lists)
        labelled = labels.label(self.today(), records, definition=definition, as_of=AS_OF)
        return labelled.withColumn("is_in_reference", labels.in_reference(definition.reference))


def companies(n: int = 2_000) -> pd.DataFrame:
    """domain, attributes and is_customer; the same every time."""
    draws = np.random.default_rng(7)
    frame = pd.DataFrame({"domain": [f"company{i}.com" for i in range(n)], "company_name": [f"Company {i}" for i in range(n)]})
    frame["country"] = draws.choice(["DE", "US", "FR", None], n, p=[0.3, 0.4, 0.2, 0.1])
    frame["city"] = [f"City {i}" for i in draws.zipf(1.5, n).clip(max=300)]
    frame["industry"] = draws.choice(["Software", "Retail", "Mining", "Banking"], n)
    frame["employees"] = draws.lognormal(4, 1.5, n).astype(int) + 1
    frame["uses_kafka"] = draws.random(n) < 0.15
    log_odds = -5.2 + 1.7 * (frame["country"] == "DE") + 2.2 * (frame["industry"] == "Software") + 1.7 * frame["uses_kafka"]
    frame["is_customer"] = draws.random(n) < 1 / (1 + np.exp(-log_odds))
    return frame
