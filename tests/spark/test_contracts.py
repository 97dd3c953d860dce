import pytest
from chispa import assert_df_equality
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from qualscore import contracts
from qualscore.errors import DataError

RUNS = contracts.load("scores/score_runs")
UNSCORED = contracts.load("scores/unscored_accounts")


def test_rows_are_typed_and_unnamed_columns_are_null(spark: SparkSession) -> None:
    rows = RUNS.rows(spark, [{"run_id": "r1", "metrics": {"seconds": 1.0}}])
    assert rows.schema == RUNS.schema
    assert [(row.run_id, row.job, row.metrics) for row in rows.collect()] == [("r1", None, {"seconds": 1.0})]


def test_rows_refuse_unknown_columns(spark: SparkSession) -> None:
    with pytest.raises(DataError, match=r"scores/unscored_accounts has no column 'domian', did you mean 'domain'\?"):
        UNSCORED.rows(spark, [{"domian": "acme.com"}])


def test_conform_orders_widens_and_comments(spark: SparkSession) -> None:
    accounts = contracts.load("clean/accounts")
    delivered = accounts.rows(spark, [{"domain": "acme.com", "employees": 7, "revenue_usd": 2.5}]).select(
        *reversed([name for name in accounts.columns if name not in ("employees", "revenue_usd", "city")]),
        F.col("employees").cast("int"),
        F.col("revenue_usd").cast("float"),
        F.lit(None).alias("city"),
    )
    conformed = accounts.conform(delivered)
    assert_df_equality(conformed, accounts.rows(spark, [{"domain": "acme.com", "employees": 7, "revenue_usd": 2.5}]), ignore_nullable=True)
    assert conformed.schema["domain"].metadata == {"comment": accounts.columns["domain"].meaning}


def test_conform_says_every_misfit_at_once_with_the_line_to_change(spark: SparkSession) -> None:
    delivered = spark.createDataFrame([("s", 1, "d", "x")], "score_name string, account_key bigint, domain string, rank string")
    with pytest.raises(DataError) as caught:
        UNSCORED.conform(delivered)
    line = {name: f"schemas/scores_unscored_accounts.yml:{column.line}" for name, column in UNSCORED.columns.items()}
    assert str(caught.value).splitlines() == [
        "scores/unscored_accounts: 4 column(s) do not fit schemas/scores_unscored_accounts.yml",
        f'  mistyped: account_key is bigint, not string ({line["account_key"]}); F.col("account_key").cast("string"), or change this line',
        f"  missing: source string ({line['source']}); add it to the frame, or take this line out",
        f"  missing: reason string ({line['reason']}); add it to the frame, or take this line out",
        "  extra: rank string; drop it, or add a line to schemas/scores_unscored_accounts.yml",
    ]


def test_conform_never_narrows(spark: SparkSession) -> None:
    delivered = contracts.load("scores/top_accounts").rows(spark, []).withColumn("rank", F.lit(1).cast("bigint"))
    with pytest.raises(DataError, match="rank is bigint, not int"):
        contracts.load("scores/top_accounts").conform(delivered)
