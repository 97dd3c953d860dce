"""Which function makes a value of a delivered text, by the contract's `clean` or else by the column's type."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from pyspark.sql import Column
from pyspark.sql import functions as F

from qualscore import columns
from qualscore.contracts import Contract, ContractColumn
from qualscore.ingest.delivery import Delivery
from qualscore.ingest.row_rules import Rules

# What an account is known by: cleaners of a domain, and whether one on a free-mail host is a company.
DOMAINS = {"domain": True, "domain_of_company": False}
# Values that come from elsewhere than a cell of their own.
GIVEN, PROBLEM = "given", "domain_problem"
# Text to value, and the reason when there is none; a value without a reason is noted, and the row kept.
CASTS: Mapping[str, tuple[Callable[[Column], Column], str | None]] = {
    "string": (lambda text: text, "MISSING"),
    "int": (columns.integer, "NOT_A_NUMBER"),
    "bigint": (columns.integer, "NOT_A_NUMBER"),
    "double": (columns.money, "NOT_A_NUMBER"),
    "boolean": (columns.boolean, "NOT_A_BOOLEAN"),
    "year": (columns.year, "NOT_A_YEAR"),
    "money": (columns.money, "NOT_A_NUMBER"),
    "percent": (columns.percent, "NOT_A_NUMBER"),
    "strength": (columns.strength, "NOT_A_STRENGTH"),
    "market_cap_band": (columns.market_cap_band, "NOT_ALLOWED"),
    "confidence": (columns.confidence, "NOT_ALLOWED"),
    "employees_range": (columns.employees_range, "NOT_A_RANGE"),
    "revenue_range": (columns.revenue_range, "NOT_A_RANGE"),
    "country": (columns.country, None),
    "crm_id": (columns.crm_id, "MISSING"),
    "display_name": (columns.display_name, "MISSING"),
    "several": (columns.several, "MISSING"),
    "contact": (columns.contact, None),
    "keyword": (columns.keyword, "MISSING"),
    "keyword_name": (columns.keyword_name, "MISSING"),
}
# What a row without a value of its own is still told: it counts in the summary.
NOTES = {"country": "UNKNOWN_COUNTRY"}
NUMBERS = ("int", "bigint", "double")


@dataclass(frozen=True)
class Cleaners:
    """The cleaning of one delivery: contract column to Column, over `_text_COLUMN` of each column that has a text."""

    contract: Contract
    delivery: Delivery
    rules: Rules
    present: tuple[str, ...]

    def value(self, name: str) -> Column:
        """The typed value of a column that has a text."""
        column, text = self.contract.columns[name], F.col(f"_text_{name}")
        if column.type == "date":
            return self.finished(name, columns.calendar_date(text, self.delivery.dates))
        return self.finished(name, _cast_of(column)[0](text))

    def finished(self, name: str, value: Column) -> Column:
        """A value in the unit of the contract."""
        column, scale = self.contract.columns[name], self.delivery.scale.get(name)
        if column.clean == "week" and column.type == "date":
            return columns.monday(value)
        return (value * F.lit(scale)).cast(column.type) if scale and column.type in NUMBERS else value

    def misfit(self, name: str) -> str | None:
        """The reason of a row whose text gives no value; None keeps the row."""
        column = self.contract.columns[name]
        return "NOT_A_DATE" if column.type == "date" else _cast_of(column)[1]

    def note(self, name: str) -> Column | None:
        """What is to be counted of a text that is kept, or None."""
        column, text = self.contract.columns[name], F.col(f"_text_{name}")
        if column.type == "date" and not self.delivery.dates:
            return F.when(columns.is_ambiguous(text), f"{name}:AMBIGUOUS_DATE")
        code = NOTES.get(str(column.clean))
        return F.when(text.isNotNull() & F.col(name).isNull(), f"{name}:{code}") if code else None

    def derived(self) -> dict[str, Column]:
        """Values that several columns make: after those of one column."""
        found = {name: _DERIVED[str(it.clean)](self, name) for name, it in self.contract.columns.items() if it.clean in _DERIVED}
        return {name: value for name, value in found.items() if value is not None}

    def text(self, name: str) -> Column:
        """The text of a column; null where the delivery has no such column."""
        return F.col(f"_text_{name}") if name in self.present else F.lit(None).cast("string")

    def _outcome(self, name: str) -> Column:
        flags = {f"is_{it}": F.col(f"is_{it}") if f"is_{it}" in self.present else F.lit(None).cast("boolean") for it in ("won", "closed")}
        return columns.outcome(self.text(name), self.text("stage"), **flags)

    def _industry_group(self, name: str) -> Column | None:
        codes = {kind: self.text(f"{kind}_code") for kind in ("naics", "sic", "nace")}
        if not {"industry", "sector", "naics_code", "sic_code", "nace_code"} & set(self.present):
            return None
        found = columns.industry_group(self.text("industry"), self.text("sector"), **codes)
        return F.coalesce(self.text(name), found) if name in self.present else found


_DERIVED: Mapping[str, Callable[[Cleaners, str], Column | None]] = {
    "outcome": Cleaners._outcome,
    "industry_group": Cleaners._industry_group,
}


def is_own(column: ContractColumn) -> bool:
    """Whether the value comes from one cell."""
    return column.clean not in (GIVEN, PROBLEM, *DOMAINS, *_DERIVED)


def _cast_of(column: ContractColumn) -> tuple[Callable[[Column], Column], str | None]:
    return CASTS.get(str(column.clean)) or CASTS[column.type]
