"""Large deliveries are judged by another way: it has to give what the way of the small ones gives, row by row."""

import random
from collections.abc import Iterator
from datetime import date, datetime
from functools import partial
from pathlib import Path

import pytest
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import types as T

from qualscore import contracts, deliveries, ingest
from qualscore.config import Source
from qualscore.ingest import Ingested, Staging
from qualscore.ingest.bulk import key_collisions
from tests.spark.test_crm_ingest import ACCOUNTS
from tests.spark.test_ingest import HEADERS, RULES, ingested

CELLS = {
    "domain": ["a.com", "A.com", "https://www.b.com/x?y", "c.co.uk", "joe@d.de", "mail.a.com", "gmail.com", "linkedin.com/company/x"]
    + ["10.0.0.1", "nowhere", "", "N/A", "m\u00fcller.de", "\ufffd.com", "www1.e.com", "github.io", " f.com "],
    "date": ["2026-03-04", "3/4/2026", "31.12.2025", "2026-03-04T10:00:00Z", "20260304", "soon", "", "2026-02-30", "-"]
    + ["1/2/26", "13-Mar-25", "0001-01-01", "0025-03-01", "1500-06-01", "1/1/0001 12:00:00 AM"],
    "number": ["5", "1,200", "-3", "007", "12.5", "1e3", "$1.5M", "many", "", "99999999999", "NaN", "5 %", "high"]
    + ["1.200", "1.200,5", "11-50", "1\u2019200", "NA", "2.5K"],
    "boolean": ["yes", "0", "TRUE", "", "maybe", "WAHR"],
    "country": ["USA", "Deutschland", "Atlantis", "", "de", "\ufffd", "Rue 1\nLyon\nFrance", "Oslo, Norway; Remote"],
    "range": ["1-10", "10001+", "$1M-$10M", "Oct-50", "", "51 - 200 employees", "1B+"],
    "text": ["Kafka", "Apache  Kafka", "null", "", "CRM", "High", "med", "Banking", "technolgy", "524210"]
    + ["Mid Cap", "\u00e9clair", "a;b;a", "\ufffd", "a, b", "Closed Won - x", "4711.0", "7.1E+11", "Unknown"],
}  # fmt: skip
KINDS = {"date": "date", "int": "number", "bigint": "number", "double": "number", "boolean": "boolean"}
BY_CLEANER = {"domain": "domain", "domain_of_company": "domain", "contact": "domain", "country": "country"}
BY_CLEANER |= {"employees_range": "range", "revenue_range": "range"}
FITTING = {"year": "1998", "market_cap_band": "Mid Cap", "confidence": "High"}


def cells(table: str, name: str) -> list[str]:
    column = contracts.load(f"clean/{table}").columns[name]
    return CELLS[BY_CLEANER.get(str(column.clean)) or KINDS.get(column.type, "text")]


def fitting(table: str, name: str) -> str:
    """A cell that no row is refused for."""
    return FITTING.get(str(contracts.load(f"clean/{table}").columns[name].clean)) or cells(table, name)[0]


def delivered(table: str, *, seed: int, rows: int = 90) -> str:
    """A file with cells of all kinds; of most rows all cells, or all but one, fit."""
    draw, names = random.Random(seed), HEADERS[table]
    keys = [name for name in contracts.load(f"clean/{table}").key if name in names]
    lines = [",".join([*names, "own"])]
    for place in range(rows):
        odd = draw.sample(names, k=draw.choice([0, 0, 1, 1, len(names)]))
        row = [draw.choice(cells(table, name)) if name in odd else fitting(table, name) for name in names]
        # Every fourth row has a key that others have too, in this file and in others.
        own = place % 10 if place % 4 == 0 else 1_000 * seed + place
        place_of_key = names.index(keys[0])
        if keys[0] not in odd:
            row[place_of_key] = f"a{own}.com" if cells(table, keys[0]) is CELLS["domain"] else row[place_of_key] + str(own)
        row += ["x" if place % 9 == 0 else "", *(["surplus"] if place % 17 == 0 else [])]
        lines.append(",".join(f'"{cell}"' if cell else "" for cell in row))
    return "\n".join([*lines, ""])


