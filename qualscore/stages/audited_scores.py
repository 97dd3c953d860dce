"""What an audit counts of scores, for the checks that judge the counts."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from qualscore.definitions.definition import Definition, Reference
from qualscore.model.scoring.bands import HIGHLY_LIKELY
from qualscore.runs.run import Run
from qualscore.scores.audit import disagreements, growth, measures, score_faults
from qualscore.scores.audit.disagreements import Agreement, Overruled
from qualscore.scores.audit.finding import AT_ODDS, INFLATION, SHOWN, Finding, Part
from qualscore.scores.audit.growth import Moves
from qualscore.scores.audit.score_faults import ScoreTable, SharedScore, TopBand
from qualscore.scores.override_rates import ANY, OVERRIDE_RATES
from qualscore.stages.reading import SCORES, TOP, history

RULES = "rules"


def of_scores(run: Run, definitions: Sequence[Definition]) -> Part:
    """Clumping, inflation, rules and models at odds."""
    scores = run.tables.read(SCORES).where(F.col("score_name").isin([it.name for it in definitions]))
    points = measures.points(scores)
    sides = {row["score_name"]: row.asDict() for row in measures.sides(points).collect()}
    known = [it for it in definitions if it.name in sides]
    moves = _moves(history(run))
    findings = list(_clumped(scores, points, known, sides))
    for definition in known:
        name, band = definition.name, _top_band(definition, sides[definition.name])
        findings += [replace(it, examples=_inside(scores, name)) for it in score_faults.inflated(band)]
        findings += growth.growing(name, growth.band_by_run(band, moves.get(name, [])))
    odds = _at_odds(run, scores, known, sides)
    narrow = [it.name for it in known if it.type != RULES and it.reference != Reference()]
    skipped = {INFLATION: f"{', '.join(narrow)}: compared with some accounts only, so that of all nothing is promised"} if narrow else {}
    return Part([*findings, *odds.findings, *_overruled(run, known)], {**skipped, **odds.skipped})


def _clumped(
    scores: DataFrame, points: DataFrame, definitions: Sequence[Definition], sides: Mapping[str, Mapping[str, Any]]
) -> Iterator[Finding]:
    shared: dict[str, list[SharedScore]] = {}
    for row in measures.shared_scores(points).collect():
        name, score = row["score_name"], row["score"]
        same = measures.most_frequent_margin(scores, name, score).collect()[0]["same_margin"]
        mine = scores.where((F.col("score_name") == name) & (F.col("score") == score))
        shared.setdefault(name, []).append(SharedScore(score, int(row["accounts"]), int(same), measures.first_names(mine, "domain")))
    for definition in definitions:
        name, is_rules = definition.name, definition.type == RULES
        yield from score_faults.clumped(ScoreTable(name, is_rules, int(sides[name]["accounts"]), shared.get(name, ())))


def _top_band(definition: Definition, sides: Mapping[str, Any]) -> TopBand:
    is_promised = definition.type != RULES and definition.reference == Reference()
    return TopBand(
        definition.name,
        definition.bands.highly_likely,
        is_promised,
        customers=int(sides["customers"]),
        customers_inside=int(sides["customers_inside"]),
        others=int(sides["others"]),
        others_inside=int(sides["others_inside"]),
    )


def _inside(scores: DataFrame, name: str) -> tuple[str, ...]:
    return measures.first_names(
        scores.where((F.col("score_name") == name) & (F.col("band") == HIGHLY_LIKELY) & ~F.col("is_example")), "domain"
    )


def _moves(changes: DataFrame) -> dict[str, list[Moves]]:
    rows = measures.runs_of_band(changes).collect()
    return {
        name: [Moves(it["run_id"], it["as_of_on"], it["cause"], int(it["into"]), int(it["came"])) for it in mine]
        for name, mine in groupby(rows, key=lambda it: it["score_name"])
    }


def _at_odds(run: Run, scores: DataFrame, definitions: Sequence[Definition], sides: Mapping[str, Mapping[str, Any]]) -> Part:
    """Of each pair of a rule-based score and a model, both ways."""
    kinds = {it.name: it.type for it in definitions}
    if len(set(kinds.values())) < 2 or not run.tables.exists(TOP):
        return Part((), {AT_ODDS: "there are not both a rule-based score and a model"})
    rows = measures.agreement(run.tables.read(TOP).where(F.col("score_name").isin([*kinds])), scores).collect()
    across = [row for row in rows if kinds[row["best_of"]] != kinds[row["score_name"]]]
    return Part(disagreements.at_odds([_agreement(row.asDict(), sides[row["score_name"]]["mean_percentile"]) for row in across]))


def _agreement(row: Mapping[str, Any], mean_of_all: float) -> Agreement:
    return Agreement(row["best_of"], row["score_name"], int(row["accounts"]), row["mean_percentile"], mean_of_all, tuple(row["worst"]))


def _overruled(run: Run, definitions: Sequence[Definition]) -> list[Finding]:
    if not run.tables.exists(OVERRIDE_RATES):
        return []
    rates = run.tables.read(OVERRIDE_RATES)
    rows = {row["score_name"]: row for row in rates.where(F.col("factor") == ANY).collect()}
    overruled = [
        Overruled(name, int(rows[name]["accounts"]), int(rows[name]["overridden"]), _disputed(rates.where(F.col("score_name") == name)))
        for name in (it.name for it in definitions if it.name in rows)
    ]
    return disagreements.overruled(overruled)


def _disputed(rates: DataFrame) -> tuple[str, ...]:
    """The factors of the most overridden accounts."""
    most = rates.where((F.col("factor") != ANY) & (F.col("overridden") > 0)).orderBy(F.desc("overridden"), F.desc("rate"), "factor", "side")
    return tuple(row["factor"] for row in most.limit(SHOWN).collect())
