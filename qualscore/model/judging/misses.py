"""The customers that a model scores low, by name: what it does not understand."""

from collections.abc import Mapping, Sequence
from typing import Any

from pyspark.sql import DataFrame, Row
from pyspark.sql import functions as F

from qualscore.model.learning.training import Trained

LISTED = 10
SHOWN = ("domain", "company_name", "as_of_on", "score", "factors_for", "factors_against")


def misses(trained: Trained, *, most: int = LISTED) -> list[dict[str, Any]]:
    """The customers below the band Likely, the lowest score first, ties by domain: two passes over the examples alone.

    Returns:
        domain, company_name, as_of_on (the day before its first event), score, factors_for and factors_against, each with factor, value
        and contribution. Each customer is scored by models that did not see it.
    """
    low = F.col("score") < trained.model.definition.bands.likely
    lowest = scored_examples(trained).where(low).orderBy("score", "domain").limit(most).select(*SHOWN)
    return [_miss(row) for row in lowest.collect()]


def scored_examples(trained: Trained) -> DataFrame:
    """The examples as of their own dates with the columns of scores/account_scores."""
    return trained.model.score(trained.evidence.rows.where("is_example"))


def _miss(row: Row) -> dict[str, Any]:
    known = {name: row[name] for name in ("domain", "company_name", "score")}
    return known | {"as_of_on": str(row["as_of_on"])} | {side: _factors(row[side]) for side in ("factors_for", "factors_against")}


def _factors(listed: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [{"factor": it["factor"], "value": it["value"], "contribution": float(it["contribution"])} for it in listed]
