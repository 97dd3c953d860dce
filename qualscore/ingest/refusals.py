"""Why rows are refused, for the person who has to mend the delivery: by column and reason, with the first rows of each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath

from pyspark.sql import DataFrame, Row, Window
from pyspark.sql import functions as F

from qualscore.ingest.delivery import Delivery

EXAMPLES, LONGEST = 3, 60
# What helps where the value alone does not tell.
HINTS = {
    "BROKEN_ENCODING": "the file is in another code page than it is read in: set `encoding:` on the source",
    "TOO_MANY_CELLS": "a separator or a quote within a cell is not quoted, or the header lacks a name",
    "NOT_A_DATE": "set `dates: mdy` or `dates: dmy` on the source where the order of day and month is in doubt",
}


@dataclass(frozen=True)
class Refusal:
    """Rows of a source that are refused for one reason of one column.

    Attributes:
        source: its id.
        column: of the clean table; None where the record as a whole is refused.
        reason: such as NOT_A_DATE.
        count: of the rows.
        examples: file, line and value as delivered of the first of them.
    """

    source: str
    column: str | None
    reason: str
    count: int
    examples: tuple[tuple[str, int, str | None], ...]

    def line(self, delivery: Delivery) -> str:
        """The refusal in words, with the header that the column is delivered under."""
        where = "the whole record"
        if self.column:
            header = delivery.mapping.get(self.column)
            where = f"column {self.column}, " + (f"header '{header}'" if header else "which no header delivers")
        several = len({file for file, _, _ in self.examples}) > 1
        shown = [f"{PurePath(file).name + ' ' if several else ''}line {line}: {_shown(value)}" for file, line, value in self.examples]
        more = ", ..." if self.count > len(shown) else ""
        hint = f" ({HINTS[self.reason]})" if self.reason in HINTS else ""
        return f"{self.reason} {self.count:,}: {where}; {', '.join(shown)}{more}{hint}"


def refusals(rejected: DataFrame, sources: Sequence[str]) -> list[Refusal]:
    """The refusals of sources, the most frequent first. Two queries over the refused rows: actions.

    Args:
        rejected: by the contract of rejected/TABLE.
        sources: ids of those that are asked for.
    """
    of_sources = rejected.where(F.col("source").isin(*sources))
    each = of_sources.select("source", "file", "line", F.explode("reasons").alias("it")).select("source", "file", "line", "it.*")
    group = ["source", "column", "reason"]
    counts = {_key(row): row["n"] for row in each.groupBy(*group).agg(F.count(F.lit(1)).alias("n")).collect()}
    # Spark keeps the first of each group in every task before it moves them: a hundred rows, not all that are refused.
    place = F.row_number().over(Window.partitionBy(*group).orderBy("file", "line"))
    examples: dict[tuple[str, str | None, str], list[tuple[str, int, str | None]]] = {}
    for row in each.withColumn("_place", place).where(F.col("_place") <= EXAMPLES).orderBy("file", "line").collect():
        examples.setdefault(_key(row), []).append((row["file"], row["line"], row["value"]))
    refusals_of_sources = [Refusal(*key, count, tuple(examples[key])) for key, count in counts.items()]
    return sorted(refusals_of_sources, key=lambda it: (it.source, -it.count, it.column or "", it.reason))


def refusal_lines(refused: Sequence[Refusal], deliveries: Mapping[str, Delivery]) -> dict[str, list[str]]:
    """Source to what is said of its refusals."""
    lines: dict[str, list[str]] = {}
    for refusal in refused:
        lines.setdefault(refusal.source, []).append(refusal.line(deliveries[refusal.source]))
    return lines


def _key(row: Row) -> tuple[str, str | None, str]:
    return row["source"], row["column"], row["reason"]


def _shown(value: str | None) -> str:
    """A delivered value on one line, cut where it is long."""
    if value is None or not value.strip():
        return "empty"
    plain = " ".join(value.split())
    return repr(plain if len(plain) <= LONGEST else plain[:LONGEST] + "...")
