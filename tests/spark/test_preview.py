"""What a definition selects, counted on a table that can be counted by eye."""

from datetime import date
from typing import Any

import pytest
from pyspark.sql import SparkSession

from qualscore import contracts
from qualscore.definitions.definition import Definition
from qualscore.model.learning.preview import Preview, by_selector, preview
from qualscore.universe import labels, matching

AS_OF = date(2026, 6, 15)
DEFINITION = Definition.model_validate(
    {
        "name": "one",
        "examples": {
            "any": [{"opportunities": {"product": ["A"]}}, {"all": [{"account_list": "won"}, {"not": {"account_list": "rivals"}}]}]
        },
        "exclude": {"account_list": "partners"},
        "reference": {"country": ["DE"]},
        "training": {"min_examples": 3},
    }
)
# domain, country, has_data, known_by; then on which lists, and with a deal of A.
ACCOUNTS = [
    ("deal.com", "DE", True, ["crm", "firmographics"], [], True),
    ("both.com", "DE", True, ["crm", "csv"], ["won"], True),
    ("list.com", "FR", True, ["csv"], ["won"], False),
    ("rival.com", "DE", True, ["csv"], ["won", "rivals"], False),
    ("partner.com", "DE", True, ["crm", "csv"], ["partners"], True),
    ("own.com", "DE", True, ["crm"], ["partners"], True),
    ("empty.com", None, False, ["csv"], ["won"], False),
    *((f"other{number}.com", "DE", True, ["firmographics"], [], False) for number in range(20)),
    ("abroad.com", "FR", True, ["firmographics"], [], False),
]


@pytest.fixture(scope="module")
def records(spark: SparkSession) -> labels.Records:
    deals: list[dict[str, Any]] = [{"opportunity_id": row[0], "domain": row[0]} for row in ACCOUNTS if row[5]]
    deals = [deal | {"products": ["A", "B"], "stage": "Won", "created_on": date(2026, 1, 1)} for deal in deals]
    deals += [{"opportunity_id": "lost", "domain": None, "products": ["a"]}]
    lists = [{"list_name": name, "domain": row[0]} for row in ACCOUNTS for name in row[4]]
    rows = {"crm_opportunities": [deal | {"outcome": "won"} for deal in deals], "activities": [], "account_lists": lists}
    rows["crm_opportunity_history"] = [{"change_id": "1", "opportunity_id": "lost", "stage": "Lead", "changed_on": date(2026, 1, 1)}]
    return labels.Records(*(contracts.load(f"clean/{table}").rows(spark, rows[table]) for table in labels.Records._fields))


@pytest.fixture(scope="module")
def shown(spark: SparkSession, records: labels.Records) -> Preview:
    stack = "array(named_struct('product', 'x', 'category', 'y')) tech_stack"
    accounts = spark.createDataFrame(
        [row[:4] for row in ACCOUNTS], "domain string, country string, has_data boolean, known_by array<string>"
    )
    labelled = labels.label(accounts.selectExpr("*", stack), records, definition=DEFINITION, as_of=AS_OF, own_domains=("own.com",))
    labelled = labelled.withColumn("is_in_reference", labels.in_reference(DEFINITION.reference)).persist()
    sentence = by_selector(labelled, DEFINITION, without_domain={0: 1, 1: 2, 2: 9})
    assert sentence == (
        "Of them the selectors find: opportunities won, product A: 4, account list won: 4, account list rivals: 1; "
        "and 3 records without a usable domain."
    )
    mode, lost = "CRM hybrid", {0: 1, 1: 2, 2: 9}
    return preview(labelled, DEFINITION, as_of=AS_OF, connection_mode=mode, own_domains=("own.com",), without_domain=lost)


def test_each_part_of_the_definition_is_counted(shown: Preview) -> None:
    counted = [(it.place, it.depth, it.accounts, it.without_domain) for it in shown.selectors]
    assert counted == [
        ("examples", 0, 6, 0),
        ("examples.any.0", 1, 4, 1),
        ("examples.any.1", 1, 3, 0),
        ("examples.any.1.all.0", 2, 4, 2),
        ("examples.any.1.all.1", 2, 27, 0),
        ("examples.any.1.all.1.not", 3, 1, 9),
        ("exclude", 0, 2, 0),
    ]
    assert shown.selectors[1].by_source == {"crm": 4, "marketing": 0, "csv": 2, "firmographics": 1}


def test_each_cleaning_rule_is_counted(shown: Preview) -> None:
    assert dict(shown.counts) == {
        "selected": 6,
        "without_domain": 3,
        "undated_in_crm": 0,
        "excluded": 1,
        "own_domains": 1,
        "no_data": 1,
        "withheld": 0,
        "examples": 3,
        "dated": 2,
        "undated": 1,
        "unlabelled": 21,
        "reference": 23,
    }
    assert shown.verdict == "few" and shown.sentence.startswith("enough with a warning: 3 customers with a domain and data")
    assert shown.record["said"] == shown.sentence


def test_it_is_shown_as_the_definition_is_written(shown: Preview) -> None:
    lines = shown.text.splitlines()
    assert lines[1] == "one as of 2026-06-15, connection mode: CRM hybrid"
    assert [" ".join(line.split()) for line in lines[3:9]] == [
        "examples: any 6 4 0 4 1",
        "opportunities won, product A (and 1 without a domain) 4 4 0 2 1",
        "all 3 1 0 3 0",
        "account list won (and 2 without a domain) 4 1 0 4 0",
        "not 27 4 0 4 22",
        "account list rivals (and 9 without a domain) 1 0 0 1 0",
    ]
    assert [len(line) - len(line.lstrip()) for line in lines[3:9]] == [2, 4, 4, 6, 6, 8]
    assert "  = examples                 3  of them 2 with a date, 1 without (described as of 2026-06-15)" in lines


def test_the_values_delivered_are_those_of_the_records(records: labels.Records) -> None:
    wanted = Definition.model_validate(
        {
            "name": "two",
            "examples": {"opportunities": {"product": ["A"], "stage": ["won"], "owner": ["Eva"]}},
            "features": {"allow": {"products": ["kafka"]}, "leave_out": {"categories": ["office"]}},
        }
    )
    stack = [("a.com", "Kafka", "Streaming"), ("b.com", "Kafka", "Streaming"), ("b.com", "Excel", None)]
    rows = [dict(zip(("domain", "product", "category"), row, strict=True)) for row in stack]
    technographics = contracts.load("clean/technographics").rows(records.account_lists.sparkSession, rows)
    assert matching.delivered(records, [DEFINITION, wanted], technographics=technographics, columns=["city"]) == {
        ("opportunities", "product"): ["A", "B", "a"],
        ("opportunities", "stage"): ["Won", "Lead"],
        ("opportunities", "owner"): [],
        ("account_list", ""): ["won", "partners", "rivals"],
        ("features", "products"): ["Kafka", "Excel"],
        ("features", "categories"): ["Streaming"],
        ("features", "columns"): ["city"],
    }
