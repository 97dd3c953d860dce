"""The CRM in a database: the same as its export, and a password that nobody reads anywhere."""

import csv
from collections.abc import Iterator
from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from pyspark.sql import DataFrame, SparkSession

from qualscore import contracts, deliveries, ingest
from qualscore.config import Jdbc, Source
from qualscore.errors import ConfigurationError
from qualscore.ingest import Ingested
from tests.postgres import PASSWORD, USER, Postgres, running
from tests.spark.test_crm_ingest import ACCOUNTS, DEALS
from tests.spark.test_ingest import RULES
from tests.spark.test_ingest_stage import recorded, run_on

EXPORTS = {"account": ("crm_accounts", ACCOUNTS), "opportunity": ("crm_opportunities", DEALS)}


def records(text: str) -> list[list[str]]:
    return list(csv.reader(StringIO(text)))


def filled(name: str, text: str) -> str:
    """SQL for a table of a CRM's copy: every export's column with its row number, an empty cell as NULL."""
    header, *rows = records(text)
    columns = ", ".join(f'"{it}" text' for it in header)
    values = ", ".join(f"({place}, {', '.join(_quoted(it) for it in row)})" for place, row in enumerate(rows, start=1))
    return f"CREATE TABLE {name} (row_number integer PRIMARY KEY, {columns}); INSERT INTO {name} VALUES {values};"


def _quoted(cell: str) -> str:
    return "'" + cell.replace("'", "''") + "'" if cell else "NULL"


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    with running() as server:
        server.sql("\n".join(filled(name, text) for name, (_, text) in EXPORTS.items()))
        yield server


