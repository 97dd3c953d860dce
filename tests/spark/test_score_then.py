"""Which score an account had on a former day, and which deals count for a score."""

from datetime import UTC, date, datetime

import pytest
from pyspark.sql import SparkSession

from qualscore import contracts
from qualscore.definitions.definition import Definition
from qualscore.scores.score_then import with_score_then
from qualscore.stages.performance import products_of

# domain, day, hour, score_before, score
CHANGES = [
    ("twice.com", 10, 8, 50.0, 60.0),
    ("twice.com", 10, 9, 60.0, 70.0),  # again on the same day
    ("twice.com", 20, 8, 70.0, 80.0),
    ("new.com", 10, 8, None, 30.0),
    ("gone.com", 10, 8, 40.0, None),
]
# domain, day: the score then; today every account has 99.
THEN = {
    ("twice.com", 9): 50.0,
    ("twice.com", 10): 70.0,
    ("twice.com", 25): 80.0,
    ("new.com", 9): None,
    ("new.com", 11): 30.0,
    ("gone.com", 9): 40.0,
    ("gone.com", 10): None,
    ("same.com", 10): 99.0,
    (None, 10): 99.0,
}


def test_the_score_of_a_day_is_that_of_the_latest_change_up_to_it(spark: SparkSession) -> None:
    """Else that before the first later one, else today's."""
    changes = [
        {"score_name": "platform", "domain": domain, "score_before": before, "score": after, "as_of_on": date(2026, 5, day),
         "scored_at": datetime(2026, 5, day, hour, tzinfo=UTC)}
        for domain, day, hour, before, after in CHANGES
    ]  # fmt: skip
    history = contracts.load("scores/score_history").rows(spark, [*changes, {**changes[0], "score_name": "other", "score": 1.0}])
    asked = [("platform", domain, 99.0, "highly_likely", date(2026, 5, day)) for domain, day in THEN]
    rows = spark.createDataFrame(asked, "score_name string, domain string, score double, band string, on date")
    found = with_score_then(rows, history, on="on").collect()
    assert {(row["domain"], row["on"].day): row["score"] for row in found} == THEN and len(found) == len(THEN)


@pytest.mark.parametrize(
    ("examples", "products"),
    [
        ({"any": [{"opportunities": {"product": ["Kafka", "Flink"]}}, {"account_list": "won"}]}, ["Flink", "Kafka"]),
        ({"any": [{"opportunities": {"product": ["Kafka"]}}, {"opportunities": {"outcome": "open"}}]}, []),
        ({"all": [{"account_list": "won"}, {"not": {"opportunities": {"product": ["Kafka"]}}}]}, []),
    ],
)
def test_deals_of_a_product_count_where_they_choose_customers(examples: dict[str, object], products: list[str]) -> None:
    assert products_of(Definition.model_validate({"name": "platform", "examples": examples})) == products
