"""Files in forms that Spark does not read by itself: their rows come out as of a plain file, whichever way they are judged."""

import io
import json
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from qualscore import contracts, deliveries, ingest
from qualscore.config import Source
from qualscore.deliveries import files, staged
from qualscore.errors import DataError
from qualscore.ingest import Staging
from tests.spark.test_ingest import RULES
from tests.spark.test_large_ingest import same

CONTRACT = contracts.load("clean/firmographics")
HEAD = "name,website,employees\n"


BARE = "table: firmographics\nheaderless: [name, site, people]\ncolumns: {company_name: name, domain: site, employees: people}\n"


@pytest.mark.usefixtures("staging")
@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_a_file_without_a_header_has_the_names_of_its_mapping(spark: SparkSession, tmp_path: Path, ending: str) -> None:
    rows, file = [["Rowan", "rowan-test.com", 7], ["Alder", "alder-test.com", 9]], tmp_path / f"bare.{ending}"
    file.write_bytes(_workbook(rows) if ending == "xlsx" else b"Rowan,rowan-test.com,7\nAlder,alder-test.com,9\n")
    (tmp_path / "bare.yml").write_text(BARE)
    read = deliveries.read(spark, Source(table="firmographics", path=str(file), mapping=str(tmp_path / "bare.yml")), CONTRACT)
    assert [(row["name"], row["site"], row["people"], row["_line"]) for row in read.frame.sort("_line").collect()] == [
        ("Rowan", "rowan-test.com", "7", 1),
        ("Alder", "alder-test.com", "9", 2),
    ]


@pytest.fixture
def staging(spark: SparkSession) -> Iterator[Staging]:
    with ingest.staging() as staged:
        yield staged
    deliveries.remove_staged(spark)


SORREL = (["name", "website", "employees", "observed on"], [None] * 4, ["Sorrel", "sorrel-test.com", 31.0, date(2026, 3, 4)])


def _workbook(rows: Sequence[Sequence[object]] = SORREL) -> bytes:
    made, held = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        made.active.append(row)
    made.save(held)
    return held.getvalue()


def _zip() -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("inner.csv", f"{HEAD}Thyme,thyme-test.com,32\nno domain,,1\n")
    return held.getvalue()


def _parquet() -> bytes:
    held = io.BytesIO()
    moments = pa.array([datetime(2026, 3, 5, 23), None, datetime(2026, 3, 6)], pa.timestamp("ns"))
    sites = ["umber-test.com", None, "vetch-test.com"]
    pq.write_table(pa.table({"name": ["Umber", None, "Vetch"], "website": sites, "observed on": moments}), held)
    return held.getvalue()


FILES = {
    "csv/windows.csv": f"{HEAD}Crème Brûlée,creme-test.fr,21\nSeñal,senal-test.mx,22\n".encode("cp1252"),
    "csv/wide.csv": f"{HEAD}Żółw,zolw-test.pl,23\n".encode("utf-16-le"),
    "_hidden.csv": f"{HEAD}Aster,aster-test.com,24\n".encode(),
    "at 08:30:00.csv": f"{HEAD}Broom,broom-test.com,25\n".encode(),
    "csv/mark.csv": f"sep=;\r\n{HEAD}Clover,clover-test.com,26\nno domain,,1\n".replace(",", ";").encode(),
    "csv/ends.csv": f"{HEAD[:-1]}\r\nDaisy,daisy-test.com,27\nElder,elder-test.com,28\r\n".encode(),
    "csv/blanks.csv": f"{HEAD},,\nFern,fern-test.com,29\n\n \t,\u00a0,\"\"\n, ,\n\u00a0Gentian,gentian-test.com,\n".encode(),
    "array.json": json.dumps([{"name": "Hazel", "website": "hazel-test.com", "employees": 30}, {"name": " "}], indent=1).encode(),
    "book.xlsx": _workbook(),
    "csv/packed.zip": _zip(),
    ".frame.parquet": _parquet(),
}  # fmt: skip
CLEAN = {
    "aster-test.com": ("Aster", 24), "broom-test.com": ("Broom", 25), "clover-test.com": ("Clover", 26),
    "creme-test.fr": ("Crème Brûlée", 21),
    "daisy-test.com": ("Daisy", 27), "elder-test.com": ("Elder", 28), "fern-test.com": ("Fern", 29), "gentian-test.com": ("Gentian", None),
    "hazel-test.com": ("Hazel", 30), "senal-test.mx": ("Señal", 22), "sorrel-test.com": ("Sorrel", 31), "thyme-test.com": ("Thyme", 32),
    "umber-test.com": ("Umber", None), "vetch-test.com": ("Vetch", None), "zolw-test.pl": ("Żółw", 23),
}  # fmt: skip


def sources(folder: Path, delivered: dict[str, bytes]) -> list[Source]:
    """A source for each file, and one for each folder."""
    for name, content in delivered.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(content)
    names = dict.fromkeys(name.split("/")[0] for name in delivered)
    return [Source(table="firmographics", path=str(folder / name), id=name) for name in names]


