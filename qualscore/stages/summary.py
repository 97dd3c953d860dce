"""What came out, for the person who ran the main job: read from the published tables."""

import shlex
from pathlib import Path
from typing import Any

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from qualscore import sample
from qualscore.model.scoring.bands import HIGHLY_LIKELY
from qualscore.paths import of_spark
from qualscore.reports.house.terminal import shown
from qualscore.reports.overview import overview_page
from qualscore.runs import records
from qualscore.runs.pinning import pinned
from qualscore.runs.run import Run
from qualscore.scores.market import MARKET
from qualscore.stages import model_reports
from qualscore.stages.reading import ACCOUNTS, SCORES, TOP, UNSCORED
from qualscore.stages.sample import configuration_of
from qualscore.storage import places

SHOWN = 10


def summarise(run: Run) -> None:
    """Prints a page of what the run's scores hold, or the same as JSON lines: the universe, then each score."""
    run = pinned(run, (ACCOUNTS, SCORES, UNSCORED, TOP, MARKET))
    known, accounts = run.tables.read(SCORES), run.tables.read(ACCOUNTS).count()
    scores = [_score(run, it.name, known.where(F.col("score_name") == it.name)) for it in run.definitions]
    if run.console.as_json:
        for values in ({"accounts": accounts}, *scores):
            run.console.result("", **values)
        return
    reports = {it.name: model_reports.measured(run, it.name) for it in run.definitions}
    overview = {
        "warehouse": run.settings.warehouse,
        "accounts": accounts,
        "market": _market(run),
        "sources": sorted(records.last_deliveries(run).values(), key=lambda it: str(it["source"])),
        "scores": [{**it, "report": reports[it["score_name"]]} for it in scores],
        "options": _repeated(run.options),
        "is_verbose": getattr(run.options, "verbose", False),
    }
    run.console.result("\n" + shown(overview_page(overview), columns=run.console.columns))


def _market(run: Run) -> list[dict[str, Any]]:
    """By score and CRM state how many accounts there are, and how many of them are Highly Likely; nothing before `activate`."""
    if run.job != "pipeline" or not run.tables.exists(MARKET):
        return []
    cells = run.tables.read(MARKET).where(F.col("score_name").isin([it.name for it in run.definitions]))
    best = F.sum(F.when(F.col("band") == HIGHLY_LIKELY, F.col("accounts")).otherwise(0)).alias("highly_likely")
    return [row.asDict() for row in cells.groupBy("score_name", "crm_state").agg(F.sum("accounts").alias("accounts"), best).collect()]


def _score(run: Run, name: str, scores: DataFrame) -> dict[str, Any]:
    by_band = scores.groupBy("band").agg(F.count("*").alias("scored"), F.count_if("is_example").alias("customers")).collect()
    reasons = run.tables.read(UNSCORED).where(F.col("score_name") == name).groupBy("reason").count().orderBy("reason").collect()
    best = run.tables.read(TOP).where((F.col("score_name") == name) & ~F.col("is_example")).orderBy("rank").limit(SHOWN).collect()
    return {
        "score_name": name,
        "bands": {row["band"]: row["scored"] for row in by_band},
        "unscored": {row["reason"]: row["count"] for row in reasons},
        "customers": sum(row["customers"] for row in by_band),
        "hidden": _hidden_quality(run, name, scores),
        "best": [row.asDict() for row in best],
    }


def _hidden_quality(run: Run, name: str, scores: DataFrame) -> dict[str, float]:
    """Quality on customers that only the sample's truth knows; nothing on real data."""
    truth = Path(places.beside(run.settings.warehouse, "sample")) / "truth" / "accounts.parquet"
    if not getattr(run.options, "sample", False) or not truth.exists():
        return {}
    return sample.hidden_quality(scores, run.spark.read.parquet(of_spark(str(truth))), name)


def _repeated(options: Any) -> str:
    """The options that the next commands need too."""
    config = configuration_of(options) if getattr(options, "sample", False) else options.config
    named = {"--config": config, "--warehouse": options.warehouse}
    return "".join(f" {name} {shlex.quote(str(value))}" for name, value in named.items() if value)
