"""Files on any file system that Hadoop knows: the only module that opens, lists, writes or removes them through Hadoop.

A path without a scheme is of this machine (`qualscore.paths`). What a file system refuses is an OSError with Java's words.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from errno import EIO
from typing import Any

from py4j.protocol import Py4JJavaError  # type: ignore[import-untyped]
from pyspark.sql import SparkSession

from qualscore import paths
from qualscore.internals import hadoop_configuration, java


@dataclass(frozen=True)
class Entry:
    """A file or a folder.

    Attributes:
        path: its path with the scheme.
        size: in bytes.
        changed: when, in milliseconds since 1970.
        is_folder: whether others are in it.
    """

    path: str
    size: int
    changed: int
    is_folder: bool

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.path.rpartition("/")[2]


def exists(session: SparkSession, path: str) -> bool:
    """Whether there is a file or a folder."""
    with _python_errors(path):
        place, system = _opened(session, path)
        return bool(system.exists(place))


def status(session: SparkSession, path: str) -> Entry:
    """What is at a path."""
    with _python_errors(path):
        place, system = _opened(session, path)
        return _entry(system.getFileStatus(place))


def matching(session: SparkSession, path: str) -> list[Entry]:
    """What is at a path or, where nothing is, what a pattern with * matches."""
    with _python_errors(path):
        place, system = _opened(session, path)
        statuses = [system.getFileStatus(place)] if system.exists(place) else list(system.globStatus(place) or [])
        return [_entry(it) for it in statuses]


def listed(session: SparkSession, folder: str) -> list[Entry]:
    """What is in a folder."""
    with _python_errors(folder):
        place, system = _opened(session, folder)
        return [_entry(it) for it in system.listStatus(place)]


def read(session: SparkSession, path: str) -> bytes:
    """All of a file, as it is."""
    with _python_errors(path):
        place, system = _opened(session, path)
        return _content(session, system.open(place))


def read_through(session: SparkSession, path: str) -> None:
    """Reads, and unpacks, a file to its end, as a proof that it is whole."""
    with _python_errors(path):
        stream = _unpacked(session, path)
        try:
            java(session).org.apache.commons.io.IOUtils.consume(stream)
        finally:
            stream.close()


def write(session: SparkSession, warehouse: str, name: str, text: str) -> str:
    """Writes or replaces WAREHOUSE/reports/NAME (UTF-8), a file for people; returns its path."""
    path = f"{warehouse}/reports/{name}"
    write_bytes(session, path, text.encode())
    return path


def write_bytes(session: SparkSession, path: str, content: bytes) -> None:
    """Writes or replaces a file; makes its folders."""
    with _python_errors(path):
        place, system = _opened(session, path)
        system.mkdirs(place.getParent())
        stream = system.create(place, True)
        try:
            stream.write(bytearray(content))
        finally:
            stream.close()


def put(session: SparkSession, local: str, path: str) -> None:
    """Copies a file of this machine to a path; makes its folders."""
    with _python_errors(path):
        place, system = _opened(session, path)
        system.mkdirs(place.getParent())
        system.copyFromLocalFile(_opened(session, f"file:{local}")[0], place)


def move(session: SparkSession, path: str, target: str) -> None:
    """Renames a file, in place of what is at the target."""
    with _python_errors(path):
        place, system = _opened(session, path)
        aim = _opened(session, target)[0]
        system.delete(aim, True)
        if not system.rename(place, aim):
            raise OSError(EIO, "cannot be written", target)


def remove(session: SparkSession, path: str) -> None:
    """Removes a file, or a folder with all that is in it; nothing, where nothing is there."""
    with _python_errors(path):
        place, system = _opened(session, path)
        system.delete(place, True)


def free(session: SparkSession, folder: str) -> int:
    """Bytes that a folder's file system has left for this user; an object store says that it has no end."""
    with _python_errors(folder):
        place, system = _opened(session, folder)
        if system.getUri().getScheme() == "file":  # Hadoop counts what is reserved, too
            return shutil.disk_usage(system.makeQualified(place).toUri().getPath()).free
        return int(system.getStatus(place).getRemaining())


@contextmanager
def _python_errors(path: str) -> Iterator[None]:
    """Java's refusals as Python's, with the path."""
    try:
        yield
    except Py4JJavaError as error:
        raise OSError(EIO, error.java_exception.toString(), path) from None


def _opened(session: SparkSession, path: str) -> tuple[Any, Any]:
    """A path and its file system, as objects of the JVM."""
    place = java(session).org.apache.hadoop.fs.Path(paths.of_spark(path))
    return place, place.getFileSystem(hadoop_configuration(session))


def _entry(status: Any) -> Entry:
    return Entry(status.getPath().toString(), int(status.getLen()), int(status.getModificationTime()), bool(status.isDirectory()))


def _unpacked(session: SparkSession, path: str) -> Any:
    place, system = _opened(session, path)
    codec = java(session).org.apache.hadoop.io.compress.CompressionCodecFactory(hadoop_configuration(session)).getCodec(place)
    stream = system.open(place)
    return codec.createInputStream(stream) if codec else stream


def _content(session: SparkSession, stream: Any) -> bytes:
    try:
        return bytes(java(session).org.apache.commons.io.IOUtils.toByteArray(stream))
    finally:
        stream.close()
