"""Clean sources to the universe: one row per domain, each value from the best source that has it."""

from collections.abc import Sequence
from datetime import date
from functools import reduce

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from qualscore import contracts
from qualscore.columns.contents import row_hash
from qualscore.joins import to_be_joined

# (clean table, its kind of source, what tells its rows apart: the last of them is shown), the best first, for display.
PRECEDENCE = (
    ("crm_accounts", "crm", ("modified_on", "account_id")),
    ("crm_opportunities", "crm", ("is_named", "modified_on", "created_on", "opportunity_id")),
    ("activities", "marketing", ("is_named", "active_on", "activity_type", "contact", "campaign")),
    ("account_lists", "csv", ("event_on", "list_name")),
    ("firmographics", "firmographics", ("observed_on",)),
)
NO_VALUES = ("domain", "sources", "value_sources", "own_values", "crm_account_ids", "crm_account_count", "parent_domain")
EXAMPLES = 3


def universe(
    *,
    crm_accounts: DataFrame,
    crm_opportunities: DataFrame,
    activities: DataFrame,
    account_lists: DataFrame,
    firmographics: DataFrame,
    alone: DataFrame | None = None,
) -> DataFrame:
    """Every domain of the five clean tables (each may be empty), by the contract clean/accounts.

    `alone` are rows of firmographics apart from the others (`told_apart`): most of a large universe, and nothing to choose from.
    """
    contract = contracts.load("clean/accounts")
    values = [name for name in contract.columns if name not in NO_VALUES]
    frames = (crm_accounts, _named(crm_opportunities), _named(activities), account_lists, firmographics)
    ranked = [
        _profile(latest(frame.where("domain is not null"), by=list(by)), values, kind=kind, rank=rank)
        for rank, (frame, (_, kind, by)) in enumerate(zip(frames, PRECEDENCE, strict=True))
    ]
    # One row per domain; at most one profile of a rank, so that the order within is total.
    known = reduce(DataFrame.unionByName, ranked).groupBy("domain").agg(F.sort_array(F.collect_list("profile")).alias("profiles"))
    best = [_best(name).alias(f"_{name}") for name in values]
    described = known.select("domain", _kinds().alias("sources"), _own_values().alias("own_values"), *best)
    chosen = [F.col(f"_{name}.value").alias(name) for name in values]
    shown = described.select("domain", *chosen, "sources", "own_values", _value_sources(values).alias("value_sources"))
    # Neither join adds a row: one row per domain, and one per name of a parent.
    several = contract.conform(_with_parents(shown.join(_crm_ids(crm_accounts), "domain", "left"), crm_accounts))
    return several if alone is None else several.unionByName(contract.conform(_described_alone(alone, values)))


def elsewhere(**tables: DataFrame) -> DataFrame:
    """The domains, each once, of clean tables."""
    return reduce(DataFrame.unionByName, (it.where("domain is not null").select("domain") for it in tables.values())).distinct()


def differing(stored: DataFrame, fresh: DataFrame) -> DataFrame:
    """The domains, each once, of accounts that are in one of two frames of clean/accounts alone, or that differ."""
    content = row_hash(contracts.load("clean/accounts").schema.fields)
    old, new = (frame.select("domain", content.alias(name)) for frame, name in ((stored, "_old"), (fresh, "_new")))
    return old.join(new, "domain", "full").where(~F.col("_old").eqNullSafe(F.col("_new"))).select("domain")


def told_apart(firmographics: DataFrame, known: DataFrame, *, days: Sequence[date]) -> tuple[DataFrame, DataFrame]:
    """Of firmographics the rows whose domains are known elsewhere too, and the others: those are one row per domain.

    Args:
        firmographics: clean/firmographics.
        known: their domains elsewhere, each once (`elsewhere`).
        days: the days of its snapshots.
    """
    others = firmographics.join(known, "domain", "left_anti")
    return firmographics.join(known, "domain", "left_semi"), newest(others, days=days)


def newest(firmographics: DataFrame, *, days: Sequence[date]) -> DataFrame:
    """The latest row of each domain. Only those that the last snapshot does not have are looked for, and moved."""
    if len(days) <= 1:
        return firmographics  # one row per domain and day
    last = F.lit(max(days))
    today, older = firmographics.where(F.col("observed_on") == last), firmographics.where(F.col("observed_on") < last)
    gone = older.select("domain").join(today.select("domain"), "domain", "left_anti").distinct()
    return today.unionByName(latest(older.join(gone, "domain", "left_semi"), by=["observed_on"]))


def _described_alone(rows: DataFrame, values: list[str]) -> DataFrame:
    """Accounts that firmographics alone know, one row each."""
    contract = contracts.load("clean/accounts")
    known = {name: F.col(name) for name in ("domain", *values) if name in rows.columns} | {"sources": F.array(F.lit("firmographics"))}
    return rows.select(*(known.get(it.name, F.lit(None)).cast(it.dataType.simpleString()).alias(it.name) for it in contract.schema.fields))


