"""Numbers and amounts of money in the spellings of all countries, and the currency that stands in the cell."""

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Literal

import pycountry
from pyspark.sql import Column
from pyspark.sql import functions as F

from qualscore.columns.text import is_whole

# Which sign sets off the decimals.
Decimals = Literal["point", "comma"]
EXPONENT = "(?:[eE][+-]?[0-9]{1,3})?"
SIGN = "^[+-]?"
# 1,234.5; 1'234.5; 1 234.5; the lakhs and crores of India: 12,34,567.
POINT = rf"{SIGN}(?:[0-9]{{1,3}}(?:[,' ][0-9]{{3}})+|[0-9]{{1,2}}(?:,[0-9]{{2}})+,[0-9]{{3}}|[0-9]+)(?:[.][0-9]*)?{EXPONENT}$"
COMMA = rf"{SIGN}(?:[0-9]{{1,3}}(?:[.' ][0-9]{{3}})+|[0-9]+)(?:,[0-9]*)?{EXPONENT}$"
# What cannot be meant otherwise: both signs, several groups, or decimals that are no group of three digits.
ALONE = "0{0}[0-9]+|[0-9]{{4,}}{0}[0-9]+|[0-9]+{0}(?:[0-9]{{1,2}}|[0-9]{{4,}})"
SURELY_COMMA = rf"{SIGN}(?:[0-9]{{1,3}}(?:[.' ][0-9]{{3}})+,[0-9]+|[0-9]{{1,3}}(?:[.][0-9]{{3}}){{2,}}|{ALONE.format(',')}){EXPONENT}$"
SURELY_POINT = (
    rf"{SIGN}(?:[0-9]{{1,3}}(?:[,' ][0-9]{{2,3}})+[.][0-9]+|[0-9]{{1,3}}(?:,[0-9]{{2,3}}){{2,}}|{ALONE.format('[.]')}){EXPONENT}$"
)
# 1.200: twelve hundred, or a little more than one.
AMBIGUOUS_NUMBER = rf"{SIGN}[1-9][0-9]{{0,2}}[.][0-9]{{3}}$"
LOOK_ALIKES = "\u2019\u2018\u02bc`\u00b4\u2212", "'''''-"
UNITS = {
    "e3": "k tsd thousand thousands tys \u0442\u044b\u0441 \u0442\u0438\u0441 \u5343 \ucc9c",
    "e4": "\u4e07 \u842c \ub9cc",
    "e5": "lakh lakhs lac lacs",
    "e6": "m mm mn mil mill mio mln milj miljoen million millions millionen millones milh\u00f5es milioni"
    " \u043c\u043b\u043d \u767e\u4e07 \ubc31\ub9cc",
    "e7": "cr crore crores",
    "e8": "\u5104 \u4ebf \uc5b5",
    "e9": "b bn bil billion billions mrd md mds mld mia mlrd milliard milliards milliarden miljard \u043c\u043b\u0440\u0434",
    "e12": "t tn trillion trillions \u5146",
}
EXPONENTS = {word: exponent for exponent, words in UNITS.items() for word in words.split()}
_WORDS = "|".join(sorted(EXPONENTS, key=len, reverse=True))
# What stands before the first digit, the number, its unit, and what stands behind.
PARTS = rf"(?iu)^([^0-9]*)([0-9][0-9., ']*(?:e[+-]?[0-9]{{1,3}}(?![0-9]))?) *(?:({_WORDS})(?:[.]|(?!\p{{L}})|(?=[a-z]{{3}}$)))?([^0-9]*)$"
BARE = "^[+-]?[0-9][0-9., ']*(?:[eE][+-]?[0-9]{1,3})?$"
# TEUR 500, 500 T\u20ac: thousands, in German; the unit behind the number, as k.
THOUSANDS = {
    r"(?i)^(t|k|m|mn|mio[.]?|bn) ?(\u20ac|eur|usd|chf|gbp|sek|nok|dkk) ?([0-9].*)$": "$3 $1 $2",
    r"(?i)(?<=[0-9 ])t ?(?=(?:\u20ac|eur|chf)$)": "k ",
}
AROUND = r"[\s().,:+\-\u2010-\u2015\u2212/*]"
SYMBOLS = {
    "USD": "$ US$ $US USD$ U$S DOLLAR DOLLARS",
    "EUR": "\u20ac EURO EUROS",
    "GBP": "\u00a3 STG",
    "JPY": "\u00a5 \uffe5 \u5186 JP\u00a5 YEN",
    "CNY": "CN\u00a5 RMB \u5143 \u4eba\u6c11\u5e01",
    **{"AUD": "A$ AU$", "CAD": "C$ CA$ $CA CDN$", "NZD": "NZ$", "HKD": "HK$", "SGD": "S$ SG$", "TWD": "NT$ TW$", "BRL": "R$"},
    **{"MXN": "MX$ MEX$", "ARS": "AR$", "CLP": "CL$ CLP$", "COP": "CO$ COL$", "INR": "\u20b9 RS INR\u20b9 \u20a8", "KRW": "\u20a9 \uc6d0"},
    **{"RUB": "\u20bd \u0420\u0423\u0411 \u0420", "UAH": "\u20b4 \u0413\u0420\u041d", "PLN": "Z\u0141 ZL", "CZK": "K\u010c KC"},
    **{"RON": "LEI LEU", "BGN": "\u041b\u0412", "TRY": "\u20ba TL", "ILS": "\u20aa NIS", "THB": "\u0e3f", "VND": "\u20ab \u0110"},
    **{"NGN": "\u20a6", "KZT": "\u20b8", "GHS": "\u20b5 GH\u20b5", "CHF": "FR SFR FRS", "ZAR": "R", "IDR": "RP"},
    **{"PHP": "\u20b1", "HUF": "FT"},
    **{"MYR": "RM", "PEN": "S/ S"},
    **{"AED": "DH DHS \u062f.\u0625", "SAR": "SR \ufdfc", "SEK": "SKR", "DKK": "DKR", "NOK": "NKR"},
    # A krona, krone or koruna: nobody knows of which country.
    "KR": "KR",
}  # fmt: skip


