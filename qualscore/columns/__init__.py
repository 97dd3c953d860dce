"""Column to Column: domains, ranges, numbers, dates and text as people deliver them. Each has executed examples."""

from qualscore.columns.domains import FREE_MAIL, DomainRules, domain
from qualscore.columns.ranges import employees_range, range_midpoint_employees, range_midpoint_revenue, revenue_range
from qualscore.columns.text import boolean, confidence, integer, iso_date, market_cap_band, money, number, text

__all__ = [
    "FREE_MAIL",
    "DomainRules",
    "boolean",
    "confidence",
    "domain",
    "employees_range",
    "integer",
    "iso_date",
    "market_cap_band",
    "money",
    "number",
    "range_midpoint_employees",
    "range_midpoint_revenue",
    "revenue_range",
    "text",
]
