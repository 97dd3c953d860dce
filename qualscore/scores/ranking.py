"""Accounts and models to published tables: scores, ranks, and the accounts that got no score."""

from collections.abc import Mapping

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from qualscore import contracts
from qualscore.model.scoring.bands import BAND_WORDS


def top_accounts(scores: DataFrame, *, most: int) -> DataFrame:
    """The best accounts of one score with their exact rank, ties by domain: scores/top_accounts."""
    by_rank = Window.partitionBy("score_name").orderBy(F.desc("margin"), "domain")
    names = _names("scores/top_accounts")
    best = scores.select(*(name for name in names if name != "rank")).orderBy(F.desc("margin"), "domain").limit(most)
    return contracts.load("scores/top_accounts").conform(best.withColumn("rank", F.row_number().over(by_rank)).select(names))


def best_bands(accounts_of: Mapping[str, int], *, most: int) -> list[str]:
    """The bands that hold the best accounts, so that the others need not be read; from the number of accounts of each.

    >>> best_bands({"highly_likely": 40, "likely": 70, "unlikely": 900}, most=100)
    ['highly_likely', 'likely']
    """
    chosen: list[str] = []
    for band in BAND_WORDS:
        if sum(accounts_of.get(name, 0) for name in chosen) < most:
            chosen.append(band)
    return chosen


def _names(table: str) -> list[str]:
    return list(contracts.load(table).columns)
