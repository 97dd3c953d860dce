"""The rows of a training: examples, samples of unlabelled accounts, and those that judge, each described as of its own date."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from pyspark.sql import Column, DataFrame, Observation
from pyspark.sql import functions as F

from qualscore import checkpoints
from qualscore.definitions.definition import Definition, Training
from qualscore.features import UNDATED_PRODUCTS
from qualscore.model.encoding import inputs
from qualscore.model.encoding.draws import draw, is_drawn
from qualscore.model.learning.population import Population

SAMPLE_LEAST = 6_000  # unlabelled accounts of a repeat; more does not matter
SAMPLE_PER_EXAMPLE = 20  # 5 are too few
SAMPLE_MOST = 200_000  # what a fit holds has a bound, whatever the number of customers
MAX_DATES = 1_000  # quantiles of the examples' dates stand for all of them
TODAY_ACCOUNTS = 20_000  # enough for a PSI of .01


@dataclass(frozen=True)
class Rows:
    """The rows of a training.

    Attributes:
        frame: features with_stack as of as_of_on, with is_example, is_unlabelled, is_reference (never), repeats (of the samples that the
            row is in), in_evaluation, in_crm, is_dated.
        undated: what is known of the dated examples without a day of its own, by the names of `_undated`; products where they are counted.
    """

    frame: DataFrame
    undated: Mapping[str, int]


def describe_rows(
    flagged: DataFrame,
    describe: Callable[[DataFrame], DataFrame],
    definition: Definition,
    population: Population,
    *,
    as_of: date,
    evaluation_accounts: int,
) -> Rows:
    """Draws the accounts of a training and describes them: two actions, one scan each.

    Args:
        flagged: marked accounts of the training date, with founded_year.
        describe: (domain, company_name, as_of_on) to features as of each row's own date.
        definition: what to learn.
        population: of the marked accounts.
        as_of: the training date.
        evaluation_accounts: unlabelled accounts, at most, that calibrate and judge.
    """
    dated = _drawn(flagged, definition.training, population, as_of=as_of, evaluation_accounts=evaluation_accounts)
    described = describe(dated.select("domain", "company_name", "as_of_on"))
    # An unlabelled account whose drawn date is that of undated examples is not dated either.
    is_dated = F.when(F.col("is_example"), F.col("event_on").isNotNull()).otherwise(F.col("as_of_on") < F.lit(as_of))
    flags = dated.select("domain", "is_example", "repeats", "in_evaluation", "in_crm", is_dated.alias("is_dated"))
    stacked = inputs.with_stack(described.join(flags, "domain", "inner"), definition.features)
    marked = stacked.withColumns({"is_unlabelled": ~F.col("is_example"), "is_reference": F.lit(False)})
    observed = Observation()
    # A checkpoint, not a cache: each of the hundred Spark jobs to come would analyse the whole plan behind a cached frame again.
    watched = _undated(marked)
    frame = (
        marked.observe(observed, *(value.alias(name) for name, value in watched.items())).drop(UNDATED_PRODUCTS).transform(checkpoints.kept)
    )
    return Rows(frame, {name: int(observed.get[name] or 0) for name in watched})


def _drawn(flagged: DataFrame, training: Training, population: Population, *, as_of: date, evaluation_accounts: int) -> DataFrame:
    """Examples, samples and evaluation accounts with their dates; accounts that were not yet founded then are left out."""
    counts = population.counts
    wanted = min(max(SAMPLE_LEAST, SAMPLE_PER_EXAMPLE * counts["examples"]), SAMPLE_MOST)
    samples = [
        F.when(is_drawn("sample", wanted / counts["unlabelled"], seed=training.seed, repeat=r), F.lit(r)) for r in range(training.repeats)
    ]
    in_evaluation = ~F.col("is_example") & is_drawn("evaluation", evaluation_accounts / counts["unlabelled"], seed=training.seed)
    marked = flagged.where("is_example or is_unlabelled").withColumns(
        {"repeats": F.array_compact(F.array(*samples)), "in_evaluation": in_evaluation}
    )
    used = marked.where(F.col("is_example") | (F.size("repeats") > 0) | F.col("in_evaluation"))
    own_date = _own_date(population.events, training, as_of).alias("as_of_on")
    kept = ("domain", "company_name", "is_example", "repeats", "in_evaluation", "in_crm", "event_on", "founded_year")
    dated = used.select(*kept, own_date)
    founded = F.coalesce(F.col("founded_year") <= F.year("as_of_on"), F.lit(True))
    # What follows reads it five times: without a checkpoint each would look through all accounts for the few that are drawn.
    return dated.where(F.col("is_example") | founded).drop("founded_year").transform(checkpoints.kept)


def _own_date(events: Sequence[date | None], training: Training, as_of: date) -> Column:
    """The day before an example's event, today when undated; an unlabelled account's is drawn from the examples' dates."""
    days = [as_of if event is None else min(event - timedelta(days=1), as_of) for event in events]
    dates = sorted(days)[:: -(-len(days) // MAX_DATES)]
    listed = F.split(F.lit(",".join(map(str, dates))), ",")
    drawn = F.to_date(F.get(listed, draw("date", len(dates), seed=training.seed)))
    own = F.coalesce(F.least(F.date_sub("event_on", 1), F.lit(as_of)), F.lit(as_of))
    return F.when(F.col("is_example"), own).otherwise(drawn)


def _undated(rows: DataFrame) -> dict[str, Column]:
    """Of the dated examples: how many, how many by firmographics of later, their products, and those without a first day."""
    is_dated = F.col("is_example") & F.col("is_dated")
    examples = {"dated": F.count_if(is_dated), "backfilled": F.count_if(is_dated & F.col("is_backfilled"))}
    if UNDATED_PRODUCTS not in rows.columns:
        return examples
    products = {"products": F.size("tech_stack"), "undated_products": F.col(UNDATED_PRODUCTS)}
    return examples | {name: F.sum(F.when(is_dated, number)) for name, number in products.items()}


def undated_warnings(undated: Mapping[str, int], name: str) -> list[str]:
    """At most two lines: what the examples may be described by that came after their own dates."""
    warnings = []
    if undated.get("undated_products"):
        warnings.append(
            f"{name}: {undated['undated_products']:,} of {undated['products']:,} products that {undated['dated']:,} dated customers use "
            "have no first day and count as used at any date, before the sale too. Deliver first_seen_on."
        )
    if undated["backfilled"]:
        warnings.append(
            f"{name}: {undated['backfilled']:,} of {undated['dated']:,} dated customers are described by firmographics of a later day, as "
            "there are none of before. Deliver snapshots with observed_on."
        )
    return warnings


def describe_today(flagged: DataFrame, population: Population, definition: Definition) -> DataFrame | None:
    """Some unlabelled accounts as of the training date: what the model will score, beside the dates that it learned from.

    None when no example is dated: every row is of the training date.
    """
    counts = population.counts
    if counts["undated"] == counts["examples"]:
        return None
    share = TODAY_ACCOUNTS / counts["unlabelled"]
    return flagged.where(F.col("is_unlabelled") & is_drawn("evaluation", share, seed=definition.training.seed)).transform(checkpoints.kept)
