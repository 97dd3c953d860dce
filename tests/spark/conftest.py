"""One small universe and one model trained on it, for all tests of this folder."""

from datetime import date

import pandas as pd
import pytest
from pyspark.sql import SparkSession

from qualscore import contracts
from qualscore.model.learning import training
from qualscore.model.learning.training import Trained
from tests.small_universe import AS_OF, DEFINITION, Universe, companies


@pytest.fixture(scope="session")
def universe(spark: SparkSession) -> Universe:
    """The clean tables."""
    return clean_tables(spark, companies())


def clean_tables(spark: SparkSession, frame: pd.DataFrame) -> Universe:
    """What is delivered of made-up companies."""
    plain = ["domain", "company_name", "country", "city", "industry", "employees"]
    firmographics = [
        {**{k: v for k, v in row.items() if v is not None}, "observed_on": date(2026, 5, 1), "source": "f"}
        for row in frame[plain].astype(object).to_dict("records")
    ]
    stack = [{"domain": domain, "product": "Kafka", "category": "Streaming"} for domain in frame[frame["uses_kafka"]]["domain"]]
    stack += [{"domain": domain, "product": "Excel", "category": "Office"} for domain in frame["domain"][::3]]
    lists = [{"list_name": "customers", "domain": domain} for domain in frame[frame["is_customer"]]["domain"]]
    lists += [{"list_name": "partners", "domain": f"company{i}.com"} for i in range(5)]
    rows = {"firmographics": firmographics, "technographics": stack, "account_lists": lists, "intent_signals": []}
    return Universe(**{name: contracts.load(f"clean/{name}").rows(spark, of_table).persist() for name, of_table in rows.items()})


@pytest.fixture(scope="session")
def trained(universe: Universe) -> Trained:
    """A model of two repeats and three folds."""
    return training.train(universe.labelled(DEFINITION), universe.describe, DEFINITION, as_of=AS_OF, evaluation_accounts=10_000)


@pytest.fixture(scope="session")
def scores(universe: Universe, trained: Trained) -> pd.DataFrame:
    """Everything scored once, by domain."""
    return trained.model.score(universe.today()).toPandas().set_index("domain").sort_index()
