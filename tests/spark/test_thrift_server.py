"""The job `bi` through real clients: PyHive, SQLAlchemy as Superset uses it, Hive's JDBC driver; in this process, and launched."""

import json
import os
import re
import runpy
import signal
import subprocess
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pyhive import hive
from pyhive.exc import OperationalError
from pyspark.sql import SparkSession
from sqlalchemy import create_engine, inspect
from sqlalchemy.types import BigInteger, String
from thrift.transport.TTransport import TTransportException

from qualscore import config, contracts, internals
from qualscore.errors import ConfigurationError
from qualscore.runs.run import Run
from qualscore.stages.bi import register
from qualscore.storage.tables import Tables
from tests import ldap_server, small_bi
from tests.launched import BRIEF, HOME
from tests.small_bi import AS_OF, CELLS, SCHEMAS

MEANING = contracts.load("scores/market").columns["accounts"].meaning


@pytest.fixture(scope="module")
def run(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A warehouse of four tables."""
    return small_bi.warehouse(spark, tmp_path_factory.mktemp("served") / "a warehouse")


@pytest.fixture(scope="module")
def port(run: Run) -> Iterator[int]:
    """The server in this process, for whoever is on this machine."""
    with small_bi.served(run) as port:
        yield port


@pytest.fixture
def asked(port: int) -> Iterator[Any]:
    """Answers of SQL over one connection of PyHive."""
    with closing(hive.connect("127.0.0.1", port, username="anybody")) as connection:

        def ask(query: str) -> list[tuple[Any, ...]]:
            with closing(connection.cursor()) as cursor:
                cursor.execute(query)
                return cursor.fetchall() if cursor.description else []

        yield ask


def test_pyhive_lists_describes_and_reads(asked: Any, spark: SparkSession) -> None:
    assert set(SCHEMAS) <= {name for (name,) in asked("SHOW SCHEMAS")}
    assert [row[1] for row in asked("SHOW TABLES IN scores")] == ["fit_intent", "market"]
    described = {name: (kind, comment) for name, kind, comment in asked("DESCRIBE scores.market")}
    assert described["accounts"] == ("bigint", MEANING)
    assert asked("SELECT crm_state, accounts FROM scores.market ORDER BY 1") == [("customer", 2), ("untouched", 3)]
    for table in ("fact_score", "fact_market"):
        assert asked(f"SELECT count(*) FROM bi.{table}") == [(spark.table(f"bi.{table}").count(),)]
    words = ["Highly Likely", "Likely", "Unlikely", "Unscored"]
    assert asked("SELECT band_name, count(*) FROM bi.fact_score GROUP BY 1 ORDER BY 1") == [(it, 1) for it in words]
    assert asked("SELECT as_of_on, current_timezone() FROM scores.market LIMIT 1") == [("2026-06-01", "UTC")]


def test_the_next_answer_has_what_a_run_has_written_meanwhile(asked: Any, run: Run) -> None:
    """In a table that is there and, within a minute, of one that is new."""
    count = "SELECT sum(accounts) FROM scores.market"
    assert asked(count) == [(5,)]
    contract = contracts.load("scores/market")
    run.tables.replace("scores/market", contract.rows(run.spark, [CELLS[0] | {"accounts": 7}]))
    try:
        assert asked(count) == [(7,)]
    finally:
        run.tables.replace("scores/market", contract.rows(run.spark, CELLS))
    known = register(run, known={})
    overrides = contracts.load("clean/account_lists").rows(run.spark, [{"list_name": "won", "domain": "new.com"}])
    run.tables.replace("clean/account_lists", overrides)
    register(run, known=known)
    assert asked("SELECT domain FROM clean.account_lists") == [("new.com",)]


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO scores.market SELECT * FROM scores.market",
        "INSERT OVERWRITE scores.market SELECT * FROM scores.market WHERE false",
        "DELETE FROM scores.market",
        "UPDATE scores.market SET accounts = 0",
        "TRUNCATE TABLE scores.market",
        "DROP TABLE scores.market",
        "ALTER TABLE scores.market ADD COLUMNS (more int)",
    ],
)
def test_nothing_is_written_through_names(asked: Any, run: Run, statement: str) -> None:
    before = run.tables.version("scores/market")
    with pytest.raises(OperationalError):
        asked(statement)
    assert (run.tables.version("scores/market"), asked("SELECT sum(accounts) FROM scores.market")) == (before, [(5,)])


def test_sqlalchemy_sees_views_with_types_and_comments(port: int) -> None:
    runpy.run_path(str(HOME / "conf" / "bi" / "superset_config.py"))
    engine = create_engine(f"hive://127.0.0.1:{port}/bi")
    try:
        inspector = inspect(engine)
        assert set(SCHEMAS) <= set(inspector.get_schema_names())
        assert (inspector.get_table_names("scores"), inspector.get_view_names("scores")) == ([], ["fit_intent", "market"])
        assert set(inspector.get_view_names("bi")) == {"fact_score", "fact_market"}
        columns = {it["name"]: it for it in inspector.get_columns("market", "scores")}
        assert list(columns) == list(contracts.load("scores/market").columns)
        assert {name: type(columns[name]["type"]) for name in ("band", "accounts")} == {"band": String, "accounts": BigInteger}
        assert columns["accounts"]["comment"] == MEANING
        with engine.connect() as connection:
            days = connection.exec_driver_sql("SELECT max(as_of_on) FROM scores.market").scalar_one()
            assert date.fromisoformat(days) == AS_OF
    finally:
        engine.dispose()


def by_jdbc(spark: SparkSession, url: str, **properties: str) -> Any:
    """A java.sql.Connection."""
    java = internals.java(spark)
    listed = java.java.util.Properties()
    for name, value in properties.items():
        listed.setProperty(name, value)
    return java.org.apache.hive.jdbc.HiveDriver().connect(url, listed)


def rows_of(result: Any, *columns: str) -> list[tuple[str, ...]]:
    """What a java.sql.ResultSet holds."""
    rows = []
    while result.next():
        rows.append(tuple(result.getString(name) for name in columns))
    return rows


def test_a_warehouse_without_tables_is_said(spark: SparkSession, run: Run, tmp_path: Path) -> None:
    empty = Run(
        **{**vars(run), "tables": Tables(spark, f"file:{tmp_path}"), "settings": config.load(None, warehouse=str(tmp_path), changes=[])}
    )
    with pytest.raises(ConfigurationError, match=f"^bi: {tmp_path} holds no tables yet; run `./spark-submit.sh pipeline`$"):
        register(empty, known={})


def test_as_people_start_it_with_ldap(run: Run, tmp_path: Path) -> None:
    """One launched run: who knows the password comes in, from this machine alone; nothing is left when it has been stopped."""
    (tmp_path / "tmp").mkdir()
    (tmp_path / "here").mkdir()
    with ldap_server.running() as directory:
        ldap = {"": "LDAP", ".ldap.url": f"ldap://127.0.0.1:{directory}", ".ldap.baseDN": ldap_server.BASE}
        options = [part for name, value in ldap.items() for part in ("--conf", f"spark.hive.server2.authentication{name}={value}")]
        command = [str(HOME / "spark-submit.sh"), "bi", "--json", "--port", "0", "--warehouse", run.settings.warehouse, *BRIEF, *options]
        environment = os.environ | {"TMPDIR": str(tmp_path / "tmp")}
        streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        process = subprocess.Popen(command, cwd=tmp_path / "here", env=environment, text=True, **streams)
        try:
            ready = json.loads(process.stdout.readline() or process.communicate()[1])
            assert (ready["host"], ready["authentication"], ready["schemas"]["scores"]) == ("127.0.0.1", "LDAP", 2)
            assert ask("SELECT sum(accounts) FROM scores.market", ready["port"], ldap_server.PASSWORD) == [(5,)]
            for wrong in ("s3cret-word", "x"):
                with pytest.raises(TTransportException, match="Error validating"):
                    ask("SELECT 1", ready["port"], wrong)
            who = {"user": ldap_server.USER, "password": ldap_server.PASSWORD}
            connection = by_jdbc(run.spark, f"jdbc:hive2://127.0.0.1:{ready['port']}/bi", **who)
            assert rows_of(connection.createStatement().executeQuery("SELECT count(*) AS n FROM fact_score"), "n") == [("4",)]
            connection.close()
            assert {host for host, _ in listening(process.pid)} == {"127.0.0.1"}
            assert ready["port"] in {port for _, port in listening(process.pid)}
        finally:
            process.send_signal(signal.SIGTERM)
            _, errors = process.communicate(timeout=30)
    assert (process.returncode, re.sub("Log: .*", "Log: ...", errors.splitlines()[-1])) == (0, "Log: ...")
    assert [*(tmp_path / "here").iterdir(), *(tmp_path / "tmp").iterdir()] == []


def ask(query: str, port: int, password: str) -> list[tuple[Any, ...]]:
    with closing(hive.connect("127.0.0.1", port, username=ldap_server.USER, password=password, auth="LDAP")) as connection:
        cursor = connection.cursor()
        cursor.execute(query)
        return cursor.fetchall()


def listening(parent: int) -> set[tuple[str, int]]:
    """The addresses at which a process and those that it has started accept connections, as the kernel has them."""
    family = [parent]
    for process in family:
        for tasks in Path(f"/proc/{process}/task").glob("*/children"):
            family += map(int, tasks.read_text().split())
    links = {os.readlink(file) for process in family for file in Path(f"/proc/{process}/fd").iterdir() if file.is_symlink()}
    entries = [line.split() for kind in ("tcp", "tcp6") for line in Path(f"/proc/net/{kind}").read_text().splitlines()[1:]]
    return {address(it[1]) for it in entries if it[3] == "0A" and f"socket:[{it[9]}]" in links}


def address(text: str) -> tuple[str, int]:
    """An address of /proc/net, whose numbers have their lowest byte first; one of IPv4 within IPv6 as the former."""
    host, _, port = text.partition(":")
    groups = [bytes.fromhex(host[at : at + 8])[::-1] for at in range(0, len(host), 8)]
    is_mapped = groups[:-1] in ([], [bytes(4), bytes(4), bytes.fromhex("0000ffff")])
    return ".".join(map(str, groups[-1])) if is_mapped else host, int(port, 16)