def number(text: Column, decimals: Decimals | None = None) -> Column:
    r"""A double, however its thousands are set off; the file's own sign of decimals tells 1.200 where it is known.

    Undeclared, 1.200 is twelve hundred and so is 1,200.

    >>> texts = ["1,200", "1\u2019200.5", "1e3", "1.200,50", "1.234.567", "12,5", "1.200", "12,34,567", "1 234,5", "12 kg", None]
    >>> frame = spark.createDataFrame([(text,) for text in texts], "text string")
    >>> [row.number for row in frame.select(number(F.col("text")).alias("number")).collect()]
    [1200.0, 1200.5, 1000.0, 1200.5, 1234567.0, 12.5, 1200.0, 1234567.0, 1234.5, None, None]
    """
    plain = F.translate(text, *LOOK_ALIKES)
    point = F.translate(plain, ",' ", "").cast("double")
    comma = F.translate(plain, ",.' ", ".").cast("double")
    is_comma = {"point": SURELY_COMMA, "comma": COMMA, None: f"{SURELY_COMMA}|{AMBIGUOUS_NUMBER}"}[decimals]
    return F.when(is_whole(text), text.cast("double")).when(plain.rlike(is_comma), comma).when(plain.rlike(POINT), point)


def sign_of_decimals(text: Column) -> Column:
    """`point` or `comma` where the text's number can be meant with one of them only; null for 1200, 1.200 and what is no number.

    >>> texts = ["1.200,50", "EUR 0,5", "12.50", "1,234.5", "1,234,567", "1.200", "1,200", "7"]
    >>> frame = spark.createDataFrame([(text,) for text in texts], "text string")
    >>> [row.it for row in frame.select(sign_of_decimals(F.col("text")).alias("it")).collect()]
    ['comma', 'comma', 'point', 'point', 'point', None, None, None]
    """
    digits = F.regexp_extract(F.translate(text, *LOOK_ALIKES), "[0-9][0-9., ']*[0-9]", 0)
    sign = F.when(digits.rlike(SURELY_COMMA), "comma").when(digits.rlike(SURELY_POINT), "point")
    return F.when(~is_whole(text), sign)


def integer(text: Column, decimals: Decimals | None = None) -> Column:
    """A whole number; `1200.0` and `1.2K` are, `12.5` is none.

    >>> frame = spark.createDataFrame([("1,200",), ("1200.0",), ("12.5",), ("-3",), ("1e30",), ("1.2K",), ("$5",)], "text string")
    >>> [row.integer for row in frame.select(integer(F.col("text")).alias("integer")).collect()]
    [1200, 1200, None, -3, None, 1200, None]
    """
    value = F.when(currency(text).isNull(), amount(text, decimals))
    is_exact = (value == F.floor(value)) & (F.abs(value) < 2**53)
    return F.when(is_whole(text), text.cast("bigint")).when(is_exact, value.cast("bigint"))


