import gzip
import re
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from qualscore import contracts, deliveries
from qualscore.config import Source
from qualscore.errors import ConfigurationError, DataError
from tests.vendor_files import BUILTWITH

LISTS = contracts.load("clean/account_lists")


def source(path: Path, **changes: str) -> Source:
    return Source.model_validate({"table": "account_lists", "list": "customers", "path": str(path), "id": "customers"} | changes)


def read(spark: SparkSession, path: Path, **changes: str) -> deliveries.Delivery:
    return deliveries.read(spark, source(path, **changes), LISTS)


def delivered(folder: Path, content: bytes, name: str = "won.csv") -> Path:
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(content)
    return folder / name


def cells(delivery: deliveries.Delivery) -> list[tuple[object, ...]]:
    return [tuple(row) for row in delivery.frame.select(*delivery.columns, "_line").orderBy("_line").collect()]


ACME = [("acme.com", "Acm\u00e9", 2), ("b.com", None, 3)]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("plain.csv", "domain,name\nacme.com,Acm\u00e9\nb.com,\n".encode()),
        ("windows.csv", b"\xef\xbb\xbf" + "domain,name\r\nacme.com,Acm\u00e9\r\nb.com,\r\n".encode()),
        ("utf16.csv", "domain,name\nacme.com,Acm\u00e9\nb.com,\n".encode("utf-16")),
        ("utf16be.csv", b"\xfe\xff" + "domain,name\nacme.com,Acm\u00e9\nb.com,\n".encode("utf-16-be")),
        (
            "packed.csv.gz",
            gzip.compress("domain,name\nacme.com,Acm\u00e9\nb.com,\n".encode(), mtime=0),
        ),  # the same bytes in both processes, or they know it by two names
        ("semicolons.csv", "domain;name\nacme.com;Acm\u00e9\nb.com;\n".encode()),
        ("tabs.txt", "domain\tname\nacme.com\tAcm\u00e9\nb.com\t\n".encode()),
        ("quotes.csv", '"domain","name"\n"acme.com","Acm\u00e9"\n"b.com",""'.encode()),
        ("a [1] {x}*.csv", "domain,name\nacme.com,Acm\u00e9\nb.com,\n".encode()),
        ("short rows.csv", "domain,name\nacme.com,Acm\u00e9\nb.com\n".encode()),
    ],
)
def test_exports_of_all_kinds_are_read_alike(spark: SparkSession, tmp_path: Path, name: str, content: bytes) -> None:
    delivery = read(spark, delivered(tmp_path, content, name))
    assert cells(delivery) == ACME
    assert delivery.mapping == {"domain": "domain", "company_name": "name"}


def test_cells_may_hold_breaks_quotes_and_commas(spark: SparkSession, tmp_path: Path) -> None:
    text = b'domain,name\na.com,"A, ""B""\nC"\nb.com,B\n'
    assert cells(read(spark, delivered(tmp_path, text))) == [("a.com", 'A, "B"\nC', 2), ("b.com", "B", 3)]


def test_a_record_with_too_many_cells_is_kept_whole(spark: SparkSession, tmp_path: Path) -> None:
    delivery = read(spark, delivered(tmp_path, b"domain,name\na.com,A,,x\nb.com,B,,\nc.com\nd.com,D\n"))
    rows = delivery.frame.orderBy("_line").collect()
    assert [(row["domain"], row["_surplus"]) for row in rows] == [
        ("a.com", "a.com,A,,x"),
        ("b.com", None),
        ("c.com", None),
        ("d.com", None),
    ]
    assert [row["_surplus"] for row in delivery.frame.select("_surplus").collect()].count(None) == 3, "whatever is selected"


def test_headers_that_nothing_takes_are_reported(spark: SparkSession, tmp_path: Path) -> None:
    delivery = read(spark, delivered(tmp_path, b"seed,Domain,,a.b`c\n1,a.com,x,y\n"))
    assert (delivery.columns, delivery.unmapped) == (("seed", "Domain", "_column_3", "a.b`c"), ("seed", "_column_3", "a.b`c"))


