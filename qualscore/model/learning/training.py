"""From labelled accounts to a calibrated ensemble, or to a refusal."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pandas as pd
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from qualscore.definitions.definition import Definition
from qualscore.model.encoding import inputs
from qualscore.model.encoding.arrays import Array
from qualscore.model.learning import coverage, evidence, fitting, giveaways, population, refusals, rows
from qualscore.model.learning.evidence import Evidence
from qualscore.model.scoring import calibration
from qualscore.model.scoring.qualification import QualificationModel

QUANTILES = 1_000
JUDGED = ("as_of_on", "is_dated", "in_crm")


@dataclass(frozen=True)
class Trained:
    """A fitted and calibrated model, and what it was fitted on. What it is worth is measured by judging.

    Attributes:
        model: not yet registered.
        evidence: what it is judged by.
        counts: accounts by the names of `population.counted`.
        warnings: of the accounts that it learned from, one sentence each.
    """

    model: QualificationModel
    evidence: Evidence
    counts: dict[str, int]
    warnings: list[str]


def train(
    accounts: DataFrame, describe: Callable[[DataFrame], DataFrame], definition: Definition, *, as_of: date, evaluation_accounts: int
) -> Trained:
    """Trains and calibrates the ensemble of one definition.

    Args:
        accounts: features of the training date, with is_selected, is_excluded, is_example, event_on, is_in_reference, and with
            is_withheld and expected_in where the definition expects something;
            where it has known_by, the coverage of the sources is measured too.
        describe: (domain, company_name, as_of_on) to features as of each row's own date.
        definition: what to learn.
        as_of: the training date.
        evaluation_accounts: unlabelled accounts, at most, that calibrate and judge.

    Raises:
        TrainingRefused: too few customers or unlabelled accounts, or a value that gives the answer away.
    """
    name = definition.name
    flagged = population.marked(inputs.with_stack(accounts, definition.features))
    known = population.scan(flagged)
    warnings = refusals.check_counts(known.counts, definition) + coverage.warnings(known.coverage, name)
    drawn = rows.describe_rows(flagged, describe, definition, known, as_of=as_of, evaluation_accounts=evaluation_accounts)
    values = giveaways.count_values(drawn.frame.where(F.col("is_example") | (F.size("repeats") > 0)))
    others = giveaways.count_others(flagged, giveaways.suspects(values, definition))
    warnings += giveaways.judge(values, definition, others=others) + rows.undated_warnings(drawn.undated, name)
    technologies = evidence.telling_technologies(values)
    facts = evidence.facts(drawn.frame, technologies)
    model, vectors = fitting.fit(drawn.frame.withColumn("facts", facts), values, known.shares, definition, keep=(*JUDGED, "facts"))
    judged = _judged(model, vectors)
    proof = Evidence(
        rows=drawn.frame,
        values=values,
        shares=known.shares,
        judged=judged,
        weight=known.counts["unlabelled"] / max(1, int((~judged["is_example"].to_numpy(bool)).sum())),
        technologies=tuple(evidence.spoken_technology(*it) for it in technologies),
        today=rows.describe_today(flagged, known, definition),
        coverage=known.coverage,
        undated=drawn.undated,
        as_of=as_of,
        expected=population.expected(flagged) if definition.expect else None,
    )
    return Trained(_calibrated(model, proof), proof, known.counts, warnings)


def _judged(model: QualificationModel, vectors: DataFrame) -> pd.DataFrame:
    """Margins and facts of examples and evaluation accounts, at most 200,000 and the examples, in one order whatever the partitioning."""
    wanted = vectors.where(F.col("is_example") | F.col("in_evaluation"))
    margins = model.margins(wanted, "domain_hash", "is_example", "calibration_ways", "calibration_fold", *JUDGED, "facts")
    return margins.select("*", "facts.*").drop("facts").toPandas().sort_values("domain_hash", ignore_index=True)


def _calibrated(model: QualificationModel, proof: Evidence) -> QualificationModel:
    """The model with what makes a score of its margins."""
    examples, unlabelled = proof.margins
    hashes: Array = proof.judged["domain_hash"].to_numpy()[proof.judged["is_example"].to_numpy(bool)]
    quantiles = np.quantile(unlabelled, np.linspace(0, 1, QUANTILES + 1))
    return replace(model, calibration=calibration.fit(examples, unlabelled), quantiles=quantiles, examples=np.sort(hashes))
