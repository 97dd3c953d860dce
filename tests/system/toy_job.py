"""Writes a table and says where it ran.

The second paragraph is not in the list of jobs.
"""

import argparse
import os
import sys
import time
from typing import Any


def place_of_code(_: int) -> str:
    """Where an executor takes the project from."""
    import qualscore

    return str(qualscore.__file__)


def run(warehouse: str | None) -> dict[str, Any]:
    """A table written, if there is a place for it, and read again; and a look around."""
    from pyspark.sql import SparkSession

    session = SparkSession.builder.getOrCreate()
    # Its thread is no daemon and keeps the JVM alive, as SynapseML's does after a training.
    session._jvm.java.util.concurrent.Executors.newFixedThreadPool(1).prestartAllCoreThreads()
    if warehouse:
        session.range(3).coalesce(1).write.format("delta").save(f"{warehouse}/numbers")
    print("Python noise")
    print("more noise", file=sys.stderr)
    return {
        "rows": [row.id for row in session.read.format("delta").load(f"{warehouse}/numbers").collect()] if warehouse else [],
        "java": session._jvm.System.getProperty("java.home"),
        "zone": session._jvm.java.util.TimeZone.getDefault().getID(),
        "temporary": session._jvm.System.getProperty("java.io.tmpdir"),
        "master": session.conf.get("spark.master"),
        "memory": session.conf.get("spark.driver.memory"),
        "code": session.sparkContext.parallelize([1], 1).map(place_of_code).first(),
        "folder": os.getcwd(),
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="A toy.")
    parser.add_argument("--warehouse")
    parser.add_argument("--words", nargs="*")
    parser.add_argument("--die", type=int)
    parser.add_argument("--end", type=int, default=3)
    parser.add_argument("--wait", action="store_true")
    arguments = parser.parse_args()
    if arguments.die:
        sys.exit(arguments.die)
    import json

    with open(os.environ["QUALSCORE_STDERR"], "w") as progress, open(os.environ["QUALSCORE_STDOUT"], "w") as result:
        print("1 of 1  toy", file=progress, flush=True)
        while arguments.wait:
            time.sleep(0.1)
        print(json.dumps(run(arguments.warehouse) | {"words": arguments.words}), file=result)
    sys.exit(arguments.end)
