"""How far the CRM has come with an account: the state that the market is cut by."""

from datetime import date
from functools import reduce

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from qualscore.definitions.selection import Selection
from qualscore.universe import labels
from qualscore.universe.labels import Records

CUSTOMER, OPEN_DEAL, UNTOUCHED, NOT_IN_CRM = "customer", "open_deal", "untouched", "not_in_crm"
# What is known of an account, the weakest first: in the CRM, an example, an open deal, won. The strongest gives the state.
IN_CRM, EXAMPLE, OPEN, WON = range(4)
STATE_OF = {IN_CRM: UNTOUCHED, EXAMPLE: CUSTOMER, OPEN: OPEN_DEAL, WON: CUSTOMER}
# Customer, and Salesforce's Customer - Direct; no former, ex- or non-customer.
CUSTOMER_TYPE = r"(?i)^\s*customer\b"
DEALS = {
    WON: Selection.model_validate({"opportunities": {"outcome": "won"}}),
    OPEN: Selection.model_validate({"opportunities": {"outcome": "open"}}),
}


def crm_states(records: Records, crm_accounts: DataFrame, examples: DataFrame, *, as_of: date) -> DataFrame:
    """Tells domain and crm_state, one row per domain; every account that has no row is NOT_IN_CRM.

    Args:
        records: deals, of which an open one counts as long as selectors take it for open.
        crm_accounts: clean/crm_accounts.
        examples: domain of the examples of any score.
        as_of: the day after which nothing counts.
    """
    found = labels.records_found(records, list(DEALS.values()), as_of=as_of)
    known = [
        found.select("domain", F.element_at(F.array(*map(F.lit, DEALS)), F.col("selector") + 1).alias("known")),
        records.crm_opportunities.select("domain", F.lit(IN_CRM).alias("known")),
        crm_accounts.select("domain", F.when(F.col("account_type").rlike(CUSTOMER_TYPE), WON).otherwise(IN_CRM).alias("known")),
        examples.select("domain", F.lit(EXAMPLE).alias("known")),
    ]
    strongest = reduce(DataFrame.unionByName, known).where("domain is not null").groupBy("domain").agg(F.max("known").alias("known"))
    states = F.array(*(F.lit(STATE_OF[it]) for it in sorted(STATE_OF)))
    return strongest.select("domain", F.element_at(states, F.col("known") + 1).alias("crm_state"))
