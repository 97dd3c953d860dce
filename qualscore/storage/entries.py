"""Numbered entries of a folder, each made by one writer only: what Delta's log is made of.

On a local disk the system itself makes a file under a name that is not taken (link). Anywhere else it is the log store that Delta commits
with there, so that a lock is as safe as the tables: HDFS renames, Azure and Google make what is not there; of S3 that takes a log
store for several writers.
"""

import json
import os
import time
from abc import ABC, abstractmethod
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol
from uuid import uuid4

from py4j.protocol import Py4JJavaError  # type: ignore[import-untyped]
from pyspark.sql import SparkSession

from qualscore.internals import delta_log_store, hadoop_configuration, java, scala_iterator
from qualscore.paths import local
from qualscore.storage.tables import Tables

FOLDER = "_entries"
# Of object stores, the one whose own requests did not say whether a file was there, when Delta's log store for it was written.
S3 = ("s3", "s3a", "s3n")
FOR_ONE = "io.delta.storage.S3SingleDriverLogStore"
FOR_SEVERAL = "io.delta.storage.S3DynamoDBLogStore"


class Entries(Protocol):
    """Entries by number."""

    @property
    def place(self) -> str:
        """Where the entries are."""

    def last(self) -> int:
        """The highest number; -1 when there is none."""

    def read(self, number: int) -> tuple[dict[str, Any], float]:
        """What an entry says, and its age in seconds; nothing of one that is not there or is being written."""

    def add(self, number: int, content: str) -> bool:
        """Makes an entry; whether there was none of that number."""

    def remove(self, number: int) -> None:
        """Removes an entry, if it is there."""

    def remove_before(self, number: int) -> None:
        """Removes the entries of lower numbers."""


def of(tables: Tables, name: str) -> Entries:
    """The entries `name` of a warehouse, below WAREHOUSE/_locks; of a catalog, with its table CATALOG_locks.NAME."""
    place = f"{tables.location(name) if tables.catalog else f'{tables.warehouse}/_locks/{name}'}/{FOLDER}"
    folder = local_path(place)
    return LocalEntries(folder) if folder else StoredEntries(tables.spark, place)


def doubt(spark: SparkSession, warehouse: str) -> str | None:
    """What to say once of a warehouse on S3 that Delta commits to as if there were one writer."""
    scheme = _scheme(warehouse)
    if scheme not in S3 or spark.conf.get(f"spark.delta.logStore.{scheme}.impl", None) not in (
        None,
        "io.delta.storage.S3SingleDriverLogStore",
    ):
        return None
    return (
        f"{warehouse}: two runs at once may overwrite each other's commits and locks on S3; "
        f"set spark.delta.logStore.{scheme}.impl={FOR_SEVERAL} (with its DynamoDB table) where more than one may run"
    )


def local_path(place: str) -> Path | None:
    """The folder of this machine that a place is, if it is one."""
    path = local(place)
    return None if path is None else Path(path)


def _scheme(place: str) -> str:
    """What comes before the first colon of an address; nothing of a folder's name."""
    before, colon, _ = place.partition(":")
    return before if colon and "/" not in before else ""


class _Numbered(ABC):
    """What follows from the numbers of the entries that there are."""

    def last(self) -> int:
        """The highest number."""
        return max(self._numbers(), default=-1)

    def remove_before(self, number: int) -> None:
        """Removes old entries."""
        for old in self._numbers():
            if old < number:
                self.remove(old)

    @abstractmethod
    def remove(self, number: int) -> None:
        """Removes an entry, if it is there."""

    @abstractmethod
    def _numbers(self) -> list[int]: ...


class LocalEntries(_Numbered):
    """Entries in a folder of this machine."""

    def __init__(self, folder: Path) -> None:
        """Entries of a folder, which need not be there."""
        self._folder = folder
        self.place = str(folder)

    def read(self, number: int) -> tuple[dict[str, Any], float]:
        """An entry and its age."""
        try:
            file = self._file(number)
            return _content(file.read_text()), time.time() - file.stat().st_mtime
        except OSError:
            return {}, 0.0

    def add(self, number: int, content: str) -> bool:
        """Makes the entry whole, by a second name for a file that is written already."""
        self._folder.mkdir(parents=True, exist_ok=True)
        written = self._folder / f".{uuid4().hex}"
        written.write_text(content)
        try:
            os.link(written, self._file(number))
        except FileExistsError:
            return False
        finally:
            written.unlink()
        return True

    def remove(self, number: int) -> None:
        """Removes an entry."""
        self._file(number).unlink(missing_ok=True)

    def _numbers(self) -> list[int]:
        try:
            return [int(file.stem) for file in self._folder.iterdir() if file.suffix == ".json"]
        except FileNotFoundError:
            return []

    def _file(self, number: int) -> Path:
        return self._folder / _name(number)


class StoredEntries(_Numbered):
    """Entries in any file system, by the log store that Delta commits with there."""

    def __init__(self, spark: SparkSession, place: str) -> None:
        """Entries of a folder, which need not be there."""
        self.place = place
        self._spark = spark
        self._configuration = hadoop_configuration(spark)
        self._system = self._path(0).getFileSystem(self._configuration)
        self._store = delta_log_store(spark)

    def read(self, number: int) -> tuple[dict[str, Any], float]:
        """An entry and its age."""
        try:
            changed = int(self._system.getFileStatus(self._path(number)).getModificationTime())
            lines = self._store.read(self._path(number), self._configuration)
            return _content(str(lines.mkString("\n"))), time.time() - changed / 1000
        except Py4JJavaError:  # just removed
            return {}, 0.0

    def add(self, number: int, content: str) -> bool:
        """Makes the entry as Delta makes a commit."""
        lines = scala_iterator(self._spark, [content])
        try:
            self._system.mkdirs(self._path(number).getParent())
            self._store.write(self._path(number), lines, False, self._configuration)
        except Py4JJavaError as error:
            if "AlreadyExists" in str(error.java_exception.getClass().getName()):
                return False
            raise OSError(str(error.java_exception.toString())) from None
        return True

    def remove(self, number: int) -> None:
        """Removes an entry."""
        with suppress(Py4JJavaError):
            self._system.delete(self._path(number), False)

    def _numbers(self) -> list[int]:
        try:
            files = self._store.listFrom(self._path(0), self._configuration)
        except Py4JJavaError:  # there is no such folder yet
            return []
        numbers = []
        while files.hasNext():
            name = str(files.next().getPath().getName())
            numbers += [int(name.removesuffix(".json"))] if name.removesuffix(".json").isdigit() else []
        return numbers

    def _path(self, number: int) -> Any:
        return java(self._spark).org.apache.hadoop.fs.Path(f"{self.place}/{_name(number)}")


def _name(number: int) -> str:
    return f"{number:020d}.json"


def _content(text: str) -> dict[str, Any]:
    try:
        return dict(json.loads(text))
    except ValueError:
        return {}
