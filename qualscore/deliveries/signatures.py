"""What a file is, by its first bytes: its name may say something else."""

import re
from typing import Literal

Kind = Literal["text", "json", "parquet", "zip", "gzip", "bzip2", "xz", "zstd"]
MAGIC: dict[bytes, Kind] = {
    b"PAR1": "parquet",
    b"PK\x03\x04": "zip",
    b"PK\x05\x06": "zip",
    b"\x1f\x8b": "gzip",
    b"BZh": "bzip2",
    b"\xfd7zXZ\x00": "xz",
    b"\x28\xb5\x2f\xfd": "zstd",
}
# What is not read, and what to do with it.
EXPORT, UNPACK = "open it and export it as CSV", "unpack it and name the file within"
REFUSED = {
    b"\xd0\xcf\x11\xe0": f"is an old Excel file (.xls) or a workbook with a password; {EXPORT}, or save it as .xlsx without one",
    b"%PDF": "is a PDF; export the table as CSV where it was made",
    b"7z\xbc\xaf\x27\x1c": f"is a 7z archive; {UNPACK}",
    b"Rar!": f"is a RAR archive; {UNPACK}",
    b"\x89PNG": "is a picture (PNG); export the table as CSV where it was made",
    b"\xff\xd8\xff": "is a picture (JPEG); export the table as CSV where it was made",
    b"SQLite format 3": f"is a SQLite database; {EXPORT}",
    b"ORC": "is an ORC file; deliver it as Parquet or CSV",
    b"Obj\x01": "is an Avro file; deliver it as Parquet or CSV",
    b"{\\rtf": "is a text document (RTF); export the table as CSV where it was made",
}
SPREADSHEET = "urn:schemas-microsoft-com:office:spreadsheet"
HTML = re.compile(r"<(!doctype html|html|head|body|table|meta|script|style|title|div)\b", re.IGNORECASE)


def kind_of(head: bytes) -> Kind:
    r"""What a file holds that begins with these bytes.

    >>> kind_of(b"PAR1\x15\x04"), kind_of(b"domain,name\n"), kind_of(b' [\n {"domain": ')
    ('parquet', 'text', 'json')
    """
    for magic, kind in MAGIC.items():
        if head.startswith(magic):
            return kind
    text = _start_of(head)
    return "json" if re.match(r'[{]\s*("|[}])|\[\s*([{\[]|$)|\[[ \t]*[\r\n]', text) else "text"


def refusal_of(head: bytes) -> str | None:
    r"""Why a file that begins with these bytes is not read, and what to do; None for what may be.

    >>> refusal_of(b"%PDF-1.7 ...")
    'is a PDF; export the table as CSV where it was made'
    >>> refusal_of(b"domain,name\n")
    """
    refusal = next((said for magic, said in REFUSED.items() if head.startswith(magic)), None)
    if refusal:
        return refusal
    if head[257:262] == b"ustar":
        return f"is a tar archive; {UNPACK}"
    text = _start_of(head)
    if not text.startswith("<"):
        return None
    if SPREADSHEET in text:
        return f"is a spreadsheet saved as XML (Excel 2003); {EXPORT}"
    if HTML.search(text[:2000]):
        return (
            "is a web page (HTML): a table saved as one, or a page to sign in that came in the file's place;"
            " download it again while signed in, or open it and export it as CSV"
        )
    return f"is an XML file; {EXPORT}" if re.match(r"<([?]xml|[A-Za-z][\w:.-]*[\s>/])", text) else None


def _start_of(head: bytes) -> str:
    """The first characters, whatever UTF they are in, without the mark and blanks before them."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = head[: len(head) // 2 * 2].decode("utf-16", errors="replace")
    elif head[1:2] == b"\x00" or head[:1] == b"\x00":
        text = head[: len(head) // 2 * 2].decode("utf-16-le" if head[1:2] == b"\x00" else "utf-16-be", errors="replace")
    else:
        text = head.decode("utf-8-sig", errors="replace")
    return text.lstrip("\ufeff \t\r\n")
