"""Lists of accounts that people keep by hand: customers of each product since when, and partners."""

from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F

from qualscore.sample.companies import bare_domain
from qualscore.sample.dirt import as_written, unusable
from qualscore.sample.draws import Draws

COLUMNS = ["domain", "company_name", "event_on"]
_UNUSABLE = 5
_ODD = 10


def account_list(spark: SparkSession, members: DataFrame, draws: Draws, *, name: str, since: Column, strangers_from: int) -> DataFrame:
    """Members as written, one of them twice, then rows that lead to no account, then strangers: their ids are nobody else's."""
    day = since.cast("string")
    written = as_written(F.col("domain"), draws, name, has_mail=True)
    listed = members.select(written.alias("domain"), F.col("name").alias("company_name"), day.alias("event_on"))
    first = members.orderBy("id").limit(1)  # in capitals: the same company, not the same row
    twice = first.select(F.upper("domain").alias("domain"), F.upper("name").alias("company_name"), day.alias("event_on"))
    return listed.unionAll(twice).unionAll(_odd_rows(spark, draws, start=strangers_from))


def _odd_rows(spark: SparkSession, draws: Draws, *, start: int) -> DataFrame:
    frame = bare_domain(spark.range(start, start + _ODD, 1, 1).toDF("id"), draws)
    kind = (F.col("id") - start).cast("int")
    return frame.select(
        F.when(kind < _UNUSABLE, unusable(kind, F.col("label"))).otherwise(F.col("domain")).alias("domain"),
        F.initcap("label").alias("company_name"),
        F.lit("2026-03-02").alias("event_on"),
    )
