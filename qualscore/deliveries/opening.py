"""One delivered file: what it is, how it is read, and a copy where Spark cannot read it as it is."""

import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from pyspark.sql import SparkSession

from qualscore.deliveries import byte_streams, encodings, json_texts, parquet_files, signatures, staged, workbooks
from qualscore.deliveries.byte_streams import blocks, is_local, plain, unpacked
from qualscore.deliveries.csv_files import HEAD_BYTES, Header, delimiter_of, header, is_hidden, misfit
from qualscore.deliveries.quotes import EscapedQuotes, LineEnds, QuoteCheck, doubled, one_line_end
from qualscore.deliveries.signatures import Kind
from qualscore.errors import DataError

# What is looked through of a file; of all files of a source that only Java reaches less, because their bytes come through a socket.
LOOKED_THROUGH, LOOKED_THROUGH_FAR = 1 << 32, 1 << 26
# Bytes of a far file's beginning, which tell its header; more where they hold no whole record.
FAR_HEAD_BYTES = 1 << 16
ENDINGS: dict[Kind, tuple[str, ...]] = {"gzip": (".gz",), "bzip2": (".bz2",)}
PACKED_NAMES = (".gz", ".bz2", ".zst", ".lz4", ".snappy", ".deflate")
SEPARATOR = re.compile(r'\ufeff?"?sep=(.)"?[ \t]*(?:\r\n|\n|\r|$)', re.IGNORECASE)
# What Spark reads as it is.
PLAIN, WIDE = ("utf-8", "utf-8-sig", "ascii"), re.compile("utf[-_](16|32)")


@dataclass(frozen=True)
class Part:
    """A file of a delivery.

    Attributes:
        file: as it is delivered.
        form: csv, json or parquet.
        path: what Spark reads: the file, or its staged copy.
        head: of a CSV file.
        nanos: columns of a Parquet file that hold nanoseconds.
        first_line: of the first record, the file's first line being 1.
        remarks: what a person should know of how it was read.
    """

    file: str
    form: str
    path: str
    head: Header | None = None
    nanos: tuple[str, ...] = ()
    first_line: int = 1
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Content:
    """What is in a file, unpacked: its kind, its first bytes, and how to read it once more."""

    file: str
    kind: Kind
    head: bytes
    layers: tuple[Kind, ...]
    again: Callable[[], BinaryIO]
    most: int = LOOKED_THROUGH
    is_all: bool = True
    remarks: tuple[str, ...] = ()
    is_workbook: bool = False

    @property
    def is_readable(self) -> bool:
        """Whether Spark reads the same of the file itself, and under its name."""
        name = self.file.rsplit("/", 1)[-1]
        if is_hidden(name) or ":" in re.sub(r"^\w+:(//[^/]*)?", "", self.file):
            return False
        if self.layers:
            return len(self.layers) == 1 and name.lower().endswith(ENDINGS.get(self.layers[0], ("/",)))
        return not name.lower().endswith(PACKED_NAMES)


def open_part(
    spark: SparkSession,
    file: str,
    *,
    encoding: str | None = None,
    sheet: str | None = None,
    own: tuple[str, ...] = (),
    among: int = 1,
) -> Part:
    """Looks into a file, and makes a copy where Spark cannot read it as it is.

    Args:
        spark: the session.
        file: as `listed` names it.
        encoding: that the source declares.
        sheet: of a workbook, that the source declares.
        own: the names of the columns of a file that has no header.
        among: how many files the source has.

    Raises:
        ConfigurationError: no such sheet.
        DataError: an empty file, one that is cut, or something that is no table.
    """
    with byte_streams.damage_named(file):
        content = _content(spark, file, among)
        if content.is_workbook:
            return _workbook(spark, content, sheet, own)
        if content.kind == "parquet":
            return _parquet(spark, content)
        return _text(spark, content, encoding, own)


