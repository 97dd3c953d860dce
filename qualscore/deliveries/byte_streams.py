"""The bytes of a delivered file wherever it is, unpacked whatever its name says."""

import bz2
import gzip
import io
import lzma
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO, cast

import pyarrow as pa
from py4j.protocol import Py4JJavaError  # type: ignore[import-untyped]
from pyspark.sql import SparkSession

from qualscore.deliveries.signatures import Kind
from qualscore.errors import DataError
from qualscore.paths import local, shown
from qualscore.storage.remote_file import RemoteFile

AT_ONCE, LITTLE = 1 << 20, 1 << 16
DAMAGED = "ends in the middle, or is damaged; deliver it again"
BROKEN = (EOFError, zlib.error, gzip.BadGzipFile, lzma.LZMAError, zipfile.BadZipFile, pa.ArrowInvalid, NotImplementedError)
# What Mac and Windows add to an archive.
NO_MEMBERS = re.compile(r"(^|/)(__MACOSX/|[.]DS_Store$|Thumbs[.]db$|desktop[.]ini$|[.]_)")
WORKBOOKS = ("xl/workbook.xml", "xl/workbook.bin", "content.xml")


plain = shown


def is_local(file: str) -> bool:
    """Whether Python can open the file itself."""
    return local(file) is not None


def opened(spark: SparkSession | None, file: str) -> BinaryIO:
    """The bytes of a file as they are, from its beginning; any place of it can be sought."""
    if is_local(file):
        return open(plain(file), "rb")
    return cast(BinaryIO, io.BufferedReader(RemoteFile(cast(Any, spark), file), LITTLE))


def unpacked(stream: BinaryIO, kind: Kind, file: str) -> BinaryIO:
    """What is packed in a stream: by gzip, bzip2, xz or zstd, or the one member of a ZIP archive.

    Raises:
        DataError: an archive of several members, of none, or with a password.
    """
    if kind == "zip":
        return _member(stream, file)
    readers: dict[str, Callable[[BinaryIO], Any]] = {
        "gzip": lambda it: gzip.GzipFile(fileobj=it, mode="rb"),
        "bzip2": bz2.BZ2File,
        "xz": lzma.LZMAFile,
        "zstd": lambda it: io.BufferedReader(pa.CompressedInputStream(it, "zstd")),
    }
    return cast(BinaryIO, readers[kind](stream))


def member_of(stream: BinaryIO, file: str) -> str:
    """The name of the one member of a ZIP archive.

    Raises:
        DataError: as `unpacked`.
    """
    return _only_member(zipfile.ZipFile(stream), file).filename


def is_workbook(stream: BinaryIO) -> bool:
    """Whether a ZIP archive is a workbook of a spreadsheet."""
    names = set(zipfile.ZipFile(stream).namelist())
    return any(name in names for name in WORKBOOKS)


def blocks(stream: BinaryIO, most: int | None = None) -> Iterator[bytes]:
    """The bytes of a stream, a megabyte at a time; `most` of them."""
    left = most
    while block := stream.read(AT_ONCE if left is None else min(AT_ONCE, left)):
        yield block
        left = None if left is None else left - len(block)
        if left == 0:
            return


@contextmanager
def damage_named(file: str) -> Iterator[None]:
    """A file that is cut or broken is named, and what to do."""
    try:
        yield
    except BROKEN:
        raise DataError(f"{plain(file)}: {DAMAGED}") from None
    except Py4JJavaError as error:
        raise DataError(f"{plain(file)}: cannot be read: {error.java_exception.toString()}") from None
    except OSError as error:  # also what the readers of packed files say of broken blocks
        reason = f"cannot be read: {error.strerror}" if error.errno else DAMAGED
        raise DataError(f"{plain(file)}: {reason}") from None


def _member(stream: BinaryIO, file: str) -> BinaryIO:
    archive = zipfile.ZipFile(stream)
    return cast(BinaryIO, archive.open(_only_member(archive, file)))


def _only_member(archive: zipfile.ZipFile, file: str) -> zipfile.ZipInfo:
    members = [it for it in archive.infolist() if not it.is_dir() and not NO_MEMBERS.search(it.filename)]
    if len(members) != 1:
        named = ", ".join(it.filename for it in members[:8]) + (", ..." if len(members) > 8 else "")
        many = f"holds {len(members)} files ({named}); unpack it and name each in a source"
        raise DataError(f"{plain(file)}: is a ZIP archive and {many if members else 'holds no file; deliver it again'}")
    if members[0].flag_bits & 1:
        raise DataError(f"{plain(file)}: is a ZIP archive with a password; unpack it and name the file within ({members[0].filename})")
    return members[0]
