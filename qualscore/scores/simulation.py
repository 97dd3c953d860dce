"""Scores as they are published beside those that another definition would give: who moves, and where to."""

from collections.abc import Mapping, Sequence
from typing import Any

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from qualscore.model.scoring.bands import BAND_WORDS

SHOWN = 10
SIDES = ("now", "then")
VALUES = ("score", "band", "action")
NO_SCORE = "unscored"
Counts = dict[str, dict[str, int]]


def joined(now: DataFrame, then: DataFrame, crm: DataFrame) -> DataFrame:
    """One row for each account that has a score on either side.

    Args:
        now: domain, company_name, score, band and action as published.
        then: the same as they would be.
        crm: domain of the accounts that the CRM knows, each once.

    Returns:
        domain, company_name, in_crm, and score, band and action of either side, each null where the account has no score there.
    """
    sides = [
        frame.select("domain", F.col("company_name").alias(f"name_{side}"), *(F.col(it).alias(f"{it}_{side}") for it in VALUES))
        for side, frame in zip(SIDES, (now, then), strict=True)
    ]
    both = sides[0].join(sides[1], "domain", "full").join(crm.select("domain", F.lit(True).alias("in_crm")), "domain", "left")
    named = {"company_name": F.coalesce("name_then", "name_now"), "in_crm": F.coalesce("in_crm", F.lit(False))}
    return both.withColumns(named).drop("name_now", "name_then")


def counts(both: DataFrame) -> dict[str, Any]:
    """Accounts by band and by action on either side, for all and for those of the CRM, and how many move from which band to which.

    Returns:
        bands and actions: by name now and then; crm_bands and crm_actions: the same; moves: from, to, accounts and crm.
    """
    columns = [
        F.coalesce(f"{it}_{side}", F.lit(NO_SCORE if it == "band" else "none")).alias(f"{it}_{side}") for it in VALUES[1:] for side in SIDES
    ]
    grouped = both.select("in_crm", *columns).groupBy("in_crm", *(f"{it}_{side}" for it in VALUES[1:] for side in SIDES)).count()
    rows = [row.asDict() for row in grouped.collect()]
    return {
        "bands": _by(rows, "band", [*BAND_WORDS, NO_SCORE]),
        "actions": _by(rows, "action", ["act_now", "qualified", "good_fit"]),
        "crm_bands": _by([it for it in rows if it["in_crm"]], "band", [*BAND_WORDS, NO_SCORE]),
        "crm_actions": _by([it for it in rows if it["in_crm"]], "action", ["act_now", "qualified", "good_fit"]),
        "moves": _moves(rows),
    }


def _by(rows: Sequence[Mapping[str, Any]], column: str, names: Sequence[str]) -> Counts:
    counted = {name: {side: sum(it["count"] for it in rows if it[f"{column}_{side}"] == name) for side in SIDES} for name in names}
    return {name: of for name, of in counted.items() if name != NO_SCORE or any(of.values())}


def _moves(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The most accounts first."""
    order = [*BAND_WORDS, NO_SCORE]
    moves = []
    for source in order:
        for target in order:
            mine = [it for it in rows if (it["band_now"], it["band_then"]) == (source, target) and source != target]
            accounts, crm = sum(it["count"] for it in mine), sum(it["count"] for it in mine if it["in_crm"])
            moves += [{"from": source, "to": target, "accounts": accounts, "crm": crm}] if accounts else []
    return sorted(moves, key=lambda it: (-it["accounts"], order.index(it["from"]), order.index(it["to"])))


def movers(both: DataFrame, *, of_crm: bool, most: int = SHOWN) -> list[dict[str, Any]]:
    """The accounts that change band or action, by how far their score goes; of those that come or go all of it. Ties by domain."""
    change = F.coalesce("score_then", F.lit(0.0)) - F.coalesce("score_now", F.lit(0.0))
    moved = ~F.col("band_now").eqNullSafe(F.col("band_then")) | ~F.col("action_now").eqNullSafe(F.col("action_then"))
    chosen = both.where("in_crm" if of_crm else "true").where(moved).withColumn("change", F.round(change, 2))
    return [row.asDict() for row in chosen.orderBy(F.desc(F.abs("change")), "domain").limit(most).collect()]