@pytest.fixture
def staging() -> Iterator[Staging]:
    with ingest.staging() as staged:
        yield staged


def rows(frame: DataFrame) -> list[str]:
    return sorted(map(str, frame.collect()))


def same(large: Ingested, small: Ingested) -> None:
    assert [it.record() for it in large.summaries()] == [it.record() for it in small.summaries()]
    assert rows(large.clean) == rows(small.clean)
    assert rows(large.rejected) == rows(small.rejected)


# Those whose cleaners the others have too; all of them: tests/slow/test_large_ingest_of_all_tables.py.
@pytest.mark.parametrize("table", ["activities", "crm_opportunities", "firmographics", "intent_signals"])
def test_any_rows_are_judged_alike(spark: SparkSession, tmp_path: Path, staging: Staging, table: str) -> None:
    judged_alike(spark, tmp_path, staging, table)


def judged_alike(spark: SparkSession, tmp_path: Path, staging: Staging, table: str) -> None:
    """Made-up rows of a table, of all kinds, in two sources of two files."""
    sources = []
    for place in range(2):
        (tmp_path / f"{place} a").mkdir()
        for part in range(2):
            (tmp_path / f"{place} a" / f"{part}.csv").write_text(delivered(table, seed=10 * place + part))
        setting = {"table": table, "path": str(tmp_path / f"{place} a"), "id": f"s{place}", "where": "own is null or own <> 'x'"}
        sources.append(Source.model_validate(setting | ({"list": "customers"} if table == "account_lists" else {})))
    read, contract = deliveries.read_all(spark, sources), contracts.load(f"clean/{table}")
    companies = ingested(spark, tmp_path, "firmographics", "domain\ngmail.com\nacme.com\n").clean
    linked = {
        "free_mail_companies": ingest.free_mail_companies(companies) if table == "account_lists" else None,
        "crm_accounts": ingested(spark, tmp_path, "crm_accounts", ACCOUNTS).clean if table == "activities" else None,
    }
    small = ingest.table(read, contract, rules=RULES, **linked).checkpointed()
    large = ingest.large_table(read, contract, rules=RULES, staging=staging, **linked)
    same(large, small)
    if table in ("firmographics", "technographics", "intent_signals", "account_lists"):
        assert large.direct is not None and large.direct.count() > 20, "most rows go the short way"


FILES = {"1.csv": "domain,name\na.com,one\nb.com,one\nc.com,one\n", "2.csv": "domain,name\nwww.b.com,two\nB.com,three\nd.com,one\n"}


