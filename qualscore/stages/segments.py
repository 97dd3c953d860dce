"""Segments: their members, for `activate` that writes them and `preview` that counts them."""

from collections.abc import Sequence

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from qualscore import contracts
from qualscore.runs.run import Outcome, Run, Stage
from qualscore.scores.fit_intent import FIT_INTENT
from qualscore.scores.segment_columns import Beside
from qualscore.scores.segments import ACCOUNT_SEGMENTS, ADDED, CONDITION, LIST, REMOVED, account_segments, members
from qualscore.stages.describing import features_date
from qualscore.stages.reading import FEATURES, SCORES, clean

INPUTS = (FIT_INTENT, SCORES, FEATURES, "clean/account_lists", "clean/crm_accounts")
WIDTH = 40


def write_segments(run: Run, scored: Sequence[str]) -> dict[str, int]:
    """Writes scores/account_segments; returns the numbers of members, and of those that were added and removed.

    Args:
        run: that has written scores/fit_intent.
        scored: the scores that it holds.
    """
    is_there = run.tables.exists(ACCOUNT_SEGMENTS)
    if not run.segments and not is_there:
        return {}
    contract, as_of = contracts.load(ACCOUNT_SEGMENTS), features_date(run)
    before = run.tables.read(ACCOUNT_SEGMENTS) if is_there else contract.rows(run.spark, [])
    defined = before.where(F.col("segment_name").isin([it.name for it in run.segments]))
    rows = account_segments(_members(run, scored), defined, as_of=as_of) if run.segments else contract.rows(run.spark, [])
    run.tables.replace(ACCOUNT_SEGMENTS, rows)
    counted = run.tables.read(ACCOUNT_SEGMENTS).groupBy("change").count().collect()
    number_of = {row["change"]: int(row["count"]) for row in counted}
    members_now = sum(number for change, number in number_of.items() if change != REMOVED)
    return {"segment_members": members_now, **{f"segment_{it}": number_of.get(it, 0) for it in (ADDED, REMOVED)}}


def show_segments(run: Run) -> Outcome:
    """Prints how many accounts each segment has."""
    if not run.segments:
        return Outcome("no segments are defined")
    if not run.tables.exists(FIT_INTENT):
        return Outcome("segments are counted once accounts are scored: run `./spark-submit.sh pipeline`, or score and activate")
    scored = [row["score_name"] for row in run.tables.read(FIT_INTENT).select("score_name").distinct().orderBy("score_name").collect()]
    counted = _members(run, scored).groupBy("segment_name", "origin").count().collect()
    number_of = {(row["segment_name"], row["origin"]): int(row["count"]) for row in counted}
    rows = [{"segment": it.name} | {origin: number_of.get((it.name, origin), 0) for origin in (CONDITION, LIST)} for it in run.segments]
    head = f"{'segments':<{WIDTH}}{'by condition':>14}{'by list':>14}"
    lines = [f"  {it['segment']:<{WIDTH - 2}}{it[CONDITION]:>14,}{it[LIST]:>14,}" for it in rows]
    run.console.result("\n".join([head, *lines]), segments=rows)
    empty = [str(it["segment"]) for it in rows if not it[CONDITION]]
    return Outcome(f"{len(rows)} segments", warnings=[f"no account meets the conditions of {', '.join(empty)}"] if empty else [])


def _members(run: Run, scored: Sequence[str]) -> DataFrame:
    return members(run.segments, asked_of(run, scored), clean(run, "crm_accounts"), as_of=features_date(run))


def asked_of(run: Run, scored: Sequence[str]) -> Beside:
    """What conditions are asked of.

    Args:
        run: with scores/fit_intent.
        scored: the scores that it holds.
    """
    return Beside(
        fit_intent=run.tables.read(FIT_INTENT),
        scores=run.tables.read(SCORES),
        features=run.tables.read(FEATURES),
        account_lists=clean(run, "account_lists"),
        scored=scored,
        score_names=sorted({*scored, *(it.name for it in (*run.definitions, *run.other_definitions))}),
        keyword_sets=sorted(run.settings.keywords),
    )


PREVIEW_SEGMENTS = Stage(
    "preview_segments", show_segments, lambda run: {"segments": [it.model_dump() for it in run.segments]}, inputs=INPUTS
)
