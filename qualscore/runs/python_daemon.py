"""The process that Spark forks its Python workers from: `python -m qualscore.runs.python_daemon pyspark.worker`.

A worker has imported then what each one would import anew, which takes 3 s of CPU time; where a model scores, 6.
"""

import gc
import importlib

from pyspark.daemon import manager

IMPORTED = ("pandas", "pyarrow", "pyspark.sql.pandas.types", "qualscore.columns", "qualscore.model.scoring.scoring_pass")


def start() -> None:
    """Imports what workers need, and serves Spark until the run ends."""
    for name in IMPORTED:
        importlib.import_module(name)
    gc.freeze()  # what is imported stays shared with the workers: nothing of it is looked at again
    manager()  # type: ignore[no-untyped-call]


if __name__ == "__main__":
    start()
