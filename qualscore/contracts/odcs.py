"""The schema `bi` as a data contract of the Open Data Contract Standard, version 3.1: conf/bi/qualscore.odcs.yml."""

from collections.abc import Mapping
from typing import Any

from pyspark.sql import types as T

from qualscore.contracts.contract import Contract, ContractColumn, all_contracts
from qualscore.contracts.datatypes import datatype
from qualscore.contracts.dbt import FRESHNESS, LAYERS, text_of

HEAD = "# Made from schemas/ by `python -m qualscore.contracts`: change those, not this.\n"
LOGICAL: Mapping[type[T.DataType], str] = {
    T.StringType: "string",
    T.DateType: "date",
    T.TimestampType: "timestamp",
    T.BooleanType: "boolean",
    T.IntegerType: "integer",
    T.LongType: "integer",
    T.FloatType: "number",
    T.DoubleType: "number",
}
LIMITATIONS = (
    "A score is for fit and no probability to buy. bi.fact_factor is of all accounts as a view of Spark, as a table of ranked accounts "
    "and those of the CRM."
)


def data_contract() -> str:
    """The file, as text."""
    content = {
        "apiVersion": "v3.1.0",
        "kind": "DataContract",
        "id": "qualscore.bi",
        "name": "Qualscore, schema bi",
        "version": "1.0.0",
        "status": "active",
        "description": {"purpose": LAYERS["bi"], "usage": "Dashboards and analysis of Qualification Scores.", "limitations": LIMITATIONS},
        "schema": [_object(it) for it in all_contracts() if it.layer == "bi"],
        "slaProperties": [
            {"property": "frequency", "value": FRESHNESS["warn_after"]["count"], "unit": "d", "element": "dim_score.scored_at"}
        ],
    }
    return HEAD + text_of(content)


def _object(contract: Contract) -> dict[str, Any]:
    return {
        "name": contract.table,
        "physicalName": f"bi.{contract.table}",
        "logicalType": "object",
        "physicalType": "view",
        "description": contract.about,
        "dataGranularityDescription": f"One row per {contract.grain}.",
        "properties": [_property(contract, name, it) for name, it in contract.columns.items()],
    }


def _property(contract: Contract, name: str, column: ContractColumn) -> dict[str, Any]:
    declared: dict[str, Any] = {
        "name": name,
        "description": column.meaning,
        "logicalType": LOGICAL[type(datatype(column.type))],
        "physicalType": column.type,
        "required": column.required,
    }
    if name in contract.key:
        declared |= {"primaryKey": True, "primaryKeyPosition": contract.key.index(name) + 1}
    if name in contract.partition_by:
        declared |= {"partitioned": True, "partitionKeyPosition": contract.partition_by.index(name) + 1}
    if column.range:
        ends = zip(("minimum", "maximum"), column.range, strict=True)
        declared["logicalTypeOptions"] = {end: value for end, value in ends if value is not None}
    if column.one_of:
        valid = {"metric": "invalidValues", "arguments": {"validValues": list(column.one_of)}, "mustBe": 0}
        declared["quality"] = [{"type": "library", **valid}]
    return declared
