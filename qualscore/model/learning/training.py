"""From labelled accounts to a calibrated ensemble, or to an honest refusal."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
import pandas as pd
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from qualscore.definitions.definition import Definition, Training
from qualscore.errors import TrainingRefused
from qualscore.model.encoding import encoding, inputs
from qualscore.model.encoding.draws import draw, is_drawn
from qualscore.model.learning import coverage, evaluation, evidence, giveaways, pipeline, population
from qualscore.model.learning.evidence import Evidence
from qualscore.model.learning.population import Population
from qualscore.model.scoring import calibration
from qualscore.model.scoring.qualification import QualificationModel

SAMPLE_LEAST = 6_000  # unlabelled accounts of a repeat; more does not matter
SAMPLE_PER_EXAMPLE = 20  # 5 are too few
SAMPLE_MOST = 200_000  # what a fit holds has a bound, whatever the number of customers
LEAST_EXAMPLES, RECOMMENDED_EXAMPLES = 50, 100
UNLABELLED_PER_EXAMPLE = 5
QUANTILES = 1_000
MAX_DATES = 1_000  # quantiles of the examples' dates stand for all of them
CALIBRATION_FOLDS, CALIBRATION_WAYS = 5, 5
JUDGED = ("as_of_on", "is_dated", "in_crm")


@dataclass(frozen=True)
class Trained:
    """A model not yet registered, and what is known of it."""

    model: QualificationModel
    metrics: dict[str, float]
    reliability: list[dict[str, float]]
    counts: dict[str, int]
    warnings: list[str]
    evidence: Evidence


def train(
    accounts: DataFrame,
    describe: Callable[[DataFrame], DataFrame],
    definition: Definition,
    *,
    as_of: date,
    evaluation_accounts: int,
    by_selector: Callable[[DataFrame], str] = lambda accounts: "",
) -> Trained:
    """Trains, calibrates and judges the ensemble of one definition.

    Args:
        accounts: features of the training date, with is_selected, is_excluded, is_example, event_on, is_in_reference;
            where it has known_by, the coverage of the sources is measured too.
        describe: (domain, company_name, as_of_on) to features as of each row's own date.
        definition: what to learn.
        as_of: the training date.
        evaluation_accounts: unlabelled accounts, at most, that calibrate and judge.
        by_selector: says of such accounts how many each selector finds; asked only when they are few.

    Raises:
        TrainingRefused: too few customers or unlabelled accounts, a value that gives the answer away, no signal.
    """
    flagged = population.marked(inputs.with_stack(accounts, definition.features))
    found = population.scan(flagged)
    counts = found.counts
    warnings = check_counts(counts, definition, lambda: by_selector(flagged))
    warnings += coverage.warnings(found.coverage, definition.name)
    # A checkpoint, not a cache: each of the hundred Spark jobs to come would analyse the whole plan behind a cached frame again.
    rows = _rows(flagged, describe, definition, found, as_of=as_of, evaluation_accounts=evaluation_accounts).localCheckpoint()
    today = _today(flagged, counts, definition) if counts["undated"] < counts["examples"] else None
    frame = rows.where(F.col("is_example") | (F.size("repeats") > 0))
    values = giveaways.count_values(frame)
    giveaways.refuse(values, definition, n_examples=counts["examples"], drawn=frame.where("is_unlabelled").count(), of=counts["unlabelled"])
    technologies = evidence.telling_technologies(values)
    known = rows.withColumn("facts", evidence.facts(rows, technologies))
    model, vectors = fit(known, values, found.shares, definition, keep=(*JUDGED, "facts"))
    judged = _judged(model, vectors)
    finished, metrics, reliability = _calibrated(model, judged)
    least = evaluation.least_auc(counts["examples"])
    if metrics["roc_auc"] < least:
        raise TrainingRefused(
            f"{definition.name}: no signal. The {counts['examples']} examples cannot be told from other accounts: "
            f"ROC-AUC {metrics['roc_auc']:.3f} on accounts that the model did not see, at least {least:.3f} is needed. "
            "Nothing was registered. Other examples, or data that says more about accounts, may help."
        )
    measured = metrics | found.coverage | {"customers": counts["examples"], "unlabelled": counts["unlabelled"]}
    named = tuple(evidence.spoken_technology(*it) for it in technologies)
    evidence_of = Evidence(rows, values, found.shares, judged, named, today, as_of)
    return Trained(finished, measured, reliability, counts, warnings, evidence_of)


def fit(
    rows: DataFrame,
    values: list[giveaways.ValueCount],
    shares: Mapping[str, dict[str | None, float]],
    definition: Definition,
    *,
    keep: Sequence[str] = (),
) -> tuple[QualificationModel, DataFrame]:
    """Fits the encodings and the ensemble; returns the uncalibrated model and the vectors of all rows.

    Args:
        rows: features with_stack as of each row's own date, with is_example, repeats, in_evaluation.
        values: counts of each value in the training frame.
        shares: by column each value's share of the reference accounts.
        definition: what to learn.
        keep: other columns of the rows that the vectors have too.
    """
    training = definition.training
    stack = ("tech_products", "tech_categories")
    accounts_of = {name: {str(it.value): it.examples + it.unlabelled for it in values if it.column == name} for name in stack}
    chosen = inputs.choose(accounts_of, _keyword_sets(rows), definition)
    model = QualificationModel(definition, chosen, {}, [], [])
    inner = F.array(*(draw("inner", encoding.INNER_FOLDS, seed=training.seed, repeat=repeat) for repeat in range(training.repeats)))
    kept = ("domain", "is_example", "repeats", "in_evaluation", "static", "folds", "inners", *chosen.numeric, *chosen.lifted, *keep)
    # Of one number to base 5 each digit is a fold, one way of making folds for each; the last is calibration_fold.
    ways = draw("calibration", CALIBRATION_FOLDS**CALIBRATION_WAYS, seed=training.seed)
    marks = {"domain_hash": F.xxhash64("domain"), "calibration_ways": ways, "calibration_fold": ways % CALIBRATION_FOLDS}
    vectors = model.vectors(rows).withColumn("inners", inner).select(*kept).withColumns(marks).localCheckpoint()
    examples = vectors.where("is_example").select("folds", "inners", *chosen.lifted).toPandas()
    folds, inners = np.array(examples["folds"].to_list()), np.array(examples["inners"].to_list())
    lifted = {
        name: encoding.count(examples, name, shares.get(name, {}), folds=folds, inners=inners, n_folds=training.folds)
        for name in chosen.lifted
    }
    static = len(chosen.factor_of_column) - len(chosen.lifted)
    texts, starts = pipeline.fit_ensemble(vectors, lifted, training, static=static, numbers=chosen.numeric)
    return replace(model, lifted=lifted, texts=texts, starts=starts), vectors


def _keyword_sets(rows: DataFrame) -> set[str]:
    """The keyword sets that any account of the training frame has a signal of."""
    frame = rows.where(F.col("is_example") | (F.size("repeats") > 0))
    return {str(row["keyword_set"]) for row in frame.select(F.explode("intent.keyword_set").alias("keyword_set")).distinct().collect()}


def _judged(model: QualificationModel, vectors: DataFrame) -> pd.DataFrame:
    """Margins and facts of examples and evaluation accounts, at most 200,000 and the examples, in one order whatever the partitioning."""
    wanted = vectors.where(F.col("is_example") | F.col("in_evaluation"))
    margins = model.margins(wanted, "domain_hash", "is_example", "calibration_ways", "calibration_fold", *JUDGED, "facts")
    return margins.select("*", "facts.*").drop("facts").toPandas().sort_values("domain_hash", ignore_index=True)


def _today(flagged: DataFrame, counts: dict[str, int], definition: Definition) -> DataFrame:
    """Some unlabelled accounts as of the training date: what the model will score, beside the dates that it learned from."""
    share = evidence.TODAY_ACCOUNTS / counts["unlabelled"]
    return flagged.where(F.col("is_unlabelled") & is_drawn("evaluation", share, seed=definition.training.seed)).localCheckpoint()


def check_counts(counts: Mapping[str, int], definition: Definition, by_selector: Callable[[], str]) -> list[str]:
    """The warning that is due, if any.

    Raises:
        TrainingRefused: too few customers or unlabelled accounts.
    """
    found, least = counts["examples"], definition.training.min_examples
    if found >= max(least, RECOMMENDED_EXAMPLES) and counts["unlabelled"] >= UNLABELLED_PER_EXAMPLE * found:
        return _count_warnings(counts, "", definition.name)
    said = (
        f"{definition.name}: {found} customers with a domain and data (the selectors pick {counts['selected']} accounts{by_selector()}; "
        f"{counts['excluded']} are excluded, of {counts['no_data']} nothing but the domain is known)"
    )
    if found < least:
        raise TrainingRefused(
            f"{said}; at least {least} are needed, {RECOMMENDED_EXAMPLES} or more are recommended. Add customers, or widen `examples`."
        )
    if counts["unlabelled"] == 0:
        raise TrainingRefused(
            f"{said}, and no unlabelled accounts to compare them with. Deliver firmographics of companies that are not customers."
        )
    if counts["unlabelled"] < UNLABELLED_PER_EXAMPLE * found:
        raise TrainingRefused(
            f"{said}, but only {counts['unlabelled']} unlabelled accounts; at least {UNLABELLED_PER_EXAMPLE} for each customer are needed. "
            "Deliver firmographics of more companies, or widen `reference`."
        )
    return _count_warnings(counts, said, definition.name)


def _count_warnings(counts: Mapping[str, int], said: str, name: str) -> list[str]:
    found = counts["examples"]
    warnings = []
    if found < LEAST_EXAMPLES:
        warnings.append(f"{said}; fewer than {LEAST_EXAMPLES} are at your own risk: what the model finds may be chance")
    elif found < RECOMMENDED_EXAMPLES:
        warnings.append(f"{said}; {RECOMMENDED_EXAMPLES} or more are recommended")
    if counts["undated_in_crm"]:
        warnings.append(
            f"{name}: NO DATES: {counts['undated_in_crm']} of {found} customers are in the CRM and have no date, so that they are "
            "described as they are today. The model may learn what happened because of the sale, and look better than it is. "
            "Select them by opportunities, or deliver their lists with event_on."
        )
    return warnings


def _rows(
    flagged: DataFrame,
    describe: Callable[[DataFrame], DataFrame],
    definition: Definition,
    found: Population,
    *,
    as_of: date,
    evaluation_accounts: int,
) -> DataFrame:
    """Examples, samples and evaluation accounts, described as of their own dates."""
    training, counts = definition.training, found.counts
    wanted = min(max(SAMPLE_LEAST, SAMPLE_PER_EXAMPLE * counts["examples"]), SAMPLE_MOST)
    samples = [
        F.when(is_drawn("sample", wanted / counts["unlabelled"], seed=training.seed, repeat=r), F.lit(r)) for r in range(training.repeats)
    ]
    drawn = flagged.where("is_example or is_unlabelled").withColumns(
        {
            "repeats": F.array_compact(F.array(*samples)),
            "in_evaluation": ~F.col("is_example") & is_drawn("evaluation", evaluation_accounts / counts["unlabelled"], seed=training.seed),
        }
    )
    used = drawn.where(F.col("is_example") | (F.size("repeats") > 0) | F.col("in_evaluation"))
    flags = ("is_example", "repeats", "in_evaluation", "in_crm")
    own_date = _own_date(found.events, training, as_of).alias("as_of_on")
    dated = used.select("domain", "company_name", *flags, "event_on", "founded_year", own_date)
    founded = F.coalesce(F.col("founded_year") <= F.year("as_of_on"), F.lit(True))
    # What follows reads it five times: without a checkpoint each would look through all accounts for the few that are drawn.
    dated = dated.where(F.col("is_example") | founded).drop("founded_year").localCheckpoint()
    described = describe(dated.select("domain", "company_name", "as_of_on"))
    # An unlabelled account whose drawn date is that of undated examples is not dated either.
    is_dated = F.when(F.col("is_example"), F.col("event_on").isNotNull()).otherwise(F.col("as_of_on") < F.lit(as_of))
    flagged_rows = dated.select("domain", *flags, is_dated.alias("is_dated"))
    stacked = inputs.with_stack(described.join(flagged_rows, "domain", "inner"), definition.features)
    return stacked.withColumns({"is_unlabelled": ~F.col("is_example"), "is_reference": F.lit(False)})


def _own_date(events: Sequence[date | None], training: Training, as_of: date) -> Column:
    """The day before an example's event, today when undated; an unlabelled account's is drawn from the examples' dates."""
    days = [as_of if event is None else min(event - timedelta(days=1), as_of) for event in events]
    dates = sorted(days)[:: -(-len(days) // MAX_DATES)]
    listed = F.split(F.lit(",".join(map(str, dates))), ",")
    drawn = F.to_date(F.get(listed, draw("date", len(dates), seed=training.seed)))
    own = F.coalesce(F.least(F.date_sub("event_on", 1), F.lit(as_of)), F.lit(as_of))
    return F.when(F.col("is_example"), own).otherwise(drawn)


def _calibrated(model: QualificationModel, judged: pd.DataFrame) -> tuple[QualificationModel, dict[str, float], list[dict[str, float]]]:
    sides = [judged[judged["is_example"] == side] for side in (True, False)]
    examples, unlabelled = (side["margin"].to_numpy() for side in sides)
    digits = CALIBRATION_FOLDS ** np.arange(CALIBRATION_WAYS)
    folds = [side["calibration_ways"].to_numpy()[:, None] // digits % CALIBRATION_FOLDS for side in sides]
    reliability = calibration.reliability(examples, unlabelled, example_folds=folds[0], unlabelled_folds=folds[1])
    errors = {
        "calibration_error": calibration.calibration_error(reliability),
        "calibration_error_expected": calibration.expected_error(reliability, len(examples)),
    }
    metrics = evaluation.ranking(examples, unlabelled) | errors
    finished = replace(
        model,
        calibration=calibration.fit(examples, unlabelled),
        quantiles=np.quantile(unlabelled, np.linspace(0, 1, QUANTILES + 1)),
        examples=np.sort(sides[0]["domain_hash"].to_numpy()),
    )
    return finished, metrics, reliability
