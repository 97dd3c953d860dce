"""The ten questions of conf/bi/questions, by Spark, DuckDB and delta-rs, on a warehouse after `activate`.

    python tests/benchmarks/bi.py WAREHOUSE [--passes 3] [--memory 6g] [--clients spark duckdb delta-rs]

Each question is asked by each in turns, a first time uncounted; the best pass counts. Prints a table in Markdown: seconds, how many times
the fastest, rows of the answer; then the files that Spark reads of those that the tables have. What asks a view that is not there yet is
left out: there is a history from the second run of a score on.
"""

import argparse
import re
from collections.abc import Callable
from functools import partial
from pathlib import Path

from measuring import measure, session
from pyspark.sql import SparkSession

from qualscore.publish.bi.views import SOURCES
from tests.bi_clients import QUESTIONS, Client, of_delta_rs, of_duckdb, of_spark


def seconds(client: Client, sql: str, passes: int) -> float:
    """The best of some passes; the first one compiles, and reads the logs."""
    return min([measure(partial(client, sql)).seconds for _ in range(passes + 1)][1:])


def files_read(spark: SparkSession, sql: str) -> int:
    """The files that are left after pruning by partitions and statistics."""
    return len(spark.sql(sql).inputFiles())


def report(spark: SparkSession, clients: dict[str, Client], passes: int) -> None:
    """Asks everything and prints the tables."""
    names, views = list(clients), [row["viewName"] for row in spark.sql("SHOW VIEWS IN bi").collect()]
    questions = {it.stem: it.read_text() for it in QUESTIONS if set(re.findall(r"bi\.(\w+)", it.read_text())) <= set(views)}
    print(f"| question | {' | '.join(f'{it}, s' for it in names)} | {' | '.join(f'{it}, times the fastest' for it in names)} | rows |")
    print("|---|" + "---|" * (2 * len(names) + 1))
    for question, sql in questions.items():
        taken = {name: seconds(client, sql, passes) for name, client in clients.items()}
        fastest = min(taken.values())
        cells = [*(f"{it:.2f}" for it in taken.values()), *(f"{it / fastest:.1f}" for it in taken.values())]
        print(f"| {question} | {' | '.join(cells)} | {len(clients[names[0]](sql)):,} |", flush=True)
    print("\n| question | files that Spark reads |\n|---|---|")
    for question, sql in questions.items():
        print(f"| {question} | {files_read(spark, sql):,} |")
    print("\n| view | files |\n|---|---|")
    for view in views:
        print(f"| {view} | {len(spark.table(f'bi.{view}').inputFiles()):,} |")


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("warehouse")
    parser.add_argument("--passes", type=int, default=3)
    parser.add_argument("--memory", default="6g")
    parser.add_argument("--clients", nargs="+", default=["spark", "duckdb", "delta-rs"], choices=["spark", "duckdb", "delta-rs"])
    given = parser.parse_args()
    folder = Path(given.warehouse).resolve()
    paths = {name: f"{folder}/{name}" for name in SOURCES if (folder / name / "_delta_log").exists()}
    of_others = paths | {"bi/fact_factor": f"{folder}/bi/fact_factor"}
    spark = session(given.memory)
    made: dict[str, Callable[[], Client]] = {
        "spark": partial(of_spark, spark, paths),
        "duckdb": partial(of_duckdb, of_others),
        "delta-rs": partial(of_delta_rs, of_others),
    }
    in_spark = made["spark"]()
    report(spark, {name: in_spark if name == "spark" else made[name]() for name in given.clients}, given.passes)


if __name__ == "__main__":
    main()
