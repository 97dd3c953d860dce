"""The schema `bi` without a database: statements, dimensions, questions, and what is made of the contracts for dbt and catalogues."""

import re
from collections import Counter
from datetime import date

import yaml

from qualscore import contracts
from qualscore.config import ROOT
from qualscore.definitions.definition import Definition
from qualscore.publish.bi import duckdb_script
from qualscore.publish.bi.dimensions import dim_date, dim_score
from qualscore.publish.bi.selects import SELECTS
from qualscore.publish.bi.views import SOURCES, statements

QUESTIONS = sorted((ROOT / "conf" / "bi" / "questions").glob("*.sql"))
BI = ROOT / "conf" / "bi"
OF_CONTRACT = {"apiVersion", "kind", "id", "name", "version", "status", "description", "schema", "slaProperties"}
OF_OBJECT = {"name", "physicalName", "logicalType", "physicalType", "description", "dataGranularityDescription", "properties"}
LOGICAL = {"string", "date", "timestamp", "number", "integer", "boolean"}


def test_views_of_tables_that_are_not_there_are_left_out() -> None:
    made = statements({"scores/score_history": "/data/q/scores/score_history"})
    assert [it[: it.index(" (") if " (" in it else 34] for it in made] == [
        "CREATE DATABASE IF NOT EXISTS bi C",
        "CREATE OR REPLACE VIEW bi.fact_history",
    ]
    everything = statements({name: f"/data/{name}" for name in SOURCES})
    assert len(everything) == 1 + len(SELECTS)
    assert "CREATE VIEW" not in duckdb_script.script({})


def test_a_view_has_the_comments_of_its_contract_and_paths_as_they_are() -> None:
    _, view = statements({"bi/dim_date": "/data/o'neil`s {x}/dim_date"})
    contract = contracts.load("bi/dim_date")
    assert view.endswith("FROM delta.`/data/o'neil``s {x}/dim_date`")
    assert "quarter_name COMMENT 'year and quarter: 2026 Q2'" in view
    assert contract.about in view
    (quoted,) = re.findall(r"delta_scan\((.*)\)", duckdb_script.script({"bi/dim_date": "file:/data/o'neil"}))
    assert quoted == "'/data/o''neil'"
    assert "delta_scan('s3://bucket/q')" in duckdb_script.script({"bi/dim_date": "s3a://bucket/q"})


def test_the_days_of_whole_years_have_names_and_iso_weeks() -> None:
    days = {row["date_key"]: row for row in dim_date(date(2024, 12, 30), date(2025, 1, 1))}
    assert len(days) == 366 + 365
    assert days[date(2024, 12, 30)] == {
        "date_key": date(2024, 12, 30),
        "day_number": 20087,
        "year": 2024,
        "quarter": 4,
        "quarter_name": "2024 Q4",
        "month": 12,
        "month_name": "December",
        "month_key": "2024-12",
        "week": 1,
        "week_key": "2025-W01",
        "weekday": 1,
        "weekday_name": "Monday",
    }
    assert list(days[date(2024, 12, 30)]) == list(contracts.load("bi/dim_date").columns)


def test_a_score_has_its_bounds_and_the_accounts_of_each_band() -> None:
    definition = Definition.model_validate({"name": "our_platform", "examples": {"account_list": "won"}, "bands": {"likely": 40}})
    (row,) = dim_score([definition], {}, {("our_platform", "likely"): 3, ("our_platform", "unscored"): 2}, as_of=date(2026, 6, 1))
    assert row == {
        "score_name": "our_platform",
        "title": "Our platform",
        "type": "predictive",
        "date_key": date(2026, 6, 1),
        "highly_likely_from": 95,
        "likely_from": 40,
        "act_now_from": 90,
        "qualified_above": 75,
        "good_fit_above": 70,
        "accounts": 5,
        "highly_likely_accounts": 0,
        "likely_accounts": 3,
        "unlikely_accounts": 0,
        "unscored_accounts": 2,
    }


def test_there_are_ten_questions_each_in_words_and_of_the_schema_alone() -> None:
    assert [it.name[:3] for it in QUESTIONS] == [f"{n:02d}_" for n in range(1, 11)]
    asked: Counter[str] = Counter()
    for file in QUESTIONS:
        words, sql = file.read_text().split("\n", 1)
        assert words.startswith("-- ") and "?" in words, file
        tables = re.findall(r"(?:FROM|JOIN) (?!\()(\S+)", sql)
        assert tables and all(it.startswith("bi.") for it in tables), file
        asked.update(set(tables))
    assert set(asked) == {it.replace("/", ".") for it in SELECTS}, "each view answers something"