def ambiguities(crm_accounts: DataFrame) -> DataFrame:
    """Domains that several CRM accounts share: domain, crm_account_ids, crm_account_count."""
    return _crm_ids(crm_accounts).where("crm_account_count > 1")


def ambiguity_warnings(crm_accounts: DataFrame) -> list[str]:
    """At most one line: how many domains are shared, and the first of them."""
    row = (
        ambiguities(crm_accounts)
        .select("domain", F.concat("domain", F.lit(" ("), F.array_join("crm_account_ids", ", "), F.lit(")")).alias("text"))
        .agg(F.count("*").alias("domains"), F.slice(F.array_sort(F.collect_list("text")), 1, EXAMPLES).alias("first"))
        .first()
    )
    if row is None or not row["domains"]:
        return []
    shown = "; ".join(row["first"])
    return [f"{row['domains']:,} domains have several CRM accounts; the one changed last is shown: {shown}"]


def latest(frame: DataFrame, *, by: list[str]) -> DataFrame:
    """The latest row of each domain, a row without a date being the earliest; `by` has to tell its rows apart."""
    order = Window.partitionBy("domain").orderBy(*(F.desc_nulls_last(name) for name in by))
    return frame.withColumn("_place", F.row_number().over(order)).where("_place = 1").drop("_place")


def _named(frame: DataFrame) -> DataFrame:
    return frame.withColumns({"company_name": F.col("account_name"), "is_named": F.col("account_name").isNotNull()})


def _profile(frame: DataFrame, values: list[str], *, kind: str, rank: int) -> DataFrame:
    """domain, profile: what one clean table says; null for what it has no column for."""
    types = {field.name: field.dataType.simpleString() for field in contracts.load("clean/accounts").schema.fields}
    columns = [(F.col(name) if name in frame.columns else F.lit(None)).cast(types[name]).alias(name) for name in values]
    return frame.select("domain", F.struct(F.lit(rank).alias("rank"), F.lit(kind).alias("kind"), *columns).alias("profile"))


def _best(name: str) -> Column:
    """(kind, value) of the first profile that has the value; null when none has."""
    having = f"filter(profiles, profile -> profile.{name} is not null)"
    return F.expr(f"get(transform({having}, profile -> struct(profile.kind as kind, profile.{name} as value)), 0)")


def _kinds() -> Column:
    return F.expr("array_sort(array_distinct(profiles.kind))")


def _own_values() -> Column:
    """The first value of each without firmographics; null when there is none at all.

    Not state, city, sector and industry: they are free text, and spelt the CRM's way they would teach "is in the CRM" in place of fit.
    Countries are ISO codes in all sources.
    """
    own, names = "filter(profiles, profile -> profile.kind <> 'firmographics')", contracts.load("clean/accounts").fields_of("own_values")
    values = ", ".join(f"get(filter({own}.{name}, value -> value is not null), 0) as {name}" for name in names)
    some = " or ".join(f"exists({own}, profile -> profile.{name} is not null)" for name in names)
    return F.expr(f"case when {some} then struct({values}) end")


def _value_sources(values: list[str]) -> Column:
    """By column the kind of source of each value; null where there is one kind only, which is most of a large universe."""
    pairs = ", ".join(f"case when _{name} is not null then struct('{name}' as key, _{name}.kind as value) end" for name in values)
    return F.expr(f"case when size(sources) > 1 then map_from_entries(filter(array({pairs}), pair -> pair is not null)) end")


def _crm_ids(crm_accounts: DataFrame) -> DataFrame:
    """domain, crm_account_ids, crm_account_count of the domains in the CRM."""
    ids = F.sort_array(F.collect_set("account_id")).alias("crm_account_ids")
    grouped = crm_accounts.where("domain is not null").groupBy("domain").agg(ids)
    return grouped.withColumn("crm_account_count", F.size("crm_account_ids"))


def _with_parents(shown: DataFrame, crm_accounts: DataFrame) -> DataFrame:
    """Adds parent_domain: of the account that parent_account names by its id, else by its name where that is one domain's."""
    known = crm_accounts.where("domain is not null")
    by_id = known.select(F.col("account_id").alias("parent_account"), F.lit(0).alias("rank"), "domain")
    by_name = known.where("company_name is not null").groupBy("company_name").agg(F.min("domain").alias("domain"), _n_domains())
    named = by_name.where("domains = 1").select(F.col("company_name").alias("parent_account"), F.lit(1).alias("rank"), "domain")
    parents = by_id.unionByName(named).groupBy("parent_account").agg(F.min_by("domain", "rank").alias("parent_domain"))
    # Broadcast where they are few: most accounts have no parent, and all of those would be shuffled into one task.
    joined = shown.join(to_be_joined(parents), "parent_account", "left")
    # A twin that the CRM hangs below its own account has no parent.
    return joined.withColumn("parent_domain", F.when(F.col("parent_domain") != F.col("domain"), F.col("parent_domain")))


def _n_domains() -> Column:
    return F.count_distinct("domain").alias("domains")