@pytest.fixture
def login(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    monkeypatch.setenv("CRM_USER", USER)
    monkeypatch.setenv("CRM_PASSWORD", PASSWORD)
    return {"user_env": "CRM_USER", "password_env": "CRM_PASSWORD"}


def judged(spark: SparkSession, table: str, source: Source, accounts: DataFrame | None = None) -> Ingested:
    contract = contracts.load(f"clean/{table}")
    delivery = deliveries.read(spark, source, contract)
    return ingest.table([(source, delivery)], contract, rules=RULES, crm_accounts=accounts).checkpointed()


def rows(result: Ingested) -> tuple[list[object], list[object]]:
    refused = (
        result.rejected.select("reasons", "domain_problem")
        if "domain_problem" in result.rejected.columns
        else result.rejected.select("reasons")
    )
    return sorted(result.clean.collect(), key=str), sorted(refused.collect(), key=str)


def test_the_same_crm_from_a_database_and_from_its_export(
    spark: SparkSession, tmp_path: Path, postgres: Postgres, login: dict[str, str]
) -> None:
    outcomes: dict[str, dict[str, Ingested]] = {"csv": {}, "jdbc": {}}
    for name, (table, text) in EXPORTS.items():
        (tmp_path / f"{name}.csv").write_text(text)
        jdbc = Jdbc(url=postgres.url, table=name, partition_column="row_number", partitions=3, **login)
        for kind, place in {"csv": {"path": str(tmp_path / f"{name}.csv")}, "jdbc": {"jdbc": jdbc}}.items():
            accounts = outcomes[kind]["crm_accounts"].clean if outcomes[kind] else None
            outcomes[kind][table] = judged(spark, table, Source.model_validate({"table": table, "id": "crm", **place}), accounts)
    for table, theirs in outcomes["csv"].items():
        ours = outcomes["jdbc"][table]
        assert rows(ours) == rows(theirs)
        (counted, exported) = (result.summaries()[0].record() for result in (ours, theirs))
        assert counted["unmapped"] == ["row_number", *exported["unmapped"]]  # type: ignore[misc]
        for key in ("rows_read", "clean", "rejected", "superseded", "deleted", "reasons", "notes", "fill"):
            assert counted[key] == exported[key], key
    assert len(rows(outcomes["jdbc"]["crm_accounts"])[0]) == 4


def test_a_database_read_twice_with_the_same_rows_changes_nothing(
    spark: SparkSession, tmp_path: Path, postgres: Postgres, login: dict[str, str]
) -> None:
    places = (f"jdbc: {{url: '{postgres.url}', table: {name}, user_env: CRM_USER, password_env: CRM_PASSWORD}}" for name in EXPORTS)
    sources = [f"{{table: {table}, {place}}}" for (table, _), place in zip(EXPORTS.values(), places, strict=True)]
    _, first = recorded(run_on(spark, tmp_path, *sources))
    postgres.sql('UPDATE account SET "Name" = "Name" WHERE row_number < 3')  # the server gives them last from now on
    _, again = recorded(run_on(spark, tmp_path, *sources, as_of=date(2026, 7, 1)))
    assert again == first
    postgres.sql("UPDATE account SET \"Name\" = 'Ace' WHERE row_number = 1")
    _, changed = recorded(run_on(spark, tmp_path, *sources))
    postgres.sql("UPDATE account SET \"Name\" = 'Acme Inc' WHERE row_number = 1")
    assert changed["clean/crm_accounts"] == first["clean/crm_accounts"] + 1
    assert changed["clean/crm_opportunities"] == first["clean/crm_opportunities"], "linked with the same domains"


QUERIES = ('SELECT * FROM account WHERE "IsDeleted" IS NOT NULL', "SELECT * FROM account WHERE row_number IN (1, 2, 3, 4, 5, 6);")


@pytest.mark.parametrize("table", ["account", *QUERIES])
def test_a_table_or_a_query_is_read_in_parts(spark: SparkSession, postgres: Postgres, login: dict[str, str], table: str) -> None:
    whole, parted = (
        deliveries.databases.table(
            spark, Jdbc(url=postgres.url, table=table, partition_column="row_number", partitions=parts, **login), "crm"
        )
        for parts in (1, 3)
    )
    assert (whole.rdd.getNumPartitions(), parted.rdd.getNumPartitions()) == (1, 3)
    assert min(map(len, parted.rdd.glom().collect())) > 0
    assert sorted(parted.collect()) == sorted(whole.collect())


def test_credentials_from_a_file(spark: SparkSession, postgres: Postgres, tmp_path: Path) -> None:
    (tmp_path / "login.yml").write_text(f"user: {USER}\npassword: {PASSWORD}\n")
    jdbc = Jdbc(url=postgres.url, table="account", credentials_file=str(tmp_path / "login.yml"))
    assert deliveries.databases.table(spark, jdbc, "crm").count() == 6


WRONG = {
    "another password": ({}, {"CRM_PASSWORD": "not-the-Wörd"}, "password authentication failed"),
    "no such table": ({"table": "accuont"}, {}, 'relation "accuont" does not exist'),
    "no such column": ({"partition_column": "nr", "partitions": 2}, {}, 'column "nr" does not exist'),
    "no such server": ({"url": "jdbc:postgresql://127.0.0.1:1/postgres"}, {}, "127.0.0.1:1 refused"),
    "no such variable": ({"password_env": "CRM_PASWORD"}, {}, "the environment has no variable for password_env: CRM_PASWORD"),
    "another database": ({"url": "jdbc:oracle:thin:@localhost"}, {}, "No suitable driver"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_is_said_without_the_password(
    spark: SparkSession,
    postgres: Postgres,
    login: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    case: str,
) -> None:
    settings, environment, message = WRONG[case]
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    jdbc = Jdbc.model_validate({"url": postgres.url, "table": "account", **login, **settings})
    with pytest.raises(ConfigurationError) as caught:
        deliveries.databases.table(spark, jdbc, "crm:account")
    assert message in str(caught.value) and "crm:account" in str(caught.value)
    shown = str(caught.value) + "".join(capfd.readouterr())
    assert PASSWORD not in shown and "not-the-Wörd" not in shown


@pytest.mark.parametrize("url", [f"jdbc:postgresql://h/d?user=u&password={PASSWORD}", f"jdbc:postgresql://u:{PASSWORD}@h/d"])
def test_a_password_in_the_configuration_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="holds a password") as caught:
        Jdbc(url=url, table="account")
    assert PASSWORD not in str(caught.value)
