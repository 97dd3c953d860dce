"""All files of the sample, by Spark."""

import posixpath
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from qualscore.parallel import side_by_side
from qualscore.paths import of_spark
from qualscore.sample import crm, intent, technographics
from qualscore.sample.account_lists import account_list
from qualscore.sample.companies import with_company
from qualscore.sample.customers import deal_days, with_stack, with_truth
from qualscore.sample.draws import Draws
from qualscore.sample.files import write
from qualscore.sample.firmographics import firmographics, numbered
from qualscore.sample.layout import AS_OF, places
from qualscore.sample.markets import MARKETS

_KEPT_UP_TO = 100_000
_TRUTH = [
    "id", "domain", "probability_platform", "is_customer_platform", "is_known_platform", "probability_analytics", "is_customer_analytics",
    "is_known_analytics", "opened_on", "closed_on", "in_crm", "is_partner", "is_known",
]  # fmt: skip


def generate(
    spark: SparkSession, folder: str, *, accounts: int, seed: int, as_of: date = AS_OF, file_format: str | None = None
) -> dict[str, int]:
    """Write all deliveries and the truth of a universe below a folder; return the rows of each file.

    The same accounts, seed and as_of give the same rows, whatever the session's partitions.
    """
    draws = Draws(seed)
    place = places(accounts, file_format=file_format, week=intent.newest_week(as_of))
    with _many_small_methods(spark):
        rows = with_stack(with_company(numbered(spark, accounts=accounts), draws, as_of=as_of), draws)
        rows = rows.persist() if accounts <= _KEPT_UP_TO else rows  # read by six files; larger ones are cheaper to make again
        companies = rows.where("kind = -1")
        truth = with_truth(companies, draws, as_of=as_of, accounts=accounts).select(*_TRUTH)
        counts = {"truth": write(truth, folder, place["truth"])}
        truth = spark.read.parquet(of_spark(posixpath.join(folder, place["truth"].path)))
        people = _people(truth, draws, as_of=as_of).persist()  # at most some 300,000, read by seven files
        frames = _of_the_world(rows, truth.where("is_known"), draws, as_of=as_of)
        frames |= _of_the_seller(spark, people, draws, as_of=as_of, accounts=accounts)
        written = side_by_side(lambda name: write(frames[name], folder, place[name]), frames)
        counts |= dict(zip(frames, written, strict=True))
        people.unpersist()
        rows.unpersist()
    return counts


def _of_the_world(rows: DataFrame, known: DataFrame, draws: Draws, *, as_of: date) -> dict[str, DataFrame]:
    companies = rows.where("kind = -1")
    return {
        "firmographics": firmographics(rows, draws),
        "technographics": technographics.technographics(companies, known, draws, as_of=as_of),
        "builtwith": technographics.builtwith(companies, draws, as_of=as_of),
        "intent": intent.intent(companies, known, draws, as_of=as_of),
        "bombora": intent.bombora(companies, draws),
    }


def _people(truth: DataFrame, draws: Draws, *, as_of: date) -> DataFrame:
    """The companies that the CRM or a list has."""
    return with_company(truth.where("in_crm or is_partner").drop("domain"), draws, as_of=as_of).withColumns(deal_days(draws))


def _of_the_seller(spark: SparkSession, people: DataFrame, draws: Draws, *, as_of: date, accounts: int) -> dict[str, DataFrame]:
    in_crm = people.where("in_crm")
    frames = {
        "crm_accounts": crm.accounts(in_crm, draws, as_of=as_of),
        "crm_opportunities": crm.opportunities(in_crm, draws, as_of=as_of),
        "crm_opportunity_history": crm.opportunity_history(in_crm, draws, as_of=as_of),
        "activities": crm.activities(in_crm, draws, as_of=as_of),
    }
    lists = {f"customers_{market.name}": (people.where(f"is_known_{market.name}"), F.col("opened_on")) for market in MARKETS}
    lists["partners"] = people.where("is_partner"), F.date_sub(F.lit(as_of), draws.whole("partner since", 100, 1500))
    for number, (name, (members, since)) in enumerate(lists.items()):
        strangers_from = 2 * max(accounts, 1000) + 100 * number
        frames[name] = account_list(spark, members, draws, name=name, since=since, strangers_from=strangers_from)
    return frames


@contextmanager
def _many_small_methods(spark: SparkSession) -> Iterator[None]:
    """Compiles wide, shallow plans to many methods: as one they are too large for the JVM's compiler, and run three times slower."""
    key = "spark.sql.codegen.wholeStage"
    before = spark.conf.get(key, "true")
    spark.conf.set(key, "false")
    try:
        yield
    finally:
        spark.conf.set(key, before or "true")
