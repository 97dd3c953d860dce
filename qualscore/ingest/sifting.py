"""Large deliveries in one pass: the rows that surely fit, and those that have to be judged with all reasons."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce
from urllib.parse import unquote

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from qualscore import columns
from qualscore.config import Source
from qualscore.contracts import ContractColumn
from qualscore.ingest.cleaners import DOMAINS, GIVEN, PROBLEM, Cleaners, is_own
from qualscore.ingest.conformance import address_of, broken, conform_cells, default_of, domain_column, limits, text_of, typed
from qualscore.ingest.delivery import is_kept, quoted

# What a pass over all rows leaves out: names that are looked up in Python, once for each name.
NAMES = ("country", "industry_group")


@dataclass(frozen=True)
class Sifted:
    """A source whose rows are told apart.

    Attributes:
        source: of the rows.
        cleaners: its cleaning.
        rows: every delivered row: the values of a row that fits, and `_fits`, `_kept`, `_notes`, `_line`, `_file_hash`
            (xxhash64 of its file's name), `_odd` (of a kept row that may not fit: what `delivery.cells` gives). Countries are
            texts, and industry groups as delivered.
    """

    source: Source
    cleaners: Cleaners
    rows: DataFrame

    def fitting(self) -> DataFrame:
        """The contract's columns of the rows that fit, and `_notes`, `_line`, `_file_hash`."""
        return self.rows.where("_fits").select(*typed(self.rows, self.source, self.cleaners.contract), "_notes", "_line", "_file_hash")

    def others(self) -> DataFrame:
        """The other kept rows, as `conform_source` gives them."""
        return conform_cells(self.rows.where(F.col("_odd").isNotNull()).select("_odd.*"), self.source, self.cleaners)

    def files(self) -> DataFrame:
        """`_file_hash`, `_file`: of each file."""
        listed = self.cleaners.delivery.frame.inputFiles()
        # As Spark writes them in rows, and as they are: with a blank, or with %20 in its place.
        names = {self.source.place, *(name for it in listed for name in (it, unquote(it)))}
        frame = self.rows.sparkSession.createDataFrame([(re.sub("^file:/+", "/", name),) for name in sorted(names)], "_file string")
        return frame.distinct().withColumn("_file_hash", F.xxhash64("_file"))

    def filtered(self) -> DataFrame | None:
        """The rows that are not kept: the contract's columns without values; None where all are."""
        if not (self.source.where or self.cleaners.delivery.has_footer):
            return None
        dropped = self.rows.where("not _kept").select("_line", "_file_hash")
        return dropped.select(*typed(dropped, self.source, self.cleaners.contract))


def sift(source: Source, cleaners: Cleaners) -> Sifted:
    """Tells the rows of a delivery apart. Lazy: nothing is read yet.

    A row fits when it has no reason to be refused and its domain can be told without a search; what is not sure does not.
    """
    natives = _natives(source, cleaners)
    rows = _numbered(source, cleaners)
    steps = (
        _raw(cleaners, natives),
        {f"_text_{name}": text_of(name, source, cleaners) for name in cleaners.present if name not in natives},
        _host(cleaners),
        _values(cleaners, natives),
        {name: value for name, value in cleaners.derived().items() if name not in NAMES},
        {"_fits": F.col("_kept") & ~_is_doubtful(cleaners, natives), "_notes": _notes(cleaners, natives)},
        {"_odd": F.when(F.col("_kept") & ~F.col("_fits"), _odd(cleaners))},
    )
    whole = reduce(DataFrame.withColumns, (step for step in steps if step), rows)
    held = [name for name in cleaners.contract.columns if name in whole.columns]
    return Sifted(source, cleaners, whole.select(*held, "_fits", "_kept", "_notes", "_line", "_file_hash", "_odd"))


def _numbered(source: Source, cleaners: Cleaners) -> DataFrame:
    """The delivery's frame with its cells by their place, so that no header meets a column of ours."""
    delivery = cleaners.delivery
    cells = [F.col(quoted(name)).alias(f"_cell_{place}") for place, name in enumerate(delivery.columns)]
    natives = [name for name in delivery.frame.columns if name.startswith("_native_")]
    named = [f"_named_{name}" for name in delivery.named]
    kept, file = is_kept(source, delivery).alias("_kept"), F.xxhash64("_file").alias("_file_hash")
    return delivery.frame.select("_file", "_line", "_surplus", *named, *natives, *cells, kept, file)


def _odd(cleaners: Cleaners) -> Column:
    """A row as `delivery.cells` gives it."""
    delivery = cleaners.delivery
    cells = [F.col(f"_cell_{place}").alias(name) for place, name in enumerate(delivery.columns)]
    whole = F.struct(*cells, F.col("_surplus").alias("_record"))
    named = [f"_named_{name}" for name in delivery.named]
    return F.struct("_file", "_line", *named, F.lit(True).alias("_kept"), whole.alias("_cells"))


def _place(cleaners: Cleaners, name: str) -> int:
    return cleaners.delivery.columns.index(cleaners.delivery.mapping[name])


def _natives(source: Source, cleaners: Cleaners) -> dict[str, tuple[Column, Column]]:
    """Contract column to the value that needs no text, and whether there is one."""
    delivery, found = cleaners.delivery, {}
    for name in cleaners.present:
        kind = delivery.types.get(delivery.mapping.get(name, ""), "string")
        if kind != "string" and name not in delivery.nothing and name not in delivery.named and is_own(cleaners.contract.columns[name]):
            column = cleaners.contract.columns[name]
            delivered = F.when(F.col("_kept"), F.col(f"_native_{_place(cleaners, name)}"))
            wanted = "date" if column.type == "date" else str(column.clean or column.type)
            value = columns.native(delivered, kind, wanted)
            if value is not None:
                has = columns.has_native(delivered, kind)
                given = default_of(source, cleaners).get(name)
                value = value if given is None else F.when(has, value).otherwise(F.lit(given).cast(column.type))
                found[name] = cleaners.finished(name, value), has
    return found


def _raw(cleaners: Cleaners, natives: Mapping[str, object]) -> dict[str, Column]:
    names = [name for name in cleaners.present if name in cleaners.delivery.mapping and name not in natives]
    return {f"_raw_{name}": F.when(F.col("_kept"), F.col(f"_cell_{_place(cleaners, name)}")) for name in names}


def _host(cleaners: Cleaners) -> dict[str, Column]:
    address = address_of(cleaners)
    return {} if address is None else {"_host": columns.plain_domain(address)}


def _values(cleaners: Cleaners, natives: Mapping[str, tuple[Column, Column]]) -> dict[str, Column]:
    contract = cleaners.contract
    own = [name for name in cleaners.present if is_own(contract.columns[name])]
    values = {name: natives[name][0] if name in natives else _value(cleaners, name) for name in own}
    if "industry_group" in cleaners.present:
        values["industry_group"] = cleaners.text("industry_group")
    name = domain_column(contract)
    if name is not None:
        values[name] = F.when(columns.has_plain_suffix(F.col("_host"), cleaners.rules.domains), F.col("_host"))
    return values


def _value(cleaners: Cleaners, name: str) -> Column:
    return cleaners.text(name) if cleaners.contract.columns[name].clean in NAMES else cleaners.value(name)


def _is_doubtful(cleaners: Cleaners, natives: Mapping[str, tuple[Column, Column]]) -> Column:
    """Whether any column of a row has a reason, or no value yet."""
    checks = [F.col("_surplus").isNotNull()]
    for name, column in cleaners.contract.columns.items():
        checks += _doubts(name, column, cleaners, natives)
    return reduce(lambda one, other: one | other, (F.coalesce(check, F.lit(False)) for check in checks))


def _doubts(name: str, column: ContractColumn, cleaners: Cleaners, natives: Mapping[str, tuple[Column, Column]]) -> list[Column]:
    value = F.col(name)
    if column.clean in (GIVEN, PROBLEM):
        return []
    if column.clean in DOMAINS:
        return [value.isNull(), *(check for check, _ in broken(name, cleaners) if name in cleaners.present)]
    if name not in cleaners.present:
        return [] if not column.required else [F.lit(True) if is_own(column) else value.isNull()]
    found = [check for check, _ in limits(value, column)]
    if name in natives:
        return [*found, (natives[name][1] | F.lit(column.required)) & value.isNull()]
    found += [check for check, _ in broken(name, cleaners)]
    if not is_own(column):
        return [*found, value.isNull()] if column.required else found
    if cleaners.misfit(name) and column.clean not in NAMES:
        found.append(value.isNull() if column.required else cleaners.text(name).isNotNull() & value.isNull())
    return [*found, cleaners.text(name).isNull()] if column.required else found


def _notes(cleaners: Cleaners, natives: Mapping[str, object]) -> Column:
    dates = [name for name in cleaners.present if cleaners.contract.columns[name].type == "date" and name not in natives]
    notes = [note for name in dates if (note := cleaners.note(name)) is not None]
    return F.when(F.col("_kept"), F.nullif(F.concat_ws(",", *notes), F.lit(""))) if notes else F.lit(None).cast("string")
