"""Accounts and models to published tables: scores, ranks, and the accounts that got no score."""

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from qualscore import contracts


def top_accounts(scores: DataFrame, *, most: int) -> DataFrame:
    """The best accounts of each score with their exact rank, ties by domain: scores/top_accounts."""
    by_rank = Window.partitionBy("score_name").orderBy(F.desc("margin"), "domain")
    best = scores.orderBy(F.desc("margin"), "domain").limit(most)
    return contracts.load("scores/top_accounts").conform(
        best.withColumn("rank", F.row_number().over(by_rank)).select(_names("scores/top_accounts"))
    )


def unscored_accounts(accounts: DataFrame, rejected: DataFrame, *, score_name: str) -> DataFrame:
    """Every account without a score and why: scores/unscored_accounts.

    Args:
        accounts: domain, is_excluded, has_data of every account of the universe.
        rejected: source, account_key and domain_problem of rejected rows, of all sources that deliver accounts.
        score_name: the score.
    """
    reason = F.when(F.col("is_excluded"), "EXCLUDED").when(~F.col("has_data"), "NO_DATA")
    known = accounts.select(F.col("domain").alias("account_key"), F.lit("accounts").alias("source"), "domain", reason.alias("reason"))
    without = rejected.select("account_key", "source", F.lit(None).cast("string").alias("domain"), F.col("domain_problem").alias("reason"))
    listed = known.unionByName(without).where(F.col("reason").isNotNull()).withColumn("score_name", F.lit(score_name))
    return contracts.load("scores/unscored_accounts").conform(listed.select(_names("scores/unscored_accounts")))


def scorable() -> Column:
    """Whether an account gets a score."""
    return F.col("has_data") & ~F.col("is_excluded")


def _names(table: str) -> list[str]:
    return list(contracts.load(table).columns)
