"""Delivered cells and a contract to typed values, and to the reasons why a row is refused."""

from collections.abc import Sequence
from functools import reduce

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from qualscore import columns
from qualscore.config import Source
from qualscore.contracts import Contract, ContractColumn
from qualscore.ingest.cleaners import DOMAINS, GIVEN, PROBLEM, RANGES, WORDS, Cleaners, holds_a_value, is_own
from qualscore.ingest.delivery import REASON, Delivery, cells, quoted, shown
from qualscore.ingest.row_rules import Rules

# An e-mail address, alone or within a text.
ADDRESS = r"[^@\s]+@[^@\s]+"
# Columns in which NA may be a place: Namibia, Napoli.
PLACES = ("country", "state")
MARKS = ("_kept", "_reasons", "_notes", "_row", "_file", "_line", "_problem", "_account_key")


def conform_source(source: Source, delivery: Delivery, contract: Contract, *, rules: Rules) -> DataFrame:
    """Rows of one source: the contract's columns typed, and what is marked of each row (MARKS).

    No row is dropped. One that `where` does not keep has no values and no reasons; a value with a reason may be null. `_notes`
    is what was delivered and could not be read, is not known or could be meant otherwise: a list like `_reasons`,
    or null. Only what is delivered is planned.
    """
    return conform_cells(cells(source, delivery), source, cleaners_of(source, delivery, contract, rules))


def cleaners_of(source: Source, delivery: Delivery, contract: Contract, rules: Rules) -> Cleaners:
    """The cleaning of a delivery."""
    known = {*delivery.mapping, *delivery.named, *_default(source, contract, rules)}
    return Cleaners(contract, delivery, rules, tuple(name for name in contract.columns if name in known), source.currency)


def conform_cells(rows: DataFrame, source: Source, cleaners: Cleaners) -> DataFrame:
    """What `conform_source` gives, of rows as `delivery.cells` gives them."""
    contract = cleaners.contract
    # Step by step in columns, not in structs or in one expression: Spark would write each step out again wherever it is used.
    texts = with_texts(rows, source, cleaners)
    codes = _codes(cleaners)
    of_codes = {f"_code_{name}": code for name, code in codes.items()}
    steps = (step(cleaners) for step in (_address, _looked_up, _values, Cleaners.converted, Cleaners.moved, Cleaners.derived))
    for values in (*steps, of_codes):
        texts = texts.withColumns(values) if values else texts
    coded = list(codes)
    judged = texts.withColumns(_read(cleaners, coded) | {"_reasons": _reasons(cleaners, coded), "_notes": _notes(cleaners, coded)})
    # JSON is made for refused rows only: of all rows it would cost as much as reading them.
    row = F.when(F.size("_reasons") > 0, F.to_json("_cells"))
    finished = judged.withColumns({"_row": row, "_account_key": _account_key(cleaners)})
    return finished.select(*typed(finished, source, contract), *MARKS)


def typed(rows: DataFrame, source: Source, contract: Contract) -> list[Column]:
    """The contract's columns: of the rows, of the source, else null."""
    given = {"source": source.id, "list_name": source.list}
    there = set(rows.columns)
    values = {
        name: F.lit(given[name]) if column.clean == GIVEN else F.col(name) if name in there else F.lit(None)
        for name, column in contract.columns.items()
    }
    return [value.cast(contract.columns[name].type).alias(name) for name, value in values.items()]


def with_texts(rows: DataFrame, source: Source, cleaners: Cleaners) -> DataFrame:
    """Adds the cells as delivered, and as text without noise."""
    texts = {f"_text_{name}": text_of(name, source, cleaners) for name in cleaners.present}
    return rows.withColumns(_raw(cleaners)).withColumns(texts)


def default_of(source: Source, cleaners: Cleaners) -> dict[str, str]:
    """Contract column to the text that stands in every row without one of its own."""
    return _default(source, cleaners.contract, cleaners.rules)


def _default(source: Source, contract: Contract, rules: Rules) -> dict[str, str]:
    return {"observed_on": (source.observed_on or rules.as_of).isoformat()} if "observed_on" in contract.columns else {}


def _raw(cleaners: Cleaners) -> dict[str, Column]:
    """The cells by contract column, as delivered; null where the row is not kept."""
    mapping = cleaners.delivery.mapping
    return {f"_raw_{name}": F.when(F.col("_kept"), _cell(name, cleaners)) for name in cleaners.present if name in mapping}


def _cell(name: str, cleaners: Cleaners) -> Column:
    cell, other = F.col(f"_cells.{quoted(cleaners.delivery.mapping[name])}"), cleaners.delivery.others.get(name)
    return F.coalesce(F.when(F.trim(cell) != "", cell), F.col(f"_cells.{quoted(other)}")) if other else cell


