"""What each account of the CRM scores, with its parent and its subsidiaries: scores/crm_account_scores."""

from datetime import date

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from qualscore import checkpoints, contracts
from qualscore.joins import to_be_joined
from qualscore.scores.crm_states import UNTOUCHED
from qualscore.scores.quick_cards import best_first

CRM_ACCOUNT_SCORES = "scores/crm_account_scores"


def crm_account_scores(crm_accounts: DataFrame, fit_intent: DataFrame, *, as_of: date) -> DataFrame:
    """One row for each account of the CRM: scores/crm_account_scores.

    Args:
        crm_accounts: clean/crm_accounts.
        fit_intent: scores/fit_intent, of which the rows of the CRM's domains are looked at.
        as_of: the day that it describes.
    """
    contract = contracts.load(CRM_ACCOUNT_SCORES)
    scored = checkpoints.kept(crm_accounts.transform(_with_parents).transform(_with_scores, fit_intent))
    parents = scored.select(F.col("account_id").alias("parent_account_id"), *_of_best("parent"))
    # Neither join adds a row: an account has one parent, and one row of subsidiaries.
    related = scored.join(to_be_joined(parents), "parent_account_id", "left").join(
        to_be_joined(_subsidiaries(scored)), "account_id", "left"
    )
    known = {"subsidiary_count": F.coalesce("subsidiary_count", F.lit(0)), "as_of_on": F.lit(as_of)}
    return contract.conform(related.withColumns(known).select(*contract.columns))


def _with_scores(accounts: DataFrame, fit_intent: DataFrame) -> DataFrame:
    """Adds what is known of the account's domain. No row is added."""
    counted = accounts.where("domain is not null").groupBy("domain").agg(F.count(F.lit(1)).cast("int").alias("domain_account_count"))
    domains = to_be_joined(counted)
    known = domains.join(best_first(fit_intent.join(domains, "domain", "left_semi"), "crm_state"), "domain", "left")
    none = F.array().cast(contracts.load(CRM_ACCOUNT_SCORES).schema["scores"].dataType)
    filled = {"scores": F.coalesce("scores", none), "crm_state": F.coalesce("crm_state", F.lit(UNTOUCHED))}
    best = {f"best_{name}": F.get("scores", F.lit(0))[name] for name in ("score_name", "score", "score_final", "band", "action")}
    return accounts.join(to_be_joined(known), "domain", "left").withColumns(filled).withColumns(best)


def _with_parents(crm_accounts: DataFrame) -> DataFrame:
    """Adds parent_account_id: named by its id, else by a name that one account has. No row is added."""
    by_id = crm_accounts.select(F.col("account_id").alias("parent_account"), F.lit(0).alias("rank"), "account_id")
    named = crm_accounts.where("company_name is not null").groupBy(F.col("company_name").alias("parent_account"))
    by_name = named.agg(F.lit(1).alias("rank"), F.min("account_id").alias("account_id"), F.count(F.lit(1)).alias("_count")).where(
        "_count = 1"
    )
    wanted = crm_accounts.select("parent_account").where("parent_account is not null").distinct()
    known = by_id.unionByName(by_name.drop("_count")).join(wanted, "parent_account", "left_semi")
    parents = known.groupBy("parent_account").agg(F.min_by("account_id", "rank").alias("parent_account_id"))
    joined = crm_accounts.join(to_be_joined(parents), "parent_account", "left")
    is_other = F.col("parent_account_id") != F.col("account_id")
    return joined.withColumn("parent_account_id", F.when(is_other, F.col("parent_account_id")))


def _subsidiaries(scored: DataFrame) -> DataFrame:
    """Of each parent its account_id, the number of its subsidiaries, and the best of them."""
    of_parent = Window.partitionBy("parent_account_id")
    place = F.row_number().over(of_parent.orderBy(F.desc_nulls_last("best_score_final"), "account_id"))
    below = scored.where("parent_account_id is not null").withColumns(
        {"_place": place, "subsidiary_count": F.count(F.lit(1)).over(of_parent).cast("int")}
    )
    account_id = F.when(F.col("best_score").isNotNull(), F.col("account_id")).alias("subsidiary_best_account_id")
    parent = F.col("parent_account_id").alias("account_id")
    return below.where("_place = 1").select(parent, "subsidiary_count", account_id, *_of_best("subsidiary"))


def _of_best(whose: str) -> list[Column]:
    return [F.col(name).alias(f"{whose}_{name}") for name in ("best_score_name", "best_score", "best_score_final")]
