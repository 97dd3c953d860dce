"""How a file writes its dates and its numbers, told by all of them: one order of day and month, one sign before the decimals."""

from collections.abc import Mapping, Sequence
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
ORDERS: Mapping[columns.Order, str] = {"dmy": "the day first", "mdy": "the month first", "ymd": "the year first"}
# How much more the last parts of short dates differ than the first, where the last are days and the first years.
FACTOR, MARGIN = 2, 5


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


def evidence(judged: Sequence[tuple[Source, Cleaners, DataFrame]]) -> dict[str, list[Row]]:
    """By source, what the cells of each of its files tell; nothing of a source without open columns. One query for all.

    Args:
        judged: each source, its cleaning, and rows with `_kept`, `_file`, `_line` and `_cells`.
    """
    asked = [(source, cleaners, rows) for source, cleaners, rows in judged if undecided(cleaners)]
    if not asked:
        return {}
    frames = [_evidence(source, cleaners, rows) for source, cleaners, rows in asked]
    evidence_of: dict[str, list[Row]] = {source.id: [] for source, _, _ in asked}
    for row in reduce(DataFrame.unionByName, frames).collect():
        evidence_of[row["source"]].append(row)
    return evidence_of


def undecided(cleaners: Cleaners) -> list[str]:
    """The delivered columns whose dates or numbers can be meant in two ways, as long as nobody looked at all of their rows."""
    if cleaners.delivery.is_told:
        return []
    return [name for name in cleaners.present if name in cleaners.delivery.mapping and cleaners.is_undecided(name)]


def decided(delivery: Delivery, evidence: Sequence[Row]) -> Delivery:
    """The delivery with what was told of its files: one order of dates where they agree, else one for each file."""
    orders_of_file = {row["file"]: orders for row in evidence if (orders := _orders(row))}
    order_of_file: dict[str, columns.Order] = {file: next(iter(orders)) for file, orders in orders_of_file.items() if len(orders) == 1}
    is_one = len(set(order_of_file.values())) == 1 and len(order_of_file) == len(orders_of_file)
    numbers = [number for row in evidence for number in row["numbers"]]
    signs: dict[str, columns.Decimals] = {}
    for column in {number["column"] for number in numbers}:
        comma, point = (sum(number[sign] for number in numbers if number["column"] == column) for sign in ("comma", "point"))
        if (comma > 0) != (point > 0):
            signs[column] = "comma" if comma else "point"
    return replace(
        delivery,
        is_told=True,
        dates=delivery.dates or (next(iter(order_of_file.values())) if is_one else None),
        file_dates={} if is_one else order_of_file,
        decimals={**delivery.decimals, **signs},
        findings=(*delivery.findings, *(_contradiction(file, orders) for file, orders in orders_of_file.items() if len(orders) > 1)),
    )


def _orders(evidence: Row) -> dict[columns.Order, tuple[int, Row]]:
    """The orders in which a file surely writes dates, each with the number of such dates and the place of the first."""
    orders: dict[columns.Order, tuple[int, Row]] = {
        order: (evidence[order], evidence[f"{order}_place"]) for order in ORDERS if evidence[order]
    }
    spread = {place: (evidence[f"{place}_most"] or 0) - (evidence[f"{place}_least"] or 0) for place in ("first", "last")}
    are_days_last = spread["last"] > FACTOR * spread["first"] + MARGIN  # 25-03-01, 25-03-28, 26-01-19
    if 0 < evidence["dmy"] == evidence["shorts"] and ("ymd" in orders or are_days_last):
        orders["ymd"] = (evidence["dmy"] + evidence["ymd"], orders.pop("dmy")[1])
    return orders


def _contradiction(file: str, orders: Mapping[columns.Order, tuple[int, Row]]) -> str:
    parts = [
        f"{count:,} with {ORDERS[order]}, first {place['value']!r} in line {place['line']} ({place['column']})"
        for order, (count, place) in orders.items()
    ]
    return (
        f"{file}{': ' if file else ''}dates in two orders: {' and '.join(parts)}; each is read by itself, and what could be both with the"
        f" month first: declare {' or '.join(f'dates: {order}' for order in orders)}, or deliver one file for each"
    )


def _evidence(source: Source, cleaners: Cleaners, rows: DataFrame) -> DataFrame:
    mapping, contract = cleaners.delivery.mapping, cleaners.contract
    names = undecided(cleaners)
    texts = {name: F.trim(F.when(F.col("_kept"), F.col(f"_cells.{quoted(mapping[name])}"))) for name in names}
    kept = rows.select("_file", "_line", *(text.alias(f"_{name}") for name, text in texts.items()))
    dates = [name for name in names if contract.columns[name].type == "date"]
    measures = _date_measures({name: F.col(f"_{name}") for name in dates}, mapping)
    signs = {name: columns.sign_of_decimals(F.col(f"_{name}")) for name in names if name not in dates}
    counted = [F.struct(F.lit(name), *(F.count_if(it == sign) for sign in ("comma", "point"))) for name, it in signs.items()]
    measures["numbers"] = (F.array(*counted) if counted else F.array()).cast(f"array<{NUMBER}>")
    is_open = [cleaners.is_evidence(name) for name in names]
    measures["is_open"] = F.coalesce(
        F.bool_or(reduce(lambda one, other: one | other, (F.coalesce(it, F.lit(False)) for it in is_open))), F.lit(False)
    )
    # Of one file without a shuffle.
    grouped = kept.withColumns({f"_text_{name}": F.col(f"_{name}") for name in names}).groupBy(
        *(["_file"] if dates and len(cleaners.delivery.files) > 1 else [])
    )
    evidence = grouped.agg(*(measure.alias(name) for name, measure in measures.items()))
    file = F.col("_file") if "_file" in evidence.columns else F.lit("")
    return evidence.select(F.lit(source.id).alias("source"), file.alias("file"), *measures)


def _date_measures(texts: Mapping[str, Column], mapping: Mapping[str, str]) -> dict[str, Column]:
    """For each order the number and the first place of the dates that have no other; the least and most of the parts of short dates."""
    measures = {}
    orders = {name: columns.order_of(text) for name, text in texts.items()}
    for order in ORDERS:
        is_so = {name: it == order for name, it in orders.items()}
        measures[str(order)] = _sum([F.count_if(it) for it in is_so.values()])
        measures[f"{order}_place"] = _least([F.min(F.when(it, _place(name, mapping[name]))) for name, it in is_so.items()], PLACE)
    parts = [columns.short_parts(text) for text in texts.values()]
    measures["shorts"] = _sum([F.count_if((orders[name] == "dmy") & part[0].isNotNull()) for name, part in zip(texts, parts, strict=True)])
    for place, name in enumerate(("first", "last")):
        measures[f"{name}_least"] = _least([F.min(part[place]) for part in parts], "int")
        measures[f"{name}_most"] = -_least([F.min(-part[place]) for part in parts], "int")
    return measures


def _place(name: str, header: str) -> Column:
    return F.struct(F.col("_file"), F.col("_line"), F.lit(header), F.col(f"_{name}")).cast(PLACE)


def _sum(counts: Sequence[Column]) -> Column:
    return reduce(Column.__add__, counts, F.lit(0).cast("bigint"))


def _least(values: Sequence[Column], kind: str) -> Column:
    return F.least(*values) if len(values) > 1 else values[0] if values else F.lit(None).cast(kind)