def test_a_folder_and_a_pattern_are_read_file_by_file(spark: SparkSession, tmp_path: Path) -> None:
    for name, text in {
        "x/1.csv": b"domain\na.com\nb.com\n",
        "x/2.csv": b"domain\nc.com\n",
        "x/_SUCCESS": b"",
        "x/.1.csv.crc": b"crc",
    }.items():
        delivered(tmp_path, text, name)
    for path in (tmp_path / "x", tmp_path / "x" / "*.csv"):
        rows = read(spark, path).frame.orderBy("domain").collect()
        assert [(row["domain"], Path(row["_file"]).name, row["_line"]) for row in rows] == [
            ("a.com", "1.csv", 2),
            ("b.com", "1.csv", 3),
            ("c.com", "2.csv", 2),
        ]
        assert rows[0]["_file"] == str(tmp_path / "x" / "1.csv")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b" \n\n", "is empty"),
        (b"domain,name\n", "has a header and no rows"),
        (b"domain,name\n\n  \n", "has a header and no rows"),
        (b"firm,seed\nAcme,1\n", r"no column for domain \(accepted: domain, website.*delivered: firm, seed"),
        (b"domain,Name,name\na.com,A,B\n", r"header 'name' is repeated \(columns 2, 3\)"),
        (b"_file,firm,firm\nx,a,b\n", r"repeated(.|\n)*'_file' is Qualscore's own(.|\n)*no column for domain"),
        (b"PK\x03\x04...", "ends in the middle, or is damaged; deliver it again"),
    ],
)
def test_a_file_that_does_not_fit_is_refused_with_all_its_findings(
    spark: SparkSession, tmp_path: Path, content: bytes, message: str
) -> None:
    file = delivered(tmp_path, content)
    with pytest.raises(DataError, match=message) as caught:
        read(spark, file)
    assert str(file) in str(caught.value)


def test_a_folder_whose_files_are_all_hidden_is_named_with_them(spark: SparkSession, tmp_path: Path) -> None:
    for name in ("x/_1.csv", "x/_2.csv"):
        delivered(tmp_path, b"domain\na.com\n", name)
    with pytest.raises(ConfigurationError, match=r"x: a folder whose files are hidden by their names \(_[12].csv, _[12].csv\); rename"):
        read(spark, tmp_path / "x")


def test_parts_of_a_folder_have_the_same_headers(spark: SparkSession, tmp_path: Path) -> None:
    delivered(tmp_path, b"domain\na.com\n", "x/1.csv")
    delivered(tmp_path, b"domain,name\nb.com,B\n", "x/2.csv")
    with pytest.raises(DataError, match=r"x/2.csv has other headers than .*x/1.csv"):
        read(spark, tmp_path / "x")


@pytest.mark.parametrize("path", ["nowhere.csv", "*.csv"])
def test_a_file_that_is_not_there_is_refused(spark: SparkSession, tmp_path: Path, path: str) -> None:
    with pytest.raises(ConfigurationError, match=re.escape(f"{tmp_path / path}: no such file")):
        read(spark, tmp_path / path)


def test_the_findings_of_all_sources_come_in_one_message(spark: SparkSession, tmp_path: Path) -> None:
    empty = source(delivered(tmp_path, b"", "empty.csv"))
    with pytest.raises(ConfigurationError, match=r"empty.csv: is empty(.|\n)*nowhere.csv: no such file"):
        deliveries.read_all(spark, [empty, source(tmp_path / "nowhere.csv")])
    with pytest.raises(DataError, match="is empty"):
        deliveries.read_all(spark, [empty])
    fine = source(delivered(tmp_path, b"domain\na.com\n"))
    assert [(it.id, delivery.columns) for it, delivery in deliveries.read_all(spark, [fine, fine])] == [("customers", ("domain",))] * 2


def test_the_platforms_are_read_from_the_configuration() -> None:
    rules = deliveries.domain_rules(["acme.example"])
    assert rules.extra_suffixes == ("acme.example",)
    assert {"linkedin.com", "facebook.com"} <= set(rules.shared_hosts)


@pytest.mark.parametrize("name", ["builtwith_Shopfront.csv/part-00000-7f.csv", "exports/builtwith_Shopfront.csv"])
def test_what_a_files_name_says_stands_in_the_name_of_a_folder_of_parts_too(spark: SparkSession, tmp_path: Path, name: str) -> None:
    file = delivered(tmp_path, f"{BUILTWITH}\nacme.com{',' * BUILTWITH.count(',')}\n".encode(), name)
    technographics = Source(table="technographics", path=str(file.parent), id="it")
    delivery = deliveries.read(spark, technographics, contracts.load("clean/technographics"))
    assert [row["_named_product"] for row in delivery.frame.collect()] == ["Shopfront"]
