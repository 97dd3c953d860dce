"""Scores to the tables that people use: what to do with each account, what it qualifies for, the CRM's accounts, the market."""

from collections.abc import Mapping

from pyspark.sql import DataFrame

from qualscore.definitions.definition import Definition
from qualscore.runs import records
from qualscore.runs.run import Outcome, Run, Stage
from qualscore.scores.crm_account_scores import CRM_ACCOUNT_SCORES, crm_account_scores
from qualscore.scores.crm_states import crm_states
from qualscore.scores.fit_intent import FIT_INTENT, described, fit_intent
from qualscore.scores.market import MARKET, market
from qualscore.scores.quick_cards import QUICK_CARDS, quick_cards
from qualscore.stages.bi_tables import write_bi
from qualscore.stages.call_lists import write_call_lists
from qualscore.stages.describing import features_date
from qualscore.stages.labelling import selectable
from qualscore.stages.list_outcomes import write_list_outcomes
from qualscore.stages.nearest import write_nearest
from qualscore.stages.overrides import write_override_rates
from qualscore.stages.performance import write_performance
from qualscore.stages.reading import ACCOUNTS, FEATURES, HISTORY, SCORES, SELECTED_FROM, TOP, clean, history
from qualscore.stages.segments import write_segments
from qualscore.storage import locks

CRM_ACCOUNTS = "clean/crm_accounts"
INPUTS = tuple(dict.fromkeys((SCORES, TOP, HISTORY, FEATURES, ACCOUNTS, CRM_ACCOUNTS, *SELECTED_FROM)))


def activate(run: Run) -> Outcome:
    """Writes the tables for use, of all scores that are defined and have been scored."""
    definitions = _scored(run)
    if not definitions:
        return Outcome("no account is scored yet: nothing to activate")
    with locks.held(run.tables, "activate", run_id=run.run_id):
        counts, doubts = _write(run, definitions)
    sentence = (
        f"{counts['accounts']:,} accounts beside {len(definitions)} score(s), {counts['quick_cards']:,} of them qualify for a product; "
        f"{counts['crm_accounts']:,} accounts of the CRM, {counts['market_cells']:,} cells of the market; "
        f"{counts['compared']:,} of the best accounts beside the customers that they are most like"
    )
    if run.segments:
        told = (counts[f"segment_{it}"] for it in ("members", "added", "removed"))
        sentence += "; {:,} members of segments, {:,} added and {:,} removed".format(*told)
    if "lists" in counts:
        sentence += f"; {counts['list_called']:,} accounts to call on {counts['lists']} list(s), {counts['list_control']:,} held out"
    return Outcome(sentence, counts=counts, warnings=[*_apart(run, definitions, counts), *doubts], as_of=features_date(run))


def _scored(run: Run) -> list[Definition]:
    """The definitions whose scores there are, whichever of them the arguments name."""
    if run.job == "pipeline" and not run.tables.exists(SCORES):
        return []  # each score has said why
    there = {row["score_name"] for row in run.tables.read(SCORES).select("score_name").distinct().collect()}
    return sorted((it for it in (*run.definitions, *run.other_definitions) if it.name in there), key=lambda it: it.name)


def _write(run: Run, definitions: list[Definition]) -> tuple[dict[str, int], list[str]]:
    """Writes the accounts first, and of what was written the other tables; returns their numbers of rows, and what to doubt."""
    scores, crm_accounts, as_of = run.tables.read(SCORES), clean(run, "crm_accounts"), features_date(run)
    states = crm_states(selectable(run), crm_accounts, _examples(scores), as_of=as_of)
    accounts = described(run.tables.read(FEATURES), states)
    rows = run.tables.replace(
        FIT_INTENT,
        fit_intent(
            accounts,
            scores,
            history(run),
            keyword_sets={it.name: it.keyword_sets for it in definitions},
            first_on=records.first_scored_on(run),
            as_of=as_of,
        ),
    )
    beside, names = run.tables.read(FIT_INTENT), [it.name for it in definitions]
    counts = {
        "accounts": rows // len(definitions),
        "quick_cards": run.tables.replace(QUICK_CARDS, quick_cards(beside, definitions)),
        "crm_accounts": run.tables.replace(CRM_ACCOUNT_SCORES, crm_account_scores(crm_accounts, beside, as_of=as_of)),
        **write_segments(run, names),
        **write_override_rates(run, names),
        "market_cells": run.tables.replace(MARKET, market(beside)),
        **write_performance(run, definitions),
        "compared": write_nearest(run, definitions),
        "bi_factors": write_bi(run, definitions),
    }
    of_lists, short = write_call_lists(run, names)
    return counts | of_lists | {"list_outcomes": write_list_outcomes(run)}, short


def _examples(scores: DataFrame) -> DataFrame:
    return scores.where("is_example").select("domain").distinct()


def _apart(run: Run, definitions: list[Definition], counts: Mapping[str, int]) -> list[str]:
    """At most one line: that what was described, and what was scored, is no longer the universe."""
    universe = run.tables.read(ACCOUNTS).count() if run.tables.exists(ACCOUNTS) else counts["accounts"]
    if universe == counts["accounts"]:
        return []
    return [
        f"{ACCOUNTS} has {universe:,} accounts and {FEATURES} {counts['accounts']:,}: run build_features and score, then activate again"
    ]


def _activate_depends(run: Run) -> Mapping[str, object]:
    sets = {it.name: it.keyword_sets for it in (*run.definitions, *run.other_definitions)}
    return {"keyword_sets": sets, "segments": [it.model_dump() for it in run.segments], "lists": [it.model_dump() for it in run.call_lists]}


ACTIVATE = Stage("activate", activate, _activate_depends, inputs=INPUTS, writes=MARKET)
