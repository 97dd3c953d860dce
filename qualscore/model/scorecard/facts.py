"""What the records of CRM, marketing automation and lists say of criteria: for the few accounts that have any."""

from collections.abc import Sequence
from datetime import date

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from qualscore.definitions.conditions import parse
from qualscore.definitions.scorecard import CRM_DATE, Criterion
from qualscore.definitions.selection import Selection
from qualscore.joins import to_be_joined
from qualscore.model.scorecard.columns import crm_columns
from qualscore.universe import labels
from qualscore.universe.labels import Records

FACT = "struct<is_met:boolean,last_on:date>"


def asking_records(criteria: Sequence[Criterion]) -> list[Criterion]:
    """The criteria that account features cannot answer, in their order: a fact's place is its criterion's in this list."""
    return [it for it in criteria if it.kind != "when"]


def with_facts(
    accounts: DataFrame, criteria: Sequence[Criterion], records: Records, crm_accounts: DataFrame, *, as_of: date | Column, name: str
) -> DataFrame:
    """Adds the column `name`, a fact for each criterion that asks for records; null for accounts without any. No row is added.

    Args:
        accounts: domain, one row each.
        criteria: of a scorecard.
        records: deals, engagement and lists.
        crm_accounts: clean/crm_accounts.
        as_of: the day that windows count back from, and after which nothing counts; where it is a Column, all records have it.
        name: of the column.
    """
    asking = asking_records(criteria)
    if not asking:
        return accounts.withColumn(name, F.lit(None).cast(f"array<{FACT}>"))
    known = [*_of_selectors(asking, records, as_of), *_of_crm(asking, crm_accounts, as_of)]
    rows = known[0] if len(known) == 1 else known[0].unionByName(known[1])
    of_place = [F.max(F.when(F.col("place") == place, F.struct("is_met", "last_on"))) for place in range(len(asking))]
    facts = rows.groupBy("domain").agg(F.array(*(it.cast(FACT) for it in of_place)).alias(name))
    return accounts.join(to_be_joined(facts), "domain", "left")


def _of_selectors(asking: Sequence[Criterion], records: Records, as_of: date | Column) -> list[DataFrame]:
    """domain, place, is_met (true), last_on: where at least as many records are found as the selector wants."""
    of_place = {place: it.selection for place, it in enumerate(asking) if it.selection}
    if not of_place:
        return []
    leaves: list[Selection] = list(dict.fromkeys(of_place.values()))
    found = labels.records_found(records, leaves, as_of=as_of).where("domain is not null")
    least = F.element_at(F.array(*(F.lit(leaf.least_count) for leaf in leaves)), F.col("selector") + 1)
    counted = found.groupBy("domain", "selector").agg(F.count(F.lit(1)).alias("number"), F.max("on").alias("last_on"))
    places = F.array(*(F.array(*(F.lit(p) for p, it in of_place.items() if it == leaf)) for leaf in leaves))
    met = counted.where(F.col("number") >= least).withColumn("place", F.explode(F.element_at(places, F.col("selector") + 1)))
    return [met.select("domain", "place", F.lit(True).alias("is_met"), "last_on")]


def _of_crm(asking: Sequence[Criterion], crm_accounts: DataFrame, as_of: date | Column) -> list[DataFrame]:
    """domain, place, is_met, last_on: true where a CRM account of the domain meets the condition, null where that is unknown of all."""
    columns, facts = crm_columns(), []
    for place, it in enumerate(asking):
        if it.crm_accounts:
            is_met = parse(it.crm_accounts).column(columns, as_of=as_of)
            day = F.when(is_met, F.col(it.dated_by or CRM_DATE))
            facts.append(F.struct(F.lit(place).alias("place"), is_met.alias("is_met"), day.alias("last_on")))
    if not facts:
        return []
    each = crm_accounts.where("domain is not null").select("domain", F.explode(F.array(*facts)).alias("it")).select("domain", "it.*")
    return [each.groupBy("domain", "place").agg(F.max("is_met").alias("is_met"), F.max("last_on").alias("last_on"))]
