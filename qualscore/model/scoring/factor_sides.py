"""The line of words about an account (top_factors), which factor_lines writes, by its sides."""

from pyspark.sql import Column
from pyspark.sql import functions as F


def sides(line: str | None) -> tuple[str, str]:
    """What speaks for an account, and what against it; a dash where nothing does.

    >>> sides("For: 51-200 employees; uses Kafka. Against: state CO"), sides("Against: state CO"), sides(None)
    (('51-200 employees; uses Kafka', 'state CO'), ('–', 'state CO'), ('–', '–'))
    """
    text = str(line or "")
    favour, _, against = ("", "", text[9:]) if text.startswith("Against: ") else text.partition(". Against: ")
    return favour.removeprefix("For: ") or "–", against or "–"


def speaks_for(line: Column) -> Column:
    """What speaks for an account; null where nothing does.

    >>> lines = ["For: 51-200 employees; uses Kafka. Against: state CO", "For: uses Kafka", "Against: state CO", None]
    >>> frame = spark.createDataFrame([(it,) for it in lines], "line string")
    >>> [row.it for row in frame.select(speaks_for(F.col("line")).alias("it")).collect()]
    ['51-200 employees; uses Kafka', 'uses Kafka', None, None]
    """
    return F.when(line.startswith("For: "), F.element_at(F.split(F.substr(line, F.lit(6)), r"\. Against: "), 1))
