"""What people write in place of a model's score."""

from pyspark.sql import Column
from pyspark.sql import functions as F

from qualscore.columns.numbers import number

# Words for the two ends.
DECISIONS = {"always": 100.0, "never": 0.0}


def decision(text: Column) -> Column:
    """`always` or `never`; null for a number and for what is none of them.

    >>> frame = spark.createDataFrame([("Always",), ("NEVER",), ("80",), ("perhaps",), (None,)], "text string")
    >>> [row.it for row in frame.select(decision(F.col("text")).alias("it")).collect()]
    ['always', 'never', None, None, None]
    """
    word = F.lower(text)
    return F.when(word.isin(*DECISIONS), word)


def override(text: Column) -> Column:
    """The score: a number as it is, 100 for always, 0 for never.

    >>> frame = spark.createDataFrame([("Always",), ("never",), ("80",), ("97,5",), ("perhaps",), (None,)], "text string")
    >>> [row.it for row in frame.select(override(F.col("text")).alias("it")).collect()]
    [100.0, 0.0, 80.0, 97.5, None, None]
    """
    score = number(text)
    for word, of_word in DECISIONS.items():
        score = F.when(decision(text) == word, of_word).otherwise(score)
    return score