def text_of(name: str, source: Source, cleaners: Cleaners) -> Column:
    """A cell (`_raw_COLUMN`) as text without noise, else what the file's name or the configuration says."""
    delivery, default = cleaners.delivery, default_of(source, cleaners).get(name)
    texts = []
    if name in delivery.mapping:
        column, raw = cleaners.contract.columns[name], F.col(f"_raw_{name}")
        if column.clean == "country":
            raw = F.regexp_replace(raw, r"\s*[\r\n]\s*", ", ")  # the lines of an address
        text = columns.text(raw, columns.NOTHING_OF_PLACES) if name in PLACES else columns.text(raw)
        text = columns.unless_no_value(text) if holds_a_value(column) else text
        text = F.when(~columns.is_no_day(text), text) if column.type == "date" else text
        nothing = delivery.nothing.get(name)
        texts.append(F.when(~text.isin(*nothing), text) if nothing else text)
    if name in delivery.named:
        texts.append(F.col(f"_named_{name}"))
    if default is not None:
        texts.append(F.lit(default))
    return F.coalesce(*texts)


def _address(cleaners: Cleaners) -> dict[str, Column]:
    """`_address`: the text that a domain is made of; and whether that is all there is to do."""
    address = address_of(cleaners)
    if address is None:
        return {}
    return {"_address": address, "_is_plain": columns.is_plain(F.lower(address), cleaners.rules.domains)}


def address_of(cleaners: Cleaners) -> Column | None:
    """The text that a domain is made of, the domain's own or else an e-mail address; None for a table without domains."""
    name = domain_column(cleaners.contract)
    if name is None:
        return None
    mails = [other for other, it in cleaners.contract.columns.items() if it.clean == "contact"]
    texts = [F.col(f"_text_{one}") for one in (name, *mails) if one in cleaners.present]
    return F.coalesce(*texts) if texts else F.lit(None).cast("string")


def _domain(cleaners: Cleaners) -> dict[str, Column]:
    name = domain_column(cleaners.contract)
    if name is None:
        return {}
    accept = DOMAINS[str(cleaners.contract.columns[name].clean)]
    domain = columns.domain(F.col("_address"), rules=cleaners.rules.domains, accept_free_mail=accept, plain=F.col("_is_plain"))
    return {"_domain": domain}


def _looked_up(cleaners: Cleaners) -> dict[str, Column]:
    """What Python looks up, in one step: the rows go there once."""
    return _domain(cleaners) | cleaners.words()


def domain_column(contract: Contract) -> str | None:
    """The column that an account is known by."""
    return next((name for name, column in contract.columns.items() if column.clean in DOMAINS), None)


def _values(cleaners: Cleaners) -> dict[str, Column]:
    contract = cleaners.contract
    values = {name: cleaners.value(name) for name in cleaners.present if is_own(contract.columns[name])} | cleaners.currencies()
    name = domain_column(contract)
    if name is None:
        return values | {"_problem": F.lit(None).cast("string")}
    problem = F.when(F.col("_kept"), F.col("_domain.problem"))
    problems = {it: problem for it, column in contract.columns.items() if column.clean == PROBLEM}
    return values | problems | {name: F.col("_domain.domain"), "_problem": problem}


def _codes(cleaners: Cleaners) -> dict[str, Column]:
    """By column the reason why it is not as it should be, else null: what becomes `_code_COLUMN`."""
    codes = {name: _code(name, cleaners) for name in cleaners.contract.columns}
    return {name: F.when(F.col("_kept"), code) for name, code in codes.items() if code is not None}


def _code(name: str, cleaners: Cleaners) -> Column | None:
    column = cleaners.contract.columns[name]
    if column.clean in DOMAINS:
        return _first([*broken(name, cleaners), (F.col("_problem").isNotNull(), F.col("_problem"))]) if column.required else None
    if column.clean in (GIVEN, PROBLEM) or (name not in cleaners.present and not column.required):
        return None
    if name not in cleaners.present:
        return _first([(F.col(name).isNull(), F.lit("MISSING"))]) if not is_own(column) else F.lit("MISSING")
    return _first([*_misfits(name, cleaners), *limits(F.col(name), column)])


def _misfits(name: str, cleaners: Cleaners) -> list[tuple[Column, Column]]:
    column, text, value = cleaners.contract.columns[name], F.col(f"_text_{name}"), F.col(name)
    misfits = broken(name, cleaners)
    if name in cleaners.money():
        misfits.append((F.col(f"_foreign_{name}").isNotNull(), F.col(f"_foreign_{name}")))
    if is_own(column) and (misfit := cleaners.misfit(name)) is not None:
        misfits.append((text.isNotNull() & value.isNull() & ~_is_moved(name, cleaners), misfit))
    if column.required:
        misfits.append((value.isNull() if not is_own(column) else text.isNull(), F.lit("MISSING")))
    return misfits


def _is_moved(name: str, cleaners: Cleaners) -> Column:
    """Whether the text is a range, which stands in the column of ranges now."""
    moved = [cleaners.range_of(of_ranges, number) for of_ranges, number in RANGES.items() if number == name]
    return moved[0].isNotNull() if moved else F.lit(False)


def broken(name: str, cleaners: Cleaners) -> list[tuple[Column, Column]]:
    """The mark that a decoder leaves."""
    is_broken = F.col(f"_raw_{name}").contains("\ufffd")
    return [(is_broken, F.lit("BROKEN_ENCODING"))] if name in cleaners.delivery.mapping else []


