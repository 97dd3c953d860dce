"""The dimensions that are made of definitions and of the calendar: bi/dim_score and bi/dim_date."""

import calendar
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from qualscore.definitions.definition import Definition
from qualscore.publish.bi.selects import BAND_NAMES

EPOCH = date(1970, 1, 1)


def dim_score(
    definitions: Sequence[Definition],
    runs: Mapping[str, Mapping[str, Any]],
    accounts: Mapping[tuple[str, str], int],
    *,
    as_of: date,
) -> list[dict[str, Any]]:
    """Rows of bi/dim_score.

    Args:
        definitions: those whose scores there are.
        runs: by score the model_version, run_id and scored_at that its accounts have.
        accounts: by score and band the number of accounts, the unscored ones among them.
        as_of: the day that the scored data describes.
    """
    return [
        {"score_name": it.name, "title": title(it.name), "type": it.type, "date_key": as_of}
        | dict(runs.get(it.name, {}))
        | _bounds(it)
        | _counts({band: accounts.get((it.name, band), 0) for band in BAND_NAMES})
        for it in sorted(definitions, key=lambda it: it.name)
    ]


def title(score_name: str) -> str:
    """The name of a score as people read it.

    >>> title("data_platform"), title("crm")
    ('Data platform', 'Crm')
    """
    words = score_name.replace("_", " ").strip()
    return words[:1].upper() + words[1:]


def dim_date(first: date, last: date) -> list[dict[str, Any]]:
    """Rows of bi/dim_date: the days of whole years.

    >>> rows = dim_date(date(2024, 5, 1), date(2025, 2, 1))
    >>> len(rows), rows[0]["date_key"], rows[-1]["date_key"]
    (731, datetime.date(2024, 1, 1), datetime.date(2025, 12, 31))
    """
    start, end = date(first.year, 1, 1), date(last.year, 12, 31)
    return [_day(start + timedelta(days=n)) for n in range((end - start).days + 1)]


def _bounds(definition: Definition) -> dict[str, float]:
    bands, actions = definition.bands, definition.actions
    return {
        "highly_likely_from": bands.highly_likely,
        "likely_from": bands.likely,
        "act_now_from": actions.act_now,
        "qualified_above": actions.qualified,
        "good_fit_above": actions.good_fit,
    }


def _counts(of_bands: Mapping[str, int]) -> dict[str, int]:
    return {"accounts": sum(of_bands.values())} | {f"{band}_accounts": number for band, number in of_bands.items()}


def _day(day: date) -> dict[str, Any]:
    week, quarter = day.isocalendar(), (day.month + 2) // 3
    return {
        "date_key": day,
        "day_number": (day - EPOCH).days,
        "year": day.year,
        "quarter": quarter,
        "quarter_name": f"{day.year} Q{quarter}",
        "month": day.month,
        "month_name": calendar.month_name[day.month],
        "month_key": f"{day:%Y-%m}",
        "week": week.week,
        "week_key": f"{week.year}-W{week.week:02d}",
        "weekday": week.weekday,
        "weekday_name": calendar.day_name[week.weekday - 1],
    }
