"""Dates as exports write them, read in the order that is declared."""

from collections.abc import Mapping
from datetime import date
from typing import Literal

from pyspark.sql import Column
from pyspark.sql import functions as F

from qualscore.columns.text import is_whole

Order = Literal["mdy", "dmy", "ymd"]
MONTHS = "janfebmaraprmayjunjulaugsepoctnovdec"
NUMBERS = r"^([0-9]{1,2})[/.-] ?([0-9]{1,2})[/.-] ?([0-9]{4})[.]?(?:[ T,].*)?$"
# Years of two digits: from 1970 to 2069.
SHORT = r"^(?<first>[0-9]{{1,2}}[/.-] ?[0-9]{{1,2}}[/.-] ?)(?<last>{}[0-9])(?<rest>[.]?(?:[ T,].*)?)$"
CENTURIES = {SHORT.format("[7-9]"): "${first}19${last}${rest}", SHORT.format("[0-6]"): "${first}20${last}${rest}"}
# The same with the year first: two digits each.
SHORT_YEAR_FIRST = r"^({}[0-9])[/.-] ?([0-9]{{2}})[/.-] ?([0-9]{{2}})[.]?(?:[ T,].*)?$"
CENTURIES_FIRST = {SHORT_YEAR_FIRST.format("[7-9]"): "19$1-$2-$3", SHORT_YEAR_FIRST.format("[0-6]"): "20$1-$2-$3"}
# Whole years first, or eight digits.
YEAR_FIRST = r"^([12][0-9]{3})(?:[/.-] ?([0-9]{1,2})[/.-] ?([0-9]{1,2})[.]?(?:[ T].*)?)$"
DIGITS = r"^((?:19|20)[0-9]{2})([0-9]{2})([0-9]{2})$"
DAY_MONTH = r"^([0-9]{1,2})(?:st|nd|rd|th)?[ .-]+([a-z]{3})[a-z]*[ .,-]+([0-9]{4}|[0-9]{2})(?: .*)?$"
MONTH_DAY = r"^([a-z]{3})[a-z]*[ .-]+([0-9]{1,2})(?:st|nd|rd|th)?,?[ -]+([0-9]{4}|[0-9]{2})(?: .*)?$"
# Where nobody declared an order: what can only be day first, and points, which only those use who write the day first.
SURELY_DAY_FIRST = r"^(?:1[3-9]|2[0-9]|3[01])[/-]|^[0-9]{1,2}[.]"
AMBIGUOUS = r"^(?!0?([1-9][0-9]?)[/-]0?\1[/-])(?:0?[1-9]|1[0-2])[/-](?:0?[1-9]|1[0-2])[/-](?:[0-9]{4}|[0-9]{2})(?![0-9])"
# What can be meant in one order only.
MONTH, DAY, YEAR = "(?:0?[1-9]|1[0-2])", "(?:1[3-9]|2[0-9]|3[01])", "(?:[0-9]{4}|[0-9]{2})(?![0-9])"
ORDERS: Mapping[Order, str] = {
    "dmy": rf"^{DAY}[/.-] ?{MONTH}[/.-] ?{YEAR}",
    "mdy": rf"^{MONTH}[/.-] ?{DAY}[/.-] ?{YEAR}",
    "ymd": rf"^(?:3[2-9]|[4-9][0-9])[/.-] ?{MONTH}[/.-] ?[0-9]{{2}}(?![0-9])",
}
# Two digits each, of which the first or the last may be the year.
SHORTS = r"^([0-9]{2})[/.-] ?[0-9]{2}[/.-] ?([0-9]{2})(?![0-9])"


# The years that every calendar and every reader of tables agrees on.
FIRST_YEAR, LAST_YEAR = 1583, 9999
NO_DAY = r"^(?:000[01][-/.]0?[01][-/.]0?[01]|0?[01][-/.]0?[01][-/.]000[01])(?:[ T].*)?$"


def calendar_date(text: Column, order: Order | None = None) -> Column:
    """The date; null for what is none.

    Args:
        text: `2026-08-01`, with a time or without, `8/1/2026 3:04 PM`, `01.08.2026`, `1/8/26`, `1 Aug 2026`, `August 1, 2026`,
            `20260801`, milliseconds since 1970.
        order: whether the month (mdy) or the day (dmy) comes first. Undeclared: the month, unless only the day is possible or
            the separators are points. Short years first (ymd) are read where they are declared or told by all of a file.

    >>> texts = ["2026-08-01T10:00:00.000Z", "8/1/2026 3:04 PM", "31/8/2026", "01.08.2026", "1 Aug 2026", "Aug 1, 2026"]
    >>> frame = spark.createDataFrame([(text,) for text in [*texts, "20260801", "1785542400000", "2026-02-30", "soon"]], "text string")
    >>> [str(row.it) for row in frame.select(calendar_date(F.col("text")).alias("it")).collect()][:4]
    ['2026-08-01', '2026-08-01', '2026-08-31', '2026-08-01']
    >>> [str(row.it) for row in frame.select(calendar_date(F.col("text")).alias("it")).collect()][4:]
    ['2026-08-01', '2026-08-01', '2026-08-01', '2026-08-01', 'None', 'None']
    >>> [str(row.it) for row in frame.limit(3).select(calendar_date(F.col("text"), "dmy").alias("it")).collect()]
    ['2026-08-01', '2026-01-08', '2026-08-31']
    """
    day_first, month_first = "$3-$2-$1", "$3-$1-$2"
    full = text
    for short, long in (CENTURIES_FIRST if order == "ymd" else CENTURIES).items():
        full = F.regexp_replace(full, short, long)
    if order in ("dmy", "mdy"):
        numbers = F.regexp_replace(full, NUMBERS, day_first if order == "dmy" else month_first)
    else:
        numbers = F.regexp_replace(full, NUMBERS, F.when(text.rlike(SURELY_DAY_FIRST), day_first).otherwise(month_first))
    plain = F.regexp_replace(F.regexp_replace(numbers, YEAR_FIRST, "$1-$2-$3"), DIGITS, "$1-$2-$3")
    words = F.lower(text)
    return (
        F.when(is_iso(text), text.cast("date"))
        .when(plain.rlike("^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}$"), plain.cast("date"))
        .when(text.rlike("^[0-9]{13}$"), F.timestamp_millis(text.cast("bigint")).cast("date"))
        .when(words.rlike(DAY_MONTH), _of_words(words, DAY_MONTH, month=2, day=1))
        .when(words.rlike(MONTH_DAY), _of_words(words, MONTH_DAY, month=1, day=2))
    )


