"""Which cards a target has not confirmed yet, and which records are made where there are none."""

from collections.abc import Iterator, Mapping
from datetime import date

from pyspark.sql import DataFrame
from pyspark.sql import Row as SparkRow
from pyspark.sql import functions as F

from qualscore.publish.cards import NOTHING
from qualscore.publish.escaping import escaped
from qualscore.publish.rows import NEW, Mark, Row, Value


def changed(cards: DataFrame, sent: DataFrame, *, tells_gone: bool, everything: bool = False) -> DataFrame:
    """The cards that say something else than what the target has confirmed last.

    One of an account that lost its score says nothing, which empties the record's fields; an account that never had one is left alone.

    Args:
        cards: as `cards.for_target` makes them.
        sent: key and row_hash of what was confirmed.
        tells_gone: whether accounts that are no longer there are emptied, too: where the target is no CRM that has dropped them itself.
        everything: also cards that say the same.
    """
    was = sent.select("key", F.col("domain").alias("_domain"), F.col("row_hash").alias("_was"))
    # No row is added: both have one for each key. New records are never told that they are gone.
    if tells_gone:
        was = was.where(~F.col("key").startswith(NEW))
    beside = cards.join(was, "key", "full" if tells_gone else "left")
    full = beside.withColumns(
        {
            "row_hash": F.coalesce("row_hash", F.lit(NOTHING)),
            "domain": F.coalesce("domain", "_domain"),
            "is_first": F.col("_was").isNull(),
            "is_new": F.col("key").startswith(NEW),
        }
    )
    differs = F.col("row_hash") != F.coalesce("_was", F.lit(NOTHING))
    is_asked = (F.col("row_hash") != NOTHING) | F.col("_was").isNotNull() if everything else differs
    return full.where(is_asked).drop("_was", "_domain")


def new_accounts(members: DataFrame, accounts: DataFrame, sent: DataFrame, *, most: int) -> DataFrame:
    """The accounts of a segment whose records are made: those that were made before, then the best, so that there are never more than most.

    A record that was made counts until the CRM delivers an account of its domain.

    Args:
        members: of the segment, as `cards.members` has them.
        accounts: of the CRM.
        sent: key and domain of what was confirmed.
        most: records.
    """
    made = sent.where(F.col("key").startswith(NEW)).select("domain").distinct()
    unseen = made.join(accounts.select("domain"), "domain", "left_anti")
    left = max(0, most - unseen.count())
    again = members.join(made, "domain", "left_semi")
    best = F.get("scores", F.lit(0))["score"]
    others = members.join(made, "domain", "left_anti").where(best.isNotNull()).orderBy(best.desc(), "domain").limit(left)
    return again.unionByName(others)


def rows(changes: DataFrame, new_fields: Mapping[str, str]) -> Iterator[Row]:
    """The rows on the driver, a part at a time: those of records that are there, then new ones, each sorted by key.

    Args:
        changes: as `changed` makes them.
        new_fields: what a record that is made is told beside its card, by the target's names: company_name and domain.
    """
    names = changes.schema["values"].dataType.names  # type: ignore[attr-defined]
    for row in changes.orderBy("is_new", "is_first", "key").toLocalIterator(prefetchPartitions=False):
        yield _row(row, names, new_fields)


def _row(row: SparkRow, names: list[str], new_fields: Mapping[str, str]) -> Row:
    held = row["values"]  # null of an account that is gone
    values = {name: escaped(_plain(held[name] if held is not None else None)) for name in names}
    if row["is_new"] and row["is_first"]:
        known = {"company_name": row["company_name"] or row["domain"], "domain": row["domain"]}
        values |= {name: escaped(known[what]) for what, name in new_fields.items()}
    return Row(Mark(row["key"], row["domain"], row["row_hash"]), values)


def _plain(value: object) -> Value:
    return value.isoformat() if isinstance(value, date) else value  # type: ignore[return-value]