def limits(value: Column, column: ContractColumn) -> list[tuple[Column, Column]]:
    """What a value may not be, each with its reason."""
    low, high = column.range or (None, None)
    checks = [(value < low, "OUT_OF_RANGE")] if low is not None else []
    checks += [(value > high, "OUT_OF_RANGE")] if high is not None else []
    checks += [(~value.isin(*column.one_of), "NOT_ALLOWED")] if column.one_of else []
    return [(check, F.lit(reason)) for check, reason in checks]


def _first(cases: list[tuple[Column, Column]]) -> Column | None:
    """The reason of the first case that holds."""
    if not cases:
        return None
    (condition, reason), *others = cases
    return reduce(lambda found, case: found.when(*case), others, F.when(condition, reason))


def _read(cleaners: Cleaners, coded: Sequence[str]) -> dict[str, Column]:
    """The values of columns whose cell costs itself alone: without those that have a code."""
    soft = [name for name in coded if cleaners.is_soft(name)]
    return {name: F.when(F.col(f"_code_{name}").isNull(), F.col(name)) for name in soft}


def _reasons(cleaners: Cleaners, coded: Sequence[str]) -> Column:
    """All reasons of a row at once, in the order of the columns. The array is made for refused rows only."""
    findings = [_finding(name, _raw_of(name, cleaners), F.col(f"_code_{name}")) for name in coded if not cleaners.is_soft(name)]
    surplus = F.when(F.col("_kept") & F.col("_cells._record").isNotNull(), F.lit(cleaners.delivery.broken))
    return F.coalesce(_listed([*findings, _finding(None, F.col("_cells._record"), surplus)]), F.array().cast(f"array<{REASON}>"))


def _notes(cleaners: Cleaners, coded: Sequence[str]) -> Column:
    """What is to be told of a row that is kept: cells that are not read, not known or ambiguous."""
    findings = [_finding(name, _shown(name, cleaners), F.col(f"_code_{name}")) for name in coded if cleaners.is_soft(name)]
    own = [name for name in cleaners.present if is_own(cleaners.contract.columns[name])]
    findings += [_finding(name, _shown(name, cleaners), note) for name in own for note in cleaners.notes(name)]
    if "outcome" in cleaners.contract.columns:
        name = "stage" if "stage" in cleaners.present else "outcome"
        findings.append(_finding(name, shown(cleaners.text(name)), cleaners.unknown_stage()))
    if "industry_group" in cleaners.derived():
        words = F.coalesce(cleaners.text("industry"), cleaners.text("sector"))
        is_unknown = words.isNotNull() & F.col("industry_group").isNull()
        findings.append(_finding("industry_group", shown(words), F.when(is_unknown, "UNKNOWN_INDUSTRY")))
    return F.when(F.col("_kept"), _listed(findings)) if findings else F.lit(None).cast(f"array<{REASON}>")


Finding = tuple[Column, Column]


def _finding(column: str | None, value: Column, reason: Column) -> Finding:
    """A reason, and the whole of what is told with it."""
    return reason, F.struct(F.lit(column).alias("column"), value.alias("value"), reason.alias("reason")).cast(REASON)


def _listed(findings: list[Finding]) -> Column:
    """The findings with a reason; null where there is none, as in most rows: an array for each would take longer than the rest."""
    every = F.array(*(finding for _, finding in findings))
    return F.when(F.coalesce(*(reason for reason, _ in findings)).isNotNull(), F.filter(every, lambda it: it["reason"].isNotNull()))


def _raw_of(name: str, cleaners: Cleaners) -> Column:
    return F.col(f"_raw_{name}") if name in cleaners.delivery.mapping else F.lit(None).cast("string")


def _shown(name: str, cleaners: Cleaners) -> Column:
    """A cell for people: as delivered, of words that are looked up without noise."""
    return shown(F.col(f"_text_{name}") if cleaners.contract.columns[name].clean in WORDS else _raw_of(name, cleaners))


def _account_key(cleaners: Cleaners) -> Column:
    """What names the account of a row in lists: its own id, else its name, else its domain as delivered, else the row's place.

    No e-mail address leaves the refused rows: its hash stands for it. Of a row about a person that names no account all the rest is a hash.
    """
    contract = cleaners.contract
    own = [name for name in contract.key if name.endswith("_id")]
    named = [name for name in (*own, "account_id", "company_name", "account_name") if name in cleaners.present]
    texts, address = [_without_addresses(F.col(f"_text_{name}")) for name in named], address_of(cleaners)
    place = F.concat_ws(":", "_file", "_line")
    if any(column.clean == "contact" for column in contract.columns.values()):
        return F.coalesce(*texts, F.sha2(F.lower(place if address is None else F.coalesce(address, place)), 256))
    return F.coalesce(*texts, *([] if address is None else [_without_addresses(address)]), place)


def _without_addresses(text: Column) -> Column:
    return F.when(text.rlike(ADDRESS), F.sha2(F.lower(text), 256)).otherwise(text)
