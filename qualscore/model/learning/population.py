"""All accounts of a universe in one scan: how many are examples or unlabelled, how common each value is, who is covered by which source.

Nothing of it reaches the driver but aggregates: it takes as long as the universe is large, and no more memory. Of 55 million accounts
there are millions of distinct cities, and a model can do little with most of them: those that no example has and of which less than a
tenth of an example is expected stay where they are counted. They are unseen values then, whose lift is 0 in place of -.03 at most.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from pyspark import StorageLevel
from pyspark.sql import Column, DataFrame, Observation
from pyspark.sql import functions as F

from qualscore.model.encoding.inputs import LIFTED
from qualscore.model.learning import coverage, giveaways

EVENT = "event_on"
LEAST_EXPECTED = 0.1  # examples with a value, by its share of the reference


@dataclass(frozen=True)
class Population:
    """What is known of all accounts together.

    Attributes:
        counts: accounts by the names of `counted`.
        coverage: shares by source (see coverage.py); empty where the accounts do not say by which sources they are known.
        shares: by column each value's share of the reference accounts; without values that say nothing (LEAST_EXPECTED).
        events: the date of each example's event, None for the undated, in order.
    """

    counts: dict[str, int]
    coverage: dict[str, float]
    shares: dict[str, dict[str | None, float]]
    events: list[date | None]


def marked(accounts: DataFrame) -> DataFrame:
    """Adds who is an example, unlabelled and in the reference.

    None of them is an account of which nothing is known, or one that a model is tried on (is_withheld).
    """
    withheld = F.col("is_withheld") if "is_withheld" in accounts.columns else F.lit(False)
    usable = F.col("has_data") & ~F.col("is_excluded") & ~withheld
    in_crm = F.array_contains("known_by", "crm") if "known_by" in accounts.columns else F.lit(False)
    return accounts.withColumns(
        {
            "is_example": F.col("is_example") & F.col("has_data") & ~withheld,
            "is_unlabelled": usable & ~F.col("is_example") & F.col("is_in_reference"),
            "is_reference": usable & F.col("is_in_reference"),
            "is_withheld": withheld,
            "in_crm": in_crm,
        }
    )


def expected(flagged: DataFrame) -> DataFrame:
    """The accounts that a model is tried on and that get a score, of `marked` accounts with expected_in."""
    return flagged.where("is_withheld and has_data and not is_excluded")


def counted() -> dict[str, Column]:
    """What is counted of `marked` accounts, by name."""
    return {
        "selected": F.col("is_selected"),
        "excluded": F.col("is_selected") & F.col("is_excluded"),
        "no_data": F.col("is_selected") & ~F.col("is_excluded") & ~F.col("has_data"),
        "withheld": F.col("is_selected") & ~F.col("is_excluded") & F.col("has_data") & F.col("is_withheld"),
        "examples": F.col("is_example"),
        "undated": F.col("is_example") & F.col("event_on").isNull(),
        "undated_in_crm": F.col("is_example") & F.col("event_on").isNull() & F.col("in_crm"),
        "unlabelled": F.col("is_unlabelled"),
        "reference": F.col("is_reference"),
    }


def scan(flagged: DataFrame) -> Population:
    """Counts `marked` accounts: one scan.

    Args:
        flagged: marked accounts with the columns LIFTED; with known_by, tech_stack and intent where coverage is to be measured.
    """
    observed = Observation()
    counts = counted()
    covered = coverage.shares() if "known_by" in flagged.columns else {}
    aggregates = [F.count_if(condition).alias(name) for name, condition in counts.items()]
    watched = flagged.observe(observed, *aggregates, *(share.alias(name) for name, share in covered.items()))
    event = F.when(F.col("is_example"), F.col(EVENT).cast("string"))
    values = giveaways.counted_values(watched.withColumn(EVENT, event), columns=(*LIFTED, EVENT)).persist(StorageLevel.DISK_ONLY)
    values.count()  # what was observed says which values are worth their place on the driver
    results = observed.get
    known = {name: int(results[name]) for name in counts}
    telling = giveaways.collected(values.where(_is_telling(known)))
    values.unpersist()
    shares: dict[str, dict[str | None, float]] = {}
    for value in telling:
        if value.column != EVENT and value.reference:
            shares.setdefault(value.column, {})[value.value] = value.reference / known["reference"]
    dated = {it.value: it.examples for it in telling if it.column == EVENT and it.examples}
    days = [
        None if day is None else date.fromisoformat(day) for day, examples in sorted(dated.items(), key=_by_day) for _ in range(examples)
    ]
    return Population(known, coverage.measured({name: results[name] for name in covered}), shares, days)


def _is_telling(known: Mapping[str, int]) -> Column:
    """Whether an example has a value, or LEAST_EXPECTED examples at least would have it by its share of the reference."""
    least = LEAST_EXPECTED * known["reference"] / max(known["examples"], 1)
    return (F.col("examples") > 0) | (F.col("reference") >= F.lit(least))


def _by_day(dated: tuple[str | None, int]) -> str:
    return dated[0] or ""
