"""Column to Column: domains, places, branches, ranges, numbers, dates and text as people deliver them. Each has executed examples."""

from qualscore.columns.countries import country
from qualscore.columns.crm import crm_id, display_name, outcome, several
from qualscore.columns.dates import calendar_date, is_ambiguous, year
from qualscore.columns.domains import FREE_MAIL, DomainRules, domain, is_plain, plain_addresses
from qualscore.columns.industries import industry_group
from qualscore.columns.natives import has_native, native
from qualscore.columns.ranges import employees_range, range_midpoint_employees, range_midpoint_revenue, revenue_range
from qualscore.columns.signals import contact, keyword, keyword_name, monday, percent, strength
from qualscore.columns.text import boolean, confidence, integer, market_cap_band, money, number, text

__all__ = [
    "FREE_MAIL",
    "DomainRules",
    "boolean",
    "calendar_date",
    "confidence",
    "contact",
    "country",
    "crm_id",
    "display_name",
    "domain",
    "employees_range",
    "has_native",
    "industry_group",
    "integer",
    "is_ambiguous",
    "is_plain",
    "keyword",
    "keyword_name",
    "market_cap_band",
    "monday",
    "money",
    "native",
    "number",
    "outcome",
    "plain_addresses",
    "percent",
    "range_midpoint_employees",
    "range_midpoint_revenue",
    "revenue_range",
    "several",
    "strength",
    "text",
    "year",
]
