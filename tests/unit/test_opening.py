"""Files are what their bytes say: what is read as it is, what is copied into a plain form, and what is refused with advice."""

import bz2
import gzip
import io
import json
import lzma
import zipfile
from datetime import date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from qualscore.deliveries.byte_streams import plain
from qualscore.deliveries.opening import Part, open_part
from qualscore.errors import ConfigurationError, DataError

TEXT = "name,web\nPlum,plum-test.com\nPear,pear-test.com\n"
NORDIC = "name;web\nBlåbær Æbler;blaa-test.no\nØl & Skål;oel-test.no\n"


def delivered(folder: Path, name: str, content: bytes) -> str:
    (folder / name).write_bytes(content)
    return f"file:{folder / name}"


def opened(folder: Path, name: str, content: bytes, **how: Any) -> Part:
    session: Any = SimpleNamespace(conf=SimpleNamespace(get=lambda key, default: f"file:{folder}/staging"))
    return open_part(session, delivered(folder, name, content), **how)


def zipped(**files: bytes) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return held.getvalue()


AS_IT_IS = {
    "plain.csv": TEXT.encode(),
    "with mark.csv": b"\xef\xbb\xbf" + TEXT.encode(),
    "all returns.csv": TEXT.replace("\n", "\r\n").encode(),
    "packed.csv.gz": gzip.compress(TEXT.encode()),
    "packed.csv.bz2": bz2.compress(TEXT.encode()),
    "one bad byte.csv": TEXT.replace("Plum", "Plüm Ærø").encode() + b"Caf\xc3,x\n",
    "[a] b*.csv": TEXT.encode(),
}


@pytest.mark.parametrize("name", AS_IT_IS)
def test_what_spark_reads_is_left_where_it_is(tmp_path: Path, name: str) -> None:
    part = opened(tmp_path, name, AS_IT_IS[name])
    assert (part.form, part.path, part.first_line, part.remarks) == ("csv", part.file, 2, ())
    assert part.head and (part.head.names, part.head.delimiter) == (("name", "web"), ",")


COPIED = {
    "two returns.csv": (TEXT.replace("\n", "\r\r\n").encode(), TEXT),
    "header returns.csv": (TEXT.replace("\n", "\r\n", 1).encode(), TEXT),
    "_hidden.csv": (TEXT.encode(), TEXT),
    ".hidden.csv": (TEXT.encode(), TEXT),
    "at 08:30.csv": (TEXT.encode(), TEXT),
    "packed.csv": (gzip.compress(TEXT.encode()), TEXT),
    "packed again.csv.gz": (gzip.compress(gzip.compress(TEXT.encode())), TEXT),
    "not packed.csv.gz": (TEXT.encode(), TEXT),
    "bz2.txt": (bz2.compress(TEXT.encode()), TEXT),
    "xz.csv.xz": (lzma.compress(TEXT.encode()), TEXT),
    "zstd.csv": (pa.compress(TEXT.encode(), "zstd", asbytes=True), TEXT),
    "one.zip": (zipped(**{"a/b.csv": TEXT.encode(), "__MACOSX/a/._b.csv": b"x"}), TEXT),
    "gz within.zip": (zipped(b=gzip.compress(TEXT.encode())), TEXT),
    "utf16.csv": (TEXT.encode("utf-16"), TEXT),
    "utf16 without mark.csv": (TEXT.encode("utf-16-le"), TEXT),
    "utf16 other end.csv": (TEXT.replace("\n", "\r\n").encode("utf-16-be"), TEXT),
    "separator.csv": (("sep=;\r\n" + TEXT.replace(",", ";").replace("\n", "\r\n")).encode(), TEXT.replace(",", ";")),
    "tab.csv": (('\ufeff"sep=\t"\n' + TEXT.replace(",", "\t")).encode("utf-16-le"), TEXT.replace(",", "\t")),
    "windows.csv": (NORDIC.encode("cp1252"), NORDIC),
    "dos.csv": (NORDIC.replace("Ø", "ö").encode("cp850"), NORDIC.replace("Ø", "ö")),
}


@pytest.mark.parametrize("name", COPIED)
def test_what_spark_cannot_read_is_copied_as_plain_text(tmp_path: Path, name: str) -> None:
    content, text = COPIED[name]
    part = opened(tmp_path, name, content)
    assert part.path.startswith(f"file:{tmp_path}/staging/deliveries/") and part.path.endswith(".csv")
    assert Path(plain(part.path)).read_bytes().decode() == text
    assert part.first_line == (3 if "sep" in content.decode("latin-1").replace("\0", "")[:8] else 2)
    assert part.head and part.head.delimiter.join(part.head.names) == text.split("\n")[0]
    assert bool(part.remarks) == (name in ("windows.csv", "dos.csv") or name.endswith(".zip"))


