"""The overrides of a run: which are in force, and what there is to tell of them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from qualscore import contracts
from qualscore.checkpoints import kept
from qualscore.runs.run import Run
from qualscore.scores import overrides
from qualscore.scores.override_rates import OVERRIDE_RATES, override_rates
from qualscore.stages.reading import OVERRIDES, SCORES, UNSCORED, clean

NO_ACCOUNT = "no such account"


@dataclass(frozen=True)
class Told:
    """What a score tells of its overrides."""

    counts: Mapping[str, int] = field(default_factory=dict)
    warnings: Sequence[str] = ()


def in_force(run: Run, names: Sequence[str], *, as_of: date) -> DataFrame | None:
    """What people set for accounts in place of the scores; None where they set nothing, so that a pass pays nothing for it."""
    if not run.tables.exists(OVERRIDES):
        return None
    found = kept(overrides.in_force(run.tables.read(OVERRIDES), score_names=names, as_of=as_of))
    return None if found.isEmpty() else found


def told(run: Run, names: Sequence[str], in_force: DataFrame | None, scores: DataFrame) -> dict[str, Told]:
    """By score how many overrides are in force, and which change nothing; with the first score those of no score.

    Args:
        run: that has listed its unscored accounts.
        names: of the scores.
        in_force: as the function of that name gives them.
        scores: as they were written.
    """
    found = [] if in_force is None else [row.asDict() for row in overrides.became(in_force, scores).collect()]
    reasons = _reasons(run, found)
    known = {it["score_name"]: Told(_counts(it), list(_warnings(it, reasons))) for it in found}
    of_each = {name: known.get(name, Told()) for name in names}
    first = of_each[names[0]]
    return of_each | {names[0]: replace(first, warnings=[*_of_no_score(run), *first.warnings])}


def write_override_rates(run: Run, names: Sequence[str]) -> dict[str, int]:
    """Writes scores/override_rates of some scores where people set any, or did; the large columns of scores are read then alone."""
    scores = run.tables.read(SCORES).where(F.col("score_name").isin(list(names)))
    if not overrides.by_people(scores).isEmpty():
        return {"override_rates": run.tables.replace(OVERRIDE_RATES, override_rates(scores, clean(run, "crm_accounts")))}
    if not run.tables.exists(OVERRIDE_RATES):
        return {}
    return {"override_rates": run.tables.replace(OVERRIDE_RATES, contracts.load(OVERRIDE_RATES).rows(run.spark, []))}


def _of_no_score(run: Run) -> list[str]:
    """At most one line: overrides of scores that nobody defines."""
    defined = sorted(it.name for it in (*run.definitions, *run.other_definitions))
    if not run.tables.exists(OVERRIDES):
        return []
    others = run.tables.read(OVERRIDES).where(F.col("score_name").isNotNull() & ~F.col("score_name").isin(defined))
    unknown = [f"{row['score_name']} ({row['count']:,})" for row in others.groupBy("score_name").count().orderBy("score_name").collect()]
    return [f"overrides: there is no score {', '.join(unknown)}; the scores are {', '.join(defined)}"] if unknown else []


def _counts(found: Mapping[str, Any]) -> dict[str, int]:
    named = {"overrides": "overrides", "overrides_without_score": "without_score", "overrides_contested": "contested"}
    return {name: int(found[column]) for name, column in named.items()}


def _warnings(found: Mapping[str, Any], reasons: Mapping[tuple[str, str], str]) -> Iterator[str]:
    name = found["score_name"]
    if found["without_score"]:
        shown = ", ".join(f"{it} ({reasons.get((name, it), NO_ACCOUNT)})" for it in found["lost"])
        more = ", ..." if found["without_score"] > len(found["lost"]) else ""
        yield f"{name}: {found['without_score']:,} override(s) of accounts without a score change nothing: {shown}{more}"
    if found["contested"]:
        yield (
            f"{name}: {found['contested']:,} account(s) have overrides that contradict each other: one of this score goes before one of "
            "all, then the latest decided_on, then the one that ends first"
        )


def _reasons(run: Run, found: Sequence[Mapping[str, Any]]) -> dict[tuple[str, str], str]:
    """By score and domain why there is no score."""
    domains = sorted({it for one in found for it in one["lost"]})
    if not domains:
        return {}
    rows = run.tables.read(UNSCORED).where(F.col("domain").isin(domains)).select("score_name", "domain", "reason").collect()
    return {(row["score_name"], row["domain"]): row["reason"] for row in rows}