def _content(spark: SparkSession, file: str, among: int) -> _Content:
    layers: list[Kind] = []
    remarks: list[str] = []
    most = LOOKED_THROUGH if is_local(file) else max(FAR_HEAD_BYTES, LOOKED_THROUGH_FAR // among)

    def again() -> BinaryIO:
        stream = byte_streams.opened(spark, file)
        for layer in layers:
            stream = unpacked(stream, layer, file)
        return stream

    while True:
        wanted = HEAD_BYTES if is_local(file) else FAR_HEAD_BYTES
        with again() as stream:
            head = stream.read(wanted)
            if len(head) == wanted < HEAD_BYTES and head.count(b"\n") < 2:
                wanted, head = HEAD_BYTES, head + stream.read(HEAD_BYTES - wanted)
        kind = signatures.kind_of(head)
        refusal = signatures.refusal_of(head)
        if refusal:
            raise DataError(f"{plain(file)}: {refusal}")
        if kind in ("text", "json", "parquet"):
            return _Content(file, kind, head, tuple(layers), again, most, len(head) < wanted, tuple(remarks))
        if kind == "zip":
            with again() as stream:
                if byte_streams.is_workbook(stream):
                    return _Content(file, kind, head, tuple(layers), again, most, True, tuple(remarks), is_workbook=True)
                remarks.append(f"{plain(file)}: is a ZIP archive, of which {byte_streams.member_of(stream, file)} is read")
        if len(layers) == 3:
            raise DataError(f"{plain(file)}: is packed more than three times; unpack it")
        layers.append(kind)


def _workbook(spark: SparkSession, content: _Content, sheet: str | None, own: tuple[str, ...]) -> Part:
    with staged.written(spark, "parquet") as (path, out), content.again() as stream:
        whole = io.BytesIO(stream.read()) if content.layers else stream
        line, remark = workbooks.write_sheet(whole, out, sheet=sheet, own=own, place=plain(content.file))
    return Part(content.file, "parquet", path, first_line=line + 1, remarks=(*content.remarks, f"{plain(content.file)}: {remark}"))


def _parquet(spark: SparkSession, content: _Content) -> Part:
    path = content.file
    if not content.is_readable:
        path = _copy(spark, content, "parquet")
    with byte_streams.opened(spark, path) as stream:
        nanos = parquet_files.nanosecond_columns(stream, plain(content.file))
    return Part(content.file, "parquet", path, nanos=nanos, remarks=content.remarks)


def _copy(spark: SparkSession, content: _Content, ending: str) -> str:
    with staged.written(spark, ending) as (path, out), content.again() as stream:
        for block in blocks(stream):
            out.write(block)
    return path


def _text(spark: SparkSession, content: _Content, declared: str | None, own: tuple[str, ...]) -> Part:
    place = plain(content.file)
    encoding = declared or encodings.marked(content.head)
    if encoding is None and b"\x00" in content.head[:4096]:
        raise DataError(f"{place}: is no text, and no table of a kind that is known; export it as CSV")
    is_wide = encoding is not None and WIDE.match(encoding) is not None
    rough = _decoded_head(content, encoding if is_wide and encoding else "latin-1")
    mark = SEPARATOR.match(rough)
    delimiter = mark[1] if mark else delimiter_of(rough)
    check = None if content.kind == "json" else QuoteCheck(delimiter.encode())
    survey = _Survey() if is_wide else _survey(content, check, delimiter.encode())
    remarks = content.remarks
    if encoding is None:
        encoding, is_sure = encodings.of_bytes(survey.odd)
        if encoding not in PLAIN:
            doubt = "" if is_sure else ", which is a guess"
            remarks = (
                f"{place}: read as {encodings.spoken(encoding)}, as its bytes suggest{doubt}; if letters are wrong, set `encoding:`",
            )
    text = _decoded_head(content, encoding)
    if content.kind == "json":
        return _json(spark, content, text, encoding, remarks)
    if survey.is_escaped:
        text = b"".join(doubled([text.encode()])).decode()
        remarks = (*remarks, f'{place}: a backslash stands before quotes within cells (\\"), and is read so')
    text = SEPARATOR.sub("", text, count=1)
    head = header(place, text, own, is_whole=content.is_all, delimiter=delimiter)
    remarks = (*remarks, *misfit(place, text, head))
    line = (2 if mark else 1) + head.is_there
    if content.is_readable and not is_wide and encoding in PLAIN and not survey.is_mixed and not survey.is_escaped and not mark:
        _refuse(place, check)
        return Part(content.file, "csv", content.file, head, first_line=line, remarks=remarks)
    return Part(
        content.file,
        "csv",
        _plain_copy(spark, content, head, encoding, bool(mark), survey.is_escaped),
        head,
        first_line=line,
        remarks=remarks,
    )


def _plain_copy(spark: SparkSession, content: _Content, head: Header, encoding: str, has_mark: bool, is_escaped: bool) -> str:
    """A copy in UTF-8, with one end for all lines, doubled quotes, and without a line that names the separator."""
    check = QuoteCheck(head.delimiter.encode(), line=2 if has_mark else 1)
    with staged.written(spark, "csv") as (path, out), content.again() as stream:
        text = one_line_end(_decoded(stream, encoding))
        for number, block in enumerate(doubled(text) if is_escaped else text):
            kept = block.split(b"\n", 1)[-1] if has_mark and number == 0 else block
            check.feed(kept)
            out.write(kept)
        check.finish()
        _refuse(plain(content.file), check)
    return path


def _decoded_head(content: _Content, encoding: str) -> str:
    return content.head.decode("utf-8-sig" if encoding == "utf-8" else encoding, errors="replace").removeprefix("\ufeff")


def _refuse(place: str, check: QuoteCheck | None) -> None:
    if check and check.quote:
        raise DataError(f"{place}: {check.quote}")


def _json(spark: SparkSession, content: _Content, text: str, encoding: str, remarks: tuple[str, ...]) -> Part:
    if content.is_readable and encoding in PLAIN and content.head[:3] != b"\xef\xbb\xbf" and json_texts.is_one_a_line(text):
        return Part(content.file, "json", content.file, remarks=remarks)
    with staged.written(spark, "json") as (path, out), content.again() as stream:
        decoded = io.TextIOWrapper(stream, encoding="utf-8-sig" if encoding == "utf-8" else encoding, errors="replace")
        is_lines = json_texts.is_one_a_line(text)
        for record in decoded if is_lines else json_texts.records(decoded, plain(content.file)):
            out.write(record.rstrip("\n").encode() + b"\n")
    return Part(content.file, "json", path, remarks=remarks)


@dataclass
class _Survey:
    """What a text file in UTF-8, or of one byte a letter, is like: lines with bytes beyond ASCII, how lines end and quotes are escaped."""

    odd: list[bytes] = field(default_factory=list)
    is_mixed: bool = False
    is_escaped: bool = False


def _survey(content: _Content, check: QuoteCheck | None, delimiter: bytes) -> _Survey:
    """Reads a file once, for the survey and for the check of quotes."""
    survey, ends, sizes, escaped = _Survey(), LineEnds(), {"read": 0, "odd": 0}, EscapedQuotes(delimiter)

    def seen(stream: BinaryIO) -> Iterator[bytes]:
        for block in blocks(stream, content.most):
            sizes["read"] += len(block)
            ends.feed(block)
            if sizes["odd"] < encodings.LOOKED_AT and not block.isascii():
                survey.odd.append(b"\n".join(re.findall(rb"[^\r\n]*[\x80-\xff][^\r\n]*", block))[: encodings.LOOKED_AT])
                sizes["odd"] += len(survey.odd[-1])
            yield block

    with content.again() as stream:
        for part in one_line_end(seen(stream)):
            if check:
                check.feed(part)
                escaped.feed(part)
    if check and sizes["read"] < content.most:
        check.finish()
    survey.is_mixed, survey.is_escaped = ends.are_mixed, escaped.are_there
    return survey


def _decoded(stream: BinaryIO, encoding: str) -> Iterator[bytes]:
    """A text in UTF-8, without a mark at its beginning."""
    if encoding in ("utf-8", "ascii"):
        encoding = "utf-8-sig"
    reader = io.TextIOWrapper(stream, encoding=encoding, errors="replace", newline="")
    while block := reader.read(1 << 20):
        yield block.removeprefix("\ufeff").encode()
