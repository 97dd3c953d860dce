"""Tables as the version of the code before wrote them, and what the first write of today makes of them."""

import hashlib
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from qualscore import contracts
from qualscore.errors import DataError
from qualscore.storage.tables import Tables

SCORES, HISTORY, UNSCORED, LISTS = "scores/account_scores", "scores/score_history", "scores/unscored_accounts", "clean/account_lists"
DAY, MOMENT = date(2026, 5, 1), datetime(2026, 5, 1, tzinfo=UTC)
FIXED: dict[str, Any] = {
    **{"score": 60.0, "lift": 1.0, "margin": 0.0, "base": 0.0, "percentile": 50.0, "factors_for": [("size", "9", 0.5)]},
    **{"factors_against": [], "other_contribution": 0.0, "is_example": False, "model_version": 1, "run_id": "r"},
    **{"as_of_on": DAY, "scored_at": MOMENT},
}


def scores(spark: SparkSession, *rows: tuple[str, str, str]) -> DataFrame:
    """Rows of (score, domain, band)."""
    names = ("score_name", "domain", "band")
    return contracts.load(SCORES).rows(spark, [FIXED | dict(zip(names, row, strict=True)) for row in rows])


def write(frame: DataFrame, tables: Tables, name: str, *partitions: str) -> None:
    """As the code before would have done it: without what today's tables say of themselves."""
    frame.write.format("delta").partitionBy(*partitions).save(f"{tables.warehouse}/{name}")


def content(tables: Tables, name: str, *columns: str) -> list[tuple[object, ...]]:
    return sorted(tuple(row) for row in tables.read(name).select(*columns).collect())


@pytest.fixture
def tables(spark: SparkSession, warehouse: Path) -> Tables:
    return Tables(spark, str(warehouse))


def test_a_slice_that_is_written_brings_the_other_scores_up_to_date(spark: SparkSession, tables: Tables) -> None:
    old = scores(spark, ("a", "1.com", "Likely"), ("b", "1.com", "Highly Likely"), ("b", "2.com", "Unlikely"))
    write(old.drop("other_contribution", "score_final", "final_cause"), tables, SCORES, "score_name", "band")
    new, slice_of_a = scores(spark, ("a", "1.com", "highly_likely")), "score_name = 'a'"
    failing = new.withColumn("domain", F.raise_error(F.lit("the disk is on fire")).cast("string"))
    with pytest.raises(Exception, match="on fire"):
        tables.replace(SCORES, failing, where=slice_of_a)
    others = [("b", "1.com", "highly_likely", None), ("b", "2.com", "unlikely", None)]
    shown = ("score_name", "domain", "band", "other_contribution")
    assert content(tables, SCORES, *shown) == [("a", "1.com", "Likely", None), *others]  # nothing is lost when a write dies

    assert tables.replace(SCORES, new, where=slice_of_a) == 1
    assert content(tables, SCORES, *shown) == [("a", "1.com", "highly_likely", 0.0), *others]
    kept = tables.read(SCORES).where("score_name = 'b'").select("factors_for", "score_final", "final_cause").first()
    assert kept == ([("size", "9", 0.5)], 60.0, "model")
    files = tables.read(SCORES).inputFiles()
    assert [file for file in files if "%20" in file or "Likely" in file] == []
    version = tables.version(SCORES)
    tables.replace(SCORES, new, where=slice_of_a)
    assert tables.version(SCORES) == version + 1  # of a table of today's form nothing else is written


def test_rows_are_added_to_a_history_whose_bands_had_spaces(spark: SparkSession, tables: Tables) -> None:
    rows = [{"score_name": "a", "domain": f"{band}.com", "band_before": band, "band": None} for band in ("Highly Likely", "Likely")]
    rows += [{"score_name": "a", "domain": "new.com", "band": "Unlikely"}]
    write(contracts.load(HISTORY).rows(spark, rows), tables, HISTORY, "score_name")
    tables.append(HISTORY, contracts.load(HISTORY).rows(spark, [{"score_name": "a", "domain": "now.com", "band": "likely"}]))
    stored = sorted(tables.read(HISTORY).select("domain", "band_before", "band").collect())
    assert [tuple(row) for row in stored] == [
        ("Highly Likely.com", "highly_likely", None),
        ("Likely.com", "likely", None),
        ("new.com", None, "unlikely"),
        ("now.com", None, "likely"),
    ]


