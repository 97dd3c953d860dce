"""Delivered text to text, numbers, truth values and dates: null in, null out, and null for what is none."""

from collections.abc import Iterable
from typing import Any

from pyspark.sql import Column, SparkSession
from pyspark.sql import functions as F

# What exports write where there is no value. (Not NA: that is Namibia.)
NOTHING = ("", "n/a", "#n/a", "n.a.", "null", "none", "nil", "nan", "-", "--", "\u2013", "\u2014", "\\n", "(blank)", "(null)")
LONGEST_NOTHING = max(len(it.encode()) for it in NOTHING)
SPACES = r"[\s\u00a0\u2007\u202f\u200b\ufeff]+"
UNTIDY = "[^ -~]|  "
# Words with single spaces between them that do not start as what stands for nothing does.
TIDY = r"^(?![#(\\-]|[nN](?:[/.]|[uUoOiIaA][lLnN]))[!-~]++(?: [!-~]++)*+$"
TRUE, FALSE = ("true", "t", "yes", "y", "1", "1.0"), ("false", "f", "no", "n", "0", "0.0")
# Points set off thousands and a comma the decimals, and it cannot be the other way round.
EUROPEAN = r"^[+-]?([0-9]{1,3}([.][0-9]{3})+,[0-9]+|[0-9]{1,3}([.][0-9]{3}){2,}|[0-9]+,[0-9]{1,2})$"
# Units as exponents, so that a cast reads them.
UNITS = {"e3": "k|thousand", "e6": "m|mm|mn|mil|million", "e9": "b|bn|bil|billion", "e12": "t|tn|trillion"}


def text(raw: Column) -> Column:
    r"""Single spaces, none around; null for what stands for nothing.

    >>> frame = spark.createDataFrame([("  Acme \u00a0 Inc ",), ("N/A",), ("NA",), ("",), (None,)], "raw string")
    >>> [row.text for row in frame.select(text(F.col("raw")).alias("text")).collect()]
    ['Acme Inc', None, 'NA', None, None]
    """
    # Most texts are tidy, and one match tells it; a search for what is not takes a tenth of the time that the replacement takes.
    spaced = F.trim(F.regexp_replace(raw, SPACES, " "))
    return F.when(raw.rlike(TIDY), raw).when(raw.rlike(UNTIDY), _unless_nothing(spaced)).otherwise(_unless_nothing(F.trim(raw)))


def _unless_nothing(spaced: Column) -> Column:
    # One text of all words, not a list of literals: each of those is five calls into the JVM, for every column of every source.
    is_nothing = F.find_in_set(F.lower(spaced), F.lit(",".join(NOTHING))) > 0
    return F.when((F.octet_length(spaced) > LONGEST_NOTHING) | ~is_nothing, spaced)


def number(text: Column) -> Column:
    """A double; thousands may be set off by commas, apostrophes or spaces, or by points where a comma sets off the decimals.

    >>> texts = ["1,200", "1'200.5", "1e3", "1.200,50", "1.234.567", "12,5", "1.200", "12 kg", None]
    >>> frame = spark.createDataFrame([(text,) for text in texts], "text string")
    >>> [row.number for row in frame.select(number(F.col("text")).alias("number")).collect()]
    [1200.0, 1200.5, 1000.0, 1200.5, 1234567.0, 12.5, 1.2, None, None]
    """
    is_number = text.rlike(r"^[+-]?([0-9]{1,3}([,' ][0-9]{3})+|[0-9]+)(\.[0-9]*)?([eE][+-]?[0-9]{1,3})?$")
    european = F.replace(F.replace(text, F.lit("."), F.lit("")), F.lit(","), F.lit("."))
    return (
        F.when(is_whole(text), text.cast("double"))
        .when(text.rlike(EUROPEAN), european.cast("double"))
        .when(is_number, F.regexp_replace(text, "[,' ]", "").cast("double"))
    )


