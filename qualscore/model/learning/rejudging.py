"""Models that are there on the accounts of today: what compares two of them, without a training."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import pandas as pd
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from qualscore.definitions.definition import Definition
from qualscore.model.encoding import inputs
from qualscore.model.learning import population, refusals, rows
from qualscore.model.scoring.qualification import QualificationModel


@dataclass(frozen=True)
class Judged:
    """The accounts that judge.

    Attributes:
        rows: examples and drawn unlabelled accounts (in_evaluation), each as of its own date; others are not judged.
        weight: how many unlabelled accounts each drawn one stands for.
        share: of the unlabelled accounts that are drawn.
    """

    rows: DataFrame
    weight: float
    share: float = 1.0


def margins(judged: Judged, *, champion: QualificationModel, new: QualificationModel) -> pd.DataFrame:
    """The margins of two models, each by its own fold rule: is_example, champion, new; one row an account, ordered by domain_hash."""
    sides = {"champion": _margins(champion, judged.rows), "new": _margins(new, judged.rows)}
    joined = pd.DataFrame({name: side["margin"] for name, side in sides.items()})
    return joined.assign(is_example=sides["new"]["is_example"]).sort_index()


def _margins(model: QualificationModel, frame: DataFrame) -> pd.DataFrame:
    """By domain_hash: is_example and margin. What the model's own definition leaves out is left out."""
    wanted = frame.where(F.col("is_example") | F.col("in_evaluation"))
    vectors = model.vectors(inputs.with_stack(wanted, model.definition.features)).withColumn("domain_hash", F.xxhash64("domain"))
    judged: pd.DataFrame = model.margins(vectors, "domain_hash", "is_example").toPandas()
    return judged.set_index("domain_hash")


def accounts_that_judge(
    accounts: DataFrame, describe: Callable[[DataFrame], DataFrame], definition: Definition, *, as_of: date, evaluation_accounts: int
) -> Judged:
    """Today's examples and evaluation sample of a definition, drawn and described as a training does: three scans of the universe.

    Args:
        accounts: as training.train takes them.
        describe: (domain, company_name, as_of_on) to features as of each row's own date.
        definition: which accounts are examples.
        as_of: the day of the features.
        evaluation_accounts: unlabelled accounts, at most.

    Raises:
        TrainingRefused: too few customers or unlabelled accounts to judge by.
    """
    flagged = population.marked(inputs.with_stack(accounts, definition.features))
    known = population.scan(flagged)
    refusals.check_counts(known.counts, definition)
    # Of the samples of a training one is drawn, the least that there can be: they judge nothing.
    single = definition.model_copy(update={"training": definition.training.model_copy(update={"repeats": 1})})
    drawn = rows.describe_rows(flagged, describe, single, known, as_of=as_of, evaluation_accounts=evaluation_accounts)
    unlabelled = drawn.frame.where(F.col("in_evaluation")).count()
    total = known.counts["unlabelled"]
    return Judged(drawn.frame, total / max(1, unlabelled), min(1.0, evaluation_accounts / total))
