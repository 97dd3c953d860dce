"""Everything about one account, or the accounts that a name may mean. Nothing is written."""

from collections.abc import Mapping, Sequence
from typing import Any

from py4j.protocol import Py4JJavaError  # type: ignore[import-untyped]
from pyspark.errors import PySparkException
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from qualscore.columns.domains import address_of
from qualscore.columns.hosts import registrable
from qualscore.deliveries import domain_rules
from qualscore.errors import ConfigurationError
from qualscore.parallel import side_by_side
from qualscore.reports.account_card.card import card
from qualscore.reports.account_card.matches import page_of_matches
from qualscore.reports.account_card.reasons import without_score
from qualscore.reports.account_card.record import record
from qualscore.reports.house.content import Page
from qualscore.reports.house.terminal import shown
from qualscore.runs import records
from qualscore.runs.run import Outcome, Run, Stage
from qualscore.scores.account_rows import Rows, matches, rows_of
from qualscore.scores.call_lists import CALL_LISTS
from qualscore.scores.fit_intent import FIT_INTENT
from qualscore.scores.nearest import NEAREST
from qualscore.scores.segments import ACCOUNT_SEGMENTS
from qualscore.stages import model_reports
from qualscore.stages.models import registry_of
from qualscore.stages.nearest import nearest_of
from qualscore.stages.reading import ACCOUNTS, FEATURES, HISTORY, SCORES, SOURCES, TOP, UNSCORED
from qualscore.stages.verify import is_gone

READ = (ACCOUNTS, FEATURES, SCORES, UNSCORED, TOP, HISTORY, NEAREST, FIT_INTENT, ACCOUNT_SEGMENTS, CALL_LISTS)
INPUTS = (*READ, *(f"clean/{table}" for table in SOURCES if table != "crm_opportunity_history"))
MOST_MATCHES = 20
LARGEST = 1 << 28  # bytes of features in which customers are looked for: some 8 million accounts


def account(run: Run) -> Outcome:
    """Shows the account whose domain or name was given; of a name that several have, all of them.

    Raises:
        ConfigurationError: nothing is named, or nothing is ingested yet.
    """
    asked = str(run.options.account).strip()
    if not asked:
        raise ConfigurationError("account: name one, by its domain or by its name")
    accounts = run.tables.read(ACCOUNTS)
    domain, problem = registrable(address_of(asked), rules=domain_rules(run.settings.extra_suffixes), accept_free_mail=True)
    if domain:
        rows = _rows(run, domain)
        if rows[ACCOUNTS] or "." in asked:
            return _show_account(run, domain, rows)
    found = matches(accounts, asked, most=MOST_MATCHES + 1)
    if len(found) == 1:
        return _show_account(run, found[0]["domain"], _rows(run, found[0]["domain"]))
    why = without_score(problem) if problem and "." in asked and " " not in asked else None
    listed = {"asked": asked, "matches": _scored(run, found), "more": len(found) > MOST_MATCHES, "why": why}
    _show(run, page_of_matches(listed), listed)
    return Outcome(f"{len(found[:MOST_MATCHES])} account(s) have that name" if found else "no account has that domain or name")


def _show_account(run: Run, domain: str, rows: Rows) -> Outcome:
    names = [definition.name for definition in run.definitions]
    rows = {**rows, NEAREST: [*rows[NEAREST], *_compared(run, domain, rows)]}
    reports = {name: report for name in names if (report := model_reports.measured(run, name))}
    made = record(domain, rows, names=names, reports=reports, before=_before(run, domain, rows, names))
    _show(run, card(made), made)
    return Outcome(f"{domain}: {len(made['scores'])} score(s), {len(made['unscored'])} without one")


def _show(run: Run, page: Page, values: Mapping[str, Any]) -> None:
    run.console.result("" if run.console.as_json else shown(page, columns=run.console.columns), **values)


def _rows(run: Run, domain: str) -> Rows:
    """What all tables say of a domain; a table that is not there has no row."""
    there = [name for name in INPUTS if run.tables.exists(name)]
    tables = side_by_side(run.tables.read, there)
    known = rows_of(dict(zip(there, tables, strict=True)), domain)
    return {name: known.get(name, []) for name in INPUTS}


def _compared(run: Run, domain: str, rows: Rows) -> list[dict[str, Any]]:
    """The nearest customers by the scores whose top lists do not hold the account; of a large universe that takes too long."""
    known = {it["score_name"] for it in rows[NEAREST]}
    scored = {it["score_name"]: it["model_version"] for it in rows[SCORES] if it["score_name"] not in known}
    if not scored or run.tables.size(FEATURES) > LARGEST:
        return []
    this = run.tables.read(ACCOUNTS).where(F.col("domain") == domain).select("domain")
    store, found = registry_of(run), []
    for name, version in scored.items():
        champion = store.champion(name)
        if champion and champion.number == version:
            found += [row.asDict() for row in nearest_of(run, name, version, this).collect()]
    return found


def _scored(run: Run, found: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The matches, each with its scores by name."""
    shown_ones = found[:MOST_MATCHES]
    domains = [it["domain"] for it in shown_ones]
    scores: dict[str, dict[str, float]] = {}
    if domains and run.tables.exists(SCORES):
        scored = run.tables.read(SCORES)
        for row in scored.where(scored["domain"].isin(domains)).select("domain", "score_name", "score").collect():
            scores.setdefault(row["domain"], {})[row["score_name"]] = row["score"]
    return [{**it, "scores": scores.get(it["domain"], {})} for it in shown_ones]


def _before(run: Run, domain: str, rows: Rows, names: Sequence[str]) -> dict[str, dict[str, Any]]:
    """By score the account's scores of the run before the last change; nothing of a version that was vacuumed."""
    known: dict[str, dict[str, Any]] = {}
    for name in names:
        changes = [it for it in rows[HISTORY] if it["score_name"] == name and it["change"] == "changed"]
        if changes:
            last = max(changes, key=lambda it: it["scored_at"])
            row = _row_before(run, domain, last)
            known |= {name: {**row, "run_id_of_change": last["run_id"]}} if row else {}
    return known


def _row_before(run: Run, domain: str, change: Mapping[str, Any]) -> dict[str, Any] | None:
    ran = [it for it in records.of_score_run(run, change["run_id"]) if it["score_name"] == change["score_name"]]
    version = ran[0]["outputs"].get(SCORES, 0) - 1 if ran else -1
    if version < 0:
        return None
    try:
        rows = rows_of({SCORES: _of_score(run.tables.read(SCORES, version=version), change["score_name"])}, domain)[SCORES]
    except (PySparkException, Py4JJavaError) as error:
        if is_gone(error):
            return None
        raise
    return rows[0] if rows else None


def _of_score(scores: DataFrame, name: str) -> DataFrame:
    return scores.where(scores["score_name"] == name)


def _depends(run: Run) -> Mapping[str, object]:
    return {"account": run.options.account}


ACCOUNT = Stage("account", account, _depends, inputs=INPUTS, is_recorded=False)