def amount(text: Column, decimals: Decimals | None = None) -> Column:
    """The number of an amount of money in whatever currency, with thousand, million, billion in letters.

    >>> texts = ["$1,200,000", "1.5M", "EUR 3 Mrd.", "12 mil.", "\u20ac-5", "(1,200) CHF", "500 TEUR", "45 lakh", "5 kg", "ca. 350"]
    >>> frame = spark.createDataFrame([(text,) for text in texts], "text string")
    >>> [row.it for row in frame.select(amount(F.col("text")).alias("it")).collect()]
    [1200000.0, 1500000.0, 3000000000.0, 12000000.0, -5.0, -1200.0, 500000.0, 4500000.0, None, None]
    """
    plain = _plain(text)
    digits = F.regexp_replace(F.regexp_extract(plain, PARTS, 2), "[., ']+$", "")
    exponent = F.coalesce(_looked_up(EXPONENTS, F.lower(F.regexp_extract(plain, PARTS, 3))), F.lit(""))
    value = number(F.concat(digits, exponent), decimals)
    signed = F.when(F.regexp_extract(plain, PARTS, 1).rlike("[-(]"), -value).otherwise(value)
    is_amount = (_word(plain) == "") | _code(_word(plain)).isNotNull()
    return F.when(is_whole(text), text.cast("double")).when(plain.rlike(BARE), number(text, decimals)).when(is_amount, signed)


def currency(text: Column) -> Column:
    """The ISO 4217 code of the currency in the cell, KR for a crown of some country; null where there is none.

    >>> texts = ["5", "$5", "5 CHF", "\u20ac5", "C$ 5", "5 z\u0142", "EUR 1.200,50", "5 Mio. \u20ac", "$5 CAD", "5 kr", "5 kg"]
    >>> frame = spark.createDataFrame([(text,) for text in texts], "text string")
    >>> [row.it for row in frame.select(currency(F.col("text")).alias("it")).collect()]
    [None, 'USD', 'CHF', 'EUR', 'CAD', 'PLN', 'EUR', 'EUR', 'CAD', 'KR', None]
    """
    return F.when(~text.rlike(BARE), _code(_word(_plain(text))))


def currency_code(text: Column) -> Column:
    """The ISO 4217 code of a cell that holds nothing but a currency; a word that is none stays as it is, in capitals.

    >>> texts = ["eur", "US Dollar", "Euro (EUR)", "\u20ac", "Batzen"]
    >>> frame = spark.createDataFrame([(text,) for text in texts], "text string")
    >>> [row.it for row in frame.select(currency_code(F.col("text")).alias("it")).collect()]
    ['EUR', 'USD', 'EUR', 'EUR', 'BATZEN']
    """
    word = F.upper(F.trim(text))
    names = F.regexp_extract(word, r"(?:^|[^A-Z])([A-Z]{3})(?:[^A-Z]|$)", 1)
    return F.coalesce(_code(F.regexp_replace(word, AROUND, "")), _looked_up(_names(), word), _code(names), word)


def money(text: Column, decimals: Decimals | None = None) -> Column:
    """US dollars, with or without their sign; null for another currency's.

    >>> frame = spark.createDataFrame([("$1,200,000",), ("1.5M",), ("USD 3 bn",), ("\u20ac5",), ("5 kg",)], "text string")
    >>> [row.money for row in frame.select(money(F.col("text")).alias("money")).collect()]
    [1200000.0, 1500000.0, 3000000000.0, None, None]
    """
    return F.when(F.coalesce(currency(text), F.lit("USD")) == "USD", amount(text, decimals))


@lru_cache(maxsize=1)
def currencies() -> Mapping[str, str]:
    """Codes and signs, in capitals, to ISO 4217 codes."""
    codes = {it.alpha_3: it.alpha_3 for it in pycountry.currencies}
    return codes | {sign: code for code, signs in SYMBOLS.items() for sign in signs.split()}


@lru_cache(maxsize=1)
def _names() -> Mapping[str, str]:
    return {it.name.upper(): it.alpha_3 for it in pycountry.currencies}


def _plain(text: Column) -> Column:
    plain = F.translate(text, *LOOK_ALIKES)
    for pattern, usual in THOUSANDS.items():
        plain = F.regexp_replace(plain, pattern, usual)
    return plain


def _word(plain: Column) -> Column:
    """What stands around the number, in capitals; another sign of none."""
    around = F.concat(F.regexp_extract(plain, PARTS, 1), F.regexp_extract(plain, PARTS, 4))
    return F.when(plain.rlike(PARTS), F.upper(F.regexp_replace(around, AROUND, "")))


def _code(word: Column) -> Column:
    return F.coalesce(_looked_up(currencies(), word), _looked_up(currencies(), F.translate(word, "$\u20ac\u00a3\u00a5", "")))


def _looked_up(values: Mapping[str, str], name: Column) -> Column:
    # One literal of all entries: each literal of its own is five calls into the JVM.
    return F.try_element_at(F.from_json(F.lit(json.dumps(values)), "map<string,string>"), name)
