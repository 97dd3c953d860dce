"""Tables in a folder and in a catalog behave the same."""

from pathlib import Path

import pytest
from deltalake import DeltaTable
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from qualscore import contracts
from qualscore.errors import ConfigurationError
from qualscore.storage.tables import Tables

NAME = "scores/unscored_accounts"


@pytest.fixture(params=["folder", "catalog"])
def tables(request: pytest.FixtureRequest, spark: SparkSession, warehouse: Path) -> Tables:
    catalog = f"spark_catalog.q{abs(hash(warehouse))}" if request.param == "catalog" else None
    return Tables(spark, str(warehouse), catalog)


def unscored(spark: SparkSession, *rows: tuple[str, str]) -> DataFrame:
    return contracts.load(NAME).rows(spark, [{"score_name": score, "account_key": key, "reason": "NO_DATA"} for score, key in rows])


def content(tables: Tables) -> list[tuple[str, str]]:
    return sorted((row["score_name"], row["account_key"]) for row in tables.read(NAME).collect())


def test_a_slice_is_replaced_and_the_others_stay(spark: SparkSession, tables: Tables) -> None:
    assert tables.replace(NAME, unscored(spark, ("a", "1"), ("a", "2"), ("b", "1"))) == 3
    assert tables.replace(NAME, unscored(spark, ("a", "3")), where="score_name = 'a'") == 1
    assert content(tables) == [("a", "3"), ("b", "1")]
    tables.append(NAME, unscored(spark, ("c", "1")))
    assert content(tables) == [("a", "3"), ("b", "1"), ("c", "1")]
    assert tables.replace(NAME, unscored(spark)) == 0
    assert content(tables) == []


def test_versions_count_commits_and_a_missing_table_is_said(spark: SparkSession, tables: Tables) -> None:
    assert (tables.exists(NAME), tables.version(NAME)) == (False, -1)
    with pytest.raises(ConfigurationError, match=r"unscored_accounts.*: no such table yet; run `./spark-submit.sh pipeline`"):
        tables.read(NAME)
    tables.replace(NAME, unscored(spark, ("a", "1")))
    before = tables.version(NAME)
    tables.append(NAME, unscored(spark, ("a", "2")))
    assert (tables.exists(NAME), tables.version(NAME)) == (True, before + 1)


def test_a_failed_write_leaves_the_old_rows(spark: SparkSession, tables: Tables) -> None:
    tables.replace(NAME, unscored(spark, ("a", "1")))
    failing = unscored(spark, ("a", "2")).withColumn("account_key", F.raise_error(F.lit("the disk is on fire")).cast("string"))
    with pytest.raises(Exception, match="on fire"):
        tables.replace(NAME, failing)
    assert content(tables) == [("a", "1")]


def test_a_table_carries_its_meaning_and_is_readable_by_others(spark: SparkSession, warehouse: Path) -> None:
    Tables(spark, str(warehouse)).replace(NAME, unscored(spark, ("a", "1")))
    theirs = DeltaTable(str(warehouse / NAME))
    assert theirs.metadata().description == contracts.load(NAME).about
    assert theirs.metadata().partition_columns == ["score_name"]
    assert theirs.protocol().reader_features in (None, []) and theirs.protocol().min_reader_version == 1
    comments = {field.name: field.metadata["comment"] for field in theirs.schema().fields}
    assert comments == {name: column.meaning for name, column in contracts.load(NAME).columns.items()}


def test_a_merge_changes_only_what_differs(spark: SparkSession, tables: Tables) -> None:
    name, contract = "clean/crm_accounts", contracts.load("clean/crm_accounts")

    def accounts(**employees: int) -> DataFrame:
        return contract.rows(
            spark, [{"account_id": key, "company_name": key, "source": "s", "employees": count} for key, count in employees.items()]
        )

    tables.merge(name, accounts(a=1, b=2, c=3))
    version = tables.version(name)
    tables.merge(name, accounts(a=1, b=2, c=3))
    assert tables.version(name) == version
    tables.merge(name, accounts(a=1, b=5, d=4))
    assert sorted((row["account_id"], row["employees"]) for row in tables.read(name).collect()) == [("a", 1), ("b", 5), ("d", 4)]
    assert tables.version(name) == version + 1