def test_other_scores_list_an_account_once_and_no_address(spark: SparkSession, tables: Tables) -> None:
    def lacking(*rows: tuple[str, str, str]) -> DataFrame:
        names = ("score_name", "account_key", "reason")
        return contracts.load(UNSCORED).rows(spark, [{"source": "s"} | dict(zip(names, row, strict=True)) for row in rows])

    twice = [("b", "Joe@gmail.com", "NO_DOMAIN"), ("b", "Joe@gmail.com", "FREE_MAIL_DOMAIN"), ("b", "Acme", "NO_DOMAIN")]
    write(lacking(("a", "gone", "NO_DOMAIN"), *twice), tables, UNSCORED, "score_name")
    tables.replace(UNSCORED, lacking(("a", "now", "NO_DOMAIN")), where="score_name = 'a'")
    address = hashlib.sha256(b"joe@gmail.com").hexdigest()
    assert content(tables, UNSCORED, "score_name", "account_key", "reason") == sorted(
        [("a", "now", "NO_DOMAIN"), ("b", "Acme", "NO_DOMAIN"), ("b", address, "FREE_MAIL_DOMAIN")]
    )


@pytest.mark.parametrize("how", ["append", "merge"])
def test_columns_and_partitions_that_a_contract_has_not_go_and_the_rows_stay(spark: SparkSession, tables: Tables, how: str) -> None:
    old = contracts.load(LISTS).rows(spark, [{"list_name": "a", "domain": "1.com", "event_on": DAY, "source": "s"}])
    write(old.withColumn("gone", F.array(F.lit("x"))).drop("company_name"), tables, LISTS, "list_name")
    more = contracts.load(LISTS).rows(spark, [{"list_name": "a", "domain": "2.com", "company_name": "Two", "source": "s"}])
    if how == "append":
        tables.append(LISTS, more)
    else:
        tables.merge(LISTS, tables.read(LISTS).unionByName(more))
    assert content(tables, LISTS, "domain", "company_name", "event_on") == [("1.com", None, DAY), ("2.com", "Two", None)]
    detail = spark.sql(f"DESCRIBE DETAIL {tables.identifier(LISTS)}").first()
    assert detail is not None and detail["partitionColumns"] == []
    assert sorted(spark.table(tables.identifier(LISTS)).columns) == sorted(contracts.load(LISTS).columns)
    assert tables.read(LISTS, version=0).columns == list(contracts.load(LISTS).columns)


def test_a_type_that_would_lose_values_is_refused_and_nothing_is_written(spark: SparkSession, tables: Tables) -> None:
    old = contracts.load(LISTS).rows(spark, [{"list_name": "a", "domain": "1.com", "event_on": DAY}])
    write(old.withColumn("event_on", F.lit("some day")), tables, LISTS)
    with pytest.raises(DataError, match="clean/account_lists: event_on is string in the table and date in schemas/clean_account_lists.yml"):
        tables.append(LISTS, old)
    assert tables.version(LISTS) == 0


def test_a_table_of_a_catalog_is_brought_up_to_date_too(spark: SparkSession, warehouse: Path) -> None:
    tables = Tables(spark, str(warehouse), f"spark_catalog.u{abs(hash(warehouse))}")
    spark.sql(f"CREATE SCHEMA {tables.catalog}_scores")
    old = scores(spark, ("a", "1.com", "Likely"), ("b", "1.com", "Highly Likely")).withColumn("gone", F.lit(1))
    old.write.format("delta").partitionBy("score_name", "band").saveAsTable(tables.identifier(SCORES))
    tables.replace(SCORES, scores(spark, ("a", "1.com", "unlikely")), where="score_name = 'a'")
    assert content(tables, SCORES, "score_name", "band") == [("a", "unlikely"), ("b", "highly_likely")]
    assert "gone" not in spark.table(tables.identifier(SCORES)).columns
