"""Large deliveries are judged as small ones are, for the tables that the daily tests leave out. Two minutes.

It is not among the tests that run by default: ./spark-submit.sh test tests/slow/test_large_ingest_of_all_tables.py.
"""

from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from qualscore import ingest
from tests.spark.test_large_ingest import judged_alike

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("table", ["account_lists", "crm_accounts", "crm_opportunity_history", "technographics"])
def test_any_rows_are_judged_alike(spark: SparkSession, tmp_path: Path, table: str) -> None:
    with ingest.staging() as staging:
        judged_alike(spark, tmp_path, staging, table)
