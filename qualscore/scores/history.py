"""What differs between two runs of a score, and why."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from qualscore import contracts
from qualscore.definitions.definition import Definition
from qualscore.model.scoring.bands import band


@dataclass(frozen=True)
class ScoredBy:
    """One run of one score.

    Attributes:
        definition: with the bands that it applied.
        model_version: that scored.
        exclusions_changed: whether it excludes by other rules than the run before.
        run_id: of it.
        as_of: the day that it describes.
        scored_at: when it scored.
    """

    definition: Definition
    model_version: int
    exclusions_changed: bool
    run_id: str
    as_of: date
    scored_at: datetime


def score_history(before: DataFrame, after: DataFrame, excluded: Mapping[str, DataFrame], run: ScoredBy) -> DataFrame:
    """The accounts of one score whose band or whole points differ, with the cause: scores/score_history.

    Both sides are shuffled by domain, with four narrow columns each.

    Args:
        before: domain, score, band and model_version of the run before.
        after: the same of this run.
        excluded: domain of the accounts that were EXCLUDED "before" and are "now"; asked when exclusions changed.
        run: this one.
    """
    columns = ("score", "band", "model_version")
    old = before.select("domain", *(F.col(name).alias(f"{name}_before") for name in columns))
    both = old.join(after.select("domain", "score", "band"), "domain", "full")
    is_new, is_gone = F.col("band_before").isNull(), F.col("band").isNull()
    moved = (F.col("band") != F.col("band_before")) | (F.floor("score") != F.floor("score_before"))
    changed = both.where(is_new | is_gone | moved)
    if run.exclusions_changed:
        for when, domains in excluded.items():
            changed = changed.join(domains.select("domain", F.lit(True).alias(f"excluded_{when}")), "domain", "left")
        cause = F.when((is_new & F.col("excluded_before")) | (is_gone & F.col("excluded_now")), "rule")
    else:
        cause = F.when(F.lit(False), "rule")
    cause = cause.when(~is_new & ~is_gone, _cause_of_move(run))
    known = changed.withColumns(
        {
            "score_name": F.lit(run.definition.name),
            "change": F.when(is_new, "new").when(is_gone, "gone").otherwise("changed"),
            "cause": F.coalesce(cause, F.lit("data")),
            "model_version": F.lit(run.model_version),
            "run_id": F.lit(run.run_id),
            "as_of_on": F.lit(run.as_of),
            "scored_at": F.lit(run.scored_at),
        }
    )
    contract = contracts.load("scores/score_history")
    return contract.conform(known.select(*contract.columns))


def _cause_of_move(run: ScoredBy) -> Column:
    """Why the score of an account moved that both runs scored."""
    by_rule = band(F.col("score_before"), run.definition) != F.col("band_before")
    return F.when(F.col("model_version_before") != run.model_version, "model").when(by_rule, "rule").otherwise("data")
