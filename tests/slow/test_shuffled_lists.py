"""Customer lists that are nobody's customers: of 40 random ones at least 39 are refused, and small trainings reach what whole ones do.

Ten minutes and more.

It is not among the tests that run by default: ./spark-submit.sh test tests/slow. Some of them: -k "list_of_50 or all_but_one".
QUALSCORE_UNIVERSE names a warehouse in which ingest and build_features have run: its companies are taken. Otherwise 20,000 made-up ones.
"""

import os
from datetime import date
from functools import partial
from pathlib import Path

import pytest
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F
from scipy.stats import kstest

from qualscore.definitions.definition import Definition, Training
from qualscore.errors import TrainingRefused
from qualscore.model.encoding.draws import FINE, draw
from qualscore.model.judging import driver_rows, judging, shuffles
from qualscore.model.judging.shuffles import Null
from qualscore.model.learning import training
from qualscore.model.learning.evaluation import ranking
from tests.small_universe import companies
from tests.spark.conftest import clean_tables

pytestmark = pytest.mark.slow

LISTS = [(size, number) for size, numbers in {50: 14, 100: 13, 400: 13}.items() for number in range(numbers)]
MOST_TRAINED = 1
TRAINED: dict[tuple[int, int], str | None] = {}
REACHED: dict[tuple[int, int], float] = {}


@pytest.fixture(scope="session")
def today(spark: SparkSession) -> DataFrame:
    """Features of every company with data, described once: a list costs no more than its fits."""
    folder = os.environ.get("QUALSCORE_UNIVERSE")
    if folder:
        described = spark.read.format("delta").load(str(Path(folder) / "features" / "account_features"))
    else:
        described = clean_tables(spark, companies(20_000)).today()
    return described.where("has_data").localCheckpoint()


@pytest.fixture(scope="session")
def nulls(today: DataFrame) -> dict[int, Null]:
    """What small trainings of random lists reach, by the length of a list."""
    drawn = driver_rows.collected(today.orderBy(draw("null", FINE, seed=0), "domain").limit(shuffles.ACCOUNTS))
    return {size: shuffles.null(drawn, size, Training()) for size in sorted({size for size, _ in LISTS})}


def describe(dates: DataFrame, *, today: DataFrame) -> DataFrame:
    """No list has a date: everything is described as of the one day."""
    return today.join(dates.select("domain"), "domain", "left_semi")


@pytest.mark.parametrize(("size", "number"), LISTS, ids=[f"list_of_{size}_{number}" for size, number in LISTS])
def test_a_list(size: int, number: int, today: DataFrame, nulls: dict[int, Null]) -> None:
    drawn = today.orderBy(draw("shuffled", FINE, seed=1_000 * size + number), "domain").limit(size).select("domain")
    chosen = drawn.withColumn("is_example", F.lit(True))
    labelled = today.join(F.broadcast(chosen), "domain", "left").withColumns(
        {
            "is_example": F.coalesce("is_example", F.lit(False)),
            "is_selected": F.coalesce("is_example", F.lit(False)),
            "is_excluded": F.lit(False),
            "is_in_reference": F.lit(True),
            "event_on": F.lit(None).cast("date"),
        }
    )
    definition = Definition.model_validate({"name": "shuffled", "examples": {"account_list": "x"}, "training": {"seed": number}})
    as_of: date = today.first()["as_of_on"]
    try:
        trained = training.train(labelled, partial(describe, today=today), definition, as_of=as_of, evaluation_accounts=200_000)
        auc = ranking(*trained.evidence.margins, weight=1)["roc_auc"]
        REACHED[size, number] = auc
        judging.refuse_no_signal(auc, trained.counts["examples"], definition.name, null=nulls[size])
        TRAINED[size, number] = f"ROC-AUC {auc:.3f}"
    except TrainingRefused as refused:
        assert "no signal" in str(refused)
        TRAINED[size, number] = None


def test_all_but_one_are_refused() -> None:
    """Of the lists of this run."""
    trained = {name: said for name, said in TRAINED.items() if said}
    assert TRAINED, "run some lists too"
    print(f"{len(TRAINED) - len(trained)} of {len(TRAINED)} lists refused")  # seen with -s
    assert len(trained) <= MOST_TRAINED, trained


def test_small_trainings_reach_what_whole_ones_do(nulls: dict[int, Null]) -> None:
    """By each list's share of small ones that reach as much: were they of one kind, these shares would be spread evenly over 0 to 1."""
    shares = sorted(shuffles.p_value(auc, nulls[size].aucs) for (size, _), auc in REACHED.items())
    assert len(shares) >= 10, "run some lists too"
    print(f"shares of small trainings that reach as much: {[round(it, 2) for it in shares]}")  # seen with -s
    assert kstest(shares, "uniform").pvalue > 0.01, shares
