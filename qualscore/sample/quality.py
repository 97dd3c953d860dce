"""How well scores find the customers that nobody told them of, beside the best that anybody could do."""

import numpy as np
import pandas as pd
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

TOP_SHARES = (1, 5, 10)


def hidden_quality(scores: DataFrame, truth: DataFrame, score_name: str) -> dict[str, float]:
    """ROC-AUC and recall at the top 1, 5 and 10 % of hidden customers among all scored accounts that are not known customers.

    Keys starting with `truth_` are the same for the true probability: what a perfect model would reach. Sorted by margin,
    to three decimals: so the driver gets some thousands of rows whatever the universe.
    """
    joined = scores.where(F.col("score_name") == score_name).join(  # one row per account that is scored and not a known customer
        truth.where(~F.col(f"is_known_{score_name}")), on="domain", how="inner"
    )
    probability = F.col(f"probability_{score_name}")
    scored = _ranking(joined, F.col("margin"), f"is_customer_{score_name}")
    best = _ranking(joined, F.log(probability / (F.lit(1.0) - probability)), f"is_customer_{score_name}")
    return {
        "hidden_customers": float(scored["hits"].sum()),
        **quality_of(scored),
        **{f"truth_{key}": value for key, value in quality_of(best).items()},
    }


def _ranking(joined: DataFrame, value: Column, is_hit: str) -> pd.DataFrame:
    grouped = joined.groupBy(F.round(F.coalesce(value, F.lit(-1e9)), 3).alias("value")).agg(
        F.sum(F.col(is_hit).cast("long")).alias("hits"), F.count(F.lit(1)).alias("accounts")
    )
    return grouped.toPandas().sort_values("value", ascending=False)


def quality_of(ranking: pd.DataFrame) -> dict[str, float]:
    """Quality of a ranking, best first, one row per value with its `hits` and `accounts`; within a value any order is as good.

    >>> quality_of(pd.DataFrame({"hits": [1, 0, 1], "accounts": [1, 1, 2]}))["roc_auc"]
    0.625
    """
    hits, accounts = ranking["hits"].to_numpy(float), ranking["accounts"].to_numpy(float)
    misses = accounts - hits
    if not hits.sum() or not misses.sum():
        return {"roc_auc": float("nan"), **{f"recall_at_{share}": float("nan") for share in TOP_SHARES}}
    below = misses.sum() - np.cumsum(misses)
    auc = float((hits * (below + misses / 2)).sum() / (hits.sum() * misses.sum()))
    reached, hits_reached = np.append(0.0, np.cumsum(accounts)), np.append(0.0, np.cumsum(hits))
    recalls = {
        f"recall_at_{share}": float(np.interp(share / 100 * accounts.sum(), reached, hits_reached) / hits.sum()) for share in TOP_SHARES
    }
    return {"roc_auc": auc, **recalls}