def test_files_of_every_form_give_their_rows(spark: SparkSession, tmp_path: Path, staging: Staging) -> None:
    deliveries.remove_staged(spark)  # of other tests
    read = deliveries.read_all(spark, sources(tmp_path, FILES))
    small = ingest.table(read, CONTRACT, rules=RULES).checkpointed()
    clean = {row["domain"]: row for row in small.clean.collect()}
    assert {domain: (row["company_name"], row["employees"]) for domain, row in clean.items()} == CLEAN
    days = {"sorrel-test.com": date(2026, 3, 4), "umber-test.com": date(2026, 3, 5), "vetch-test.com": date(2026, 3, 6)}
    assert {domain: row["observed_on"] for domain, row in clean.items() if row["observed_on"] != RULES.as_of} == days
    refused = {(row["file"], row["line"]) for row in small.rejected.collect()}
    assert refused == {(str(tmp_path / "csv" / "mark.csv"), 4), (str(tmp_path / "csv" / "packed.zip"), 3)}
    remarks = [it for _, delivery in read for it in delivery.remarks]
    assert [it.removeprefix(f"{tmp_path}/").split(",")[0] for it in remarks] == [
        "csv/packed.zip: is a ZIP archive",
        "csv/windows.csv: read as Windows-1252 (Western Europe)",
        "book.xlsx: read sheet 'Sheet' of a workbook",
    ]
    assert len(list(Path(files.plain(staged._folder(spark))).iterdir())) == len(FILES) - 1, "all but one are copied"
    same(ingest.large_table(read, CONTRACT, rules=RULES, staging=staging), small)
    deliveries.remove_staged(spark)
    assert not Path(files.plain(staged._folder(spark))).exists()


def test_many_odd_files_of_a_folder_are_told_apart(spark: SparkSession, tmp_path: Path, staging: Staging) -> None:
    (tmp_path / "many").mkdir()
    for place in range(22):
        content = f"{HEAD}Firm é,firm{place}-test.com,{place}\nno domain,,1\n".encode("cp1252" if place % 2 else "utf-8")
        (tmp_path / "many" / f"{place}.csv").write_bytes(content)
    read = deliveries.read_all(spark, [Source(table="firmographics", path=str(tmp_path / "many"), id="many")])
    outcome = ingest.table(read, CONTRACT, rules=RULES).checkpointed()
    assert outcome.clean.where(F.col("company_name") == "Firm é").count() == 22
    assert {Path(row["file"]).name for row in outcome.rejected.collect()} == {f"{place}.csv" for place in range(22)}
    same(ingest.large_table(read, CONTRACT, rules=RULES, staging=staging), outcome)


def test_files_that_are_no_tables_are_named_together(spark: SparkSession, tmp_path: Path) -> None:
    wrong = {"page.xls": b"<html>", "half.parquet": b"PAR1" + b"x" * 99, "open.csv": f'{HEAD}"A,a-test.com,1\nB,b-test.com,2\n'.encode()}
    with pytest.raises(DataError) as caught:
        deliveries.read_all(spark, sources(tmp_path, wrong | {"fine.csv": f"{HEAD}A,a-test.com,1\n".encode()}))
    lines = str(caught.value).splitlines()
    assert [line.removeprefix(f"{tmp_path}/")[:32] for line in lines] == [
        "page.xls: is a web page (HTML): ", "half.parquet: is no whole Parque", "open.csv: line 2: a quote opens ",
    ]  # fmt: skip


USERS = b"Domain,Location on Site,First Detected,Last Found\nalder-test.com,x,2025-01-02,2026-01-02\n"


def test_what_a_files_name_tells_is_its_own_and_said(spark: SparkSession, tmp_path: Path) -> None:
    users = contracts.load("clean/technographics")
    (tmp_path / "all").mkdir()
    for name in ("builtwith_Quillcart (2).csv", "BuiltWith-Wren-Mail-2026-10-31.csv", "builtwith_Ledger 365.csv"):
        (tmp_path / "all" / name).write_bytes(USERS)
    delivery = deliveries.read(spark, Source(table="technographics", path=str(tmp_path / "all"), id="all"), users)
    products = {Path(row["_file"]).name: row["_named_product"] for row in delivery.frame.collect()}
    assert products == {
        "BuiltWith-Wren-Mail-2026-10-31.csv": "Wren-Mail",
        "builtwith_Ledger 365.csv": "Ledger 365",
        "builtwith_Quillcart (2).csv": "Quillcart",
    }
    assert [it.removeprefix(f"{tmp_path}/all/") for it in delivery.remarks] == [
        "BuiltWith-Wren-Mail-2026-10-31.csv: product is 'Wren-Mail', from the file's name",
        "builtwith_Quillcart (2).csv: product is 'Quillcart', from the file's name",
    ]
    (tmp_path / "our list.csv").write_bytes(USERS)
    message = r"no column for product, and the file's name does not tell it either \(our list.csv\): name it like builtwith_PRODUCT.csv"
    with pytest.raises(DataError, match=message):
        deliveries.read(spark, Source(table="technographics", path=str(tmp_path / "our list.csv"), id="one"), users)
