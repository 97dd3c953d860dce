"""The schema `bi` through Spark, DuckDB and delta-rs, over the Delta tables of a universe of six accounts."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from io import StringIO
from pathlib import Path
from types import SimpleNamespace

import duckdb
import pandas as pd
import pyarrow as pa
import pytest
from deltalake import DeltaTable, write_deltalake
from pandas.testing import assert_frame_equal
from pyspark.sql import SparkSession
from pyspark.sql import functions as F
from pyspark.sql.pandas.types import to_arrow_schema

from qualscore import config, contracts
from qualscore.publish.bi.selects import BAND_NAMES, SELECTS
from qualscore.publish.bi.views import SOURCES
from qualscore.runs.console import Console
from qualscore.runs.run import Run
from qualscore.scores.market import market
from qualscore.stages.bi_tables import write_bi
from qualscore.storage.tables import Tables
from tests.bi_clients import QUESTIONS, Client, of_delta_rs, of_duckdb, of_spark
from tests.small_facts import AS_OF, DEFINITIONS, SCORED_AT, tables

VIEWS = [it.partition("/")[2] for it in SELECTS]


@dataclass(frozen=True)
class Warehouse:
    """The tables after `activate`, and those who read them."""

    spark: SparkSession
    folder: Path
    paths: Mapping[str, str]
    clients: Mapping[str, Client]


@pytest.fixture(scope="module")
def warehouse(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    folder = tmp_path_factory.mktemp("bi")
    store = Tables(spark, str(folder))
    for name, rows_of_table in tables().items():  # by delta-rs, in a tenth of Spark's time
        contract = contracts.load(name)
        delivered = [{column: row.get(column) for column in contract.columns} for row in rows_of_table]
        arrow = pa.Table.from_pylist(delivered, to_arrow_schema(contract.schema))
        write_deltalake(f"{folder}/{name}", arrow, partition_by=list(contract.partition_by) or None)
    store.replace("scores/market", market(store.read("scores/fit_intent")))
    settings, console = config.load(None, warehouse=str(folder)), Console(StringIO(), StringIO(), False, datetime.now(UTC))
    options = SimpleNamespace(dry_run=False, as_of=None)
    run = Run("run", datetime.now(UTC), AS_OF, options, settings, DEFINITIONS, store, ("", None), console, "activate", [])
    assert write_bi(run, DEFINITIONS) == 8
    paths = {name: f"{folder}/{name}" for name in SOURCES}
    clients = {"spark": of_spark(spark, paths)}
    paths_of_others = paths | {"bi/fact_factor": f"{folder}/bi/fact_factor"}
    clients |= {"duckdb": of_duckdb(paths_of_others), "delta-rs": of_delta_rs(paths_of_others)}
    yield Warehouse(spark, folder, paths, clients)
    spark.sql("DROP DATABASE bi CASCADE")


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda it: it.stem)
def test_all_databases_answer_a_question_alike(warehouse: Warehouse, question: Path) -> None:
    answers = {name: same_types(client(question.read_text())) for name, client in warehouse.clients.items()}
    assert len(answers["spark"]), "nothing is asked of an empty table"
    for name in ("duckdb", "delta-rs"):
        assert_frame_equal(answers[name], answers["spark"], check_dtype=False, obj=name)


def test_answers_are_right(warehouse: Warehouse) -> None:
    """Of what can be counted by eye; all databases answer alike."""
    ask = {it.stem: warehouse.clients["duckdb"](it.read_text()) for it in QUESTIONS}
    assert rows(ask["01_accounts_by_band"]) == [
        ("Data analytics", "Highly Likely", 1, 1),
        ("Data analytics", "Unlikely", 1, 1),
        ("Data analytics", "Unscored", 4, 2),
        ("Platform", "Highly Likely", 1, 1),
        ("Platform", "Likely", 3, 2),
        ("Platform", "Unlikely", 1, 0),
        ("Platform", "Unscored", 1, 1),
    ]
    best = ask["02_best_that_nobody_works_on"][["account_key", "score_final", "band_name", "factor"]]
    assert rows(best)[:2] == [("acme.com", 97.5, "Highly Likely", "uses Kafka"), ("bolt.com", 80.0, "Likely", "uses Kafka")]
    assert rows(ask["05_factors_of_the_best"]) == [("uses Kafka", 2, 1.25), ("industry", 1, 0.5)]
    assert rows(ask["07_call_now_by_owner"]) == [("nobody", "DE", 2, 97.5), ("Ada", "US", 1, 60.0)]
    assert rows(ask["08_customers_scored_low"][["account_key", "owner", "factor"]]) == [("dust.com", "Ada", "industry")]
    assert rows(ask["03_white_space_by_industry"]) == [("Banking & Finance", 2, 1, 1.0), ("Software & Internet", 1, 1, 0.5)]
    moved = ask["06_movers"][["account_key", "points_moved", "cause", "band_before_name", "band_name"]]
    assert rows(moved) == [
        ("bolt.com", -15.25, "model", "Highly Likely", "Likely"),
        ("acme.com", 8.0, "data", "Likely", "Highly Likely"),
        ("cord.com", -1.5, "data", "Likely", "Likely"),
    ]
    assert rows(ask["09_bands_by_month"])[:3] == [
        ("2026-04", "Likely", "Unlikely", "rule", 1),
        ("2026-04", "New", "Likely", "data", 1),
        ("2026-05", "Highly Likely", "Likely", "model", 1),
    ]


@pytest.mark.parametrize("view", VIEWS)
def test_a_view_of_spark_has_columns_types_and_comments_of_its_contract(warehouse: Warehouse, view: str) -> None:
    contract = contracts.load(f"bi/{view}")
    columns = {it.name: (it.dataType.simpleString(), it.metadata["comment"]) for it in warehouse.spark.table(f"bi.{view}").schema}
    assert columns == {name: (it.type, it.meaning) for name, it in contract.columns.items()}
    assert list(columns) == list(contract.columns)
    assert not [kind for kind, _ in columns.values() if "<" in kind], "BI tools take no arrays"
    assert warehouse.spark.catalog.getTable(f"bi.{view}").description == contract.about


def test_factors_are_of_all_accounts_in_spark_and_of_those_that_people_look_at_elsewhere(warehouse: Warehouse) -> None:
    everywhere = "SELECT DISTINCT account_key FROM bi.fact_factor WHERE score_name = 'platform' ORDER BY account_key"
    assert {name: "".join(it[0][0] for it in rows(client(everywhere))) for name, client in warehouse.clients.items()} == {
        "spark": "abcdf",  # fern.com is neither ranked nor in the CRM
        "duckdb": "abcd",
        "delta-rs": "abcd",
    }
    columns = "account_key, date_key, band, band_name, rank, side, place, factor, value, contribution"
    few = warehouse.clients["spark"](f"SELECT {columns} FROM bi.fact_factor WHERE score_name = 'platform' AND account_key < 'b'")
    assert sorted(rows(few)) == [
        ("acme.com", AS_OF, "highly_likely", "Highly Likely", 1, "against", 1, "country", "DE", -0.25),
        ("acme.com", AS_OF, "highly_likely", "Highly Likely", 1, "for", 1, "uses Kafka", "Kafka", 1.5),
        ("acme.com", AS_OF, "highly_likely", "Highly Likely", 1, "for", 2, "industry", "Software", 0.5),
    ]


def test_a_score_is_described_once(warehouse: Warehouse) -> None:
    described = warehouse.clients["spark"]("SELECT * FROM bi.dim_score ORDER BY score_name")
    told = ["title", "type", "model_version", "run_id", "date_key", "highly_likely_from", "accounts", "unscored_accounts"]
    assert rows(described[told]) == [
        ("Data analytics", "predictive", 3, "r1", AS_OF, 95.0, 6, 4),
        ("Platform", "predictive", 3, "r1", AS_OF, 90.0, 6, 1),
    ]
    assert described["scored_at"].tolist() == [pd.Timestamp(SCORED_AT).tz_localize(None)] * 2
    days = rows(warehouse.clients["spark"]("SELECT min(date_key), max(date_key), count(*) FROM bi.dim_date"))
    assert days == [(date(2025, 1, 1), date(2026, 12, 31), 730)], "whole years from the first score on"


def test_only_files_of_the_score_and_band_are_read(warehouse: Warehouse) -> None:
    """By Spark as its plan says, and by delta-rs; a band in words tells others nothing about files."""
    asked = "SELECT account_key FROM bi.fact_score WHERE score_name = 'platform' AND band = 'highly_likely'"
    plan = warehouse.spark.sql(asked)
    filters = re.search(r"PartitionFilters: \[(.*?)\]", plan._jdf.queryExecution().executedPlan().toString())
    assert filters and "score_name" in filters[1] and "(band" in filters[1]
    everything = warehouse.spark.table("bi.fact_score").inputFiles()
    assert (len(plan.inputFiles()), len(everything)) == (1, 7)
    table = DeltaTable(warehouse.paths["scores/fit_intent"])
    chosen = table.file_uris(file_pruning_predicate=[("score_name", "=", "platform"), ("band", "=", "highly_likely")])
    assert (len(chosen), len(table.file_uris())) == (1, 7)


def test_no_partition_has_a_space_in_its_value(warehouse: Warehouse) -> None:
    folders = {it.name for path in warehouse.paths.values() for it in Path(path).rglob("*=*") if it.is_dir()}
    assert {"score_name=platform", "band=highly_likely"} <= folders
    assert not [it for it in folders if " " in it or "%" in it]


def test_the_script_makes_the_schema_in_duckdb(warehouse: Warehouse) -> None:
    """But for the extension, which would be fetched: its function reads Arrow datasets here."""
    script = (warehouse.folder / "bi" / "duckdb.sql").read_text()
    reading = re.findall(r"delta_scan\('(.*?)'\)", script)
    assert set(reading) == {f"{warehouse.folder}/{it}" for it in SOURCES if it not in ("scores/account_scores", "scores/top_accounts")} | {
        f"{warehouse.folder}/bi/fact_factor"
    }
    connection = duckdb.connect()
    for number, path in enumerate(dict.fromkeys(reading)):
        connection.register(f"table_{number}", DeltaTable(path).to_pyarrow_dataset())
        script = script.replace(f"delta_scan('{path}')", f"table_{number}")
    connection.execute(script.replace("INSTALL delta;", "").replace("LOAD delta;", ""))
    told = connection.execute("SELECT column_name, comment FROM duckdb_columns() WHERE table_name = 'fact_history'").fetchall()
    assert dict(told) == {name: it.meaning for name, it in contracts.load("bi/fact_history").columns.items()}
    names = connection.execute("SELECT DISTINCT band_name FROM bi.fact_score").fetchall()
    assert {name for (name,) in names} == set(BAND_NAMES.values())


def test_snippets_of_the_page_work(warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those that are not marked as untested, with the paths of this warehouse."""
    page = (config.ROOT / "conf" / "bi" / "README.md").read_text().replace("/data/qualscore", str(warehouse.folder))
    snippets = re.findall(r"(<!-- untested -->\n)?```(python|sql)\n(.*?)```", page, re.DOTALL)
    tested = [(language, text) for is_untested, language, text in snippets if not is_untested]
    assert [it[0] for it in tested] == ["sql", "python", "python"]
    for language, text in tested:
        if language == "python":
            monkeypatch.chdir(config.ROOT)
            exec(compile(text, "conf/bi/README.md", "exec"), {})
        else:
            assert len(warehouse.clients["spark"](text.strip().rstrip(";")))


def test_the_market_in_bands_sums_to_the_universe(warehouse: Warehouse) -> None:
    summed = warehouse.spark.table("bi.fact_market").groupBy("score_name").agg(F.sum("accounts").alias("n")).orderBy("score_name")
    assert [tuple(it) for it in summed.collect()] == [("data_analytics", 6), ("platform", 6)]


def same_types(frame: pd.DataFrame) -> pd.DataFrame:
    """Moments without a zone, which is UTC, days as days, and numbers as numbers; what is missing is None."""
    plain = frame.copy()
    for name in plain.columns:
        if isinstance(plain[name].dtype, pd.CategoricalDtype):
            plain[name] = plain[name].astype(object)
        if name == "scored_at":
            plain[name] = pd.to_datetime(plain[name], utc=True).dt.tz_localize(None).astype("datetime64[us]")
        elif name in ("date_key", "data_of"):
            plain[name] = pd.to_datetime(plain[name]).dt.date
    return plain.astype(object).where(plain.notna(), None)


def rows(frame: pd.DataFrame) -> list[tuple[object, ...]]:
    return [tuple(it) for it in frame.astype(object).where(frame.notna(), None).itertuples(index=False)]
