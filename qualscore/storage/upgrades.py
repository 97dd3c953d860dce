"""Tables that an earlier version of the code wrote, brought to today's form by the run that first writes to a part of them.

Columns that a contract has not any more go, new ones are added, and steps change what a column holds. What is written whole needs
none of it, nor do the rows that a write replaces.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F
from pyspark.sql import types as T

from qualscore.contracts import Contract
from qualscore.contracts.datatypes import datatype, is_safe_cast
from qualscore.errors import DataError

# A table's property: how many of its steps its rows have taken.
TAKEN = "qualscore.steps"
# As in rejected rows, where the hash of an address stands for it.
ADDRESS = r"[^@\s]+@[^@\s]+"


def _bands_without_spaces(rows: DataFrame) -> DataFrame:
    """`Highly Likely` was stored as people read it."""
    bands = [name for name in ("band_before", "band") if name in rows.columns]
    return rows.withColumns({name: F.lower(F.replace(name, F.lit(" "), F.lit("_"))) for name in bands})


def _keys_without_addresses(rows: DataFrame) -> DataFrame:
    key = F.col("account_key")
    return rows.withColumn("account_key", F.when(key.rlike(ADDRESS), F.sha2(F.lower(key), 256)).otherwise(key))


def _a_row_for_each_key(rows: DataFrame) -> DataFrame:
    """There was a row for each activity of an account without a usable domain."""
    first = F.row_number().over(Window.partitionBy("score_name", "account_key", "source").orderBy("reason"))
    return _keys_without_addresses(rows).withColumn("_place", first).where("_place = 1").drop("_place")


def _final_scores(rows: DataFrame) -> DataFrame:
    """There was a time without overrides: the final score was the model's."""
    by_model = {"score_final": F.col("score"), "final_cause": F.lit("model")} if "score" in rows.columns else {}
    return rows.withColumns({name: F.coalesce(name, value) for name, value in by_model.items() if name in rows.columns})


# What changed in the rows of a table, the oldest first. A step that is taken twice changes nothing more.
STEPS: Mapping[str, Sequence[Callable[[DataFrame], DataFrame]]] = {
    "scores/account_scores": (_bands_without_spaces, _final_scores),
    "scores/top_accounts": (_bands_without_spaces, _final_scores),
    "scores/score_history": (_bands_without_spaces,),
    "scores/unscored_accounts": (_a_row_for_each_key,),
    **{f"rejected/{table}": (_keys_without_addresses,) for table in ("account_lists", "activities", "firmographics")},
}


def properties(contract: Contract) -> dict[str, str]:
    """The properties of a table whose rows have today's form."""
    return {TAKEN: str(len(STEPS.get(contract.name, ())))}


def stepped(name: str, rows: DataFrame) -> DataFrame:
    """Rows of a table after all of its steps, whichever they had taken."""
    for step in STEPS.get(name, ()):
        rows = step(rows)
    return rows


def shaped(contract: Contract, rows: DataFrame) -> DataFrame:
    """Rows of a table with the columns of its contract, whichever it was written with; one that it had not is null.

    Raises:
        DataError: a column's type has changed so that values would be lost.
    """
    if _types(rows.schema) == _types(contract.schema):
        return rows
    there = {field.name: field.dataType for field in rows.schema.fields}
    wrong = [
        f"{contract.name}: {name} is {there[name].simpleString()} in the table and {column.type} in {contract.file}: move the table away"
        for name, column in contract.columns.items()
        if name in there and not _is_kept(there[name], datatype(column.type))
    ]
    if wrong:
        raise DataError("\n".join(wrong))
    return rows.select(*(_column(there.get(field.name), field) for field in contract.schema.fields))


@dataclass(frozen=True)
class Lag:
    """What a table lacks of today's form.

    Attributes:
        contract: of the table.
        added: columns that it has not yet.
        is_reshaped: whether it has a column, a type or partitions that the contract has not: it has to be written anew.
        is_stepped: whether its rows have taken all steps.
    """

    contract: Contract
    added: tuple[T.StructField, ...]
    is_reshaped: bool
    is_stepped: bool

    @property
    def is_none(self) -> bool:
        """Whether there is nothing to do."""
        return self.is_stepped and not self.added and not self.is_reshaped

    def upgraded(self, rows: DataFrame) -> DataFrame:
        """Rows of the table in today's form."""
        rows = shaped(self.contract, rows)
        return self.contract.conform(rows if self.is_stepped else stepped(self.contract.name, rows))


def lag(contract: Contract, written: T.StructType, *, partitions: Sequence[str], taken: Mapping[str, str]) -> Lag:
    """What a table lacks.

    Args:
        contract: its contract.
        written: its columns.
        partitions: its partitions.
        taken: its properties.
    """
    there, wanted = _types(written), _types(contract.schema)
    kept = all(name in wanted and wanted[name] == kind for name, kind in there.items())
    added = tuple(field for field in contract.schema.fields if field.name not in there)
    is_stepped = int(taken.get(TAKEN, 0)) >= len(STEPS.get(contract.name, ()))
    return Lag(contract, added, not kept or tuple(partitions) != contract.partition_by, is_stepped)


def _types(schema: T.StructType) -> dict[str, str]:
    """Types by column; what may be null is no part of them."""
    return {field.name: field.dataType.simpleString() for field in schema.fields}


def _is_kept(old: T.DataType, new: T.DataType) -> bool:
    return is_safe_cast(old, new) or not isinstance(old, T.AtomicType) and not isinstance(new, T.AtomicType)


def _column(old: T.DataType | None, field: T.StructField) -> Column:
    """A column in its type of today; a field within another that is new is null."""
    if old is None:
        return F.lit(None).cast(field.dataType).alias(field.name)
    if isinstance(old, T.AtomicType) or old.simpleString() == field.dataType.simpleString():
        return F.col(field.name).cast(field.dataType).alias(field.name)
    return F.from_json(F.to_json(field.name), field.dataType.simpleString()).alias(field.name)
