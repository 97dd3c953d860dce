"""Column to Column: domains, places, branches, ranges, numbers, dates and text as people deliver them. Each has executed examples."""

from qualscore.columns.countries import country
from qualscore.columns.crm import by_words, crm_id, display_name, first_id, id_of_number, is_rounded_id, outcome, several
from qualscore.columns.dates import Order, calendar_date, in_calendar, is_ambiguous, is_no_day, order_of, short_parts, year
from qualscore.columns.domains import domain, is_plain, plain_addresses
from qualscore.columns.hosts import FREE_MAIL, DomainRules
from qualscore.columns.industries import industry_group
from qualscore.columns.natives import has_native, native
from qualscore.columns.numbers import AMBIGUOUS_NUMBER, Decimals, amount, currency, currency_code, integer, money, number, sign_of_decimals
from qualscore.columns.overrides import decision, override
from qualscore.columns.ranges import employees_range, range_midpoint_employees, range_midpoint_revenue, revenue_range
from qualscore.columns.signals import contact, keyword, keyword_name, monday, percent, strength
from qualscore.columns.stages import StageWords, stage_outcome
from qualscore.columns.text import NOTHING_OF_PLACES, boolean, confidence, is_whole, market_cap_band, text, unless_no_value

__all__ = [
    "StageWords",
    "by_words",
    "stage_outcome",
    "AMBIGUOUS_NUMBER",
    "Decimals",
    "DomainRules",
    "FREE_MAIL",
    "NOTHING_OF_PLACES",
    "Order",
    "amount",
    "boolean",
    "calendar_date",
    "confidence",
    "contact",
    "country",
    "crm_id",
    "currency",
    "currency_code",
    "decision",
    "display_name",
    "domain",
    "employees_range",
    "first_id",
    "has_native",
    "id_of_number",
    "in_calendar",
    "industry_group",
    "integer",
    "is_ambiguous",
    "is_no_day",
    "is_plain",
    "is_rounded_id",
    "is_whole",
    "keyword",
    "keyword_name",
    "market_cap_band",
    "monday",
    "money",
    "native",
    "number",
    "order_of",
    "outcome",
    "override",
    "percent",
    "plain_addresses",
    "range_midpoint_employees",
    "range_midpoint_revenue",
    "revenue_range",
    "several",
    "short_parts",
    "sign_of_decimals",
    "strength",
    "text",
    "unless_no_value",
    "year",
]
