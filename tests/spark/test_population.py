"""What is counted of all accounts in one scan is what pandas counts."""

from datetime import date

import pandas as pd
import pytest
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from qualscore import contracts
from qualscore.features.reading import AsOf
from qualscore.joins import to_be_joined
from qualscore.model.encoding import inputs
from qualscore.model.learning import giveaways, population
from qualscore.model.learning.giveaways import ValueCount
from qualscore.universe import labels
from qualscore.universe.accounts import PRECEDENCE
from qualscore.universe.accounts import universe as universe_of
from tests.small_universe import AS_OF, DEFINITION, Universe, companies


@pytest.fixture(scope="module")
def flagged(universe: Universe) -> DataFrame:
    """Every third customer has a date; companies in France are nobody's reference."""
    dated = F.when(F.pmod(F.regexp_extract("domain", r"(\d+)", 1).cast("int"), F.lit(3)) == 0, F.lit(date(2026, 3, 4)))
    lists = universe.account_lists.withColumn("event_on", dated)
    labelled = universe.labelled(DEFINITION, lists).withColumn("is_in_reference", ~F.col("country").eqNullSafe("FR"))
    known = F.when(F.col("country") == "DE", F.array(F.lit("crm"))).otherwise(F.array(F.lit("firmographics")))
    return population.marked(inputs.with_stack(labelled.withColumn("known_by", known), DEFINITION.features))


def test_counts_shares_and_dates(flagged: DataFrame) -> None:
    frame = companies()
    partners = frame["domain"].isin([f"company{i}.com" for i in range(5)])
    examples = frame[frame["is_customer"] & ~partners]
    reference = frame[~partners & (frame["country"] != "FR")]
    scanned = population.scan(flagged)
    assert scanned.counts["examples"] == len(examples)
    assert scanned.counts["reference"] == len(reference)
    assert scanned.counts["unlabelled"] == len(reference[~reference["is_customer"]])
    by_country = reference["country"].value_counts(dropna=False, normalize=True)
    assert scanned.shares["country"] == pytest.approx({None if pd.isna(name) else name: share for name, share in by_country.items()})
    cities = reference["city"].value_counts()
    expected = cities / len(reference) * len(examples)
    telling = cities[(expected >= 0.1) | cities.index.isin(examples["city"])]
    assert scanned.shares["city"] == pytest.approx((telling / len(reference)).to_dict())
    assert len(telling) < 0.8 * len(cities), "most cities are of one company, and no example is there"
    dated = sum(int(domain[7:-4]) % 3 == 0 for domain in examples["domain"])
    assert 0 < dated < len(examples)
    assert scanned.events == [None] * (len(examples) - dated) + [date(2026, 3, 4)] * dated
    assert scanned.counts["undated"] == len(examples) - dated
    assert scanned.coverage["coverage_crm_examples"] == pytest.approx((examples["country"] == "DE").mean())


def test_who_else_has_a_value_is_counted_over_all_accounts(flagged: DataFrame) -> None:
    """In France, which is nobody's reference, too; partners, who are excluded, do not count."""
    values = [ValueCount("country", "FR", 1, 0, 0), ValueCount("city", "Atlantis", 1, 0, 0), ValueCount("tech_products", "Kafka", 1, 0, 0)]
    others = companies().iloc[5:].query("not is_customer")
    assert giveaways.count_others(flagged, values) == {
        ("country", "FR"): int((others["country"] == "FR").sum()),
        ("city", "Atlantis"): 0,
        ("tech_products", "Kafka"): int(others["uses_kafka"].sum()),
    }


def test_accounts_that_do_not_say_who_knows_them_have_no_coverage(flagged: DataFrame) -> None:
    assert population.scan(flagged.drop("known_by")).coverage == {}


@pytest.mark.parametrize(("most", "is_broadcast"), [(3, True), (2, False)])
def test_what_is_joined_to_a_universe_is_broadcast_unless_it_is_too_much(
    spark: SparkSession, monkeypatch: pytest.MonkeyPatch, most: int, is_broadcast: bool
) -> None:
    monkeypatch.setattr("qualscore.joins.MOST_BROADCAST", most)
    joined = spark.range(9).join(to_be_joined(spark.range(3)), "id")
    assert ("broadcast" in joined._jdf.queryExecution().analyzed().toString()) == is_broadcast
    assert sorted(row["id"] for row in joined.collect()) == [0, 1, 2]


@pytest.mark.parametrize(("most", "is_broadcast"), [(0, True), (-1, False)])
def test_what_a_users_data_decides_the_size_of_is_broadcast_only_while_it_is_few(
    spark: SparkSession, monkeypatch: pytest.MonkeyPatch, most: int, is_broadcast: bool
) -> None:
    monkeypatch.setattr("qualscore.joins.MOST_BROADCAST", most)
    tables = {table: contracts.load(f"clean/{table}").rows(spark, []) for table, _, _ in PRECEDENCE}
    accounts = spark.createDataFrame([], "domain string, as_of_on date")
    none = {table: contracts.load(f"clean/{table}").rows(spark, []) for table in labels.Records._fields}
    plans = [
        labels.label(accounts, labels.Records(**none), definition=DEFINITION, as_of=AS_OF),
        labels.excluded(accounts, labels.Records(**none), definitions=[DEFINITION], as_of=AS_OF),
        universe_of(**tables),
        AsOf(accounts, None).read(tables["firmographics"]),
    ]
    are_broadcast = ["strategy=broadcast" in plan._jdf.queryExecution().analyzed().toString() for plan in plans]
    assert are_broadcast == [is_broadcast] * len(plans)