def test_an_encoding_is_found_where_it_first_shows_and_a_declared_one_wins(tmp_path: Path) -> None:
    late = "name,web\n" + "Plain,plain-test.com\n" * 100_000 + "Crème Brûlée,creme-test.fr\n"
    part = opened(tmp_path, "late.csv", late.encode("cp1252"))
    assert Path(plain(part.path)).read_bytes().decode() == late
    assert "read as Windows-1252 (Western Europe)" in part.remarks[0] and "encoding:" in part.remarks[0]
    turkish = "name,web\nGün Işığı,gun-test.com\n"
    part = opened(tmp_path, "declared.csv", turkish.encode("iso-8859-9"), encoding="iso8859-9")
    assert (Path(plain(part.path)).read_bytes().decode(), part.remarks) == (turkish, ())


RECORDS = [{"name": "Plüm", "n": 1, "tags": [{"a": 1}]}, {"name": "Pear\nTree", "n": 2.50}]
LINES = [json.dumps(it, ensure_ascii=False) for it in RECORDS]
JSON = {
    "array.json": json.dumps(RECORDS, indent=2, ensure_ascii=False).encode(),
    "array on a line.csv": json.dumps(RECORDS, ensure_ascii=False).encode("utf-16"),
    "answer.json": json.dumps({"total": 2, "results": RECORDS}, indent=1).encode(),
    "answer on a line.json": json.dumps({"results": RECORDS}).encode(),
    "many lines.jsonl": "\n".join(json.dumps(it, indent=1) for it in RECORDS).encode(),
    "lines.json.gz": "\n".join(LINES).encode(),
    "_lines.jsonl": "\n".join(LINES).encode(),
}


@pytest.mark.parametrize("name", JSON)
def test_json_of_every_form_becomes_a_record_a_line(tmp_path: Path, name: str) -> None:
    part = opened(tmp_path, name, JSON[name])
    assert part.form == "json" and part.path != part.file
    assert [json.loads(line) for line in Path(plain(part.path)).read_text(encoding="utf-8").splitlines()] == RECORDS


def test_json_lines_and_whole_parquet_files_are_left_where_they_are(tmp_path: Path) -> None:
    part = opened(tmp_path, "lines.csv", "\n".join(LINES).encode())
    assert (part.form, part.path) == ("json", part.file)
    held = io.BytesIO()
    moments = pa.array([datetime(2026, 3, 4)], pa.timestamp("ns"))
    pq.write_table(pa.table({"name": ["a"], "at": moments, "n": [1]}), held)
    part = opened(tmp_path, "frame.csv", held.getvalue())
    assert (part.form, part.path, part.nanos) == ("parquet", part.file, ("at",))
    part = opened(tmp_path, ".frame.parquet", held.getvalue())
    assert part.path != part.file and Path(plain(part.path)).read_bytes() == held.getvalue()