@pytest.mark.parametrize("most", [0, 100], ids=["all compete", "those with a repeated hash compete"])
def test_the_later_file_and_the_later_source_win(
    spark: SparkSession, tmp_path: Path, staging: Staging, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    monkeypatch.setattr("qualscore.ingest.bulk.table.MOST_REPEATED", most)
    (tmp_path / "many").mkdir()
    for name, text in FILES.items():
        (tmp_path / "many" / name).write_text(text)
    (tmp_path / "late.csv").write_text("domain,name\nhttp://c.com,four\n")
    paths = (tmp_path / "many", tmp_path / "late.csv")
    sources = [Source(table="firmographics", path=str(path), id=f"s{place}") for place, path in enumerate(paths)]
    contract = contracts.load("clean/firmographics")
    result = ingest.large_table(deliveries.read_all(spark, sources), contract, rules=RULES, staging=staging)
    kept = [(row["domain"], row["company_name"], row["source"]) for row in result.clean.sort("domain").collect()]
    assert kept == [("a.com", "one", "s0"), ("b.com", "three", "s0"), ("c.com", "four", "s1"), ("d.com", "one", "s0")]
    assert [(it.rows_read, it.clean, it.superseded) for it in result.summaries()] == [(6, 3, 3), (1, 1, 0)]
    assert (0 if result.direct is None else result.direct.count()) == (2 if most else 0)


def test_only_repeated_hashes_are_found(spark: SparkSession) -> None:
    least, most, bound = -(2**63), 2**63 - 1, 2**55
    parts = ([1, 2, 3, 3, -5, least, most, bound, bound - 1], [2, 4, -5, 3, most, least, bound, least + 1])
    repeated = key_collisions.repeated([spark.createDataFrame([(it,) for it in part], "_hash bigint").repartition(3) for part in parts])
    assert (sorted(row["_hash"] for row in repeated.hashes.collect()), repeated.count) == ([least, -5, 2, 3, bound, most], 6)


NATIVE = {
    "domain": (T.StringType(), [f"d{place}.com" for place in range(12)]),
    "employees": (T.DoubleType(), [1200.0, 12.5, -3.0, float("nan"), float("inf"), 1e7, 1e15, None, 0.0, -0.0, 1e-5, 5.0]),
    "founded": (T.LongType(), [1998, 0, -1, 20260801, 2**40, None, 999, 1000, 2100, 2101, 7, 1998]),
    "revenue": (T.LongType(), [0, -1, 10**15, 2**62, None, 5, 10**14, 7, 8, 9, 10, 11]),
    "listed": (T.BooleanType(), [True, False, None] * 4),
    "observed_on": (T.DateType(), [date(2026, 1, 2), date(999, 1, 2), None, date(9999, 12, 31), *[date(2026, 8, 1)] * 8]),
    "market cap": (T.IntegerType(), [None] * 11 + [5]),
}
MOMENTS = {
    "domain": (T.StringType(), [f"d{place}.com" for place in range(8)]),
    "topic": (T.StringType(), ["x"] * 8),
    "score": (T.DoubleType(), [74.0, 0.0001, -1.0, 74.5, 100.5, 0.001, 80.0, 55.5]),
    "week": (T.TimestampType(), [datetime(2026, 10, 28, 23, 59, 59), datetime(999, 1, 1), datetime(3000, 1, 1), None]
             + [datetime(2026, 1, 1)] * 4),
}  # fmt: skip


@pytest.mark.parametrize(("table", "columns"), [("firmographics", NATIVE), ("intent_signals", MOMENTS)])
def test_a_typed_value_is_what_its_text_would_be(
    spark: SparkSession,
    request: pytest.FixtureRequest,
    tmp_path: Path,
    staging: Staging,
    table: str,
    columns: dict[str, tuple[T.DataType, list[object]]],
) -> None:
    schema = T.StructType([T.StructField(name, kind) for name, (kind, _) in columns.items()])
    values = list(zip(*(it for _, it in columns.values()), strict=True))
    for setting in ("datetimeRebaseModeInWrite", "int96RebaseModeInWrite"):  # days before 1900 are written as they are
        spark.conf.set(f"spark.sql.parquet.{setting}", "CORRECTED")
        request.addfinalizer(partial(spark.conf.unset, f"spark.sql.parquet.{setting}"))
    spark.createDataFrame(values, schema).coalesce(1).write.parquet(str(tmp_path / "it.parquet"))
    source, contract = Source(table=table, path=str(tmp_path / "it.parquet"), id="it"), contracts.load(f"clean/{table}")
    delivery = deliveries.read(spark, source, contract)
    large = ingest.large_table([(source, delivery)], contract, rules=RULES, staging=staging)
    same(large, ingest.table([(source, delivery)], contract, rules=RULES).checkpointed())
    assert large.direct is not None and large.direct.count() >= 2


def _on_disk(spark: SparkSession) -> int:
    levels = [(it.isCached(), it.storageLevel()) for it in spark._jsc.sc().getRDDStorageInfo()]
    return sum(is_cached for is_cached, level in levels if level.useDisk() and not level.useMemory())


@pytest.mark.parametrize("fails", [False, True])
def test_what_is_staged_is_removed_at_the_end_and_after_a_failure(spark: SparkSession, tmp_path: Path, fails: bool) -> None:
    (tmp_path / "it.csv").write_text("domain,name\na.com,one\nnowhere,two\n")
    source, contract = Source(table="firmographics", path=str(tmp_path / "it.csv"), id="it"), contracts.load("clean/firmographics")
    before = _on_disk(spark)
    try:
        with ingest.staging() as staged:
            result = ingest.large_table([(source, deliveries.read(spark, source, contract))], contract, rules=RULES, staging=staged)
            assert result.clean.count() == 1
            assert _on_disk(spark) > before
            if fails:
                raise ValueError("the disk is full")
    except ValueError:
        assert fails
    assert _on_disk(spark) == before
