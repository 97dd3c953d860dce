"""Lists of accounts that people keep by hand: customers of each product since when, and partners."""

from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F

from qualscore.sample.companies import bare_domain
from qualscore.sample.dirt import as_written, unusable
from qualscore.sample.draws import Draws

COLUMNS = ["domain", "company_name", "event_on"]
_UNUSABLE = 5
_STRANGERS = 5


def account_list(spark: SparkSession, members: DataFrame, draws: Draws, *, name: str, accounts: int, since: Column) -> DataFrame:
    """Members as written, one of them twice, then strangers to the universe and rows that lead to no account."""
    day = since.cast("string")
    written = as_written(F.col("domain"), draws, name, has_mail=True)
    listed = members.select(written.alias("domain"), F.col("name").alias("company_name"), day.alias("event_on"))
    first = members.orderBy("id").limit(1)  # in capitals: the same company, not the same row
    twice = first.select(F.upper("domain").alias("domain"), F.upper("name").alias("company_name"), day.alias("event_on"))
    return listed.unionAll(twice).unionAll(_odd_rows(spark, draws, accounts=accounts))


def _odd_rows(spark: SparkSession, draws: Draws, *, accounts: int) -> DataFrame:
    """Ids above those of the universe and of its unfit rows: nobody else has these names."""
    start = 2 * max(accounts, 1000)
    frame = bare_domain(spark.range(start, start + _UNUSABLE + _STRANGERS, 1, 1).toDF("id"), draws)
    kind = (F.col("id") - start).cast("int")
    return frame.select(
        F.when(kind < _UNUSABLE, unusable(kind, F.col("label"))).otherwise(F.col("domain")).alias("domain"),
        F.initcap("label").alias("company_name"),
        F.lit("2026-03-02").alias("event_on"),
    )
