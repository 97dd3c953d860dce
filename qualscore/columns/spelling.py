"""How near two words are, and when two spellings are one."""

import os
import unicodedata

from pyspark.sql import Column
from pyspark.sql import functions as F


def is_one_edit(first: str, second: str) -> bool:
    """Whether one letter added, left out, changed or swapped with its neighbour makes one word the other.

    >>> [is_one_edit("technolgy", "technology"), is_one_edit("sotfware", "software"), is_one_edit("retail", "metal")]
    [True, True, False]
    """
    if abs(len(first) - len(second)) > 1:
        return False
    start = len(os.path.commonprefix([first, second]))
    rest, second_rest = first[start:], second[start:]
    if len(first) != len(second):
        return rest[1:] == second_rest or rest == second_rest[1:]
    return rest[1:] == second_rest[1:] or (rest[1:2] + rest[:1] + rest[2:]) == second_rest


def letters(text: str) -> str:
    """A name without capitals, spaces and punctuation; + and # stay, which tell C++ from C#, and the marks of letters.

    >>> [letters("GTX Pro"), letters(" gtx-pro"), letters("C++"), letters("?!")]
    ['gtxpro', 'gtxpro', 'c++', '?!']
    """
    kept = "".join(letter for letter in text.lower() if letter.isalnum() or letter in "+#" or unicodedata.category(letter)[0] == "M")
    return kept or folded(text)


def folded(text: str) -> str:
    """A name without capitals and the spaces around it.

    >>> folded("  Closed Won ")
    'closed won'
    """
    return text.strip().lower()


def letters_of(text: Column) -> Column:
    r"""`letters` of a column.

    >>> frame = spark.createDataFrame([("GTX Pro",), (" gtx-pro",), ("C++",), ("?!",), ("\u00c4pfel 2",)], "text string")
    >>> [row.it for row in frame.select(letters_of(F.col("text")).alias("it")).collect()]
    ['gtxpro', 'gtxpro', 'c++', '?!', 'äpfel2']
    """
    kept = F.regexp_replace(F.lower(text), r"[^\p{L}\p{M}\p{N}+#]", "")
    return F.when(kept != "", kept).otherwise(folded_of(text))


def folded_of(text: Column) -> Column:
    """`folded` of a column."""
    return F.lower(F.trim(text))
