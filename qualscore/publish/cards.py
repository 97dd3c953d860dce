"""What each record is told of its account: the quick card as a struct of the target's own fields, with a hash of what it says."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from qualscore.definitions.definition import Definition
from qualscore.joins import to_be_joined
from qualscore.model.scoring.bands import MODEL, UNLIKELY, action, band
from qualscore.model.scoring.factor_sides import speaks_for
from qualscore.publish.fields import UNHASHED, CardField
from qualscore.publish.rows import NEW
from qualscore.scores.quick_cards import QUALIFYING, best_first

BY_PEOPLE = "set by people in place of the model's score"
NOTHING = hashlib.sha256(b"{}").hexdigest()
"""The hash of a card that says nothing: of an account without a score."""


def of_crm(crm_account_scores: DataFrame, definitions: Sequence[Definition]) -> DataFrame:
    """The CRM's accounts by id: key, domain, company_name and final scores, best first.

    Args:
        crm_account_scores: scores/crm_account_scores.
        definitions: of the scores.
    """
    return crm_account_scores.select(F.col("account_id").alias("key"), "domain", "company_name", _final(definitions).alias("scores"))


def by_domain(accounts: DataFrame) -> DataFrame:
    """One account for each domain, by the domain: the one with the lowest id. For targets that know no ids of the CRM.

    Args:
        accounts: with their reasons.
    """
    first = F.min_by(F.struct("company_name", "scores", "reasons"), "key").alias("_first")
    grouped = accounts.where("domain is not null").groupBy("domain").agg(first)
    return grouped.select(F.col("domain").alias("key"), "domain", "_first.*")


def members(account_segments: DataFrame, fit_intent: DataFrame, definitions: Sequence[Definition], *, segments: Sequence[str]) -> DataFrame:
    """The accounts of segments that the CRM does not have, as `of_crm` has its own; with segment_name.

    Args:
        account_segments: scores/account_segments.
        fit_intent: scores/fit_intent, of which their rows are looked at.
        definitions: of the scores.
        segments: their names.
    """
    here = F.col("segment_name").isin(list(segments)) & F.col("left_on").isNull() & (F.col("crm_state") == "not_in_crm")
    found_in = to_be_joined(account_segments.where(here).select("segment_name", "domain", "company_name"))
    scored = best_first(fit_intent.join(found_in.select("domain").distinct(), "domain", "left_semi"))
    return found_in.join(scored, "domain", "left").select(
        "segment_name", F.concat(F.lit(NEW), "domain").alias("key"), "domain", "company_name", _final(definitions).alias("scores")
    )


def with_reasons(accounts: DataFrame, account_scores: DataFrame) -> DataFrame:
    """Adds `reasons`: by score what speaks most for the account, three factors in words. No row is added.

    Args:
        accounts: as `of_crm` and `members` make them.
        account_scores: scores/account_scores, of which the rows of their domains are looked at.
    """
    domains = to_be_joined(accounts.where("domain is not null").select("domain").distinct())
    entries = F.collect_list(F.struct("score_name", speaks_for(F.col("top_factors"))))
    reasons = account_scores.join(domains, "domain", "left_semi").groupBy("domain").agg(F.map_from_entries(entries).alias("reasons"))
    return accounts.join(reasons, "domain", "left")


def for_target(
    accounts: DataFrame,
    fields: Mapping[str, CardField],
    *,
    products: Sequence[str],
    own: Sequence[str] = (),
    as_of: date,
) -> DataFrame:
    """The cards for one target: key, domain, company_name, `values` and row_hash. An account without a score has null values.

    Args:
        accounts: with their reasons.
        fields: by the target's names.
        products: the scores that the target is told of.
        own: columns of the accounts that it is told, too.
        as_of: the day of the scores.
    """
    told = accounts.withColumn("scores", F.filter("scores", lambda it: it["score_name"].isin(list(products))))
    best = F.get("scores", F.lit(0))
    is_scored = best.isNotNull()
    known = _of_best(best, as_of) | {name: column for product in products for name, column in _of_product(product).items()}
    values = {name: F.when(is_scored, F.col(name)) for name in own}
    values |= {name: F.when(is_scored, _cut(known[it.name], it)) for name, it in fields.items()}
    hashed = [value.alias(name) for name, value in values.items() if name in own or fields[name].name not in UNHASHED]
    row_hash = F.sha2(F.to_json(F.struct(*hashed)), 256).alias("row_hash")
    struct = F.struct(*(value.alias(name) for name, value in values.items())).alias("values")
    return told.select("key", "domain", "company_name", struct, row_hash)


def words(code: Column) -> Column:
    """A code as people read it: highly_likely as Highly Likely.

    >>> spark.createDataFrame([("highly_likely",)], "band string").select(words(F.col("band"))).first()[0]
    'Highly Likely'
    """
    return F.initcap(F.translate(code, "_", " "))


def _final(definitions: Sequence[Definition]) -> Column:
    """The scores with the final ones in place of the model's: where people have set one, its own band, action and advice go along."""

    def entry(it: Column) -> Column:
        is_set = it["final_cause"] != MODEL
        score = it["score_final"]
        of_band = _by_name(it, {one.name: band(score, one) for one in definitions})
        of_action = _by_name(it, {one.name: action(score, one) for one in definitions})
        of_advice = F.when(of_band == UNLIKELY, "not_now").when(it["intent_level"] == "high", "call_now").otherwise("nurture")
        chosen = {"band": of_band, "action": of_action, "advice": of_advice}
        return F.struct(
            *(it[name].alias(name) for name in ("score_name", "intent_level", "score_trend")),
            score.alias("score"),
            is_set.alias("is_set"),
            *(F.when(is_set, value).otherwise(it[name]).alias(name) for name, value in chosen.items()),
        )

    return F.transform("scores", entry)


def _by_name(entry: Column, values: Mapping[str, Column]) -> Column:
    return F.coalesce(*(F.when(entry["score_name"] == name, value) for name, value in values.items()), F.lit(None))


def _reasons(entry: Column) -> Column:
    return F.when(entry["is_set"], BY_PEOPLE).otherwise(F.col("reasons")[entry["score_name"]])


def _of_best(best: Column, as_of: date) -> dict[str, Column]:
    qualifying = F.filter("scores", lambda it: it["action"].isin(*QUALIFYING))
    line = F.array_join(
        F.transform(
            qualifying, lambda it: F.concat(it["score_name"], F.lit(" "), _points(it), F.lit(" ("), words(it["action"]), F.lit(")"))
        ),
        ", ",
    )
    codes = {"band": "band", "action": "action", "intent": "intent_level", "advice": "advice", "trend": "score_trend"}
    return {name: words(best[code]) for name, code in codes.items()} | {
        "score": _points(best),
        "product": best["score_name"],
        "products": F.when(line != "", line),
        "reasons": _reasons(best),
        "scored_on": F.lit(as_of),
    }


def _of_product(product: str) -> dict[str, Column]:
    entry = F.get(F.filter("scores", lambda it: it["score_name"] == product), F.lit(0))
    return {f"{product}_score": _points(entry), f"{product}_band": words(entry["band"]), f"{product}_reasons": _reasons(entry)}


def _points(entry: Column) -> Column:
    """Whole points, rounded down, so that 94.6 is no 95."""
    return F.floor(entry["score"]).cast("int")


def _cut(value: Column, told: CardField) -> Column:
    return F.substring(value, 1, told.length) if told.kind in ("text", "long_text") else value
