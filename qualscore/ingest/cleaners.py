"""Which function makes a value of a delivered text, by the contract's `clean` or else by the column's type."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from pyspark.sql import Column
from pyspark.sql import functions as F

from qualscore import columns
from qualscore.contracts import Contract, ContractColumn
from qualscore.ingest.delivery import Delivery, quoted
from qualscore.ingest.row_rules import Rules

# What an account is known by: cleaners of a domain, and whether one on a free-mail host is a company.
DOMAINS = {"domain": True, "domain_of_company": False}
# Values that come from elsewhere than a cell of their own.
GIVEN, PROBLEM = "given", "domain_problem"
# Text to value, and the reason when there is none; a value without a reason is noted, and the row kept.
CASTS: Mapping[str, tuple[Callable[[Column], Column], str | None]] = {
    "string": (lambda text: text, "MISSING"),
    "boolean": (columns.boolean, "NOT_A_BOOLEAN"),
    "year": (columns.year, "NOT_A_YEAR"),
    "percent": (columns.percent, "NOT_A_NUMBER"),
    "strength": (columns.strength, "NOT_A_STRENGTH"),
    "market_cap_band": (columns.market_cap_band, "NOT_ALLOWED"),
    "confidence": (columns.confidence, "NOT_ALLOWED"),
    "employees_range": (columns.employees_range, "NOT_A_RANGE"),
    "revenue_range": (columns.revenue_range, "NOT_A_RANGE"),
    "country": (columns.country, None),
    "crm_id": (columns.crm_id, "MISSING"),
    "first_id": (lambda text: columns.crm_id(columns.first_id(text)), "MISSING"),
    "display_name": (columns.display_name, "MISSING"),
    "product": (lambda text: text, "MISSING"),
    "contact": (columns.contact, None),
    "keyword": (columns.keyword, "MISSING"),
    "keyword_name": (columns.keyword_name, "MISSING"),
    "override": (columns.override, "NOT_A_SCORE"),
    "decision": (columns.decision, None),
}
IDS = ("crm_id", "first_id")
# Numbers, which the file's own sign of decimals tells.
COUNTED: Mapping[str, Callable[[Column, columns.Decimals | None], Column]] = {
    "int": columns.integer,
    "bigint": columns.integer,
    "double": columns.amount,
    "money": columns.amount,
}
# US dollars: of another currency by its rate.
MONEY = ("double", "money")
# Which day an amount is converted by, the first that the row has, else the run's: a deal's, or that of a snapshot.
DAYS = {"amount": ("changed_on", "close_on", "created_on"), "revenue_usd": ("observed_on",)}
# What a row without a value of its own is still told: it counts in the summary.
NOTES = {"country": "UNKNOWN_COUNTRY"}
NUMBERS = ("int", "bigint", "double")
# Words that are looked up.
WORDS = ("country", "industry_group", "outcome")
# A range that stands in the column of a number is no number of it.
RANGES = {"employees_range": "employees", "revenue_range": "revenue_usd"}
BARE_DOLLAR, BARE_CROWN = r"^[^A-Za-z]*\$[^A-Za-z]*$", "(?i)^[^a-z]*kr[^a-z]*$"
DOLLARS = ("AUD", "CAD", "NZD", "HKD", "SGD", "TWD", "MXN", "ARS", "CLP", "COP", "BRL", "UYU", "BMD", "BSD", "JMD", "TTD", "FJD", "XCD")
CROWNS = ("SEK", "NOK", "DKK", "ISK", "CZK")
NO_NUMBER = "[^0-9.,' ]"
# One technology names no other: what sets off several.
SEVERAL = r"[;|]|, "


@dataclass(frozen=True)
class Cleaners:
    """The cleaning of one delivery: contract column to Column, over `_text_COLUMN` of each column that has a text."""

    contract: Contract
    delivery: Delivery
    rules: Rules
    present: tuple[str, ...]
    currency: str | None = None

    def value(self, name: str) -> Column:
        """The typed value of a column that has a text."""
        column, text = self.contract.columns[name], F.col(f"_text_{name}")
        if column.type == "date":
            return self.finished(name, self._day(text))
        if counted := self._counted(column):
            return self.finished(name, counted(text, self.decimals(name)))
        if column.clean in IDS:
            kind = self.delivery.types.get(self.delivery.mapping.get(name, ""), "string")
            return columns.id_of_number(F.col(f"_raw_{name}"), kind) if kind in ("double", "float") else _cast_of(column)[0](text)
        if column.clean == "several":
            return columns.several(text, self.delivery.separators.get(name, (";",)))
        return self.finished(name, _cast_of(column)[0](text))

    def finished(self, name: str, value: Column) -> Column:
        """A value in the unit of the contract."""
        column, scale = self.contract.columns[name], self.delivery.scale.get(name)
        value = columns.in_calendar(value) if column.type == "date" else value
        if column.clean == "week" and column.type == "date":
            return columns.monday(value)
        return (value * F.lit(scale)).cast(column.type) if scale and column.type in NUMBERS else value

    def _day(self, text: Column) -> Column:
        day, of_file = columns.calendar_date(text, self.delivery.dates), self.delivery.file_dates
        for order in sorted(set(of_file.values())):
            files = [file for file, it in of_file.items() if it == order]
            day = F.when(F.col("_file").isin(*files), columns.calendar_date(text, order)).otherwise(day)
        return day

    def decimals(self, name: str) -> columns.Decimals | None:
        """The sign before the decimals of a column's numbers: typed ones have a point."""
        kind = self.delivery.types.get(self.delivery.mapping.get(name, ""), "string")
        return "point" if kind not in ("string", "") else self.delivery.decimals.get(name)

    def is_undecided(self, name: str) -> bool:
        """Whether the column's dates or numbers can be meant in two ways, and nothing says in which."""
        column, kind = self.contract.columns[name], self.delivery.types.get(self.delivery.mapping.get(name, ""), "string")
        if column.type == "date":
            return self.delivery.dates is None and kind == "string"
        return self._counted(column) is not None and self.decimals(name) is None

    def is_evidence(self, name: str) -> Column:
        """Whether a text of an undecided column may decide it, or be decided."""
        text = F.col(f"_text_{name}")
        if self.contract.columns[name].type == "date":
            return columns.order_of(text).isNotNull() | columns.is_ambiguous(text)
        return ~columns.is_whole(text)

    def misfit(self, name: str) -> Column | None:
        """The reason of a text that gives no value; None where there is none."""
        column, text = self.contract.columns[name], F.col(f"_text_{name}")
        if column.type == "date":
            return F.lit("NOT_A_DATE")
        if self._counted(column):
            return F.lit("NOT_A_NUMBER")
        if column.clean in IDS:
            return F.when(columns.is_rounded_id(text), "ROUNDED_ID").otherwise("MISSING")
        reason = "MISSING" if column.clean == "several" else _cast_of(column)[1]
        return F.lit(reason) if reason else None

    def is_soft(self, name: str) -> bool:
        """Whether a cell that cannot be read costs itself alone, not its row."""
        return not self.contract.columns[name].required and name not in self.contract.key

    def notes(self, name: str) -> list[Column]:
        """Reasons, each null or what is to be counted of a text that is kept."""
        column, text = self.contract.columns[name], F.col(f"_text_{name}")
        if column.type == "date" and not self.delivery.dates:
            is_told = F.col("_file").isin(*self.delivery.file_dates) if self.delivery.file_dates else F.lit(False)
            return [F.when(columns.is_ambiguous(text) & ~is_told, "AMBIGUOUS_DATE")]
        if self._counted(column) and column.type == "double":
            ambiguous = [F.when(text.rlike(columns.AMBIGUOUS_NUMBER), "AMBIGUOUS_NUMBER")] if not self.decimals(name) else []
            return [*ambiguous, *self._without_currency(name)]
        if column.clean == "product" and name not in self.delivery.separators:
            return [F.when(text.rlike(SEVERAL), "SEVERAL_IN_A_CELL")]
        code = NOTES.get(str(column.clean))
        return [F.when(text.isNotNull() & F.col(name).isNull(), code)] if code else []

    def _without_currency(self, name: str) -> list[Column]:
        """The reason of a bare amount whose row names no currency where others of its file do."""
        header = self.delivery.currencies.get(name)
        if header is None or self.currency is not None:
            return []
        is_bare = ~F.col(f"_text_{name}").rlike("[^0-9.,' +-]") & (F.coalesce(F.trim(f"_cells.{quoted(header)}"), F.lit("")) == "")
        return [F.when(is_bare, "NO_CURRENCY")]

    def money(self) -> list[str]:
        """The columns of amounts that have a text."""
        return [name for name in self.present if self._kind(name) in MONEY]

    def is_foreign(self, name: str) -> bool:
        """Whether the file says of an amount, beside its cell, which currency it is in."""
        return self._kind(name) in MONEY and (name in self.delivery.currencies or self._usual_currency(name) != "USD")

    def currencies(self) -> dict[str, Column]:
        """`_currency_COLUMN` of each amount: as its cell says, else the row, the header, the source; else US dollars."""
        return {f"_currency_{name}": self._currency(name) for name in self.money()}

    def converted(self) -> dict[str, Column]:
        """Amounts in US dollars; and `_foreign_COLUMN`, the reason where there is no rate."""
        values = {}
        for name in self.money():
            days = [F.col(it) for it in DAYS.get(name, ()) if it in self.present]
            day = F.coalesce(*days, F.lit(self.rules.as_of))
            code = F.col(f"_currency_{name}")
            rate = F.when(code == "USD", 1.0)
            for known, rates in self.rules.rates.items():
                for since, factor in sorted(rates, key=lambda it: it[0] or date.min, reverse=True):
                    rate = rate.when((code == known) & (F.lit(True) if since is None else day >= F.lit(since)), factor)
            reason = F.when(code.rlike("^[A-Z]{3}$"), F.concat(F.lit("NO_RATE_"), code)).otherwise("UNKNOWN_CURRENCY")
            values[name] = (F.col(name) * rate).cast(self.contract.columns[name].type)
            values[f"_foreign_{name}"] = F.when(F.col(name).isNotNull() & rate.isNull(), reason)
        return values

    def _currency(self, name: str) -> Column:
        text, other, header = F.col(f"_text_{name}"), F.lit(self._usual_currency(name)), self.delivery.currencies.get(name)
        if header is not None:
            other = F.coalesce(columns.currency_code(columns.text(F.col(f"_cells.{quoted(header)}"))), other)
        # A bare $ or kr is that of the row's own currency, where that is a dollar or a crown.
        is_weak = (text.rlike(BARE_DOLLAR) & other.isin(*DOLLARS)) | (text.rlike(BARE_CROWN) & other.isin(*CROWNS))
        return F.coalesce(F.when(~is_weak, columns.currency(text)), other)

    def _usual_currency(self, name: str) -> str:
        return self.delivery.codes.get(name) or self.currency or "USD"

    def _kind(self, name: str) -> str:
        column = self.contract.columns[name]
        return str(column.clean or column.type)

    def moved(self) -> dict[str, Column]:
        """Ranges that are delivered in the column of a number, where there is no other: after the values of single columns."""
        values = {}
        for name, number in RANGES.items():
            if name in self.contract.columns and number in self.present:
                moved = F.when(F.col(number).isNull(), self.range_of(name, number))
                values[name] = F.coalesce(F.col(name), moved) if name in self.present else moved
        return values

    def range_of(self, name: str, number: str) -> Column:
        """The range, of a column of ranges, that the text of a number's column is."""
        return _cast_of(self.contract.columns[name])[0](F.when(F.col(f"_text_{number}").rlike(NO_NUMBER), F.col(f"_text_{number}")))

    def derived(self) -> dict[str, Column]:
        """Values that several columns make: after those of one column."""
        values = {name: _DERIVED[str(it.clean)](self, name) for name, it in self.contract.columns.items() if it.clean in _DERIVED}
        return {name: value for name, value in values.items() if value is not None}

    def text(self, name: str) -> Column:
        """The text of a column; null where the delivery has no such column."""
        return F.col(f"_text_{name}") if name in self.present else F.lit(None).cast("string")

    def _counted(self, column: ContractColumn) -> Callable[[Column, columns.Decimals | None], Column] | None:
        return COUNTED.get(str(column.clean or column.type))

    def words(self) -> dict[str, Column]:
        """`_word_state`, `_word_stage`: what the names of a deal's state and stage say; what is not understood as it is."""
        if "outcome" not in self.contract.columns:
            return {}
        known = self.rules.stages.extended(self.delivery.stages)
        texts = {"_word_state": self.text("outcome"), "_word_stage": self.text("stage")}
        return {name: F.coalesce(columns.stage_outcome(text, known), text) for name, text in texts.items()}

    def _outcome(self, name: str) -> Column:
        flags = {it: self._flag(it) for it in ("is_won", "is_closed")}
        return columns.outcome(F.col("_word_state"), F.col("_word_stage"), **flags)

    def unknown_stage(self) -> Column:
        """The reason of a deal whose outcome neither its flags nor its words tell; null of the others."""
        word = columns.by_words(F.col("_word_state"), F.col("_word_stage"))
        is_told = F.coalesce("_word_state", "_word_stage", self._flag("is_closed").cast("string")).isNotNull()
        is_unknown = word.isNull() | ((word == "open") & F.coalesce(self._flag("is_closed"), F.lit(False)))
        return F.when(is_told & self._flag("is_won").isNull() & is_unknown, "UNKNOWN_STAGE")

    def _flag(self, name: str) -> Column:
        return F.col(name) if name in self.present else F.lit(None).cast("boolean")

    def _industry_group(self, name: str) -> Column | None:
        codes = {kind: self.text(f"{kind}_code") for kind in ("naics", "sic", "nace")}
        if not {"industry", "sector", "naics_code", "sic_code", "nace_code"} & set(self.present):
            return None
        group = columns.industry_group(self.text("industry"), self.text("sector"), **codes)
        return F.coalesce(self.text(name), group) if name in self.present else group


_DERIVED: Mapping[str, Callable[[Cleaners, str], Column | None]] = {
    "outcome": Cleaners._outcome,
    "industry_group": Cleaners._industry_group,
}


def is_own(column: ContractColumn) -> bool:
    """Whether the value comes from one cell."""
    return column.clean not in (GIVEN, PROBLEM, *DOMAINS, *_DERIVED)


def holds_a_value(column: ContractColumn) -> bool:
    """Whether a cell holds a number, a date, a range or a truth value: words such as TBD stand for nothing there."""
    return column.type in (*NUMBERS, "date", "boolean") or column.clean in RANGES


def _cast_of(column: ContractColumn) -> tuple[Callable[[Column], Column], str | None]:
    return CASTS.get(str(column.clean)) or CASTS[column.type]