def test_bi_columns_are_flat_and_say_what_they_are() -> None:
    """Who reads a table is in its description; columns that join have one name everywhere, and no column is an array."""
    for name in SELECTS:
        contract = contracts.load(name)
        assert not [it for it in contract.columns.values() if "<" in it.type], name
        assert {"score_name", "account_key", "date_key"} & contract.columns.keys(), name
        assert "domain" not in contract.columns and "as_of_on" not in contract.columns, name


def test_sources_of_dbt_hold_the_rules_of_contracts() -> None:
    made = yaml.safe_load((BI / "dbt" / "sources.yml").read_text())
    assert [it["name"] for it in made["sources"]] == ["scores", "bi"]
    tables = {(it["name"], table["name"]): table for it in made["sources"] for table in it["tables"]}
    assert {"/".join(it) for it in tables} == {it.name for it in contracts.all_contracts() if it.layer in ("scores", "bi")}
    columns = {it["name"]: it for it in tables["bi", "dim_score"]["columns"]}
    assert columns["score_name"]["data_tests"] == ["not_null", "unique"]
    assert columns["type"]["data_tests"] == ["not_null", {"accepted_values": {"arguments": {"values": ["predictive", "rules"]}}}]
    assert "data_tests" not in columns["model_version"]
    assert tables["scores", "account_scores"]["config"] == {"loaded_at_field": "scored_at", "meta": {"key": ["score_name", "domain"]}}
    assert tables["scores", "market"]["config"]["loaded_at_field"] == "cast(as_of_on as timestamp)"
    assert tables["bi", "dim_date"]["config"]["freshness"] is None
    assert all("loaded_at_field" in it["config"] or "freshness" in it["config"] for it in tables.values())


def test_exposures_name_sources_that_there_are() -> None:
    exposures = yaml.safe_load((BI / "dbt" / "exposures.yml").read_text())["exposures"]
    named = {re.fullmatch(r"source\('(\w+)', '(\w+)'\)", it) for exposure in exposures for it in exposure["depends_on"]}
    names = {contract.name for contract in contracts.all_contracts()}
    assert {f"{it[1]}/{it[2]}" for it in named if it} <= names and None not in named
    assert set(SELECTS) <= {f"{it[1]}/{it[2]}" for it in named if it}, "each table of bi is on a dashboard"
    assert all(exposure["owner"]["name"] and exposure["type"] == "dashboard" for exposure in exposures)


def test_the_data_contract_has_the_structure_of_the_standard() -> None:
    """By the words of the published JSON schema of version 3.1.0, as far as the file uses them."""
    made = yaml.safe_load((BI / "qualscore.odcs.yml").read_text())
    assert (made["kind"], made["apiVersion"]) == ("DataContract", "v3.1.0")
    assert set(made) == OF_CONTRACT
    assert set(made["description"]) == {"purpose", "usage", "limitations"}
    assert {f"bi/{it['name']}" for it in made["schema"]} == set(SELECTS)
    for table in made["schema"]:
        assert set(table) == OF_OBJECT
        for column in table["properties"]:
            assert column["logicalType"] in LOGICAL and isinstance(column["required"], bool)
            assert set(column.get("logicalTypeOptions", {})) <= {"minimum", "maximum"}
            for rule in column.get("quality", []):
                assert rule["arguments"]["validValues"]
                assert (rule["type"], rule["metric"], rule["mustBe"]) == ("library", "invalidValues", 0)
        keys = sorted((it["primaryKeyPosition"], it["name"]) for it in table["properties"] if it.get("primaryKey"))
        assert tuple(name for _, name in keys) == contracts.load(f"bi/{table['name']}").key


def test_every_snippet_of_the_page_is_run_or_marked() -> None:
    """Python and SQL that is not marked is run by tests/spark/test_bi.py."""
    languages = re.findall(r"^```(\w*)$", (BI / "README.md").read_text(), re.MULTILINE)
    assert {it for it in languages if it} <= {"python", "sql", "text"}
