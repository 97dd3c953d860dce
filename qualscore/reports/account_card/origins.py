"""Where each value of an account comes from, of which day it is, and what the model takes in its place."""

from collections.abc import Mapping
from typing import Any

from qualscore.scores.account_rows import Rows

VALUES = {
    "company_name": "name", "country": "country", "state": "state", "city": "city", "sector": "sector", "industry": "industry",
    "employees": "employees", "employees_range": "employees, as a range", "revenue_usd": "revenue, US dollars",
    "revenue_range": "revenue, as a range", "market_cap_band": "market cap", "is_listed": "listed on a stock exchange",
    "founded_year": "founded", "parent_account": "parent account",
}  # fmt: skip
# Kind of source to the clean tables that it fills and the column with the day of a row, the best first.
FROM: Mapping[str, tuple[tuple[str, tuple[str, ...]], ...]] = {
    "crm": (("clean/crm_accounts", ("modified_on", "created_on")), ("clean/crm_opportunities", ("modified_on", "created_on"))),
    "marketing": (("clean/activities", ("last_on",)),),
    "csv": (("clean/account_lists", ("event_on",)),),
    "firmographics": (("clean/firmographics", ("observed_on",)),),
}


def origins(rows: Rows) -> list[dict[str, Any]]:
    """A row for each value that is known: value, kind, source, on, and the model's value where it differs.

    Args:
        rows: of the account; of clean/accounts there is one.
    """
    account, features = rows["clean/accounts"][0], next(iter(rows["features/account_features"]), {})
    kinds: Mapping[str, str] = account["value_sources"] or dict.fromkeys(VALUES, account["sources"][0])
    listed = []
    for column, name in VALUES.items():
        mine, models = account.get(column), features.get(column)
        if mine is None and models is None:
            continue
        kind = kinds.get(column) if mine is not None else None
        source, day = _of_kind(rows, kind, column, mine) if kind else (None, None)
        differs = column in features and models != mine
        listed.append({"column": column, "name": name, "value": mine, "kind": kind, "source": source, "on": day, "differs": differs})
        listed[-1]["model_value"] = models
    return listed


def _of_kind(rows: Rows, kind: str, column: str, value: Any) -> tuple[str | None, str | None]:
    """The source and the day of the latest row of a kind that has the value, or of the latest row where none says it in these words."""
    for table, days in FROM.get(kind, ()):
        dated = sorted((_day(row, days), row.get(column) == value, str(row.get("source") or "")) for row in rows.get(table, []))
        best = [it for it in dated if it[1]] or dated
        if best:
            return best[-1][2] or None, best[-1][0] or None
    return None, None


def _day(row: Mapping[str, Any], columns: tuple[str, ...]) -> str:
    return next((str(row[name])[:10] for name in columns if row.get(name)), "")
