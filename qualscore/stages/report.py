"""The tables for use to the business reports: a page for each score and one of all, of all accounts or of a list."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from qualscore.checkpoints import kept
from qualscore.config import nearest
from qualscore.definitions.definition import Definition
from qualscore.errors import ConfigurationError
from qualscore.joins import to_be_joined
from qualscore.parallel import side_by_side
from qualscore.reports.business_page.model import due_on
from qualscore.reports.business_page.numbers import MOST_BEST, MOST_CARDS, MOST_MOVED, MOST_SPOTS, MOST_SURPRISES
from qualscore.reports.business_page.page import page, page_of_all
from qualscore.reports.house.page import html
from qualscore.reports.house.words import listed
from qualscore.reports.model_page.standing import verdict
from qualscore.runs.run import Outcome, Run, Stage
from qualscore.scores import business_rows
from qualscore.scores.business_rows import of_list
from qualscore.scores.call_lists import CALL_LISTS
from qualscore.scores.fit_intent import FIT_INTENT
from qualscore.scores.list_outcomes import LIST_OUTCOMES
from qualscore.scores.market import MARKET, market
from qualscore.scores.nearest import NEAREST
from qualscore.scores.performance import PERFORMANCE
from qualscore.scores.quick_cards import QUICK_CARDS
from qualscore.scores.segments import ACCOUNT_SEGMENTS
from qualscore.scores.surprises import SURPRISES
from qualscore.stages import model_reports
from qualscore.stages.describing import features_date
from qualscore.stages.reading import FEATURES, HISTORY, SCORES, TOP, UNSCORED, rows_of_table
from qualscore.storage import files

ACCOUNT_LISTS = "clean/account_lists"
INPUTS = (FIT_INTENT, NEAREST, HISTORY, UNSCORED, FEATURES, QUICK_CARDS)
OF_SCORES = (MARKET, TOP, PERFORMANCE, LIST_OUTCOMES, SURPRISES)  # of all accounts alone
OF_A_LIST = (SCORES, ACCOUNT_SEGMENTS, ACCOUNT_LISTS, CALL_LISTS)
FILE, OF_ALL = "business", ("filled", "cards", "outcomes")


@dataclass(frozen=True)
class Members:
    """The accounts of a list; of no list all accounts."""

    text: str | None = None
    file: str = f"{FILE}.html"
    domains: DataFrame | None = None


def report(run: Run) -> Outcome:
    """Writes the page of each score that is defined and has been scored, and the one of all."""
    as_of = features_date(run) if run.tables.exists(MARKET) else run.as_of
    definitions = _scored(run)
    if not definitions:
        return Outcome("no account is scored yet, or `activate` has not run: nothing to report")
    members = _members(run)
    rows = _counted(run, members, as_of)
    shared = {"list": members.text, "file": members.file, "as_of_on": f"{as_of}", "filled": rows["filled"][0]}
    scores = [{**shared, **_of_score(run, it, rows, as_of)} for it in definitions]
    for numbers in scores:
        files.write(run.spark, run.settings.warehouse, f"{numbers['score_name']}/{members.file}", html(page(numbers)))
    of_all = html(page_of_all({**shared, "scores": scores, "cards": rows["cards"], "outcomes": rows["outcomes"]}))
    path = files.write(run.spark, run.settings.warehouse, members.file, of_all)
    model_reports.write_index(run)
    return Outcome(f"{path}, and a page for each of {len(scores)} score(s)", as_of=as_of)


def _scored(run: Run) -> list[Definition]:
    """The definitions whose accounts `activate` has described, whichever of them the arguments name."""
    if not run.tables.exists(MARKET):
        return []
    there = {row["score_name"] for row in run.tables.read(MARKET).select("score_name").distinct().collect()}
    return sorted((it for it in (*run.definitions, *run.other_definitions) if it.name in there), key=lambda it: it.name)


def _members(run: Run) -> Members:
    """The accounts of the segment, the account list or the newest call list that the arguments name, the first that has any.

    Raises:
        ConfigurationError: none of them has that name.
    """
    name = getattr(run.options, "list", None)
    if not name:
        return Members()
    lists = _lists(run)
    for kind, members in lists.items():
        mine = kept(members.where(F.col("name") == name).select("domain").distinct())
        if not mine.isEmpty():
            return Members(f"the {kind} {name}", file_of(name), to_be_joined(mine))
    known = sorted({row["name"] for it in lists.values() for row in it.select("name").distinct().collect()})
    raise ConfigurationError(f"--list {name}: no {listed([*lists], 'or')} with accounts has that name; {nearest(name, known)}")


def _lists(run: Run) -> dict[str, DataFrame]:
    """By kind of list name and domain of who is on it now."""
    segments = rows_of_table(run, ACCOUNT_SEGMENTS).where("left_on is null")
    delivered = rows_of_table(run, ACCOUNT_LISTS).where("domain is not null")
    made = rows_of_table(run, CALL_LISTS)
    newest = made.groupBy("list_name").agg(F.max("made_on").alias("made_on"))
    calls = made.join(newest, ["list_name", "made_on"], "left_semi").where("not is_control")
    names = {"segment": (segments, "segment_name"), "account list": (delivered, "list_name"), "call list": (calls, "list_name")}
    return {kind: rows.select(F.col(name).alias("name"), "domain") for kind, (rows, name) in names.items()}


def file_of(name: str) -> str:
    """The page of a list, by its name; names of other letters are told apart by a hash.

    >>> file_of("mid_market"), file_of("Mid Market/2026")
    ('business_mid_market.html', 'business_mid_market_2026_5e02e7.html')
    """
    plain = re.sub(r"[^a-z0-9_]+", "_", name.lower())[:60]
    told = plain if plain == name else f"{plain}_{hashlib.sha256(name.encode()).hexdigest()[:6]}"
    return f"{FILE}_{told}.html"


def _counted(run: Run, members: Members, as_of: date) -> dict[str, list[dict[str, Any]]]:
    """The rows of all scores, by what they are for; they alone come to the driver."""
    tables = {name: of_list(rows_of_table(run, name), members.domains) for name in INPUTS}
    of_all = members.domains is None
    cells = run.tables.read(MARKET) if of_all else kept(market(tables[FIT_INTENT]))
    scored = rows_of_table(run, TOP) if of_all else of_list(rows_of_table(run, SCORES), members.domains)
    counted = {
        "matrix": business_rows.matrix(cells),
        "parts": business_rows.parts(cells),
        "spots": business_rows.spots(cells, most=MOST_SPOTS),
        "best": business_rows.best_accounts(scored, tables[FIT_INTENT], tables[NEAREST], most=MOST_BEST),
        "moved": business_rows.moved_most(tables[FIT_INTENT], most=MOST_MOVED),
        "changes": business_rows.changes(tables[HISTORY], as_of=as_of),
        "unscored": business_rows.reasons(tables[UNSCORED]),
        "filled": business_rows.filled(tables[FEATURES]),
        "cards": business_rows.cards(tables[QUICK_CARDS], most=MOST_CARDS),
    }
    counted |= _outcomes(run) if of_all else {}
    collected = side_by_side(DataFrame.collect, counted.values())
    rows = {name: [row.asDict(recursive=True) for row in rows] for name, rows in zip(counted, collected, strict=True)}
    return {"performance": [], "outcomes": [], "surprises": [], **rows}


def _outcomes(run: Run) -> dict[str, DataFrame]:
    """What became of deals and of lists; of what has not been written nothing."""
    of_tables = {"performance": PERFORMANCE, "outcomes": LIST_OUTCOMES, "surprises": SURPRISES}
    there = {name: run.tables.read(table) for name, table in of_tables.items() if run.tables.exists(table)}
    if "outcomes" in there:
        there["outcomes"] = there["outcomes"].where("kind <> 'list'")
    if "surprises" in there:
        there["surprises"] = business_rows.latest(there["surprises"], most=MOST_SURPRISES)
    return there


def _of_score(run: Run, definition: Definition, rows: Mapping[str, Sequence[Mapping[str, Any]]], as_of: date) -> dict[str, Any]:
    """What the page of one score is made of, in its order."""
    of_scores = {name: of_all for name, of_all in rows.items() if name not in OF_ALL}
    mine = {name: [it for it in of_all if it["score_name"] == definition.name] for name, of_all in of_scores.items()}
    ordered = {name: sorted(mine[name], key=lambda it: it["place"]) for name in ("spots", "best")}
    moved = sorted(mine["moved"], key=lambda it: (-abs(it["points_moved"]), it["domain"]))
    model = _model(definition, model_reports.measured(run, definition.name), as_of)
    surprises = sorted(mine["surprises"], key=lambda it: it["place"])
    return {
        **mine,
        **ordered,
        "surprises": surprises,
        "outcomes": rows["outcomes"],
        "moved": moved,
        "score_name": definition.name,
        "bands": definition.bands.model_dump(),
        "model": model,
    }


def _model(definition: Definition, measured: Mapping[str, Any] | None, as_of: date) -> dict[str, Any] | None:
    """The age of the model that serves; None where it is not known, as of one that was refused."""
    if not measured or "model_version" not in measured:
        return None
    trained_on = date.fromisoformat(measured["as_of_on"])
    due = due_on(trained_on, definition.retrain_after_months)
    return {
        "version": measured["model_version"], "trained_on": f"{trained_on}", "due_on": f"{due}", "is_due": due <= as_of,
        "is_rules": definition.rules is not None, "standing": verdict(measured).standing,
    }  # fmt: skip


def _depends(run: Run) -> Mapping[str, object]:
    definitions = [it.model_dump() for it in (*run.definitions, *run.other_definitions)]
    return {"definitions": definitions, "list": getattr(run.options, "list", None)}


REPORT = Stage("report", report, _depends, inputs=(*INPUTS, *OF_SCORES, *OF_A_LIST))
