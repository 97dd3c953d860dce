"""One table, declared once: its columns, their types, meanings and rules, from a file of `schemas/`."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F
from pyspark.sql import types as T

from qualscore.config import ROOT, nearest
from qualscore.contracts.datatypes import datatype, is_safe_cast
from qualscore.errors import ConfigurationError, DataError

# Rows that a run refused which stopped for them: tables like those of rejected/.
LAST = "rejected_last/"


class ContractColumn(BaseModel):
    """A column: what it means and what it may hold."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    type: str
    meaning: str
    required: bool = False
    range: tuple[float | None, float | None] | None = None
    one_of: tuple[str, ...] = ()
    clean: str | None = None
    headers: tuple[str, ...] = ()
    line: int = 0

    @field_validator("type")
    @classmethod
    def _is_known(cls, name: str) -> str:
        datatype(name)
        return name


class Contract(BaseModel):
    """A table."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(alias="table")
    grain: str
    about: str
    key: tuple[str, ...]
    partition_by: tuple[str, ...] = ()
    latest_by: tuple[str, ...] = ()
    statistics: tuple[str, ...] = ()
    columns: dict[str, ContractColumn]

    @model_validator(mode="after")
    def _names_its_columns(self) -> "Contract":
        unknown = {*self.key, *self.partition_by, *self.latest_by, *self.statistics} - self.columns.keys()
        if unknown:
            raise ValueError(f"key, partition_by, latest_by or statistics name no column: {', '.join(sorted(unknown))}")
        return self

    @property
    def layer(self) -> str:
        """The folder (or catalog schema) of the table."""
        return self.name.split("/")[0]

    @property
    def table(self) -> str:
        """The table's name within its layer."""
        return self.name.split("/")[1]

    @property
    def file(self) -> str:
        """The file that declares the table, from the project's root."""
        return f"schemas/{self.layer.removesuffix('_last')}_{self.table}.yml"

    @property
    def schema(self) -> T.StructType:  # type: ignore[override]  # not the JSON schema that pydantic deprecates
        """The Spark schema; a column's comment is its meaning. All columns are nullable: ingest checks what is required."""
        fields = [T.StructField(name, datatype(it.type), True, {"comment": it.meaning}) for name, it in self.columns.items()]
        return T.StructType(fields)

    @property
    def fingerprint(self) -> str:
        """Changes when a column's name, place or type does."""
        columns = "\n".join(f"{name} {datatype(it.type).simpleString()}" for name, it in self.columns.items())
        return hashlib.sha256(columns.encode()).hexdigest()[:16]

    def fields_of(self, column: str) -> tuple[str, ...]:
        """The names of the fields of a column of structs, or of lists of structs, in their order."""
        kind = datatype(self.columns[column].type)
        kind = kind.elementType if isinstance(kind, T.ArrayType) else kind
        assert isinstance(kind, T.StructType), f"{self.name}.{column} is no struct"
        return tuple(kind.names)

    def conform(self, frame: DataFrame) -> DataFrame:
        """The frame with exactly the contract's columns, in the contract's order and types.

        Raises:
            DataError: every missing, extra and mistyped column, each with the line to change.
        """
        delivered = {field.name: field.dataType for field in frame.schema.fields}
        findings = list(self._misfits(delivered))
        if findings:
            raise DataError("\n".join([f"{self.name}: {len(findings)} column(s) do not fit {self.file}", *(f"  {it}" for it in findings)]))
        schema = self.schema
        # One call for all columns: with a cast and a comment for each, this was a third of all calls into the JVM of an ingest.
        widened = {it.name: F.col(it.name).cast(it.dataType.simpleString()) for it in schema.fields if it.dataType != delivered[it.name]}
        return frame.withColumns(widened).to(schema) if widened else frame.to(schema)

    def rows(self, spark: SparkSession, rows: Sequence[Mapping[str, Any]]) -> DataFrame:
        """Rows for a test; a column that a row does not name is null.

        Raises:
            DataError: a row names a column that the contract has not.
        """
        unknown = sorted({name for row in rows for name in row} - self.columns.keys())
        if unknown:
            hints = "; ".join(f"{name!r}, {nearest(name, list(self.columns))}" for name in unknown)
            raise DataError(f"{self.name} has no column {hints}")
        values = [tuple(_value(row.get(name), it.type) for name, it in self.columns.items()) for row in rows]
        return spark.createDataFrame(values, self.schema)

    def _misfits(self, delivered: Mapping[str, T.DataType]) -> Sequence[str]:
        findings = []
        for name, column in self.columns.items():
            place, wanted = f"{self.file}:{column.line}", datatype(column.type)
            if name not in delivered:
                findings.append(f"missing: {name} {column.type} ({place}); add it to the frame, or take this line out")
            elif not is_safe_cast(delivered[name], wanted):
                delivered_type, cast = delivered[name].simpleString(), f'F.col("{name}").cast("{wanted.simpleString()}")'
                findings.append(f"mistyped: {name} is {delivered_type}, not {column.type} ({place}); {cast}, or change this line")
        extra = [name for name in delivered if name not in self.columns]
        return [*findings, *(f"extra: {name} {delivered[name].simpleString()}; drop it, or add a line to {self.file}" for name in extra)]


@cache
def load(name: str) -> Contract:
    """The contract of a table such as `clean/firmographics`.

    Raises:
        ConfigurationError: there is none, or its file is not a contract.
    """
    if name.startswith(LAST):
        return load(name.replace(LAST, "rejected/", 1)).model_copy(update={"name": name})
    file = ROOT / "schemas" / f"{name.replace('/', '_', 1)}.yml"
    if not file.is_file():
        raise ConfigurationError(f"{name}: no such table; {nearest(name, [contract.name for contract in all_contracts()])}")
    return _read(file)


def all_contracts() -> list[Contract]:
    """The contracts of all tables, by layer and name."""
    return sorted((_read(file) for file in (ROOT / "schemas").glob("*.yml")), key=lambda contract: contract.name)


def _read(file: Path) -> Contract:
    text = file.read_text(encoding="utf-8")
    try:
        content = yaml.safe_load(text)
        for name, column in content["columns"].items():
            column["line"] = _line(text, name)
        contract = Contract.model_validate(content)
    except (ValidationError, yaml.YAMLError, KeyError, TypeError, AttributeError) as error:
        raise ConfigurationError(f"{file}: no contract: {error}") from error
    if contract.file != f"schemas/{file.name}":
        raise ConfigurationError(f"{file}: declares {contract.name}, which belongs to {contract.file}")
    return contract


def _line(text: str, column: str) -> int:
    heading = re.search(rf"^  {re.escape(column)}:", text, re.MULTILINE)
    return text.count("\n", 0, heading.start()) + 1 if heading else 0


def _value(value: object, kind: str) -> object:
    return float(value) if kind in ("double", "float") and isinstance(value, int) else value
