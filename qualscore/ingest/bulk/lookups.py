"""How a delivery's values are told by lookups: frequent texts, which the column functions judge once, and the forms of the others."""

from collections.abc import Mapping, Sequence
from functools import reduce
from itertools import zip_longest

import pyarrow as pa
from pyspark.sql import Column, DataFrame, Row
from pyspark.sql import functions as F
from pyspark.sql import types as T
from pyspark.sql.pandas.types import to_arrow_type

from qualscore import columns
from qualscore.config import Source
from qualscore.contracts import ContractColumn
from qualscore.ingest.bulk.lookup import FirstTexts, Form, Formed, Known, Lookup, first_texts
from qualscore.ingest.cleaners import DOMAINS, GIVEN, PROBLEM, Cleaners, is_own
from qualscore.ingest.conformance import broken, domain_column, limits, text_of
from qualscore.ingest.conventions import undecided

# Names that are looked up in Python, once for each name, after the pass over all rows: here their text is their value.
NAMES = ("country", "industry_group")
FORM_OF: Mapping[str, Form] = {
    **{"string": "text", "country": "text", "industry_group": "text", "int": "whole", "bigint": "whole", "double": "decimal"},
    **{"money": "decimal", "product": "name", "percent": "decimal", "strength": "decimal", "date": "date"},
}


def texts_of(rows: DataFrame, cleaners: Cleaners, cells: Mapping[str, str]) -> FirstTexts | None:
    """The first texts of a delivery, with those unusual that may tell how its dates and numbers are meant: an action.

    None: some values can only be told by the column functions.

    Args:
        rows: with `_kept` and the cells.
        cleaners: its cleaning.
        cells: contract column to the column of its delivered texts.
    """
    domain = domain_column(cleaners.contract)
    if domain is None or domain not in cells or not _can_be_told(cleaners, cells):
        return None
    forms: dict[str, Form] = {it: "date" if cleaners.contract.columns[it].type == "date" else "whole" for it in undecided(cleaners)}
    return first_texts(rows, {name: cell for name, cell in cells.items() if name != domain}, forms)


def lookup_of(rows: DataFrame, source: Source, cleaners: Cleaners, cells: Mapping[str, str], first: FirstTexts) -> Lookup | None:
    """The lookup of a delivery: judges its frequent texts. None: some values can only be told by the column functions.

    Args:
        rows: with `_kept` and the cells.
        source: of the rows.
        cleaners: its cleaning.
        cells: contract column to the column of its delivered texts.
        first: `texts_of` the same.
    """
    contract, delivery, domain = cleaners.contract, cleaners.delivery, str(domain_column(cleaners.contract))
    known = _judged(rows, first.frequent, source, cleaners)
    formed = {name: how for name in cells if name != domain and (how := _formed(name, cleaners)) is not None}
    if not cells.keys() <= {domain, *known, *formed}:
        return None
    host, address, exceptions = columns.plain_addresses(cleaners.rules.domains)
    own = tuple(it for it in rows.columns if it.startswith(("_cell_", "_native_")) or it in [f"_named_{name}" for name in delivery.named])
    types = {it.name: it.dataType for it in contract.schema.fields}
    return Lookup(cells, known, formed, domain, (host, address, pa.array(exceptions)), types, own)


def _can_be_told(cleaners: Cleaners, cells: Mapping[str, str]) -> bool:
    """Whether each column is one of a cell, or not there and not missed."""
    delivery = cleaners.delivery
    for name, column in cleaners.contract.columns.items():
        if column.clean in (GIVEN, PROBLEM):
            continue
        if name in cells:
            if (
                name in delivery.named
                or name in delivery.others
                or cleaners.is_foreign(name)
                or (column.clean in DOMAINS and name in delivery.nothing)
                or column.clean == "contact"
            ):
                return False
            if not is_own(column) and column.clean not in (*NAMES, *DOMAINS):
                return False
        elif column.clean == "outcome" or (column.required and name not in cleaners.present):
            return False
    return True


def _formed(name: str, cleaners: Cleaners) -> Formed | None:
    """The form of a column whose texts are ever new; None where a text's form does not tell its value."""
    column, delivery = cleaners.contract.columns[name], cleaners.delivery
    form = FORM_OF.get(str(column.clean or column.type))
    if form is None or column.one_of or name in delivery.nothing:
        return None
    low, high = column.range or (None, None)
    is_whole = column.type in ("int", "bigint") or (form == "decimal" and cleaners.is_undecided(name))
    return Formed(
        "whole" if is_whole else "text" if form == "name" and name in delivery.separators else form,
        not column.required,
        delivery.scale.get(name),
        low,
        high,
    )


def value_of(cleaners: Cleaners, name: str) -> Column:
    """The value of a column of its own, from `_text_NAME`; of names their text."""
    return cleaners.text(name) if cleaners.contract.columns[name].clean in NAMES else cleaners.value(name)


def doubts_of(name: str, column: ContractColumn, cleaners: Cleaners) -> list[Column]:
    """Conditions, each true where a value of a column of its own, made of `_raw_NAME` and `_text_NAME`, may be refused or noted."""
    value, text = F.col(name), cleaners.text(name)
    doubts = [check for check, _ in [*limits(value, column), *broken(name, cleaners)]]
    if column.clean not in NAMES:
        doubts += [text.isNotNull() & value.isNull()] if cleaners.misfit(name) is not None else []
        doubts += [note.isNotNull() for note in cleaners.notes(name)]
        doubts += [cleaners.is_evidence(name)] if cleaners.is_undecided(name) else []
    if name in cleaners.money():
        doubts.append(columns.currency(text) != "USD")
    return [*doubts, text.isNull() | value.isNull()] if column.required else doubts


def any_of(checks: Sequence[Column]) -> Column:
    """Whether a condition holds; an unknown one does not."""
    return reduce(lambda one, other: one | other, (F.coalesce(check, F.lit(False)) for check in checks), F.lit(False))


def _judged(rows: DataFrame, texts: Mapping[str, list[str | None]], source: Source, cleaners: Cleaners) -> dict[str, Known]:
    """Texts with the values that the column functions give; those with a doubt are left out."""
    own = list(texts)
    if not own:
        return {}
    # All columns side by side, in one frame: one query, not one for each.
    schema = T.StructType([T.StructField(f"_raw_{name}", T.StringType()) for name in own])
    padded = list(zip_longest(*(texts[name] for name in own)))
    frame = rows.sparkSession.createDataFrame(padded, schema).withColumn("_kept", F.lit(True))
    frame = frame.withColumns({f"_text_{name}": text_of(name, source, cleaners) for name in own})
    frame = frame.withColumns({name: value_of(cleaners, name) for name in own})
    doubts = {f"_is_doubtful_{name}": any_of(doubts_of(name, cleaners.contract.columns[name], cleaners)) for name in own}
    judged = frame.withColumns(doubts).collect()
    return {name: _known(name, listed, judged, cleaners) for name, listed in texts.items()}


def _known(name: str, texts: list[str | None], judged: list[Row], cleaners: Cleaners) -> Known:
    types = {field.name: field.dataType for field in cleaners.contract.schema.fields}
    is_doubtful = f"_is_doubtful_{name}"
    certain = [(text, row[name]) for text, row in zip(texts, judged, strict=False) if not row[is_doubtful]]
    values = pa.array([value for _, value in certain], to_arrow_type(types[name]))
    return Known(pa.array([text for text, _ in certain], pa.string()), values)
