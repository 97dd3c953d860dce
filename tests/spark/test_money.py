"""Whose dollars an amount is: the currency that stands beside it, in its cell, its header or the configuration."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from qualscore import columns, contracts, deliveries, ingest
from qualscore.config import Source
from qualscore.deliveries.preferred import preferred
from tests.spark.test_ingest import RULES, values

DEALS = contracts.load("clean/crm_opportunities")
HEADERS = {
    ("Amount", "Amount Currency", "Amount (converted)", "Amount (converted) Currency"): (
        "Amount (converted)",
        "Amount (converted) Currency",
        None,
    ),
    ("Amount", "CurrencyIsoCode"): ("Amount", "CurrencyIsoCode", None),
    ("Amount", "Currency", "Amount in company currency"): ("Amount in company currency", None, None),
    ("Amount (EUR)",): ("Amount (EUR)", None, "EUR"),
    ("Amount (EUR)", "Amount (USD)"): ("Amount (USD)", None, "USD"),
    ("Amount", "W\u00e4hrung"): ("Amount", "W\u00e4hrung", None),
    ("Amount \u00a3",): ("Amount \u00a3", None, "GBP"),
    ("Amount",): ("Amount", None, None),
}


@pytest.mark.parametrize("names", list(HEADERS), ids=" | ".join)
def test_the_header_of_an_amount_and_of_its_currency(names: tuple[str, ...]) -> None:
    chosen = preferred({"amount": "Amount"} if "Amount" in names else {}, {"amount": ["amount", "amount usd"]}, DEALS, names)
    assert (chosen.mapping["amount"], chosen.currencies.get("amount"), chosen.codes.get("amount")) == HEADERS[names]


def test_the_primary_column_goes_before_the_other_which_holds_what_is_not_in_it() -> None:
    names = ("Associated Company IDs", "Associated Company IDs (Primary)", "Associated Company (Primary)")
    accepted = {"account_id": ["associated company ids"], "account_name": ["associated company"]}
    chosen = preferred({"account_id": names[0]}, accepted, DEALS, names)
    assert (chosen.mapping, chosen.others) == ({"account_id": names[1], "account_name": names[2]}, {"account_id": names[0]})


def judged(spark: SparkSession, folder: Path, text: str, **setting: object) -> ingest.Ingested:
    (folder / "deals.csv").write_text(text)
    source = Source.model_validate({"table": "crm_opportunities", "path": str(folder / "deals.csv"), "id": "s0"} | setting)
    rules = replace(RULES, rates={"EUR": [(None, 1.5)], "JPY": [(date(2025, 1, 1), 0.01), (date(2026, 1, 1), 0.02)]})
    return ingest.table([(source, deliveries.read(spark, source, DEALS))], DEALS, rules=rules).checkpointed()


ROWS = """deal id,domain,stage,amount,currency,close date
1,a.com,Won,"1.200,50",EUR,2026-01-01
2,a.com,Won,CHF 1'200,,2026-01-01
3,a.com,Won,"$1,000",AUD,2026-01-01
4,a.com,Won,500,,2026-01-01
5,a.com,Won,1000,JPY,2025-06-01
6,a.com,Won,1000,jpy,2026-06-01
7,a.com,Won,1000,JPY,2024-06-01
8,a.com,Won,US$ 7k,EUR,2026-01-01
9,a.com,Won,a lot,EUR,2026-01-01
10,a.com,Won,700,Batzen,2026-01-01
"""


def test_a_foreign_amount_is_converted_by_its_days_rate_or_null_and_counted_by_its_currency(spark: SparkSession, tmp_path: Path) -> None:
    result = judged(spark, tmp_path, ROWS)
    amounts = {row["opportunity_id"]: row["amount"] for row in result.clean.collect()}
    dollars = {"1": 1800.75, "4": 500.0, "5": 10.0, "6": 20.0, "8": 7000.0}
    assert amounts == dict.fromkeys(map(str, range(1, 11))) | dollars
    known = {"amount:NO_RATE_CHF": 1, "amount:NO_RATE_AUD": 1, "amount:NO_RATE_JPY": 1, "amount:NO_CURRENCY": 1}
    warnings = "\n".join(result.summaries()[0].warnings(0.05))
    assert (
        "NO_CURRENCY 1, first in line 5: '500' 1; their currency is not named" in warnings
        and "in US dollars (rates: {JPY: ...})" in warnings
    )
    assert result.summaries()[0].notes == known | {"amount:NOT_A_NUMBER": 1, "amount:UNKNOWN_CURRENCY": 1}


def test_the_header_and_the_source_say_the_currency_of_a_file(spark: SparkSession, tmp_path: Path) -> None:
    text = "deal id,domain,stage,{}\n1,a.com,Won,100\n2,a.com,Won,$100\n"
    for header, setting, amounts in (
        ("Amount (EUR)", {}, [150.0, 100.0]),
        ("Amount", {"currency": "eur"}, [150.0, 100.0]),
        ("Amount", {"currency": "CAD"}, [None, None]),
        ("Amount", {}, [100.0, 100.0]),
    ):
        result = judged(spark, tmp_path, text.format(header), **setting)
        assert [amount for _, amount in values(result.clean, "opportunity_id", "amount")] == amounts


CURRENCIES = {"1.200,50 \u20ac": "EUR", "kr 500": "KR", "5 Mio. CHF": "CHF", "R$ 5": "BRL", "\u00a35m": "GBP", "5": None, "5 kg": None}
CURRENCIES |= {"12 000 z\u0142": "PLN", "NT$500": "TWD", "\u20b945,00,000": "INR", "5 000 \u0440\u0443\u0431.": "RUB", "500 TEUR": "EUR"}


def test_the_currency_in_a_cell(spark: SparkSession) -> None:
    frame = spark.createDataFrame([(text,) for text in CURRENCIES], "text string")
    rows = frame.select("text", columns.currency(F.col("text")).alias("code"), columns.amount(F.col("text")).alias("amount")).collect()
    assert {row["text"]: row["code"] for row in rows} == CURRENCIES
    amounts = [1200.5, 500.0, 5e6, 5.0, 5e6, 5.0, None, 12_000.0, 500.0, 4.5e6, 5000.0, 5e5]
    assert [row["amount"] for row in rows] == amounts
