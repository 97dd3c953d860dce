"""PostgreSQL: rows upserted by one statement for each batch, through the driver that Java has for it."""

import json
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Literal

from py4j.protocol import Py4JJavaError  # type: ignore[import-untyped]
from pydantic import Field, field_validator
from pyspark.sql import SparkSession

from qualscore.config import Jdbc
from qualscore.deliveries.databases import credentials, driver_of
from qualscore.errors import ConfigurationError, TargetFailed
from qualscore.internals import java
from qualscore.publish.batches import by_number
from qualscore.publish.bisecting import BatchRefused, bisected
from qualscore.publish.fields import CardField
from qualscore.publish.rows import SENT, Answered, Event, Job, Result, Row
from qualscore.publish.target import BasicTarget

TYPES = {"number": "integer", "text": "text", "long_text": "text", "date": "date"}
DATA, CONSTRAINT = "22", "23"  # classes of SQLSTATE: what is wrong with a row
TEMPORARY = ("08", "40", "53", "57")  # connection, rolled back, no resources, shut down
OWN = {"domain": "text", "company_name": "text"}  # columns beside the card's


class Postgres(BasicTarget):
    """A table of PostgreSQL with a row for each account of the CRM; made, and given columns, where there is none.

    Attributes:
        jdbc: the database and the table, as a source names them.
        key: column of the account's id, the table's primary key.
        batch: rows of one statement.
        most_wait: seconds that a statement is repeated for while the server cannot be reached.
    """

    type: Literal["postgresql"]
    jdbc: Jdbc
    key: str = "account_id"
    batch: int = Field(5000, ge=1)
    most_wait: float = Field(300, ge=0)

    @field_validator("jdbc")
    @classmethod
    def _is_a_table(cls, jdbc: Jdbc) -> Jdbc:
        if driver_of(jdbc.url) != "org.postgresql.Driver":
            raise ValueError("url: should begin with jdbc:postgresql:")
        if not re.fullmatch(r"\w+(\.\w+)?", jdbc.table):
            raise ValueError("table: should be a table's name, such as crm.account_scores")
        return jdbc

    @property
    def place(self) -> str:
        """Where it is, for people."""
        return f"{self.jdbc.url.partition('?')[0]} {self.jdbc.table}"

    def sender(self, spark: SparkSession, fields: Mapping[str, CardField]) -> "PostgresSender":
        """Reads the secrets; asks nothing yet."""
        secrets = credentials(self.jdbc, f"target {self.name}")

        def connect() -> Any:
            properties = java(spark).java.util.Properties()
            for name, value in secrets.items():
                properties.setProperty(name, value)
            return java(spark).org.postgresql.Driver().connect(self.jdbc.url, properties)

        return PostgresSender(self, fields, connect)


def ddl(target: Postgres, fields: Mapping[str, CardField]) -> list[str]:
    """The statements that make the table, or the columns that it lacks."""
    columns = OWN | {name: TYPES[it.kind] for name, it in fields.items()}
    table = _quoted(target.jdbc.table)
    return [
        f"CREATE TABLE IF NOT EXISTS {table} ({_quoted(target.key)} text PRIMARY KEY)",
        f"ALTER TABLE {table} " + ", ".join(f"ADD COLUMN IF NOT EXISTS {_quoted(name)} {kind}" for name, kind in columns.items()),
    ]


def upsert(target: Postgres, fields: Mapping[str, CardField]) -> str:
    """The statement for a batch, which is one JSON array of rows."""
    columns = {target.key: "text"} | OWN | {name: TYPES[it.kind] for name, it in fields.items()}
    names = ", ".join(map(_quoted, columns))
    typed = ", ".join(f"{_quoted(name)} {kind}" for name, kind in columns.items())
    changes = ", ".join(f"{_quoted(name)} = EXCLUDED.{_quoted(name)}" for name in columns if name != target.key)
    return (
        f"INSERT INTO {_quoted(target.jdbc.table)} ({names}) SELECT {names} FROM jsonb_to_recordset(CAST(? AS jsonb)) AS rows({typed}) "
        f"ON CONFLICT ({_quoted(target.key)}) DO UPDATE SET {changes}"
    )


@dataclass
class PostgresSender:
    """Sends rows to a table.

    Attributes:
        target: the table.
        fields: that are sent, by the table's columns.
        connect: opens a JDBC connection.
        wait: pauses for so many seconds.
    """

    target: Postgres
    fields: Mapping[str, CardField]
    connect: Callable[[], Any]
    wait: Callable[[float], None] = time.sleep
    _connection: Any = field(default=None, init=False)

    def send(self, rows: Iterator[Row]) -> Iterator[Event]:
        """Sends rows; each batch is committed as a whole."""
        try:
            for batch in by_number(rows, self.target.batch):
                yield Answered(bisected(batch, self._batch))
        finally:
            self._close()

    def resume(self, job: Job) -> Iterator[Event]:
        """There are no jobs."""
        yield Answered([], job.job_id)

    def _batch(self, rows: Sequence[Row]) -> list[Result]:
        content = json.dumps([{self.target.key: row.record, **row.values} for row in rows])
        waited, pause = 0.0, 1.0
        while (state := self._tried(content)) is not None:
            code, message = state
            if code[:2] in (DATA, CONSTRAINT):
                raise BatchRefused(code, message)
            if code[:2] not in TEMPORARY or waited + pause > self.target.most_wait:
                raise TargetFailed(f"{self.target.place}: {message} ({code})")
            self.wait(pause)
            waited, pause = waited + pause, min(60.0, 2 * pause)
        return [Result(row.mark, SENT) for row in rows]

    def _tried(self, content: str) -> tuple[str, str] | None:
        """None where the statement worked, else the database's code and words; another connection is opened the next time."""
        try:
            if self._connection is None:
                self._connection = self.connect()
                self._run(ddl(self.target, self.fields))
            statement = self._connection.prepareStatement(upsert(self.target, self.fields))
            try:
                statement.setString(1, content)
                statement.executeUpdate()
            finally:
                statement.close()
        except Py4JJavaError as error:
            code, message = _state(error)
            if code[:2] == "28":
                raise ConfigurationError(f"target {self.target.name}: {self.target.place}: {message}") from None
            self._close()
            return code, message
        return None

    def _run(self, statements: Sequence[str]) -> None:
        statement = self._connection.createStatement()
        try:
            for text in statements:
                statement.execute(text)
        finally:
            statement.close()

    def _close(self) -> None:
        if self._connection is not None:
            with suppress(Py4JJavaError):  # it may be gone already
                self._connection.close()
            self._connection = None


def _state(error: Py4JJavaError) -> tuple[str, str]:
    """SQLSTATE and the first line of the words; a failure that is none of SQL's has no code, and is not repeated."""
    problem = error.java_exception
    code = str(problem.getSQLState() or "") if "SQL" in problem.getClass().getName() else ""
    return code, str(problem.getMessage() or problem).strip().splitlines()[0]


def _quoted(name: str) -> str:
    return ".".join(f'"{part}"' for part in name.split("."))
