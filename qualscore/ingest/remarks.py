"""What is told of cells that are kept without being read, or whose words nobody knows: how often, which, and where first."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from qualscore.ingest.delivery import Delivery

# Values that are named of each remark; of words that are not known more, because those are to be looked through.
NAMED, NAMED_WORDS = 3, 8
WORDS = ("UNKNOWN_COUNTRY", "UNKNOWN_INDUSTRY", "UNKNOWN_STAGE")


@dataclass(frozen=True)
class Remark:
    """Cells of one column that share a reason.

    Attributes:
        column: the contract's.
        header: as delivered.
        reason: why the cells have no value, or one that could be another.
        rows: how many.
        examples: the most frequent values and their numbers.
        file: the first file that holds one; of words null.
        line: the first line of that file.
    """

    column: str
    header: str | None
    reason: str
    rows: int
    examples: tuple[tuple[str, int], ...]
    file: str | None = None
    line: int | None = None

    @classmethod
    def of_record(cls, record: Mapping[str, Any]) -> "Remark":
        """The remark of which `record` gave these values."""
        return cls(**(dict(record) | {"examples": tuple((it["value"], it["rows"]) for it in record["examples"])}))

    def sentence(self) -> str:
        """The remark in words.

        >>> Remark("employees", "Staff", "NOT_A_NUMBER", 3, (("many", 2), ("few", 1)), "/a/b.csv", 7).sentence()
        "employees ('Staff'): NOT_A_NUMBER 3, first in line 7: 'many' 2, 'few' 1"
        """
        place = f", first in line {self.line}" if self.line is not None else ""
        values = f": {', '.join(f'{value!r} {count:,}' for value, count in self.examples)}" if self.examples else ""
        more = self.rows - sum(count for _, count in self.examples)
        return f"{self.column}{f' ({self.header!r})' if self.header else ''}: {self.reason} {self.rows:,}{place}{values}" + (
            f" and {more:,} more" if more > 0 and self.examples else ""
        )

    def record(self) -> dict[str, object]:
        """The remark as scores/score_runs keeps it."""
        examples = [{"value": value, "rows": count} for value, count in self.examples]
        known = {"column": self.column, "header": self.header, "reason": self.reason, "rows": self.rows}
        return known | {"examples": examples, "file": self.file, "line": self.line}


def codes() -> Column:
    """`column:REASON` of each note of a row, in order; null where it has none."""
    return F.array_sort(F.array_distinct(F.transform("_notes", lambda it: F.concat(it["column"], F.lit(":"), it["reason"]))))


def collected(rows: DataFrame, direct: DataFrame | None, deliveries: Mapping[str, Delivery]) -> dict[str, list[Remark]]:
    """By source the remarks of its clean rows: an action.

    Args:
        rows: clean ones with `source`, `_notes`, `_file`, `_line`.
        direct: further ones with `source` and `_notes`, which tell of words alone.
        deliveries: by source.
    """
    of_rows = _exploded(rows, F.struct("_file", "_line"))
    if direct is not None:
        of_rows = of_rows.unionByName(_exploded(direct, F.lit(None).cast("struct<_file:string,_line:bigint>")))
    place = F.min(F.when(~F.col("reason").isin(*WORDS), F.col("place"))).alias("place")
    each = of_rows.groupBy("source", "column", "reason", "value").agg(F.count(F.lit(1)).alias("n"), place)
    of_reason = Window.partitionBy("source", "column", "reason")
    number = F.row_number().over(of_reason.orderBy(F.desc("n"), "value"))
    whole = {"number": number, "rows": F.sum("n").over(of_reason), "first": F.min("place").over(of_reason)}
    named: dict[tuple[str, str, str], Remark] = {}
    for row in each.withColumns(whole).where(F.col("number") <= NAMED_WORDS).orderBy("source", "column", "reason", "number").collect():
        source, column, reason = row["source"], row["column"], row["reason"]
        known, first = named.get((source, column, reason)), row["first"]
        header = deliveries[source].mapping.get(column)
        remark = known or Remark(column, header, reason, row["rows"], (), first and first["_file"], first and first["_line"])
        most = NAMED_WORDS if reason in WORDS else NAMED
        examples = remark.examples + (((row["value"], row["n"]),) if row["value"] is not None else ())
        named[source, column, reason] = Remark(**(vars(remark) | {"examples": examples[:most]}))
    remarks_of: dict[str, list[Remark]] = {}
    for (source, _, _), remark in named.items():
        remarks_of.setdefault(source, []).append(remark)
    return remarks_of


def _exploded(rows: DataFrame, place: Column) -> DataFrame:
    noted = rows.where(F.col("_notes").isNotNull()).select("source", F.explode("_notes").alias("it"), place.alias("place"))
    return noted.select("source", "it.column", "it.value", "it.reason", "place")
