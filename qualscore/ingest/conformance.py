"""Delivered cells and a contract to typed values, and to the reasons why a row is refused."""

from collections.abc import Callable, Mapping

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from qualscore import columns
from qualscore.columns import DomainRules
from qualscore.config import Source
from qualscore.contracts import Contract, ContractColumn
from qualscore.ingest.delivery import Delivery, cells, quoted
from qualscore.ingest.rules import Rules

# What an account is known by: cleaners of a domain, and whether one on a free-mail host is a company.
DOMAINS = {"domain": True, "domain_of_company": False}
# By cleaner, else by type: text to value, and the reason when there is none.
CASTS: dict[str, tuple[Callable[[Column], Column], str]] = {
    "string": (lambda text: text, "MISSING"),
    "int": (columns.integer, "NOT_A_NUMBER"),
    "bigint": (columns.integer, "NOT_A_NUMBER"),
    "double": (columns.money, "NOT_A_NUMBER"),
    "boolean": (columns.boolean, "NOT_A_BOOLEAN"),
    "date": (columns.iso_date, "NOT_A_DATE"),
    "market_cap_band": (columns.market_cap_band, "NOT_ALLOWED"),
    "confidence": (columns.confidence, "NOT_ALLOWED"),
    "employees_range": (columns.employees_range, "NOT_A_RANGE"),
    "revenue_range": (columns.revenue_range, "NOT_A_RANGE"),
}
REASON = "struct<column:string,value:string,reason:string>"


def conform_source(source: Source, delivery: Delivery, contract: Contract, *, rules: Rules) -> DataFrame:
    """Rows of one source: the contract's columns typed, and `_kept`, `_reasons`, `_row`, `_file`, `_line`, `_problem`, `_account_key`.

    No row is dropped. One that `where` does not keep has no values and no reasons; a value with a reason may be null.
    """
    given = {"source": source.id, "list_name": source.list}
    default = {"observed_on": (source.observed_on or rules.as_of).isoformat()}
    # Step by step in columns, not in structs or in one expression: Spark would write each step out again wherever it is used.
    texts = cells(source, delivery).withColumns(_raw(contract, delivery)).withColumns(_texts(contract, given, default))
    values = texts.withColumns(_domains(contract, rules.domains)).withColumns(_values(contract))
    # JSON is made for refused rows only: of all rows it would cost as much as reading them.
    row = F.when(F.size("_reasons") > 0, F.to_json("_cells"))
    key = F.coalesce(*_account_names(contract), F.concat_ws(":", "_file", "_line"))
    finished = values.withColumn("_reasons", _reasons(contract)).withColumns({"_row": row, "_account_key": key})
    typed = [F.col(it.name).cast(it.dataType).alias(it.name) for it in contract.schema.fields]
    return finished.select(*typed, "_kept", "_reasons", "_row", "_file", "_line", "_problem", "_account_key")


def _raw(contract: Contract, delivery: Delivery) -> dict[str, Column]:
    """The cells by contract column, as delivered; null where nothing is mapped or the row is not kept."""
    delivered = {name: F.col(f"_cells.{quoted(header)}") for name, header in delivery.mapping.items()}
    nothing = F.lit(None).cast("string")
    return {f"_raw_{name}": F.when(F.col("_kept"), delivered[name]) if name in delivered else nothing for name in contract.columns}


def _texts(contract: Contract, given: Mapping[str, str | None], default: Mapping[str, str]) -> dict[str, Column]:
    """The cells as text without noise; `given` comes from the configuration, `default` stands where nothing is delivered."""

    def text(name: str, column: ContractColumn) -> Column:
        if column.clean == "given":
            return F.lit(given[name])
        return F.coalesce(columns.text(F.col(f"_raw_{name}")), F.lit(default.get(name)))

    return {f"_text_{name}": text(name, column) for name, column in contract.columns.items()}


def _domains(contract: Contract, rules: DomainRules) -> dict[str, Column]:
    name, accept = next((name, DOMAINS[column.clean]) for name, column in contract.columns.items() if column.clean in DOMAINS)
    return {"_domain": columns.domain(F.col(f"_text_{name}"), rules=rules, accept_free_mail=accept)}


def _values(contract: Contract) -> dict[str, Column]:
    values = {name: F.col("_domain.domain") if it.clean in DOMAINS else _cast(name, it) for name, it in contract.columns.items()}
    return values | {"_problem": F.when(F.col("_kept"), F.col("_domain.problem"))}


def _cast(name: str, column: ContractColumn) -> Column:
    convert, _ = CASTS.get(str(column.clean)) or CASTS[column.type]
    return convert(F.col(f"_text_{name}"))


def _reasons(contract: Contract) -> Column:
    """All reasons of a row at once, in the order of the columns."""
    checks = [_reason(name, column) for name, column in contract.columns.items() if column.clean != "given"]
    surplus = F.col("_cells._record")
    checks.append(F.when(surplus.isNotNull(), _finding(F.lit(None), surplus, F.lit("TOO_MANY_CELLS"))))
    found = F.filter(F.array(*checks), lambda it: it.isNotNull())
    return F.when(F.col("_kept"), found).otherwise(F.array().cast(f"array<{REASON}>"))


def _reason(name: str, column: ContractColumn) -> Column:
    raw, text, value = F.col(f"_raw_{name}"), F.col(f"_text_{name}"), F.col(name)
    code = F.when(raw.contains("\ufffd"), "BROKEN_ENCODING")
    if column.clean in DOMAINS:
        code = code.when(F.col("_problem").isNotNull(), F.col("_problem"))
    else:
        _, misfit = CASTS.get(str(column.clean)) or CASTS[column.type]
        code = code.when(text.isNotNull() & value.isNull(), misfit)
        if column.required:
            code = code.when(text.isNull(), "MISSING")
    low, high = column.range or (None, None)
    if low is not None:
        code = code.when(value < low, "OUT_OF_RANGE")
    if high is not None:
        code = code.when(value > high, "OUT_OF_RANGE")
    if column.one_of:
        code = code.when(~value.isin(*column.one_of), "NOT_ALLOWED")
    return F.when(code.isNotNull(), _finding(F.lit(name), raw, code))


def _finding(column: Column, value: Column, reason: Column) -> Column:
    return F.struct(column.alias("column"), value.alias("value"), reason.alias("reason")).cast(REASON)


def _account_names(contract: Contract) -> list[Column]:
    named = [F.col("_text_company_name")] if "company_name" in contract.columns else []
    return [*named, *(F.col(f"_text_{name}") for name, column in contract.columns.items() if column.clean in DOMAINS)]
