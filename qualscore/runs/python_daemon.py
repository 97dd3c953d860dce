"""The process that Spark forks its Python workers from: `python -m qualscore.runs.python_daemon pyspark.worker`.

A worker has imported then what each one would import anew, which takes 3 s of CPU time; where a model scores, 6.
"""

import gc
import importlib
from zipimport import zipimporter

from pyspark.daemon import manager

IMPORTED = ("pandas", "pyarrow", "pyspark.sql.pandas.types", "qualscore.columns", "qualscore.model.scoring.scoring_pass")


def start() -> None:
    """Imports what workers need, and serves Spark until the run ends."""
    keep_archives()
    for name in IMPORTED:
        importlib.import_module(name)
    gc.freeze()  # what is imported stays shared with the workers: nothing of it is looked at again
    manager()  # type: ignore[no-untyped-call]


def keep_archives() -> None:
    """Lets workers keep what they know of ZIP and JAR files: none changes while they run.

    Before each task Spark has them forget it, and Python 3.11 reads the lists of all files of pyspark.zip (once for each of its packages)
    and of Spark's own JAR again: .27 s of CPU time for each task. From Python 3.12 on they are read when they are asked for.
    """
    zipimporter.invalidate_caches = lambda _: None  # type: ignore[method-assign, assignment]


if __name__ == "__main__":
    start()
