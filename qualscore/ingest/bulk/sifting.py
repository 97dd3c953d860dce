"""Large deliveries in one pass: the rows that surely fit, and those that have to be judged with all reasons."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from urllib.parse import unquote

from pyspark.sql import Column, DataFrame, Row
from pyspark.sql import functions as F

from qualscore import columns
from qualscore.config import Source
from qualscore.contracts import Contract
from qualscore.ingest.bulk.lookup import LOOKED_AT, FirstTexts, with_values
from qualscore.ingest.bulk.lookups import any_of, doubts_of, lookup_of, texts_of, value_of
from qualscore.ingest.cleaners import Cleaners, is_own
from qualscore.ingest.conformance import cleaners_of, conform_cells, default_of, limits, text_of, typed
from qualscore.ingest.conventions import decided, evidence, with_conventions
from qualscore.ingest.delivery import REASON, cells, is_kept, quoted
from qualscore.ingest.row_rules import Rules
from qualscore.internals import first_of_parts

# Contract column to its value, and whether there is one.
Natives = dict[str, tuple[Column, Column]]
# The rows that do not fit are few, and a task begins with making its code: half a second of each.
PARTS_OF_A_TASK = 4


@dataclass(frozen=True)
class Looked:
    """A delivery at whose first rows was looked.

    Attributes:
        source: of the rows.
        cleaners: its cleaning.
        natives: the values that are delivered with their type.
        rows: its cells by their place.
        cells: contract column to the column of its delivered texts.
        first: the first texts; None where texts do not tell the values.
    """

    source: Source
    cleaners: Cleaners
    natives: Natives
    rows: DataFrame
    cells: dict[str, str]
    first: FirstTexts | None


@dataclass(frozen=True)
class Sifted:
    """A source whose rows are told apart.

    Attributes:
        source: of the rows.
        cleaners: its cleaning.
        rows: every delivered row: `_kept`, `_fits`, `_line`, `_file_hash` (xxhash64 of its file's name); of a row that fits `_hash`
            (of its key, held so that keys are compared without being read again) and its values, its countries as delivered and without
            the groups of its industries; of a kept row that does not, its cells.
    """

    source: Source
    cleaners: Cleaners
    rows: DataFrame

    def fitting(self) -> DataFrame:
        """The contract's columns of the rows that fit, and `_notes` (none), `_line`, `_file_hash`, `_hash`."""
        nothing, values = F.lit(None).cast(f"array<{REASON}>").alias("_notes"), typed(self.rows, self.source, self.cleaners.contract)
        return self.rows.where("_fits").select(*values, nothing, "_line", "_file_hash", "_hash")

    def others(self) -> DataFrame:
        """The other kept rows, as `conform_source` gives them."""
        return conform_cells(self.odd(), self.source, self.cleaners)

    def odd(self) -> DataFrame:
        """The kept rows that do not fit, as `delivery.cells` gives them."""
        delivery = self.cleaners.delivery
        cells = [_cell(place, self.rows.columns).alias(name) for place, name in enumerate(delivery.columns)]
        whole = F.struct(*cells, F.col("_surplus").alias("_record")).alias("_cells")
        named = [f"_named_{it}" for it in delivery.named]
        rows = self.rows.where("_kept and not _fits").select("_file_hash", "_line", "_kept", *named, whole)
        tasks = max(rows.rdd.getNumPartitions() // PARTS_OF_A_TASK, 2 * rows.sparkSession.sparkContext.defaultParallelism)
        return self.with_files(rows.coalesce(tasks))

    def decided(self, evidence: Sequence[Row]) -> "Sifted":
        """The source with what the odd rows tell of the whole delivery: rows that fit say nothing of its dates and decimals."""
        return replace(self, cleaners=replace(self.cleaners, delivery=decided(self.cleaners.delivery, evidence)))

    def with_files(self, rows: DataFrame) -> DataFrame:
        """Adds `_file`, the name of which there is `_file_hash`."""
        files = self.files().withColumnRenamed("_file", "_named").withColumnRenamed("_file_hash", "_of_hash")
        named = rows.join(F.broadcast(files), F.col("_file_hash") == F.col("_of_hash"), "left")
        return named.withColumn("_file", F.coalesce("_named", F.hex("_file_hash"))).drop("_named", "_of_hash")

    def files(self) -> DataFrame:
        """`_file_hash`, `_file`: of each file."""
        listed = self.cleaners.delivery.frame.inputFiles()
        # As Spark writes them in rows, and as they are: with a blank, or with %20 in its place.
        names = {self.source.place, *self.cleaners.delivery.files, *(name for it in listed for name in (it, unquote(it)))}
        frame = self.rows.sparkSession.createDataFrame([(re.sub("^file:/+", "/", name),) for name in sorted(names)], "_file string")
        return frame.distinct().withColumn("_file_hash", F.xxhash64("_file"))

    def filtered(self) -> DataFrame | None:
        """The rows that are not kept: the contract's columns without values; None where all are."""
        if not (self.source.where or self.cleaners.delivery.has_footer):
            return None
        dropped = self.rows.where("not _kept").select("_line", "_file_hash")
        return dropped.select(*typed(dropped, self.source, self.cleaners.contract))


def look(source: Source, cleaners: Cleaners) -> Looked:
    """Reads the first rows of each part of a delivery, to see which texts come again and again, and whether they are of the usual forms."""
    natives, mapping = _natives(source, cleaners), cleaners.delivery.mapping
    rows = _numbered(source, cleaners, natives)
    cells = {name: f"_cell_{_place(cleaners, name)}" for name in cleaners.present if name in mapping and name not in natives}
    return Looked(source, cleaners, natives, rows, cells, texts_of(rows, cleaners, cells))


def with_large_conventions(looked: Sequence[Looked], contract: Contract, *, rules: Rules) -> list[Looked]:
    """The deliveries, with what `with_conventions` gives of those whose first rows leave something to be told: actions.

    Most large files write dates as 2026-08-01 and whole numbers, and are not read twice.
    """
    known = [(it.source, it.cleaners) for it in looked if it.first is None or it.first.unusual]
    evidence_of = evidence(
        [(source, it, cells(source, replace(it.delivery, frame=first_of_parts(it.delivery.frame, LOOKED_AT)))) for source, it in known]
    )
    asked = [(source, it.delivery) for source, it in known if any(row["is_open"] for row in evidence_of.get(source.id, ()))]
    told = {source.id: cleaners_of(source, it, contract, rules) for source, it in with_conventions(asked, contract, rules=rules)}
    return [replace(it, cleaners=told.get(it.source.id, it.cleaners)) for it in looked]


def sift(looked: Looked) -> Sifted:
    """Tells the rows of a delivery apart.

    A row fits when it has no reason to be refused and all its values can be looked up; what is not sure does not.
    """
    source, whole, natives, rows = looked.source, looked.cleaners, looked.natives, looked.rows
    # Dates whose order their file tells are none that can be looked up without it.
    cleaners = replace(whole, delivery=replace(whole.delivery, file_dates={}))
    lookup = lookup_of(rows, source, cleaners, looked.cells, looked.first) if looked.first else None
    sifted = rows.withColumn("_fits", F.lit(False)) if lookup is None else with_values(_with_given(rows, source, cleaners, natives), lookup)
    values = dict(zip(cleaners.contract.columns, typed(sifted, source, cleaners.contract), strict=True))
    key = F.xxhash64(*(values[name] for name in cleaners.contract.key))
    return Sifted(source, whole, sifted.withColumn("_hash", F.when(F.col("_fits"), key)))


def _place(cleaners: Cleaners, name: str) -> int:
    return cleaners.delivery.columns.index(cleaners.delivery.mapping[name])


def _cell(place: int, columns: list[str]) -> Column:
    """A cell as text, as `deliveries.formats` writes it."""
    return F.col(f"_cell_{place}") if f"_cell_{place}" in columns else F.col(f"_native_{place}").cast("string")


def _numbered(source: Source, cleaners: Cleaners, natives: Natives) -> DataFrame:
    """The delivery's frame with its cells by their place, so that no header meets a column of ours; of natives no text."""
    delivery = cleaners.delivery
    typed_places = {_place(cleaners, name) for name in natives}
    cells = [F.col(quoted(name)).alias(f"_cell_{place}") for place, name in enumerate(delivery.columns) if place not in typed_places]
    named = [f"_named_{name}" for name in delivery.named]
    kept, file = is_kept(source, delivery).alias("_kept"), F.xxhash64("_file").alias("_file_hash")
    return delivery.frame.select("_line", "_surplus", *named, *(f"_native_{place}" for place in sorted(typed_places)), *cells, kept, file)


def _with_given(rows: DataFrame, source: Source, cleaners: Cleaners, natives: Natives) -> DataFrame:
    """Adds the values that no text of a cell gives (typed ones, and those of a file), and whether one of them may be refused."""
    contract = cleaners.contract
    given = [name for name in cleaners.present if name not in cleaners.delivery.mapping]
    values = {name: value for name, (value, _) in natives.items()} | {name: value_of(cleaners, name) for name in given}
    doubts = [F.col("_surplus").isNotNull()]
    for name, (_, has_value) in natives.items():
        column = contract.columns[name]
        doubts += [(has_value | F.lit(column.required)) & F.col(name).isNull(), *(it for it, _ in limits(F.col(name), column))]
    for name in given:
        doubts += doubts_of(name, contract.columns[name], cleaners)
    texts = {f"_text_{name}": text_of(name, source, cleaners) for name in given}
    for step in (texts, values, {"_is_doubtful": any_of(doubts)}):
        rows = rows.withColumns(step) if step else rows
    return rows.drop(*texts)


def _natives(source: Source, cleaners: Cleaners) -> Natives:
    """The values that are delivered with a type that gives what their text would give."""
    delivery = cleaners.delivery
    natives: Natives = {}
    for name in cleaners.present:
        kind = delivery.types.get(delivery.mapping.get(name, ""), "string")
        is_plain = not cleaners.is_foreign(name) and name not in delivery.others
        if (
            kind != "string"
            and is_plain
            and name not in delivery.nothing
            and name not in delivery.named
            and is_own(cleaners.contract.columns[name])
        ):
            column = cleaners.contract.columns[name]
            delivered = F.when(F.col("_kept"), F.col(f"_native_{_place(cleaners, name)}"))
            wanted = "date" if column.type == "date" else str(column.clean or column.type)
            value = columns.native(delivered, kind, wanted)
            if value is not None:
                has = columns.has_native(delivered, kind)
                given = default_of(source, cleaners).get(name)
                value = value if given is None else F.when(has, value).otherwise(F.lit(given).cast(column.type))
                natives[name] = cleaners.finished(name, value), has
    return natives
