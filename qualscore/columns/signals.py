"""What intent and engagement deliveries hold: keywords, weeks, strengths, people."""

from pyspark.sql import Column
from pyspark.sql import functions as F

from qualscore.columns.text import is_whole

# The scale of Bombora's composite score: 50 is average, 60 and more surging.
STRENGTHS = {"^(h|high|strong)$": 80, "^(m|med|medium|moderate)$": 65, "^(l|low|weak)$": 40}


def strength(text: Column) -> Column:
    """0 to 100: numbers as they are, High 80, Medium 65, Low 40.

    >>> frame = spark.createDataFrame([("74",), ("High",), ("m",), ("strange",), ("74.5",), (None,)], "text string")
    >>> [row.it for row in frame.select(strength(F.col("text")).alias("it")).collect()]
    [74.0, 80.0, 65.0, None, 74.5, None]
    """
    word = F.lower(text)
    value: Column = text.cast("double")
    points_of_text = F.when(is_whole(text) & (value >= F.lit(0)), value).when(text.rlike(r"^[0-9]+(\.[0-9]+)?$"), value)
    for pattern, points in STRENGTHS.items():
        points_of_text = points_of_text.when(word.rlike(pattern), F.lit(float(points)))
    return points_of_text


def monday(day: Column) -> Column:
    """The Monday of a date's week.

    >>> frame = spark.createDataFrame([("2026-11-01",), ("2026-10-26",)], "text string")
    >>> [str(row.it) for row in frame.select(monday(F.col("text").cast("date")).alias("it")).collect()]
    ['2026-10-26', '2026-10-26']
    """
    return F.trunc(day, "week")


def keyword(text: Column) -> Column:
    """A keyword in lower case."""
    return F.lower(text)


def keyword_name(text: Column) -> Column:
    """A kind of activity as a name: the letters and digits of any script, in lower case, with underscores between.

    >>> kinds = ["Demo Request", "email-open", "Email: Opened!", "K\u00f8bt", "\u0e02\u0e2d\u0e43\u0e1a \u0e40\u0e2a\u0e19\u0e2d", "?!"]
    >>> frame = spark.createDataFrame([(kind,) for kind in kinds], "text string")
    >>> [row.it for row in frame.select(keyword_name(F.col("text")).alias("it")).collect()]
    ['demo_request', 'email_open', 'email_opened', 'k\u00f8bt', '\u0e02\u0e2d\u0e43\u0e1a_\u0e40\u0e2a\u0e19\u0e2d', '?!']
    """
    name = F.regexp_replace(F.regexp_replace(F.lower(text), r"[^\p{L}\p{M}\p{N}]+", "_"), "^_+|_+$", "")
    return F.when(name != "", name).otherwise(F.lower(text))


def contact(address: Column) -> Column:
    """Tells people apart without naming them: the SHA-256 of an e-mail address in lower case; null where there is none.

    >>> frame = spark.createDataFrame([("Joe@acme.com",), ("joe@ACME.com",), ("acme.com",)], "text string")
    >>> [(row.it or "-")[:8] for row in frame.select(contact(F.col("text")).alias("it")).collect()]
    ['cb2f5f86', 'cb2f5f86', '-']
    """
    return F.when(address.contains("@"), F.sha2(F.lower(address), 256))


def percent(text: Column) -> Column:
    """45 for `45`, `45 %` and `45.0`; a share such as 0.45 stays as it is: nothing says which is meant.

    >>> frame = spark.createDataFrame([("45%",), ("45",), ("0.5",), ("many",)], "text string")
    >>> [row.it for row in frame.select(percent(F.col("text")).alias("it")).collect()]
    [45.0, 45.0, 0.5, None]
    """
    return F.when(text.rlike(r"^[0-9]+(\.[0-9]+)? ?%?$"), F.regexp_extract(text, r"^[0-9.]+", 0).cast("double"))
