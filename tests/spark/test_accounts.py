from datetime import date

from chispa import assert_df_equality
from pyspark.sql import SparkSession

from qualscore import accounts, contracts

FIRMOGRAPHICS, LISTS, ACCOUNTS = (contracts.load(f"clean/{table}") for table in ("firmographics", "account_lists", "accounts"))


def test_one_row_per_domain_with_the_best_value_of_each_column(spark: SparkSession) -> None:
    firmographics = FIRMOGRAPHICS.rows(
        spark,
        [
            {"domain": "both.com", "company_name": "Both GmbH", "country": "DE", "employees": 9, "observed_on": date(2026, 1, 1)},
            {"domain": "both.com", "company_name": "Both SE", "employees": 10, "observed_on": date(2026, 2, 1)},
            {"domain": "firm.com", "is_listed": False, "observed_on": date(2026, 1, 1)},
        ],
    )
    lists = LISTS.rows(
        spark,
        [
            {"list_name": "won", "domain": "both.com", "company_name": "Both"},
            {"list_name": "won", "domain": "list.com", "company_name": "Early", "event_on": date(2026, 1, 1)},
            {"list_name": "lost", "domain": "list.com", "company_name": "Late", "event_on": date(2026, 2, 1)},
            {"list_name": "won", "domain": "firm.com"},
        ],
    )
    expected = [
        {
            "domain": "both.com",
            "company_name": "Both",
            "employees": 10,
            "sources": ["csv", "firmographics"],
            "value_sources": {"company_name": "csv", "employees": "firmographics"},
        },
        {"domain": "firm.com", "is_listed": False, "sources": ["csv", "firmographics"], "value_sources": {"is_listed": "firmographics"}},
        {"domain": "list.com", "company_name": "Late", "sources": ["csv"], "value_sources": {"company_name": "csv"}},
    ]
    for partitions in (1, 5):
        universe = accounts.universe(firmographics.repartition(partitions), lists.repartition(partitions))
        assert universe.dtypes == ACCOUNTS.rows(spark, []).dtypes
        # chispa sorts by all columns, which Spark does not do with maps.
        told, wanted = ([row.asDict() for row in sorted(frame.collect())] for frame in (universe, ACCOUNTS.rows(spark, expected)))
        assert told == wanted


def test_the_universe_is_the_distinct_domains_of_its_sources(spark: SparkSession) -> None:
    firmographics = FIRMOGRAPHICS.rows(spark, [{"domain": f"d{number}.com", "observed_on": date(2026, 1, 1)} for number in range(50)])
    lists = LISTS.rows(spark, [{"list_name": f"l{number % 3}", "domain": f"d{number}.com"} for number in range(40, 60)])
    domains = firmographics.select("domain").union(lists.select("domain")).distinct()
    assert_df_equality(accounts.universe(firmographics, lists).select("domain"), domains, ignore_row_order=True, ignore_metadata=True)
