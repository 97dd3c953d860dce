"""Texts, numbers, money, truth values and dates as people of all countries write them."""

import pytest
from pyspark.sql import SparkSession

from qualscore import columns
from tests.spark.test_columns import applied


def test_what_stands_for_nothing_is_null(spark: SparkSession) -> None:
    nothing = ["", "  ", "\u00a0", "N/A", "#N/A", "null", "NULL", "None", "nan", "-", "\u2014", "\\N", "NA", "Unknown", "#REF!", "?", None]
    something = {
        "Nah": "Nah",
        "Unknown Worlds": "Unknown Worlds",
        "\u200bAc\u00adme\ufeff": "Acme",
        "0": "0",
        " a \t b\n": "a b",
        "No": "No",
        "Nonesuch": "Nonesuch",
    }
    assert applied(spark, columns.text, [*nothing, *something]) == dict.fromkeys(nothing) | something


def test_numbers_money_truth_and_dates(spark: SparkSession) -> None:
    integers = {
        "1,200": 1200,
        "1200.0": 1200,
        "1 200": 1200,
        "0": 0,
        "-5": -5,
        "1e3": 1000,
        "1.5": None,
        "1,20": None,
        "1.200": 1200,
        "1\u2019200": 1200,
        "1,00,000": 100_000,
        "1.2K": 1200,
        "11-50": None,
        "ca. 350": None,
        "$5": None,
        "ten": None,
        "9" * 20: None,
    }
    assert applied(spark, columns.integer, list(integers)) == integers
    money = {
        "$1.5M": 1.5e6,
        "3461000000": 3.461e9,
        "1,200.50": 1200.5,
        "2 bn USD": 2e9,
        "US$ 7k": 7e3,
        "\u20ac5": None,
        "1.200,50": 1200.5,
        "1.250.000": 1.25e6,
        "12'345'678.90": 12_345_678.9,
        "1 234 567,89": 1_234_567.89,
        "2,50,00,000": 2.5e7,
        "(1,200)": -1200.0,
        "-$5": -5.0,
        "1,5 Mio": 1.5e6,
        "1-2": None,
        "EUR 5": None,
        "5 kg": None,
    }
    assert applied(spark, columns.money, list(money)) == money
    truth = {"True": True, "YES": True, "1": True, "false": False, "n": False, "0": False, "maybe": None, "2": None}
    truth |= {"WAHR": True, "FALSCH": False, "VRAI": True, "VERDADERO": True, "EP\u00c4TOSI": False, "YANLI\u015e": False, "\u662f": True}
    assert applied(spark, columns.boolean, list(truth)) == truth


DATES = {
    "2026-08-01": ("2026-08-01", "2026-08-01", "2026-08-01"),
    "2026-08-01T23:59:59Z": ("2026-08-01", "2026-08-01", "2026-08-01"),
    "2026-08-01 09:30:00.000+0000": ("2026-08-01", "2026-08-01", "2026-08-01"),
    "2026-8-1": ("2026-08-01", "2026-08-01", "2026-08-01"),
    "2026/08/01": ("2026-08-01", "2026-08-01", "2026-08-01"),
    "20260801": ("2026-08-01", "2026-08-01", "2026-08-01"),
    "8/1/2026": ("2026-08-01", "2026-08-01", "2026-01-08"),
    "08/01/2026 3:04 PM": ("2026-08-01", "2026-08-01", "2026-01-08"),
    "8-1-2026": ("2026-08-01", "2026-08-01", "2026-01-08"),
    "01.08.2026": ("2026-08-01", "2026-01-08", "2026-08-01"),
    "31/8/2026": ("2026-08-31", None, "2026-08-31"),
    "8/31/2026": ("2026-08-31", "2026-08-31", None),
    "1 Aug 2026": ("2026-08-01", "2026-08-01", "2026-08-01"),
    "1-Aug-2026": ("2026-08-01", "2026-08-01", "2026-08-01"),
    "August 1, 2026": ("2026-08-01", "2026-08-01", "2026-08-01"),
    "1785542400000": ("2026-08-01", "2026-08-01", "2026-08-01"),
    "2026-02-30": (None, None, None),
    "30/30/2026": (None, None, None),
    "1 Abc 2026": (None, None, None),
    "8/1/26": ("2026-08-01", "2026-08-01", "2026-01-08"),
    "31.12.99": ("1999-12-31", None, "1999-12-31"),
    "2026.08.01": ("2026-08-01", "2026-08-01", "2026-08-01"),
    "13-Mar-25": ("2025-03-13", "2025-03-13", "2025-03-13"),
    "00/00/0000": (None, None, None),
    "soon": (None, None, None),
}
YEAR_FIRST = {"25-03-01": "2025-03-01", "99/12/31": "1999-12-31", "26.01.02.": "2026-01-02", "2026-08-01": "2026-08-01"}
YEAR_FIRST |= {"31.8.2026": "2026-08-31", "25-13-01": None}


@pytest.mark.parametrize("place", range(3), ids=["undeclared", "mdy", "dmy"])
def test_dates_are_read_in_the_declared_order(spark: SparkSession, place: int) -> None:
    order = (None, "mdy", "dmy")[place]
    day_of = applied(spark, lambda text: columns.calendar_date(text, order).cast("string"), list(DATES))
    assert day_of == {text: expected[place] for text, expected in DATES.items()}


def test_dates_with_a_short_year_first(spark: SparkSession) -> None:
    assert applied(spark, lambda text: columns.calendar_date(text, "ymd").cast("string"), list(YEAR_FIRST)) == YEAR_FIRST
