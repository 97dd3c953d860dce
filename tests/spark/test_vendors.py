"""Each vendor's file to clean rows; and a vendor that nobody knew before, by a YAML file alone."""

import gzip
from datetime import date
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from qualscore import contracts, deliveries, ingest
from qualscore.config import Source
from tests.spark.test_ingest import RULES
from tests.vendor_files import CASES, Case


def read(spark: SparkSession, folder: Path, case: Case, **options: object) -> tuple[deliveries.Delivery, ingest.Ingested]:
    file = folder / case.name
    file.write_bytes(gzip.compress(case.text.encode()) if case.name.endswith(".gz") else case.text.encode())
    source = Source.model_validate({"table": case.table, "path": str(file), "id": "s0"} | case.options | options)
    contract = contracts.load(f"clean/{case.table}")
    delivery = deliveries.read(spark, source, contract)
    return delivery, ingest.table([(source, delivery)], contract, rules=RULES).checkpointed()


def known(result: ingest.Ingested) -> list[dict[str, object]]:
    """Clean rows without what is null."""
    rows = (row.asDict() for row in result.clean.collect())
    return [{name: value for name, value in row.items() if value is not None and name != "source"} for row in rows]


@pytest.mark.parametrize("vendor", sorted(CASES))
def test_a_vendors_file_is_read_as_it_comes(spark: SparkSession, tmp_path: Path, vendor: str) -> None:
    case = CASES[vendor]
    delivery, result = read(spark, tmp_path, case)
    assert known(result) == case.clean
    assert delivery.unmapped == case.unmapped
    assert result.summaries()[0].filtered == case.left_out


def test_a_vendor_can_be_named(spark: SparkSession, tmp_path: Path) -> None:
    delivery, result = read(spark, tmp_path, CASES["zoominfo"], mapping="zoominfo")
    assert (known(result), delivery.unmapped) == (CASES["zoominfo"].clean, CASES["zoominfo"].unmapped)


UNKNOWN = """table: firmographics
columns: {company_name: [Firma], domain: [Webseite], revenue_usd: [Umsatz (TUSD)], observed_on: [Stand], employees: [Leute]}
dates: dmy
scale: {revenue_usd: 1000}
nothing: {employees: ["0"]}
"""


def test_an_unknown_vendor_is_a_file_of_names(spark: SparkSession, tmp_path: Path) -> None:
    (tmp_path / "vendor.yml").write_text(UNKNOWN)
    case = Case("firmographics", 'Firma;Webseite;Umsatz (TUSD);Stand;Leute;Land\nAcme;acme.com;"1.200,5";03/04/2026;0;Deutschland\n', [])
    delivery, result = read(spark, tmp_path, case, mapping=str(tmp_path / "vendor.yml"))
    assert known(result) == [{"domain": "acme.com", "company_name": "Acme", "revenue_usd": 1_200_500.0, "observed_on": date(2026, 4, 3)}]
    assert delivery.unmapped == ("Land",)
