"""Paths that mean the same to Python and to Spark: a path without a scheme is of this machine, whatever Spark's own default is."""

import os
import re
from pathlib import Path

SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:(?=/)")


def has_scheme(path: str) -> bool:
    """Whether a path says which file system it is of.

    >>> [has_scheme(path) for path in ("hdfs:/x", "s3a://bucket/x", "abfss://c@a.dfs.core.windows.net/x", "file:/x", "/x", "x: y/z")]
    [True, True, True, True, False, False]
    """
    return SCHEME.match(path) is not None


def absolute(path: str, folder: Path) -> str:
    """A path as a person wrote it in a file of `folder`, or on the command line there; with a scheme it stays as it is.

    >>> absolute("tables/../data", Path("/home")), absolute("/data", Path("/home")), absolute("hdfs:/data", Path("/home"))
    ('/home/data', '/data', 'hdfs:/data')
    """
    return path if has_scheme(path) else os.path.normpath(folder / Path(path).expanduser())


def of_spark(path: str) -> str:
    """The path for Spark and Hadoop, which take one without a scheme for a path of fs.defaultFS: of HDFS, where that is the cluster's.

    >>> of_spark("/data/a b.csv"), of_spark("s3a://bucket/x"), of_spark("file:/x")
    ('file:/data/a b.csv', 's3a://bucket/x', 'file:/x')
    """
    return path if has_scheme(path) or not path.startswith("/") else f"file:{path}"


def local(path: str) -> str | None:
    """The path for Python; None where it is not of this machine.

    >>> local("/data"), local("file:///a b"), local("hdfs:/data")
    ('/data', '/a b', None)
    """
    if not has_scheme(path):
        return path
    return shown(path) if path.startswith("file:/") else None


def shown(path: str) -> str:
    """The path for people: a local one without its scheme.

    >>> shown("file:/data/x.csv"), shown("hdfs:/data/x.csv")
    ('/data/x.csv', 'hdfs:/data/x.csv')
    """
    return re.sub(r"^file:/+", "/", path)
