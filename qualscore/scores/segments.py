"""Who is in which segment, and who came and went: scores/account_segments."""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import reduce
from operator import and_

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from qualscore import contracts
from qualscore.definitions.conditions import parse
from qualscore.definitions.segment import Segment
from qualscore.joins import to_be_joined
from qualscore.model.scorecard.columns import crm_columns
from qualscore.scores.segment_columns import BASE, LISTS, Beside

ACCOUNT_SEGMENTS = "scores/account_segments"
CONDITION, LIST = "condition", "list"
ADDED, KEPT, REMOVED = "added", "kept", "removed"


def members(segments: Sequence[Segment], beside: Beside, crm_accounts: DataFrame, *, as_of: date) -> DataFrame:
    """segment_name, domain, company_name, crm_state, origin: a row for each member, all segments in one pass.

    Args:
        segments: at least one.
        beside: what conditions are asked of.
        crm_accounts: clean/crm_accounts.
        as_of: the day that conditions count back from.
    """
    lists = [LISTS] if any(it.append_to for it in segments) else []
    accounts, columns = beside.accounts([*lists, *(name for it in segments for name in it.names)])
    if any(it.crm_accounts for it in segments):
        asked = [it.crm_accounts for it in segments]
        accounts = accounts.join(to_be_joined(crm_facts(asked, crm_accounts, as_of=as_of)), "domain", "left")
    entries = [_entry(place, it, columns, as_of) for place, it in enumerate(segments)]
    each = accounts.select(*BASE, F.explode(F.array_compact(F.array(*entries))).alias("_in"))
    return each.select("_in.segment_name", *BASE, "_in.origin")


def account_segments(now: DataFrame, before: DataFrame, *, as_of: date) -> DataFrame:
    """Members with what changed since the last day before: scores/account_segments. The same day again gives the same rows.

    Args:
        now: as `members` makes them.
        before: scores/account_segments as it was, of the segments that there are.
        as_of: the day of the run.
    """
    today, keys = F.lit(as_of), ("segment_name", "domain")
    was_member = (F.col("since_on") < today) & (F.col("left_on").isNull() | (F.col("left_on") == today))
    described = ("company_name", "crm_state", "origin")
    old = before.where(was_member).select(*keys, F.col("since_on").alias("_since_on"), F.struct(*described).alias("_before"))
    both = now.select(*keys, F.struct(*described).alias("_now")).join(old, [*keys], "full")
    is_now, was = F.col("_now").isNotNull(), F.col("_since_on").isNotNull()
    shown = F.coalesce("_now", "_before")
    contract = contracts.load(ACCOUNT_SEGMENTS)
    return contract.conform(
        both.select(
            *keys,
            *(shown[name].alias(name) for name in described),
            F.when(is_now & was, KEPT).when(is_now, ADDED).otherwise(REMOVED).alias("change"),
            F.coalesce("_since_on", today).alias("since_on"),
            F.when(~is_now, today).alias("left_on"),
            today.alias("as_of_on"),
        ).select(*contract.columns)
    )


def _entry(place: int, segment: Segment, columns: Mapping[str, Column], as_of: date) -> Column:
    """segment_name and origin where an account is a member, else null. What is unknown is not met."""
    origin = F.when(meets(segment.when, segment.crm_accounts, columns, place, as_of=as_of), CONDITION)
    if segment.append_to:
        origin = origin.when(F.array_contains(LISTS, segment.append_to), LIST)
    return F.when(origin.isNotNull(), F.struct(F.lit(segment.name).alias("segment_name"), origin.alias("origin")))


def crm_facts(conditions: Sequence[str | None], crm_accounts: DataFrame, *, as_of: date) -> DataFrame:
    """domain, _facts: of each condition whether a CRM account of the domain meets it; null where that is unknown of all.

    Args:
        conditions: over clean/crm_accounts; None asks nothing.
        crm_accounts: clean/crm_accounts.
        as_of: the day that conditions count back from.
    """
    columns, nothing = crm_columns(), F.lit(None).cast("boolean")
    met = [F.max(parse(it).column(columns, as_of=as_of)) if it else F.max(nothing) for it in conditions]
    return crm_accounts.where("domain is not null").groupBy("domain").agg(F.array(*met).alias("_facts"))


def meets(when: str | None, crm_accounts: str | None, columns: Mapping[str, Column], place: int, *, as_of: date) -> Column:
    """Whether an account meets both conditions, of which None is met; what is unknown is not met.

    Args:
        when: a condition over `columns`.
        crm_accounts: a condition whose answers `crm_facts` has at the place.
        columns: of accounts, by name.
        place: among the conditions of `crm_facts`.
        as_of: the day that conditions count back from.
    """
    asked = [parse(when).column(columns, as_of=as_of)] if when else []
    asked += [F.get("_facts", F.lit(place))] if crm_accounts else []
    return F.coalesce(reduce(and_, asked, F.lit(True)), F.lit(False))