REFUSED = {
    "empty.csv": (b"", "is empty"),
    "page.xls": (b"<html><body><table><tr><td>a</td></tr></table>", "is a web page"),
    "login.csv": ("\ufeff\n <!DOCTYPE html>\n<html>".encode(), "is a web page"),
    "sheet.xls": (b'<?xml version="1.0"?>\n<?mso-application progid="Excel.Sheet"?>\n<Workbook '
                  b'xmlns="urn:schemas-microsoft-com:office:spreadsheet">', "a spreadsheet saved as XML"),
    "data.csv": (b"<?xml version='1.0'?><companies/>", "is an XML file"),
    "a.csv": (b"7z\xbc\xaf\x27\x1c\x00\x04", "7z archive; unpack it"),
    "b.csv": (b"Rar!\x1a\x07\x00", "RAR archive"),
    "old.xls": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old Excel file"),
    "c.csv": (b"%PDF-1.7", "is a PDF"),
    "d.csv": (b"\x01\x02\x00\x00\x05" * 20, "is no text"),
    "two.zip": (zipped(a=b"x,y\n", b=b"x"), r"holds 2 files \(a, b\)"),
    "cut.csv": (gzip.compress(TEXT.encode())[:-12], "is damaged; deliver it again"),
    "cut.csv.gz": (gzip.compress(TEXT.encode() * 9)[:-12], "is damaged; deliver it again"),
    "cut.zip": (zipped(a=TEXT.encode())[:-30], "is damaged; deliver it again"),
    "cut.json": (json.dumps(RECORDS, indent=1).encode()[:-20], "deliver it again"),
    "cut.parquet": (b"PAR1" + b"x" * 200, "no whole Parquet file"),
    "values.json": (b"[\n 1, 2]", "of values"),
    "header.csv": (b"name,web\r\n\r\n", "a header and no rows"),
    "open.csv": (TEXT.replace("Plum", '"Plum').encode(), "line 2: a quote opens"),
    "open.csv.gz": (TEXT.replace("Pear", '"Pear').encode("utf-16"), "line 3: a quote opens"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_table_is_named_with_what_to_do(tmp_path: Path, name: str) -> None:
    content, message = REFUSED[name]
    with pytest.raises(DataError, match=rf"{tmp_path}/{name}: .*{message}"):
        opened(tmp_path, name, content)


def book(**sheets: list[list[object]]) -> bytes:
    made, held = openpyxl.Workbook(), io.BytesIO()
    made.remove(made.active)
    for name, rows in sheets.items():
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(row)
    made.save(held)
    return held.getvalue()


ROWS = [
    ["name", "employees", "seen", "at", "listed", "mixed", None],
    ["Plum", 1200, date(2026, 3, 4), datetime(2026, 3, 4, 5, 6), True, 12, "x"],
    [None] * 7,
    ["Pear", 12.5, date(2025, 3, 4), None, False, "12-20", None],
]


def test_a_sheet_keeps_the_types_of_its_cells(tmp_path: Path) -> None:
    part = opened(tmp_path, "book.csv", book(First=ROWS, Other=[["a"], ["b"]]))
    frame = pd.read_parquet(plain(part.path))
    assert frame.astype(object).where(frame.notna(), None).to_numpy().tolist()[::2] == [
        ["Plum", 1200.0, date(2026, 3, 4), datetime(2026, 3, 4, 5, 6), True, "12", "x"],
        ["Pear", 12.5, date(2025, 3, 4), None, False, "12-20", None],
    ]
    assert (list(frame.columns)[-1], part.form, part.first_line) == ("_column_7", "parquet", 2)
    assert "read sheet 'First' of a workbook, 3 rows; the workbook has others (Other)" in part.remarks[0]
    part = opened(tmp_path, "book.xlsx", zipped(b=book(First=ROWS, Other=[[None], ["a"], ["b"]])), sheet="other")
    assert (pd.read_parquet(plain(part.path)).to_numpy().tolist(), part.first_line) == ([["b"]], 3)


def test_a_sheet_that_is_not_there_or_holds_nothing_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="book.xlsx: sheet: there is no 'Third'; the workbook has First, Empty"):
        opened(tmp_path, "book.xlsx", book(First=ROWS, Empty=[]), sheet="Third")
    with pytest.raises(DataError, match="sheet 'Empty' is empty"):
        opened(tmp_path, "book.xlsx", book(First=ROWS, Empty=[]), sheet="Empty")


ESCAPED = 'name,web,size\n"Pipe 5\\"",pipe-test.com,3\n"Say \\"hi, there\\"",say-test.com,4\n\\N,"C:\\\\",5\n'


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252"])
def test_quotes_that_a_database_has_escaped_are_doubled(tmp_path: Path, encoding: str) -> None:
    part = opened(tmp_path, "dump.csv", (ESCAPED + "Brücke,ü-test.de,6\n").encode(encoding))
    rows = pd.read_csv(part.path.removeprefix("file:"), dtype=str, keep_default_na=False)
    assert rows["name"].tolist() == ['Pipe 5"', 'Say "hi, there"', "\\N", "Brücke"]
    assert rows["web"].tolist() == ["pipe-test.com", "say-test.com", "C:\\", "ü-test.de"]
    assert any("a backslash stands before quotes" in it for it in part.remarks)


def test_a_backslash_that_ends_a_cell_escapes_nothing(tmp_path: Path) -> None:
    part = opened(tmp_path, "paths.csv", b'name,web\n"C:\\a\\",a-test.com\n"The ""C:\\"" drive",b-test.com\n')
    assert part.path == part.file and part.remarks == ()


@pytest.mark.parametrize("end", ["", ";"], ids=["none", "a sign at the end of the header"])
def test_a_header_of_two_names_is_said_where_rows_have_a_cell_more(tmp_path: Path, end: str) -> None:
    text = f"id;land,stadt;web{end}\n1;DE;Bonn;plum-test.de\n2;DE;Kiel;\n3;DE;Ulm;\n"
    (remark,) = opened(tmp_path, "joined.csv", text.encode()).remarks
    assert "'land,stadt' may be several columns" in remark
    assert opened(tmp_path, "fine.csv", text.replace("DE;", "DE,").encode()).remarks == ()
