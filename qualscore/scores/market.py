"""The whole market in cells that sum to the universe: scores/market."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from qualscore import contracts
from qualscore.scores.fit_intent import CALL_NOW, HIGH, SOME

MARKET = "scores/market"


def market(fit_intent: DataFrame) -> DataFrame:
    """Counts the accounts of each cell: scores/market.

    Args:
        fit_intent: scores/fit_intent, whose rows are in one cell each.
    """
    contract = contracts.load(MARKET)
    counts = {
        "accounts": F.count(F.lit(1)),
        "high_intent_accounts": F.count_if(F.col("intent_level") == HIGH),
        "some_intent_accounts": F.count_if(F.col("intent_level") == SOME),
        "call_now_accounts": F.count_if(F.col("advice") == CALL_NOW),
        "as_of_on": F.max("as_of_on"),
    }
    return contract.conform(fit_intent.groupBy(*contract.key).agg(*(count.alias(name) for name, count in counts.items())))
