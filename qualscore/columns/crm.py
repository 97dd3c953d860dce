"""What CRM exports hold: ids, names on one line, outcomes, lists of products."""

from pyspark.sql import Column
from pyspark.sql import functions as F

SALESFORCE_ID = "^[a-zA-Z0-9]{15}[A-Z0-5]{3}$"
WON = r"^(?:closed[ -]?won|won|closedwon|deal won|gewonnen)$"
LOST = r"^(?:closed[ -]?lost|lost|closedlost|deal lost|verloren)$"


def display_name(text: Column) -> Column:
    r"""A name without the quotes around it.

    >>> frame = spark.createDataFrame([('"Acme Inc"',), ("O'Neill",), (None,)], "text string")
    >>> [row.it for row in frame.select(display_name(F.col("text")).alias("it")).collect()]
    ['Acme Inc', "O'Neill", None]
    """
    return F.regexp_replace(text, '^"(.*)"$', "$1")


def crm_id(text: Column) -> Column:
    """An id; of Salesforce's 18 characters the first 15, as its reports have them.

    >>> frame = spark.createDataFrame([("0015g00000AbCdEAAV",), ("0015g00000AbCdE",), ("471147114711471147",), ("A-7",)], "text string")
    >>> [row.it for row in frame.select(crm_id(F.col("text")).alias("it")).collect()]
    ['0015g00000AbCdE', '0015g00000AbCdE', '471147114711471147', 'A-7']
    """
    is_long = text.rlike(SALESFORCE_ID) & text.rlike("[A-Za-z]")
    return F.when(is_long, F.substring(text, 1, 15)).otherwise(text)


def outcome(state: Column, stage: Column, *, is_won: Column, is_closed: Column) -> Column:
    """won, lost or open: as the flags say, else the state (0 open, 1 won, 2 lost), else the words of the stage.

    >>> rows = [(None, None, True, None), (None, None, False, True), ("2", None, None, None), ("1", "x", None, None)]
    >>> rows += [(None, "Closed Won", None, None), (None, "closedlost", None, None), (None, "Negotiation", None, None)]
    >>> frame = spark.createDataFrame(rows, "state string, stage string, won boolean, closed boolean")
    >>> found = outcome(F.col("state"), F.col("stage"), is_won=F.col("won"), is_closed=F.col("closed"))
    >>> [row.it for row in frame.select(found.alias("it")).collect()]
    ['won', 'lost', 'lost', 'won', 'won', 'lost', 'open']
    """
    word = F.lower(F.coalesce(state, stage))
    by_word = (
        F.when(word.rlike(WON) | (state == "1"), "won")
        .when(word.rlike(LOST) | (state == "2"), "lost")
        .when(F.lower(stage).rlike(WON), "won")
        .when(F.lower(stage).rlike(LOST), "lost")
        .when(word.isNotNull(), "open")
    )
    return (
        F.when(is_won, "won")
        .when(is_closed, "lost")
        .when(~is_won & is_closed.isNull(), F.coalesce(by_word, F.lit("open")))
        .otherwise(by_word)
    )


def several(text: Column) -> Column:
    """The parts between semicolons, each once, in alphabetical order.

    >>> frame = spark.createDataFrame([("GTX Pro; MG Special;GTX Pro",), ("One",), (None,)], "text string")
    >>> [row.it for row in frame.select(several(F.col("text")).alias("it")).collect()]
    [['GTX Pro', 'MG Special'], ['One'], None]
    """
    return F.array_sort(F.array_distinct(F.array_remove(F.split(text, r"\s*;\s*"), "")))
