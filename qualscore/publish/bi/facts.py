"""The facts that are small enough for tables: the market, the performance, and the factors of ranked accounts and of those of the CRM."""

from typing import Any

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from qualscore import contracts
from qualscore.joins import to_be_joined
from qualscore.publish.bi.selects import ALL_FACTORS, FACT_FACTOR, FACT_MARKET, FACT_PERFORMANCE, band_name
from qualscore.scores.business_rows import FITTING, WHITE_SPACE


def fact_market(market: DataFrame) -> DataFrame:
    """scores/market with the words of bands: bi/fact_market."""
    is_free = F.col("band").isin(*FITTING) & F.col("crm_state").isin(*WHITE_SPACE)
    worded = market.withColumns({"band_name": F.expr(band_name("band")), "is_white_space": is_free})
    return _conformed(FACT_MARKET, worded.withColumnRenamed("as_of_on", "date_key"))


def fact_performance(performance: DataFrame) -> DataFrame:
    """scores/score_performance with the words of ranges: bi/fact_performance."""
    words = F.coalesce(F.expr(band_name("score_range")), F.when(F.col("score_range") == "all", "All"), F.col("score_range"))
    return _conformed(FACT_PERFORMANCE, performance.withColumn("range_name", words).withColumnRenamed("as_of_on", "date_key"))


def fact_factor(scores: DataFrame, top_accounts: DataFrame, crm_account_scores: DataFrame) -> DataFrame:
    """The factors of ranked accounts and of those of the CRM: bi/fact_factor.

    Args:
        scores: scores/account_scores; one pass.
        top_accounts: scores/top_accounts.
        crm_account_scores: scores/crm_account_scores.
    """
    ranked = top_accounts.select("score_name", "domain", F.lit(True).alias("_is_ranked"))
    in_crm = crm_account_scores.where("domain IS NOT NULL").select("domain", F.lit(True).alias("_is_in_crm")).distinct()
    # No row is added: both are there once for each key.
    marked = scores.join(to_be_joined(ranked), ["score_name", "domain"], "left").join(to_be_joined(in_crm), "domain", "left")
    chosen: dict[str, Any] = {"scores/account_scores": marked.where("_is_ranked OR _is_in_crm"), "scores/top_accounts": top_accounts}
    return _conformed(FACT_FACTOR, scores.sparkSession.sql(ALL_FACTORS, **chosen))


def _conformed(name: str, rows: DataFrame) -> DataFrame:
    contract = contracts.load(name)
    return contract.conform(rows.select(*contract.columns))
