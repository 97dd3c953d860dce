"""What CRM exports hold: ids, names on one line, outcomes, lists of products."""

import re
from collections.abc import Sequence

from pyspark.sql import Column
from pyspark.sql import functions as F

SALESFORCE_ID = "^[a-zA-Z0-9]{15}[A-Z0-5]{3}$"
# Of Dynamics 365.
STATES = {"0": "open", "1": "won", "2": "lost"}
# What a spreadsheet makes of a long number, with its decimals and its exponent, and what holds all digits.
ROUNDED, EXACTLY = r"^[0-9](?:[.,]([0-9]+))?[eE][+]([0-9]{1,3})$", "^[0-9][.,][0-9]+[eE][+]?(?:0?[0-9]|1[0-5])$"
# From here on a number of this type leaves whole numbers out.
EXACT = {"double": 2.0**53, "float": 2.0**24}


def display_name(text: Column) -> Column:
    r"""A name without the quotes around it.

    >>> frame = spark.createDataFrame([('"Acme Inc"',), ("O'Neill",), (None,)], "text string")
    >>> [row.it for row in frame.select(display_name(F.col("text")).alias("it")).collect()]
    ['Acme Inc', "O'Neill", None]
    """
    return F.regexp_replace(text, '^"(.*)"$', "$1")


def crm_id(text: Column) -> Column:
    """An id; of Salesforce's 18 characters the first 15, as its reports have them; of a decimal of zeros its whole number.

    Null for an id that a spreadsheet has rounded.

    >>> ids = ["0015g00000AbCdEAAV", "0015g00000AbCdE", "471147114711471147", "A-7", "4711.0", "7E2", "8.81045001E10", "8.81E+10"]
    >>> frame = spark.createDataFrame([(it,) for it in ids], "text string")
    >>> [row.it for row in frame.select(crm_id(F.col("text")).alias("it")).collect()]
    ['0015g00000AbCdE', '0015g00000AbCdE', '471147114711471147', 'A-7', '4711', '7E2', '88104500100', None]
    """
    is_long = text.rlike(SALESFORCE_ID) & text.rlike("[A-Za-z]")
    is_number = text.rlike("^[0-9]+[.,]0+$|^[0-9][.,][0-9]+[eE]")
    whole = F.regexp_extract(text, "^([0-9]+)[.,]0+$", 1)
    exact = F.replace(text, F.lit(","), F.lit(".")).cast("double").cast("decimal(38,0)").cast("string")
    of_number = F.when(whole != "", whole).when(~is_rounded_id(text), F.when(text.rlike(EXACTLY), exact).otherwise(text))
    return F.when(is_long, F.substring(text, 1, 15)).when(is_number | is_rounded_id(text), of_number).otherwise(text)


def is_rounded_id(text: Column) -> Column:
    """Whether a spreadsheet has rounded a long id: 2.84611E+10 is what is left of eleven digits.

    >>> frame = spark.createDataFrame([(it,) for it in ("2.84611E+10", "2,84611e+10", "7E+11", "7E2", "2.8461123456E+10")], "text string")
    >>> [row.it for row in frame.select(is_rounded_id(F.col("text")).alias("it")).collect()]
    [True, True, True, False, False]
    """
    decimals = F.length(F.regexp_extract(text, ROUNDED, 1))
    return text.rlike(ROUNDED) & (decimals < F.regexp_extract(text, ROUNDED, 2).cast("int"))


def id_of_number(value: Column, kind: str) -> Column:
    """An id that is delivered as a real number, which holds it as far as it counts in ones; null beyond.

    Args:
        value: its text, as Java writes it.
        kind: double or float.

    >>> frame = spark.createDataFrame([(88104500201.0,), (1e17,), (1.5,), (None,)], "id double")
    >>> [row.it for row in frame.select(id_of_number(F.col("id"), "double").alias("it")).collect()]
    ['88104500201', None, '1.5', None]
    """
    number = value.cast("double")
    whole = F.when(F.abs(number) < EXACT[kind], number.cast("decimal(38,0)").cast("string"))
    return F.when(number == F.floor(number), whole).otherwise(value.cast("string"))


def first_id(text: Column) -> Column:
    """The first of several ids between semicolons, bars, or commas with a space.

    >>> frame = spark.createDataFrame([("123;456",), ("; 7",), ("A-7",)], "text string")
    >>> [row.it for row in frame.select(first_id(F.col("text")).alias("it")).collect()]
    ['123', '7', 'A-7']
    """
    return F.trim(F.regexp_extract(text, r"^[\s;|]*((?:(?!, )[^;|])+)", 1))


def outcome(state: Column, stage: Column, *, is_won: Column, is_closed: Column) -> Column:
    """won, lost or open; null where nothing is delivered that could tell it.

    As the flag for won says, of what is closed; without that flag the state decides, else the stage. Closed alone says nothing.

    Args:
        state: what `stage_outcome` makes of the state; its numbers as they are (0 open, 1 won, 2 lost).
        stage: what `stage_outcome` makes of the stage; another text where the stage is not understood.
        is_won: the flag.
        is_closed: the flag.

    >>> rows = [(None, None, True, None), (None, None, False, True), ("2", None, None, None), ("1", "?", None, None)]
    >>> rows += [(None, "won", None, True), (None, "lost", None, None), (None, "?", None, True), (None, "won", False, None)]
    >>> frame = spark.createDataFrame(rows, "state string, stage string, won boolean, closed boolean")
    >>> found = outcome(F.col("state"), F.col("stage"), is_won=F.col("won"), is_closed=F.col("closed"))
    >>> [row.it for row in frame.select(found.alias("it")).collect()]
    ['won', 'lost', 'lost', 'won', 'won', 'lost', 'open', 'open']
    """
    word = by_words(state, stage)
    is_told = F.coalesce(state, stage, is_won.cast("string"), is_closed.cast("string")).isNotNull()
    return (
        F.when(is_won, "won")
        .when(~is_won & is_closed, "lost")
        .when(~is_won, F.when(word == "lost", "lost").otherwise("open"))
        .otherwise(F.coalesce(word, F.when(is_told, "open")))
    )


def by_words(state: Column, stage: Column) -> Column:
    """What state and stage say of the outcome: one that decides goes before open; null where neither is understood."""
    number = F.try_element_at(F.create_map(*(F.lit(it) for pair in STATES.items() for it in pair)), state)
    words = [F.when(F.find_in_set(it, F.lit("won,lost,open")) > 0, it) for it in (F.coalesce(number, state), stage)]
    decided = [F.when(it != "open", it) for it in words]
    return F.coalesce(*decided, *words)


def several(text: Column, separators: Sequence[str] = (";",)) -> Column:
    """The parts between semicolons or other separators, each once, in alphabetical order.

    >>> frame = spark.createDataFrame([("GTX Pro; MG Special;GTX Pro",), ("One",), (None,)], "text string")
    >>> [row.it for row in frame.select(several(F.col("text")).alias("it")).collect()]
    [['GTX Pro', 'MG Special'], ['One'], None]
    """
    return F.array_sort(F.array_distinct(F.array_remove(parts(text, separators), "")))


def parts(text: Column, separators: Sequence[str]) -> Column:
    """What stands between separators, without the spaces around it."""
    return F.split(F.trim(text), rf"\s*(?:{'|'.join(map(re.escape, separators))})\s*")
