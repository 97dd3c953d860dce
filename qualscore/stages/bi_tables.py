"""The tables of the schema `bi`, for clients without Spark, and the script that makes the schema in DuckDB."""

from collections.abc import Sequence
from functools import reduce
from typing import Any

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from qualscore import contracts
from qualscore.definitions.definition import Definition
from qualscore.publish.bi import dimensions, duckdb_script, facts
from qualscore.publish.bi.selects import DIM_DATE, DIM_SCORE, FACT_FACTOR, FACT_MARKET, FACT_PERFORMANCE, SELECTS, sources
from qualscore.runs import records
from qualscore.runs.run import Run
from qualscore.scores.crm_account_scores import CRM_ACCOUNT_SCORES
from qualscore.scores.market import MARKET
from qualscore.scores.performance import PERFORMANCE
from qualscore.stages.describing import features_date
from qualscore.stages.reading import SCORES, TOP, rows_of_table
from qualscore.storage import files

OF_RUN = ("model_version", "run_id", "scored_at")


def write_bi(run: Run, definitions: Sequence[Definition]) -> int:
    """Writes the tables of `bi`, of scores/* as they have just been written; returns the number of factors."""
    market, as_of = run.tables.read(MARKET), features_date(run)
    counted = market.groupBy("score_name", "band").agg(F.sum("accounts").alias("accounts")).collect()
    accounts = {(row["score_name"], row["band"]): row["accounts"] for row in counted}
    scored = dimensions.dim_score(definitions, _runs(run, definitions), accounts, as_of=as_of)
    days = dimensions.dim_date(min([as_of, *records.first_scored_on(run).values()]), as_of)
    for name, rows in ((DIM_SCORE, scored), (DIM_DATE, days)):
        run.tables.replace(name, contracts.load(name).rows(run.spark, rows))
    run.tables.replace(FACT_MARKET, facts.fact_market(market))
    run.tables.replace(FACT_PERFORMANCE, facts.fact_performance(run.tables.read(PERFORMANCE)))
    factors = facts.fact_factor(run.tables.read(SCORES), rows_of_table(run, TOP), run.tables.read(CRM_ACCOUNT_SCORES))
    number = run.tables.replace(FACT_FACTOR, factors)
    _write_script(run)
    return number


def _runs(run: Run, definitions: Sequence[Definition]) -> dict[str, dict[str, Any]]:
    """By score what scored its accounts, of one of them: a run replaces all rows of its score."""
    scores = run.tables.read(SCORES).select("score_name", *OF_RUN)
    firsts = reduce(DataFrame.unionByName, [scores.where(F.col("score_name") == it.name).limit(1) for it in definitions])
    return {row["score_name"]: {name: row[name] for name in OF_RUN} for row in firsts.collect()}


def _write_script(run: Run) -> None:
    """Writes WAREHOUSE/bi/duckdb.sql; of a catalog nothing, which DuckDB attaches itself."""
    if run.tables.catalog:
        return
    warehouse = run.tables.warehouse
    names = {it for select in SELECTS.values() for it in sources(select)}
    paths = {name: f"{warehouse}/{name}" for name in sorted(names) if run.tables.exists(name)}
    files.write_bytes(run.spark, f"{warehouse}/bi/duckdb.sql", duckdb_script.script(paths).encode())
