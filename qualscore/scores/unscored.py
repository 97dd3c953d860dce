"""The accounts that got no score, and why: scores/unscored_accounts."""

from collections.abc import Sequence

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from qualscore import contracts

UNSCORED = "scores/unscored_accounts"


def unscored_accounts(accounts: DataFrame, rejected: DataFrame, *, score_names: Sequence[str]) -> DataFrame:
    """Lists every account without a score and why, once for each score, source and key: scores/unscored_accounts.

    Args:
        accounts: domain, excluded_from, has_data of every account of the universe.
        rejected: source, account_key and domain_problem of rejected rows, of all sources that deliver accounts.
        score_names: the scores.
    """
    names = F.explode(F.array(*map(F.lit, score_names))).alias("score_name")
    lacking = accounts.where((F.size("excluded_from") > 0) | ~F.col("has_data")).select("domain", "excluded_from", "has_data", names)
    reason = F.when(F.array_contains("excluded_from", F.col("score_name")), "EXCLUDED").when(~F.col("has_data"), "NO_DATA")
    known = lacking.select(
        "score_name", F.col("domain").alias("account_key"), F.lit("accounts").alias("source"), "domain", reason.alias("reason")
    )
    domain = F.lit(None).cast("string").alias("domain")
    # One row however many activities an account has; of several reasons the first by the alphabet.
    each = rejected.groupBy("source", "account_key").agg(F.min("domain_problem").alias("reason"))
    without = each.select(names, "account_key", "source", domain, "reason")
    listed = known.where(F.col("reason").isNotNull()).unionByName(without)
    return contracts.load(UNSCORED).conform(listed.select(list(contracts.load(UNSCORED).columns)))
