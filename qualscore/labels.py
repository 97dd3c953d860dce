"""Selectors: which accounts are examples, from which date, and which are left out."""

import math
from functools import reduce

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from qualscore.definition import Definition, Reference, Selection


def label(accounts: DataFrame, *, account_lists: DataFrame, definition: Definition, own_domains: tuple[str, ...] = ()) -> DataFrame:
    """Adds is_selected, is_excluded, is_example and event_on (the first selecting event; null when undated). No row is added."""
    roots = [definition.examples, *([definition.exclude] if definition.exclude else [])]
    names = sorted({str(leaf.account_list) for root in roots for leaf in root.selectors()})
    excluded = F.col("domain").isin(list(own_domains)) if own_domains else F.lit(False)
    if definition.exclude:
        excluded = excluded | _holds(definition.exclude)
    selected, event = _holds(definition.examples), _event(definition.examples)
    flags = {"is_selected": selected, "is_excluded": excluded, "is_example": selected & ~excluded, "event_on": event}
    members = F.broadcast(_memberships(account_lists, names))
    return accounts.join(members, "domain", "left").withColumns(flags).drop("events")


def in_reference(reference: Reference) -> Column:
    """Whether an account's features make it one of those that customers are compared with."""
    conditions = [F.lit(True)]
    if reference.country:
        conditions.append(F.coalesce(F.col("country").isin(list(reference.country)), F.lit(False)))
    if reference.min_employees is not None:
        conditions.append(F.coalesce(F.col("firmo_size") >= math.log1p(reference.min_employees - 0.5), F.lit(False)))
    return reduce(lambda one, other: one & other, conditions)


def _memberships(account_lists: DataFrame, names: list[str]) -> DataFrame:
    """One row per domain on any of the lists: lists (names), events (list to date)."""
    return (
        account_lists.where(F.col("list_name").isin(names))
        .groupBy("domain")
        .agg(F.map_from_entries(F.collect_list(F.struct("list_name", "event_on"))).alias("events"))
    )


def _holds(selection: Selection) -> Column:
    if selection.any_of is not None:
        return reduce(lambda one, other: one | other, map(_holds, selection.any_of), F.lit(False))
    if selection.all_of is not None:
        return reduce(lambda one, other: one & other, map(_holds, selection.all_of), F.lit(True))
    if selection.none_of is not None:
        return ~_holds(selection.none_of)
    return F.coalesce(F.map_contains_key("events", selection.account_list), F.lit(False))


def _event(selection: Selection) -> Column:
    """The first event among the selectors that pick an account; what `not` holds picks nothing."""
    never = F.lit(None).cast("date")
    leaves = _picking(selection)
    dates = [F.col("events").getItem(name) for name in leaves]
    return F.least(*dates, never) if dates else never


def _picking(selection: Selection) -> list[str]:
    if selection.account_list is not None:
        return [selection.account_list]
    return [name for nested in (*(selection.any_of or ()), *(selection.all_of or ())) for name in _picking(nested)]
