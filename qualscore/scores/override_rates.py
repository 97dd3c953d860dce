"""Where people disagree with a model, by what it says of the accounts: scores/override_rates."""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from qualscore import contracts
from qualscore.joins import to_be_joined
from qualscore.model.scoring.bands import MODEL

OVERRIDE_RATES = "scores/override_rates"
ANY = "any"


def override_rates(scores: DataFrame, crm_accounts: DataFrame) -> DataFrame:
    """Counts, by the factors that speak for or against accounts, how many of those people know have an override: scores/override_rates.

    Args:
        scores: scores/account_scores, of which the rows of the CRM's accounts and of those with an override are looked at.
        crm_accounts: clean/crm_accounts.
    """
    contract = contracts.load(OVERRIDE_RATES)
    known = crm_accounts.where("domain is not null").select("domain", F.lit(True).alias("_is_known")).distinct()
    by_people = F.col("final_cause") != MODEL
    # No row is added: a domain is there once.
    rows = scores.join(to_be_joined(known), "domain", "left").where(F.col("_is_known") | by_people)
    each = rows.select("*", F.explode(_factors()).alias("_of")).groupBy("score_name", "_of.factor", "_of.side")
    counts = {
        "accounts": F.count(F.lit(1)),
        "overridden": F.count_if(by_people),
        "overridden_up": F.count_if(by_people & (F.col("score_final") > F.col("score"))),
        "overridden_down": F.count_if(by_people & (F.col("score_final") < F.col("score"))),
        "as_of_on": F.max("as_of_on"),
    }
    counted = each.agg(*(count.alias(name) for name, count in counts.items()))
    return contract.conform(counted.withColumn("rate", F.col("overridden") / F.col("accounts")).select(*contract.columns))


def _factors() -> Column:
    """The factors of an account with their side, and one entry that every account has."""

    def entry(factor: Column, side: str) -> Column:
        return F.struct(factor.alias("factor"), F.lit(side).alias("side"))

    def of_side(side: str) -> Column:
        return F.transform(f"factors_{side}", lambda it: entry(it["factor"], side))

    return F.concat(F.array(entry(F.lit(ANY), ANY)), of_side("for"), of_side("against"))