def is_any(text: Column, words: Iterable[str]) -> Column:
    """Whether the text is one of many words without commas: two calls into the JVM, where `isin` makes five for each.

    >>> frame = spark.createDataFrame([("b",), ("c",), (None,)], "text string")
    >>> [row.it for row in frame.select(is_any(F.col("text"), ["a", "b"]).alias("it")).collect()]
    [True, False, None]
    """
    session: Any = SparkSession.active()
    listed = session._jvm.org.apache.spark.util.Utils.stringToSeq(",".join(words))
    return Column(text._jc.isin(listed))


def is_whole(text: Column) -> Column:
    """Whether the text is a whole number as computers write it, of at most 15 digits: told without a pattern.

    >>> frame = spark.createDataFrame([("1200",), ("-3",), ("007",), ("1.5",), ("x",)], "text string")
    >>> [row.it for row in frame.select(is_whole(F.col("text")).alias("it")).collect()]
    [True, True, False, False, False]
    """
    value = text.cast("bigint")
    return F.coalesce((F.octet_length(text) <= 15) & (value.cast("string") == text), F.lit(False))


def integer(text: Column) -> Column:
    """A whole number; `1200.0` is one, `12.5` is none.

    >>> frame = spark.createDataFrame([("1,200",), ("1200.0",), ("12.5",), ("-3",), ("1e30",)], "text string")
    >>> [row.integer for row in frame.select(integer(F.col("text")).alias("integer")).collect()]
    [1200, 1200, None, -3, None]
    """
    value = number(text)
    is_exact = (value == F.floor(value)) & (F.abs(value) < 2**53)
    return F.when(is_whole(text), text.cast("bigint")).when(is_exact, value.cast("bigint"))


def money(text: Column) -> Column:
    """US dollars, with or without their sign, and with thousand, million, billion in letters.

    >>> frame = spark.createDataFrame([("$1,200,000",), ("1.5M",), ("USD 3 bn",), ("12 mil.",), ("€5",), ("5 kg",)], "text string")
    >>> [row.money for row in frame.select(money(F.col("text")).alias("money")).collect()]
    [1200000.0, 1500000.0, 3000000000.0, 12000000.0, None, None]
    """
    plain = F.regexp_replace(F.lower(text), r"^(usd|us\$|\$) ?| ?(usd|us\$)$", "")
    for exponent, words in UNITS.items():
        plain = F.regexp_replace(plain, rf"(?<=[0-9]) ?({words})\.?$", exponent)
    return F.when(is_whole(text), text.cast("double")).otherwise(number(plain))


def boolean(text: Column) -> Column:
    """True or false in the words of common exports.

    >>> frame = spark.createDataFrame([("True",), ("yes",), ("0",), ("N",), ("maybe",)], "text string")
    >>> [row.boolean for row in frame.select(boolean(F.col("text")).alias("boolean")).collect()]
    [True, True, False, False, None]
    """
    word = F.lower(text)
    return F.when(word.isin(*TRUE), F.lit(True)).when(word.isin(*FALSE), F.lit(False))


def market_cap_band(text: Column) -> Column:
    """`Mid Cap` for mid-cap, MID CAP or mid.

    >>> frame = spark.createDataFrame([("mid-cap",), ("MEGA CAP",), ("nano",)], "text string")
    >>> [row.band for row in frame.select(market_cap_band(F.col("text")).alias("band")).collect()]
    ['Mid Cap', 'Mega Cap', 'Nano Cap']
    """
    letters = F.regexp_replace(F.lower(text), "[^a-z]", "")
    return F.concat(F.initcap(F.regexp_replace(letters, "cap$", "")), F.lit(" Cap"))


def confidence(text: Column) -> Column:
    """`high`, `medium` or `low`; another word stays as it is, in lower case."""
    return F.when(F.find_in_set(text, F.lit("high,medium,low")) > 0, text).otherwise(F.regexp_replace(F.lower(text), "^med$", "medium"))
