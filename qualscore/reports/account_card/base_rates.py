"""How common a factor's value is among customers: the sentence of the model report, for the value that one account has."""

from collections.abc import Mapping
from typing import Any

from qualscore.model.encoding import intent
from qualscore.model.encoding.inputs import LIFTED
from qualscore.model.judging.levels import OTHER, UNKNOWN, range_of
from qualscore.reports.model_page.factors import base_rate

Features = Mapping[str, Any]
NUMBERS = {"employees": "firmo_size", "revenue": "firmo_revenue_log", "company age": "firmo_age_years"}
LISTED = {"yes": "listed", "no": "not listed"}
USED = {"yes": "uses it", "no": "does not use it"}


def sentence(report: Mapping[str, Any], factor: str, value: str, features: Features) -> str | None:
    """What share of the companies with that value became customers; None where the report does not tell.

    Args:
        report: metrics.json of the model that scored.
        factor: one of the account's.
        value: as the score lists it.
        features: the account's row of features/account_features.
    """
    levels: list[Mapping[str, Any]] = next((it["levels"] for it in report.get("factors", []) if it["factor"] == factor), [])
    named = level_of(factor, value, features)
    known = {it["level"]: it for it in levels}
    level = known.get(named) or (known.get(OTHER) if factor in LIFTED and named != UNKNOWN else None)
    base = report["customers"] / (report["customers"] + report["unlabelled"]) if level else 0.0
    return base_rate(factor, level, base) if level else None


def level_of(factor: str, value: str, features: Features) -> str:
    """The level of the model report that an account's value belongs to.

    >>> level_of("country", "DE", {}), level_of("technologies in office", "3", {}), level_of("uses Kafka", "no", {})
    ('DE', '2 to 3 technologies', 'does not use it')
    >>> level_of("employees", "51-200", {"firmo_size": 4.84}), level_of("revenue", "unknown", {"firmo_revenue_log": None})
    ('50 to 199 employees', 'unknown')
    >>> level_of("researches: cloud", "1 signal in 13 weeks", {"intent": [{"keyword_set": "cloud", "signals_52w": 7}]})
    '5 to 19 signals'
    """
    if factor.startswith("uses "):
        return USED.get(value, UNKNOWN)
    if factor.startswith("technologies "):
        return range_of(factor, float(value)) if value.isdecimal() else UNKNOWN
    if factor.startswith("research"):
        number = _signals(factor, features)
    elif factor in NUMBERS:
        number = features.get(NUMBERS[factor])
    else:
        return LISTED.get(value, UNKNOWN) if factor == "listed on a stock exchange" else value
    return UNKNOWN if number is None else range_of(factor, number)


def _signals(factor: str, features: Features) -> float | None:
    """Of the year; none of a keyword set is 0 where the deliveries cover the year."""
    covered: float | None = features.get("intent_signals_52w")
    if factor == intent.factor(intent.ANY_SET):
        return covered
    mine = [it["signals_52w"] for it in features.get("intent") or [] if intent.factor(it["keyword_set"]) == factor]
    return mine[0] if mine else None if covered is None else 0.0
