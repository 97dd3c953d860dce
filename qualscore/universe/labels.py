"""Selectors: which accounts are examples, from which date, and which are left out."""

import math
from collections.abc import Callable, Sequence
from datetime import date
from functools import reduce
from operator import and_, or_
from typing import NamedTuple

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from qualscore.columns.spelling import folded, folded_of, letters, letters_of
from qualscore.definitions.definition import Definition, Reference
from qualscore.definitions.expectation import Expectation
from qualscore.definitions.selection import OPEN_MONTHS, Activities, Opportunities, Selection
from qualscore.joins import to_be_joined


class Records(NamedTuple):
    """The clean tables that selectors select from; the history of deals tells the stage that each had on a day."""

    crm_opportunities: DataFrame
    activities: DataFrame
    account_lists: DataFrame
    crm_opportunity_history: DataFrame | None = None


def label(accounts: DataFrame, records: Records, *, definition: Definition, as_of: date, own_domains: tuple[str, ...] = ()) -> DataFrame:
    """Adds what the definition's selectors say of each account. No row is added.

    Args:
        accounts: domain, one row each.
        records: what is selected from; windows count back from `as_of`, and nothing after it counts.
        definition: the score.
        as_of: the day of the run.
        own_domains: excluded whatever the definition says.

    Returns:
        accounts with is_selected, is_excluded, is_example, event_on (the first selecting event; null when undated), and picked_by:
        the numbers of the selectors (in definition.selectors) that hold, null where none does.
    """
    leaves = definition.selectors
    excluded = F.col("domain").isin(list(own_domains)) if own_domains else F.lit(False)
    if definition.exclude:
        excluded = excluded | holds(definition.exclude, leaves)
    selected = holds(definition.examples, leaves) if definition.examples else F.lit(False)
    flags = {"is_selected": selected, "is_excluded": excluded, "is_example": selected & ~excluded}
    event = F.when(selected, _event(definition.examples, leaves)) if definition.examples else F.lit(None).cast("date")
    if not leaves:  # of rules that nobody judges
        nothing = F.lit(None).cast("array<int>")
        return accounts.withColumns(flags | {"event_on": F.lit(None).cast("date"), "picked_by": nothing})
    # Few: accounts that a selector finds are mostly those of a CRM, and the other side may be a universe of 55 million.
    picked = to_be_joined(_picked(records_found(records, leaves, as_of=as_of), leaves))
    return accounts.join(picked, "domain", "left").withColumns(flags | {"event_on": event}).drop("first_on")


def withheld(accounts: DataFrame, account_lists: DataFrame, expectations: Sequence[Expectation]) -> DataFrame:
    """Adds which accounts a definition expects scores of: expected_in (numbers of expectations) and is_withheld. No row is added.

    Args:
        accounts: domain, one row each.
        account_lists: clean/account_lists; an entry counts whatever its date.
        expectations: of the definition.
    """
    of_list = [F.when(F.col("list_name") == F.lit(it.account_list), F.lit(number)) for number, it in enumerate(expectations)]
    alone = [F.when(F.col("domain") == F.lit(it.domain), F.lit(number)) for number, it in enumerate(expectations)]
    listed = account_lists.where("domain is not null").select("domain", F.explode(F.array_compact(F.array(*of_list))).alias("number"))
    members = to_be_joined(listed.groupBy("domain").agg(F.array_sort(F.collect_set("number")).alias("_listed_in")))
    none = F.array().cast("array<int>")
    named = F.concat(F.coalesce("_listed_in", none), F.array_compact(F.array(*alone)))
    joined = accounts.join(members, "domain", "left").withColumn("expected_in", named)
    return joined.withColumn("is_withheld", F.size("expected_in") > 0).drop("_listed_in")


def in_reference(reference: Reference) -> Column:
    """Whether an account's features make it one of those that customers are compared with."""
    conditions = [F.lit(True)]
    if reference.country:
        conditions.append(F.coalesce(F.col("country").isin(list(reference.country)), F.lit(False)))
    if reference.min_employees is not None:
        conditions.append(F.coalesce(F.col("firmo_size") >= math.log1p(reference.min_employees - 0.5), F.lit(False)))
    return reduce(and_, conditions)


def excluded(
    accounts: DataFrame, records: Records, *, definitions: Sequence[Definition], as_of: date, own_domains: tuple[str, ...] = ()
) -> DataFrame:
    """Adds excluded_from: the names of the scores whose definitions exclude the account. No row is added.

    Args:
        accounts: domain, one row each.
        records: what is selected from, as in `label`.
        definitions: the scores.
        as_of: the day of the run.
        own_domains: excluded from all.
    """
    own = F.col("domain").isin(list(own_domains)) if own_domains else F.lit(False)
    columns = list(accounts.columns)
    names = []
    for number, exclude in enumerate(dict.fromkeys(definition.exclude for definition in definitions)):
        is_excluded, picked = own, f"_picked_{number}"
        if exclude:
            leaves = list(dict.fromkeys(exclude.selectors()))
            picked_rows = _picked(records_found(records, leaves, as_of=as_of), leaves).select("domain", F.col("picked_by").alias(picked))
            accounts = accounts.join(to_be_joined(picked_rows), "domain", "left")
            is_excluded = own | holds(exclude, leaves, picked_by=picked)
        names += [F.when(is_excluded, definition.name) for definition in definitions if definition.exclude == exclude]
    return accounts.select(*columns, F.array_compact(F.array(*names)).alias("excluded_from"))


def holds(selection: Selection, leaves: Sequence[Selection], *, picked_by: str = "picked_by") -> Column:
    """Whether a selection holds for an account, by the numbers of the selectors that hold for it."""
    inner = [holds(one, leaves, picked_by=picked_by) for one in selection.nested]
    if selection.none_of:
        return ~inner[0]
    if inner:
        return reduce(or_ if selection.any_of else and_, inner)
    return F.coalesce(F.array_contains(picked_by, leaves.index(selection)), F.lit(False))


