"""The rows of one account to its record: what the card shows, and what --json prints."""

from collections.abc import Mapping, Sequence
from typing import Any

from qualscore.model.scoring.factor_words import phrase
from qualscore.reports.account_card import moves
from qualscore.reports.account_card.base_rates import sentence
from qualscore.reports.account_card.origins import origins
from qualscore.reports.account_card.reasons import without_score
from qualscore.scores.account_rows import Rows
from qualscore.scores.call_lists import CALL_LISTS
from qualscore.scores.fit_intent import FIT_INTENT
from qualscore.scores.nearest import NEAREST
from qualscore.scores.segments import ACCOUNT_SEGMENTS

Row = Mapping[str, Any]
OVERRIDES = "clean/overrides"
SIDES = ("factors_for", "factors_against")
SCORED = (
    *(
        "score_name",
        "score",
        "score_final",
        "final_cause",
        "band",
        "action",
        "lift",
        "percentile",
        "margin",
        "base",
        "other_contribution",
        "is_example",
    ),
    *("model_version", "as_of_on", "scored_at", "run_id"),
)
NOW = ("advice", "intent_level", "score_trend")


def record(domain: str, rows: Rows, *, names: Sequence[str], reports: Mapping[str, Row], before: Mapping[str, Row]) -> dict[str, Any]:
    """Everything about one account.

    Args:
        domain: of the account.
        rows: of all tables.
        names: of the scores.
        reports: by score metrics.json of the model that serves.
        before: by score the account's row of scores/account_scores before its last change.

    Returns:
        domain, company_name, scores, unscored, nearest, history, values, technologies, research, crm, deals, engagement, lists, segments,
        call_lists, overrides.
    """
    account = next(iter(rows["clean/accounts"]), None)
    scored = {row["score_name"]: row for row in rows["scores/account_scores"]}
    features = next(iter(rows["features/account_features"]), {})
    ranks = {row["score_name"]: row["rank"] for row in rows["scores/top_accounts"]}
    now = {row["score_name"]: {name: row[name] for name in NOW} for row in rows[FIT_INTENT]}
    return {
        "domain": domain,
        "company_name": account and account["company_name"],
        "known_by": account["sources"] if account else [],
        "scores": [
            _score(scored[name], ranks.get(name), reports.get(name, {}), features) | now.get(name, {}) for name in names if name in scored
        ],
        "nearest": sorted((it for it in rows[NEAREST] if it["score_name"] in scored), key=lambda it: (it["score_name"], it["rank"])),
        "unscored": _unscored(rows, [name for name in names if name not in scored]),
        "history": [_change(it, scored, before) for it in _latest_first(rows["scores/score_history"]) if it["score_name"] in names],
        "values": origins(rows) if account else [],
        "technologies": rows["clean/technographics"],
        "research": rows["clean/intent_signals"],
        "crm": rows["clean/crm_accounts"],
        "deals": rows["clean/crm_opportunities"],
        "engagement": rows["clean/activities"],
        "lists": rows["clean/account_lists"],
        "overrides": sorted(rows[OVERRIDES], key=lambda it: (it["score_name"] or "", it["decided_on"] or "", it["expires_on"] or "")),
        "segments": [it for it in rows[ACCOUNT_SEGMENTS] if it["left_on"] is None],
        "call_lists": sorted(rows[CALL_LISTS], key=lambda it: (it["made_on"], it["list_name"]), reverse=True),
    }


def _score(row: Row, rank: int | None, report: Row, features: Row) -> dict[str, Any]:
    """A row of scores/account_scores with its rank, and with what each factor says."""
    known = report if report.get("model_version") == row["model_version"] else {}
    told = {side: [_factor(it, known, features) for it in row[side]] for side in SIDES}
    return {**{name: row[name] for name in SCORED}, "rank": rank, **told}


def _factor(factor: Row, report: Row, features: Row) -> dict[str, Any]:
    name, value = factor["factor"], factor["value"]
    return {**factor, "says": phrase(name, value), "base_rate": sentence(report, name, value, features)}


def _unscored(rows: Rows, names: Sequence[str]) -> list[dict[str, str]]:
    """Why there is no score of each of these names."""
    reasons = {row["score_name"]: row["reason"] for row in rows["scores/unscored_accounts"]}
    if rows["clean/accounts"]:
        return [without_score(reasons.get(name, "NOT_SCORED"), score_name=name) for name in names]
    is_seen = rows["clean/technographics"] or rows["clean/intent_signals"]
    return [without_score(reasons.get(name, "NO_ACCOUNT" if is_seen else "UNKNOWN"), score_name=name) for name in names]


def _latest_first(history: Sequence[Row]) -> list[Row]:
    return sorted(history, key=lambda it: (it["scored_at"], it["score_name"]), reverse=True)


def _change(row: Row, scored: Mapping[str, Row], before: Mapping[str, Row]) -> dict[str, Any]:
    """A change with its cause in words; the last one of a score with the factors that moved."""
    name = row["score_name"]
    then = before.get(name)
    is_last = then is not None and name in scored and then["run_id_of_change"] == row["run_id"]
    return {**row, "says": moves.cause(row), "moved": moves.moved(then, scored[name]) if is_last and then else []}
