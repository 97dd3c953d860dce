"""The firmographic database: one row per company, in its own headers, with the dirt of a real export."""

from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F

from qualscore.sample.dirt import as_written, unusable
from qualscore.sample.draws import Draws
from qualscore.sample.markets import SELLER_DOMAIN

COLUMNS = [
    "domain", "name", "country", "state", "city", "sector", "industry", "employees", "employees_range", "revenue_usd", "revenue_range",
    "market_cap_band", "listed", "founded_year",
]  # fmt: skip
FREE_MAIL_COMPANY = "yandex.com"
_KINDS = 7
# Companies that one task makes at most: their firmographics are a file of some 120 MB.
_MOST_OF_A_PART = 4_000_000


def numbered(spark: SparkSession, *, accounts: int) -> DataFrame:
    """A row per company (`kind` is -1), then rows that do not fit: their ids are nobody else's, so their names are free."""
    parts = max(spark.sparkContext.defaultParallelism, -(-accounts // _MOST_OF_A_PART))
    ids = spark.range(0, accounts, 1, parts).withColumn("kind", F.lit(-1))
    unfit = 2 + _KINDS * max(4, accounts // 4000)
    return ids.unionAll(_unfit(spark.range(accounts, accounts + unfit, 1, 1).toDF("id"), accounts))


def firmographics(rows: DataFrame, draws: Draws) -> DataFrame:
    """All companies and the rows that do not fit, as the database delivers them."""
    return rows.withColumns(_written(draws)).withColumns(_spoilt()).select(*(F.col(f"_{name}").alias(name) for name in COLUMNS))


def _unfit(extra: DataFrame, accounts: int) -> DataFrame:
    """Rows that do not fit: two companies of their own, then kinds 2 to 8 in turn; kind 8 repeats a company: the same id, the same row."""
    number = (F.col("id") - accounts).cast("int")
    kind = F.when(number < 2, number).otherwise(2 + F.pmod(number, F.lit(_KINDS)))
    return extra.select(F.when(kind == 8, F.pmod(F.col("id") * 31, F.lit(accounts))).otherwise(F.col("id")).alias("id"), kind.alias("kind"))


def _written(draws: Draws) -> dict[str, Column]:
    spelt_out = draws.chance("spelt out", 0.03)
    revenue = F.concat(F.lit("$"), F.replace("revenue_range", F.lit("-"), F.lit(" - $")))
    return {
        "_domain": as_written(F.col("domain"), draws, "firmographics"),
        "_name": F.col("name"),
        "_country": F.col("country"),
        "_state": F.col("state"),
        "_city": F.col("city"),
        "_sector": F.col("sector"),
        "_industry": F.col("industry"),
        "_employees": F.col("employees").cast("string"),
        "_employees_range": F.when(spelt_out, F.concat("employees_range", F.lit(" employees"))).otherwise(F.col("employees_range")),
        "_revenue_usd": F.col("revenue_usd").cast("string"),
        "_revenue_range": F.when(spelt_out & F.contains(F.col("revenue_range"), F.lit("-")), revenue).otherwise(F.col("revenue_range")),
        "_market_cap_band": F.col("market_cap_band"),
        "_listed": F.when(F.col("is_listed"), "True").when(~F.col("is_listed"), "False"),
        "_founded_year": F.col("founded_year").cast("string"),
    }


def _spoilt() -> dict[str, Column]:
    """Kinds 0 and 1: a free-mail host that is a company, and the seller. From 2: no domain, three that are none, unparseable numbers."""
    kind = F.col("kind")
    domain = (
        F.when(kind == 0, F.lit(FREE_MAIL_COMPANY))
        .when(kind == 1, F.lit(SELLER_DOMAIN))
        .when(kind.between(2, 5), unusable(kind - 2, F.col("label")))
        .otherwise(F.col("_domain"))
    )
    name = F.when(kind == 0, F.lit("Yandex")).when(kind == 1, F.lit("Tallowmere Data Ltd")).otherwise(F.col("_name"))
    return {
        "_domain": domain,
        "_name": name,
        "_employees": F.when(kind == 6, F.lit("about fifty")).otherwise(F.col("_employees")),
        "_founded_year": F.when(kind == 7, F.lit("in the nineties")).otherwise(F.col("_founded_year")),
    }
