"""How a file writes its dates and its numbers, told by all of them: one order of day and month, one sign before the decimals."""

from collections.abc import Sequence
from dataclasses import replace
from functools import reduce

from pyspark.sql import Column, DataFrame, Row
from pyspark.sql import functions as F

from qualscore import columns
from qualscore.config import Source
from qualscore.contracts import Contract
from qualscore.ingest.cleaners import Cleaners
from qualscore.ingest.conformance import cleaners_of
from qualscore.ingest.delivery import Delivery, cells, quoted
from qualscore.ingest.row_rules import Rules

PLACE = "struct<file:string,line:bigint,column:string,value:string>"
NUMBER = "struct<column:string,comma:bigint,point:bigint>"
WORDS = {"dmy": "the day first", "mdy": "the month first"}


def with_conventions(deliveries: Sequence[tuple[Source, Delivery]], contract: Contract, *, rules: Rules) -> list[tuple[Source, Delivery]]:
    """The deliveries with the order of their dates and the signs of their decimals, where a file is open about them: an action.

    What is declared stays. A file that contradicts itself has neither, and is told of (`findings`).
    """
    known = [(source, cleaners_of(source, delivery, contract, rules)) for source, delivery in deliveries]
    frames = [cells(source, cleaners.delivery) for source, cleaners in known]
    evidence_of = evidence([(source, cleaners, frame) for (source, cleaners), frame in zip(known, frames, strict=True)])
    return [
        (source, decided(delivery, evidence_of[source.id]) if source.id in evidence_of else delivery) for source, delivery in deliveries
    ]


def evidence(judged: Sequence[tuple[Source, Cleaners, DataFrame]]) -> dict[str, Row]:
    """By source, what its cells tell; nothing of a source without open columns. One query for all.

    Args:
        judged: each source, its cleaning, and rows with `_kept`, `_file`, `_line` and `_cells`.
    """
    asked = [(source, cleaners, rows) for source, cleaners, rows in judged if undecided(cleaners)]
    if not asked:
        return {}
    frames = [_evidence(source, cleaners, rows) for source, cleaners, rows in asked]
    return {row["source"]: row for row in reduce(DataFrame.unionByName, frames).collect()}


def undecided(cleaners: Cleaners) -> list[str]:
    """The delivered columns whose dates or numbers can be meant in two ways, as long as nobody looked at all of their rows."""
    if cleaners.delivery.is_told:
        return []
    return [name for name in cleaners.present if name in cleaners.delivery.mapping and cleaners.is_undecided(name)]


def decided(delivery: Delivery, evidence: Row) -> Delivery:
    """The delivery with what was told of it."""
    days, months = evidence["days"], evidence["months"]
    order: columns.Order | None = "dmy" if days and not months else "mdy" if months and not days else None
    signs: dict[str, columns.Decimals] = {
        number["column"]: "comma" if number["comma"] else "point"
        for number in evidence["numbers"]
        if (number["comma"] > 0) != (number["point"] > 0)
    }
    return replace(
        delivery,
        is_told=True,
        dates=delivery.dates or order,
        decimals={**delivery.decimals, **signs},
        findings=(*delivery.findings, *(_contradictions(evidence) if days and months else ())),
    )


def _contradictions(evidence: Row) -> tuple[str, ...]:
    parts = [
        f"{count:,} with {WORDS[order]}, first {place['value']!r} in line {place['line']} ({place['column']})"
        for order, count, place in (("dmy", evidence["days"], evidence["day"]), ("mdy", evidence["months"], evidence["month"]))
    ]
    return (
        f"dates in two orders: {' and '.join(parts)}; each is read by itself, and what could be both with the month first: "
        "declare dates: dmy or dates: mdy, or deliver one file for each",
    )


def _evidence(source: Source, cleaners: Cleaners, rows: DataFrame) -> DataFrame:
    mapping, contract = cleaners.delivery.mapping, cleaners.contract
    names = undecided(cleaners)
    texts = {name: F.trim(F.when(F.col("_kept"), F.col(f"_cells.{quoted(mapping[name])}"))) for name in names}
    kept = rows.select("_file", "_line", *(text.alias(f"_{name}") for name, text in texts.items()))
    dates = [name for name in names if contract.columns[name].type == "date"]
    numbers = [name for name in names if name not in dates]
    counts = {"source": F.lit(source.id)}
    for count, place, order in (("days", "day", "dmy"), ("months", "month", "mdy")):
        is_so = {name: columns.order_of(F.col(f"_{name}")) == order for name in dates}
        counts[count] = _sum([F.count_if(it) for it in is_so.values()])
        counts[place] = _least([F.min(F.when(it, _place(name, mapping[name]))) for name, it in is_so.items()])
    signs = {name: columns.sign_of_decimals(F.col(f"_{name}")) for name in numbers}
    counted = [F.struct(F.lit(name), *(F.count_if(it == sign) for sign in ("comma", "point"))) for name, it in signs.items()]
    counts["numbers"] = (F.array(*counted) if counted else F.array()).cast(f"array<{NUMBER}>")
    is_open = [cleaners.is_evidence(name) for name in names]
    counts["is_open"] = F.coalesce(
        F.bool_or(reduce(lambda one, other: one | other, (F.coalesce(it, F.lit(False)) for it in is_open))), F.lit(False)
    )
    return kept.withColumns({f"_text_{name}": F.col(f"_{name}") for name in names}).agg(*(it.alias(name) for name, it in counts.items()))


def _place(name: str, header: str) -> Column:
    return F.struct(F.col("_file"), F.col("_line"), F.lit(header), F.col(f"_{name}")).cast(PLACE)


def _sum(counts: Sequence[Column]) -> Column:
    return reduce(Column.__add__, counts, F.lit(0).cast("bigint"))


def _least(places: Sequence[Column]) -> Column:
    return F.least(*places) if len(places) > 1 else places[0] if places else F.lit(None).cast(PLACE)