def records_found(records: Records, leaves: Sequence[Selection], *, as_of: date | Column) -> DataFrame:
    """Every record that a selector finds: domain (null for a deal without a usable one), selector (its number), on (null when undated).

    One pass over each table that is selected from; a record that several selectors find is several rows. The day may be a Column of all
    three tables, one for each domain; deals have the stage of that day then, and there is no history.
    """
    names_a_stage = any(leaf.opportunities.stage for leaf in leaves if leaf.opportunities)
    deals = _staged(records, as_of) if names_a_stage else records.crm_opportunities
    of_kind: dict[str, tuple[DataFrame, str, Callable[[Selection], Column]]] = {
        "opportunities": (deals, "created_on", lambda it: _of_deal(it.opportunities or Opportunities(), as_of)),
        "activities": (records.activities, "active_on", lambda it: _of_activity(it.activities or Activities(), as_of)),
        "account_list": (records.account_lists, "event_on", lambda it: _of_list(str(it.account_list), as_of)),
    }
    selected = []
    for kind, (table, day, condition) in of_kind.items():
        numbers = [F.when(condition(leaf), F.lit(number)) for number, leaf in enumerate(leaves) if leaf.kind == kind]
        if numbers:
            selected.append(table.select("domain", F.explode(F.array_compact(F.array(*numbers))).alias("selector"), F.col(day).alias("on")))
    return reduce(DataFrame.unionByName, selected)


def outcome_on(as_of: date | Column) -> Column:
    """won, lost or open, as a deal was on the day: won or lost only later, it was open."""
    return F.when((F.col("outcome") != "open") & (F.col("close_on") > F.lit(as_of)), "open").otherwise(F.col("outcome"))


def _staged(records: Records, as_of: date | Column) -> DataFrame:
    """Deals with the stage that they had on the day; one whose history does not reach back to it keeps its own. No row is added."""
    deals, history = records.crm_opportunities, records.crm_opportunity_history
    if history is None:
        return deals
    latest = F.max_by("stage", F.struct("changed_on", "change_id")).alias("_stage_then")
    then = history.where((F.col("changed_on") <= F.lit(as_of)) & F.col("stage").isNotNull()).groupBy("opportunity_id").agg(latest)
    return deals.join(then, "opportunity_id", "left").withColumn("stage", F.coalesce("_stage_then", "stage")).drop("_stage_then")


def _picked(selected: DataFrame, leaves: Sequence[Selection]) -> DataFrame:
    """One row per domain that a selector holds for: picked_by (their numbers), first_on (the first day that each found, in their order)."""
    of_leaf = [F.col("selector") == number for number in range(len(leaves))]
    is_held = [F.count_if(here) >= leaf.least_count for here, leaf in zip(of_leaf, leaves, strict=True)]
    numbers = F.array_compact(F.array(*(F.when(held, F.lit(number)) for number, held in enumerate(is_held))))
    first = F.array(*(F.min(F.when(here, F.col("on"))) for here in of_leaf))
    by_domain = selected.where("domain is not null").groupBy("domain")
    return by_domain.agg(numbers.alias("picked_by"), first.alias("first_on")).where(F.size("picked_by") > 0)


def _event(selection: Selection, leaves: Sequence[Selection]) -> Column:
    """The first event among the selectors that pick an account; a branch that does not hold and what is in `not` pick nothing."""
    never = F.lit(None).cast("date")
    if selection.none_of:
        return never
    days = [_event(one, leaves) for one in selection.nested] or [F.get("first_on", F.lit(leaves.index(selection)))]
    return F.when(holds(selection, leaves), F.least(*days, never))


def _of_deal(wanted: Opportunities, as_of: date | Column) -> Column:
    """Whether a deal (of a stage as on the day) is one that the selector wants: won or lost only later, it was open."""
    created, today = F.col("created_on"), F.lit(as_of)
    outcome = outcome_on(as_of)
    conditions = [_not_later("created_on", as_of)]
    if wanted.outcome != "any":
        conditions.append(outcome == wanted.outcome)
    if wanted.created_within_months is not None:
        conditions.append(created >= F.add_months(today, -wanted.created_within_months))
    else:
        conditions.append((outcome != "open") | (created >= F.add_months(today, -OPEN_MONTHS)))
    if wanted.min_amount is not None:
        conditions.append(F.col("amount") >= wanted.min_amount)
    if wanted.product:
        sought = [letters(product) for product in wanted.product]
        conditions.append(F.exists("products", lambda product: letters_of(product).isin(sought)))
    for column, words in (("stage", wanted.stage), ("opportunity_type", wanted.type), ("owner", wanted.owner)):
        if words:
            conditions.append(folded_of(F.col(column)).isin([folded(word) for word in words]))
    return reduce(and_, conditions)


def _of_activity(wanted: Activities, as_of: date | Column) -> Column:
    conditions = [_not_later("active_on", as_of)]
    if wanted.within_days is not None:
        conditions.append(F.col("active_on") >= F.date_sub(F.lit(as_of), wanted.within_days))
    if wanted.type:
        conditions.append(letters_of(F.col("activity_type")).isin([letters(kind) for kind in wanted.type]))
    return reduce(and_, conditions)


def _of_list(name: str, as_of: date | Column) -> Column:
    return (F.col("list_name") == name) & _not_later("event_on", as_of)


def _not_later(day: str, as_of: date | Column) -> Column:
    """Undated records may be of any day."""
    return F.coalesce(F.col(day) <= F.lit(as_of), F.lit(True))
