"""The universe: one row per domain of five tables, each value from the best source that has it."""

from datetime import date
from typing import Any

import pytest
from pyspark.sql import DataFrame, SparkSession

from qualscore import contracts
from qualscore.universe import accounts

DAY, LATER = date(2026, 1, 1), date(2026, 2, 1)
ROWS: dict[str, list[dict[str, Any]]] = {
    "crm_accounts": [
        {"account_id": "1", "domain": "all.com", "company_name": "All Old", "country": "DE", "employees": 7, "modified_on": DAY},
        {"account_id": "2", "domain": "all.com", "company_name": "All CRM", "industry": "Technology", "employees": 9, "modified_on": LATER,
         "parent_account": "3"},
        {"account_id": "3", "domain": "top.com", "company_name": "Top", "parent_account": "Somebody"},
        {"account_id": "4", "domain": "twin.com", "company_name": "Twin", "modified_on": LATER, "parent_account": "5"},
        {"account_id": "5", "domain": "twin.com", "company_name": "Twin"},
        {"account_id": "6", "domain": "named.com", "parent_account": "Top"},
        {"account_id": "7", "domain_problem": "NO_DOMAIN"},
    ],
    "crm_opportunities": [
        {"opportunity_id": "a", "domain": "deal.com", "account_name": "Deal", "outcome": "won", "created_on": DAY},
        {"opportunity_id": "b", "domain": "deal.com", "outcome": "open", "created_on": LATER},
        {"opportunity_id": "c", "domain_problem": "NO_DOMAIN", "outcome": "lost"},
    ],
    "activities": [
        {"domain": "all.com", "account_name": "All MAS", "activity_type": "form", "active_on": LATER},
        {"domain": "mail.com", "account_name": "Mail", "activity_type": "form", "active_on": DAY},
    ],
    "account_lists": [
        {"list_name": "won", "domain": "all.com", "company_name": "All CSV"},
        {"list_name": "won", "domain": "list.com", "company_name": "Early", "event_on": DAY},
        {"list_name": "lost", "domain": "list.com", "company_name": "Late", "event_on": LATER},
    ],
    "firmographics": [
        {"domain": "all.com", "company_name": "All SE", "country": "AT", "industry": "Software", "employees": 5, "observed_on": LATER},
        {"domain": "all.com", "company_name": "All GmbH", "country": "FR", "observed_on": DAY},
        {"domain": "firm.com", "is_listed": False, "observed_on": DAY},
    ],
}  # fmt: skip


def tables(spark: SparkSession, partitions: int = 1, **rows: Any) -> dict[str, DataFrame]:
    given = {name: rows.get(name, []) for name in ROWS}
    return {name: contracts.load(f"clean/{name}").rows(spark, of).repartition(partitions) for name, of in given.items()}


@pytest.mark.parametrize("partitions", [1, 5])
def test_one_row_per_domain_with_the_best_value_of_each_column(spark: SparkSession, partitions: int) -> None:
    universe = accounts.universe(**tables(spark, partitions, **ROWS))
    assert universe.dtypes == contracts.load("clean/accounts").rows(spark, []).dtypes
    shown = ("company_name", "country", "industry", "employees", "sources", "crm_account_ids", "parent_domain")
    rows = {row["domain"]: tuple(row[name] for name in shown) for row in universe.collect()}
    assert rows == {
        "all.com": ("All CRM", "AT", "Technology", 9, ["crm", "csv", "firmographics", "marketing"], ["1", "2"], "top.com"),
        "deal.com": ("Deal", None, None, None, ["crm"], None, None),
        "firm.com": (None, None, None, None, ["firmographics"], None, None),
        "list.com": ("Late", None, None, None, ["csv"], None, None),
        "mail.com": ("Mail", None, None, None, ["marketing"], None, None),
        "named.com": (None, None, None, None, ["crm"], ["6"], "top.com"),
        "top.com": ("Top", None, None, None, ["crm"], ["3"], None),
        "twin.com": ("Twin", None, None, None, ["crm"], ["4", "5"], None),
    }
    row = universe.where("domain = 'all.com'").collect()[0]
    assert row["value_sources"] == {
        "company_name": "crm", "country": "firmographics", "industry": "crm", "employees": "crm", "parent_account": "crm",
    }  # fmt: skip
    assert {row["domain"] for row in universe.where("value_sources is not null").collect()} == {"all.com"}
    assert row["own_values"].asDict() == dict.fromkeys(contracts.load("clean/accounts").fields_of("own_values")) | {"employees": 9}
    assert universe.where("own_values is not null").count() == 1
    assert universe.where("domain = 'top.com'").collect()[0]["parent_account"] == "Somebody"


@pytest.mark.parametrize("only", ROWS)
def test_the_universe_is_the_distinct_domains_of_its_sources(spark: SparkSession, only: str) -> None:
    rows = accounts.universe(**tables(spark, **{only: ROWS[only]})).collect()
    assert sorted(row["domain"] for row in rows) == sorted({row["domain"] for row in ROWS[only] if "domain" in row})


def test_several_crm_accounts_of_a_domain_are_counted_and_named(spark: SparkSession) -> None:
    crm = tables(spark, crm_accounts=ROWS["crm_accounts"])["crm_accounts"]
    assert [row["domain"] for row in accounts.ambiguities(crm).sort("domain").collect()] == ["all.com", "twin.com"]
    (warning,) = accounts.ambiguity_warnings(crm)
    assert warning.startswith("2 domains have several CRM accounts") and warning.endswith("all.com (1, 2); twin.com (4, 5)")
    assert accounts.ambiguity_warnings(crm.where("account_id > '5'")) == []


@pytest.mark.parametrize("days", [[DAY], [DAY, LATER]])
def test_accounts_that_only_firmographics_know_may_go_their_own_way(spark: SparkSession, days: list[date]) -> None:
    firmographics = [row for row in ROWS["firmographics"] if row["observed_on"] in days]
    firmographics += [{"domain": "more.com", "company_name": day.isoformat(), "employees": 3, "observed_on": day} for day in days]
    given = tables(spark, 3, **ROWS | {"firmographics": firmographics})
    others = {name: frame for name, frame in given.items() if name != "firmographics"}
    shared, alone = accounts.told_apart(given["firmographics"], accounts.elsewhere(**others), days=days)
    assert {row["domain"] for row in alone.collect()} == {"firm.com", "more.com"}
    assert {row["domain"] for row in shared.collect()} == {"all.com"}
    apart = accounts.universe(**others, firmographics=shared, alone=alone)
    assert sorted(map(str, apart.collect())) == sorted(map(str, accounts.universe(**given).collect()))
