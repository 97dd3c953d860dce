"""What the tables say of one account, by one query, and which accounts a name may mean."""

import json
from collections.abc import Mapping
from functools import reduce
from typing import Any

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from qualscore.columns.spelling import letters, letters_of

Rows = Mapping[str, list[dict[str, Any]]]
"""By table its rows of an account, as JSON has them: days and times are texts."""

# Of an account with much of it the table's rows would be more than a person reads.
SUMMARISED: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "clean/activities": ("activity_type", {"number": "count(*)", "last_on": "max(active_on)", "source": "max(source)"}),
    "clean/intent_signals": ("keyword", {"weeks": "count(DISTINCT week_on)", "last_on": "max(week_on)", "source": "max(source)"}),
}


def rows_of(tables: Mapping[str, DataFrame], domain: str) -> Rows:
    """The rows of one account in tables that have a column `domain`.

    Files are skipped by their statistics, and within a file pages: tables are written in the order of the domain.

    Args:
        tables: by name.
        domain: of the account.
    """
    frames = [_as_json(name, frame.where(F.col("domain") == domain)) for name, frame in tables.items()]
    rows: dict[str, list[dict[str, Any]]] = {name: [] for name in tables}
    for name, row in sorted(map(tuple, reduce(DataFrame.unionByName, frames).collect())):
        rows[name].append(json.loads(row))
    return rows


def _as_json(name: str, rows: DataFrame) -> DataFrame:
    if name in SUMMARISED:
        key, measures = SUMMARISED[name]
        rows = rows.groupBy(key).agg(*(F.expr(measure).alias(it) for it, measure in measures.items()))
    return rows.select(F.lit(name).alias("table"), F.to_json(F.struct("*"), {"ignoreNullFields": "false"}).alias("row"))


def matches(accounts: DataFrame, name: str, *, most: int) -> list[dict[str, Any]]:
    """The accounts that a name may mean, those first that it names whole, then those that begin with it; a scan of two columns.

    Args:
        accounts: clean/accounts.
        name: of a company, or a part of it; capitals, spaces and punctuation do not matter.
        most: no more of them.

    Returns:
        domain, company_name, country, industry and sources of each.
    """
    wanted, known = letters(name), letters_of(F.col("company_name"))
    label = letters_of(F.substring_index("domain", ".", 1))
    place = F.least(*(F.coalesce(_place(it, wanted), F.lit(3)) for it in (known, label)))
    found = accounts.select("domain", "company_name", "country", "industry", "sources").withColumn("place", place).where("place < 3")
    ordered = found.orderBy("place", F.length("company_name"), "domain").limit(most).drop("place")
    return [row.asDict() for row in ordered.collect()]


def _place(text: Column, wanted: str) -> Column:
    return F.when(text == wanted, 0).when(text.startswith(wanted), 1).when(text.contains(wanted), 2)