def in_calendar(day: Column) -> Column:
    """The day; null outside the years 1583 to 9999: before them calendars differ, and nothing but Spark writes later ones.

    >>> frame = spark.sql("SELECT explode(array(DATE '1582-12-31', DATE '1583-01-01', DATE '9999-12-31', DATE '+10000-01-01')) AS day")
    >>> [str(row.it) for row in frame.select(in_calendar(F.col("day")).alias("it")).collect()]
    ['None', '1583-01-01', '9999-12-31', 'None']
    """
    return F.when(day.between(F.lit(date(FIRST_YEAR, 1, 1)), F.lit(date(LAST_YEAR, 12, 31))), day)


def is_no_day(text: Column) -> Column:
    """Whether the text is the day that programs write where there is none: the first of the year 1, or zeros.

    >>> texts = ["0001-01-01T00:00:00Z", "1/1/0001 12:00:00 AM", "00/00/0000", "0000-00-00", "2000-01-01", "0025-01-01"]
    >>> frame = spark.createDataFrame([(text,) for text in texts], "text string")
    >>> [row.it for row in frame.select(is_no_day(F.col("text")).alias("it")).collect()]
    [True, True, True, True, False, False]
    """
    return text.contains("000") & text.rlike(NO_DAY)


def is_iso(text: Column) -> Column:
    """Whether the text has the form 2026-08-01: the usual one, told without a pattern."""
    return (F.octet_length(text) == 10) & (F.substring(text, 5, 1) == "-") & (F.substring(text, 8, 1) == "-")


def year(text: Column) -> Column:
    """The year of `1998`, `1998.0` or of a date.

    >>> frame = spark.createDataFrame([("1998",), ("1998.0",), ("1998-05-01",), ("5/1/1998",), ("nineties",)], "text string")
    >>> [row.it for row in frame.select(year(F.col("text")).alias("it")).collect()]
    [1998, 1998, 1998, 1998, None]
    """
    digits = F.regexp_extract(text, r"^([0-9]+)(?:[.]0+)?$", 1)
    is_usual = (F.octet_length(text) == 4) & is_whole(text) & (text.cast("int") > 0)
    return F.when(is_usual, text.cast("int")).when(digits != "", digits.cast("int")).otherwise(F.year(calendar_date(text)))


def is_ambiguous(text: Column) -> Column:
    """Whether the text is one date with the month first and another with the day first.

    >>> texts = ["3/4/2026", "03-04-2026", "3/3/2026", "3/14/2026", "03.04.2026", "2026-03-04"]
    >>> frame = spark.createDataFrame([(text,) for text in texts], "text string")
    >>> [row.it for row in frame.select(is_ambiguous(F.col("text")).alias("it")).collect()]
    [True, True, False, False, False, False]
    """
    return ~is_iso(text) & text.rlike(AMBIGUOUS)


def order_of(text: Column) -> Column:
    """The only order in which the text is a date; null where several are possible, or another form.

    25-03-01 counts as the day first, unless the parts of all (`short_parts`) tell that the year is.

    >>> texts = ["21/06/2026", "6/21/26", "21.6.2026", "3/4/2026", "2026-03-14", "25-03-01", "99-03-01"]
    >>> frame = spark.createDataFrame([(text,) for text in texts], "text string")
    >>> [row.it for row in frame.select(order_of(F.col("text")).alias("it")).collect()]
    ['dmy', 'mdy', 'dmy', None, None, 'dmy', 'ymd']
    """
    dmy, mdy, ymd = (text.rlike(ORDERS[order]) for order in ("dmy", "mdy", "ymd"))
    return F.when(~is_iso(text), F.when(dmy, "dmy").when(mdy, "mdy").when(ymd, "ymd"))


def short_parts(text: Column) -> tuple[Column, Column]:
    """The first and the last part of a date of two digits each, of which either may be the year; null of other texts.

    >>> frame = spark.createDataFrame([("25-03-01",), ("25-03-2001",)], "text string")
    >>> [tuple(row) for row in frame.select(*short_parts(F.col("text"))).collect()]
    [(25, 1), (None, None)]
    """
    first, last = (F.when(text.rlike(SHORTS), F.regexp_extract(text, SHORTS, place).cast("int")) for place in (1, 2))
    return first, last


def _of_words(words: Column, pattern: str, *, month: int, day: int) -> Column:
    name = F.regexp_extract(words, pattern, month)
    place = F.position(name, F.lit(MONTHS)) - 1
    number = F.when((place >= 0) & (place % 3 == 0), (place / 3 + 1).cast("int"))
    delivered, of_month = F.regexp_extract(words, pattern, 3).cast("int"), F.regexp_extract(words, pattern, day).cast("int")
    year = F.when(delivered < 70, delivered + 2000).when(delivered < 100, delivered + 1900).otherwise(delivered)
    return F.make_date(year, number, of_month)
