"""Who is to call whom, and why: scores/call_lists, and how each list came about: scores/call_list_counts."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd
from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F

from qualscore import checkpoints, contracts
from qualscore.definitions.call_list import CallList
from qualscore.joins import to_be_joined
from qualscore.model.scoring.bands import BAND_WORDS, MODEL
from qualscore.model.scoring.factor_sides import speaks_for
from qualscore.scores import call_candidates
from qualscore.scores.crm_states import NOT_IN_CRM, UNTOUCHED
from qualscore.scores.draft import FULL, INDUSTRY, OWNER_CAP, PARENT, QUOTA, drafted
from qualscore.scores.fit_intent import HIGH, SOME

CALL_LISTS, COUNTS = "scores/call_lists", "scores/call_list_counts"
CONTROL, CALLED = "control", "called"
RULES = (*call_candidates.RULES, OWNER_CAP, QUOTA, PARENT, INDUSTRY, FULL, CONTROL)
"""In the order in which accounts fall out; those of the last are held out."""
DRAFTED = "owner string, rank int, fell_by string"
OF_FIT = ("final_cause", "crm_state", "intent_level", "advice", "industry", "country", "size")
OF_SCORE = ("action", "top_factors", "model_version")


@dataclass(frozen=True)
class Made:
    """Lists as they were made.

    Attributes:
        rows: of candidates, with owner, rank and fell_by.
        numbers: by list and rule how many accounts fell out; those under CALLED are on the list.
        asked: by list how many accounts were asked for, of the owners of candidates where none are named.
    """

    rows: DataFrame
    numbers: Mapping[str, Mapping[str, int]]
    asked: Mapping[str, int]


def made(lists: Sequence[CallList], rows: DataFrame, numbers: Mapping[tuple[str, str | None], int]) -> Made:
    """Drafts the lists, each by itself, and each of owners who share nothing by itself: an action.

    Args:
        lists: at least one.
        rows: as call_candidates makes them.
        numbers: the same.
    """
    by_name = {it.name: it for it in lists}
    columns = [it for it in rows.schema.fields if it.name != "fell_by"]
    schema = ", ".join([*(f"`{it.name}` {it.dataType.simpleString()}" for it in columns), DRAFTED])

    def draft(part: pd.DataFrame) -> pd.DataFrame:
        return drafted(part, by_name[part["list_name"].iloc[0]])

    kept = checkpoints.kept(rows.groupBy("list_name", "scope").applyInPandas(draft, schema))
    how = F.coalesce("fell_by", F.when(F.col("is_control"), CONTROL), F.lit(CALLED)).alias("how")
    of_scopes = kept.groupBy("list_name", "scope", how).count().collect()
    counted: Counter[tuple[str, str]] = Counter()
    for row in of_scopes:
        counted[row["list_name"], row["how"]] += int(row["count"])
    scopes = Counter(name for name, _ in {(row["list_name"], row["scope"]) for row in of_scopes})
    asked = {it.name: it.accounts * max(len(it.owners), scopes[it.name], 1) for it in lists}
    return Made(kept, {it.name: _numbers(it.name, numbers, counted) for it in lists}, asked)


def call_lists(made: Made, fit_intent: DataFrame, scores: DataFrame, *, as_of: date, run_id: str) -> DataFrame:
    """Who is on the lists, and who is held out: rows of scores/call_lists.

    Args:
        made: lists.
        fit_intent: scores/fit_intent, of which the rows of the lists are looked for.
        scores: scores/account_scores, the same.
        as_of: the day of the lists.
        run_id: the run that makes them.
    """
    on_list, keys = made.rows.where("fell_by is null").drop("industry"), ["score_name", "domain"]
    wanted = to_be_joined(on_list.select(*keys).distinct())
    bands = F.col("band").isin([row["band"] for row in on_list.select("band").distinct().collect()])  # most accounts are of no such band
    described = to_be_joined(fit_intent.where(bands).select(*keys, *OF_FIT).join(wanted, keys, "left_semi"))
    explained = to_be_joined(scores.where(bands).select(*keys, *OF_SCORE).join(wanted, keys, "left_semi"))
    rows = on_list.join(described, keys, "left").join(explained, keys, "left")
    known = {"made_on": F.lit(as_of), "run_id": F.lit(run_id), "reason": _reason()}
    contract = contracts.load(CALL_LISTS)
    return contract.conform(rows.withColumns(known).select(*contract.columns))


def call_list_counts(spark: SparkSession, made: Made, *, as_of: date, run_id: str) -> DataFrame:
    """How each list came about, rule by rule: rows of scores/call_list_counts."""
    rows: list[dict[str, Any]] = []
    for name, numbers in made.numbers.items():
        left = sum(numbers.values())
        for step, rule in enumerate(RULES, start=1):
            left -= numbers[rule]
            same = {"list_name": name, "made_on": as_of, "run_id": run_id}
            rows.append({**same, "step": step, "rule": rule, "fell_out": numbers[rule], "accounts_left": left})
    return contracts.load(COUNTS).rows(spark, rows)


def _numbers(name: str, numbers: Mapping[tuple[str, str | None], int], counted: Mapping[tuple[str, str], int]) -> dict[str, int]:
    """Whoever could be on the list and was not drafted is not needed."""
    of_draft = {rule: counted.get((name, rule), 0) for rule in (OWNER_CAP, QUOTA, PARENT, INDUSTRY, CONTROL, CALLED)}
    before = {rule: numbers[name, rule] for rule in call_candidates.RULES}
    return before | of_draft | {FULL: numbers[name, None] - sum(of_draft.values())}


def _reason() -> Column:
    """Why the account is called, in a few sentences: what speaks for it, what it researches, and how far the CRM is.

    >>> row = ("platform", 97.5, "highly_likely", "model", "For: Software industry; uses Kafka. Against: 9 employees", "high", "untouched")
    >>> other = ("platform", 100.0, "unlikely", "override_always", "Against: 9 employees", "none", "not_in_crm")
    >>> names = ["score_name", "score", "band", "final_cause", "top_factors", "intent_level", "crm_state"]
    >>> for it in spark.createDataFrame([row, other], names).select(_reason().alias("reason")).collect():
    ...     print(it.reason)
    platform 97, Highly Likely: Software industry; uses Kafka. Researches much now. In the CRM without a deal
    platform 100, set by people. Not in the CRM
    """
    words = F.coalesce(*(F.when(F.col("band") == band, F.lit(word)) for band, word in BAND_WORDS.items()))
    whose = F.when(F.col("final_cause") == MODEL, words).otherwise("set by people")
    head = F.concat_ws(" ", "score_name", F.floor("score").cast("string"))
    intent = F.when(F.col("intent_level") == HIGH, "Researches much now").when(F.col("intent_level") == SOME, "Has researched lately")
    state = F.when(F.col("crm_state") == UNTOUCHED, "In the CRM without a deal").when(F.col("crm_state") == NOT_IN_CRM, "Not in the CRM")
    return F.concat_ws(". ", F.concat_ws(": ", F.concat_ws(", ", head, whose), speaks_for(F.col("top_factors"))), intent, state)
