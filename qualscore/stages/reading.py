"""The tables that stages read."""

from functools import reduce

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from qualscore import contracts
from qualscore.runs.run import Run
from qualscore.universe.labels import Records

# In the order in which they are judged: firmographics say which free-mail domains are companies, CRM accounts whose a deal is.
JUDGED_TOGETHER = (
    ("firmographics", "technographics"),
    ("crm_accounts", "intent_signals"),
    ("crm_opportunities", "crm_opportunity_history", "activities", "account_lists", "overrides"),
)
SOURCES = tuple(table for together in JUDGED_TOGETHER for table in together)
ACCOUNTS, FEATURES, SCORES = "clean/accounts", "features/account_features", "scores/account_scores"
UNSCORED, TOP, HISTORY = "scores/unscored_accounts", "scores/top_accounts", "scores/score_history"
OVERRIDES = "clean/overrides"
REJECTING = ("firmographics", "account_lists", "activities")
KEEPING = {"crm_accounts": "account_id", "crm_opportunities": "opportunity_id"}
DESCRIBING = ("firmographics", "technographics", "intent_signals")
SELECTED_FROM = tuple(f"clean/{table}" for table in Records._fields)
UNUSABLE = (*(f"rejected/{table}" for table in REJECTING), *(f"clean/{table}" for table in KEEPING))
FEATURE_INPUTS = (ACCOUNTS, *(f"clean/{table}" for table in DESCRIBING))


def clean(run: Run, table: str) -> DataFrame:
    """A clean table; without rows when no source delivers it."""
    return rows_of_table(run, f"clean/{table}")


def rows_of_table(run: Run, name: str) -> DataFrame:
    """A table; without rows where it has not been written."""
    return run.tables.read(name) if run.tables.exists(name) else contracts.load(name).rows(run.spark, [])


def history(run: Run) -> DataFrame:
    """What changed from run to run; without rows before the second run of a score."""
    return rows_of_table(run, HISTORY)


def rejected(run: Run) -> DataFrame:
    """What was delivered without a usable domain: source, account_key, domain_problem; from clean tables by its own id."""
    columns = ("source", "account_key", "domain_problem")
    none = contracts.load("rejected/account_lists").rows(run.spark, []).select(*columns)
    frames = [run.tables.read(name).select(*columns) for name in map("rejected/{}".format, REJECTING) if run.tables.exists(name)]
    kept = [clean(run, table).select("source", F.col(key).alias("account_key"), "domain_problem") for table, key in KEEPING.items()]
    return reduce(DataFrame.unionByName, [*frames, *kept], none).where("domain_problem is not null")


def versions(run: Run, *names: str) -> dict[str, int]:
    """The version of each table that the run reads."""
    return {name: run.tables.version(name) for name in names}
