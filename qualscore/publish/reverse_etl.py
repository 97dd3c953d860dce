"""Reverse ETL: a table of the warehouse that Hightouch, Census and the like read, with what changed and when."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from qualscore import contracts
from qualscore.publish.cards import NOTHING
from qualscore.publish.fields import BEST, CardField
from qualscore.publish.target import BasicTarget

REVERSE_ETL = "publish/reverse_etl"


class ReverseEtl(BasicTarget):
    """The table publish/reverse_etl: a row for each account of the CRM, and a tombstone for each that lost its score."""

    type: Literal["reverse_etl"]

    @property
    def place(self) -> str:
        """Where it is, for people."""
        return REVERSE_ETL

    def named(self, products: Sequence[str]) -> dict[str, CardField]:
        """The columns of the contract, whatever the products are."""
        return {it.name: it for it in BEST}


def reverse_etl(cards: DataFrame, before: DataFrame, *, now: datetime) -> DataFrame:
    """The table as it is to be: publish/reverse_etl.

    `row_hash` and `changed_at` move when a row says something else. An account that has no score any more, or is not in the CRM any more,
    keeps its row as a tombstone (`is_deleted`), so that a sync can delete what it has made of it.

    Args:
        cards: as `cards.for_target` makes them.
        before: the table as it is.
        now: the time of the run.
    """
    contract = contracts.load(REVERSE_ETL)
    was = before.select("key", F.col("row_hash").alias("_was"), F.col("changed_at").alias("_since"), F.col("scored_on").alias("_on"))
    # No row is added: both have one for each key. One that was never scored gets none.
    beside = cards.join(was, "key", "full").withColumn("row_hash", F.coalesce("row_hash", F.lit(NOTHING)))
    same = F.col("row_hash").eqNullSafe(F.col("_was"))
    rows = beside.where((F.col("row_hash") != NOTHING) | F.col("_was").isNotNull()).withColumns(
        {
            "is_deleted": F.col("row_hash") == NOTHING,
            "changed_at": F.when(same, F.col("_since")).otherwise(F.lit(now)),
            "scored_on": F.when(same, F.col("_on")).otherwise(F.col("scored_on")),
        }
    )
    return contract.conform(rows.select(*contract.columns))
