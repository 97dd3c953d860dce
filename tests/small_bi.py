"""A warehouse of four tables, served to BI tools by the session of the tests."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from types import SimpleNamespace

from pyspark.sql import SparkSession

from qualscore import config, contracts
from qualscore.publish import thrift_server
from qualscore.publish.bi.facts import fact_market
from qualscore.publish.bi.selects import FACT_MARKET
from qualscore.runs.console import Console
from qualscore.runs.run import Run
from qualscore.stages.bi import SCHEMAS, register
from qualscore.storage.tables import Tables
from tests.small_activation import AS_OF

MARKET = {"score_name": "platform", "band": "likely", "industry": "Software", "country": "DE", "size": "1-50", "as_of_on": AS_OF}
MARKET |= {"high_intent_accounts": 0, "some_intent_accounts": 0, "call_now_accounts": 0}
SCORES = [
    {"score_name": "platform", "domain": f"{band}.com", "company_name": band.title(), "score": score, "band": band, "as_of_on": AS_OF}
    for band, score in (("highly_likely", 97.5), ("likely", 60.0), ("unlikely", 10.0), ("unscored", None))
]
CELLS = [MARKET | {"crm_state": "customer", "accounts": 2}, MARKET | {"crm_state": "untouched", "accounts": 3}]


def warehouse(spark: SparkSession, folder: Path) -> Run:
    """A run that finds accounts, scores and the market in the folder."""
    settings = config.load(None, warehouse=str(folder), changes=[])
    tables = Tables(spark, f"file:{folder}")
    rows = {"clean/accounts": [{"domain": it["domain"]} for it in SCORES], "scores/fit_intent": SCORES, "scores/market": CELLS}
    for name, of_table in rows.items():
        tables.replace(name, contracts.load(name).rows(spark, of_table))
    tables.replace(FACT_MARKET, fact_market(tables.read("scores/market")))
    console = Console(StringIO(), StringIO(), False, datetime.now(UTC))
    return Run("run", datetime.now(UTC), AS_OF, SimpleNamespace(), settings, [], tables, ("", None), console, "bi")


@contextmanager
def served(run: Run) -> Iterator[int]:
    """The server, for whoever is on this machine; afterwards the session knows nothing of it."""
    register(run, known={})
    try:
        with thrift_server.serving(run.spark, {}, host="127.0.0.1", port=0) as port:
            yield port
    finally:
        for schema in SCHEMAS:
            run.spark.sql(f"DROP DATABASE IF EXISTS {schema} CASCADE")
