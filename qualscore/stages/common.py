"""What several stages read."""

from collections.abc import Callable
from datetime import date
from functools import partial, reduce

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from qualscore import contracts, features
from qualscore.definitions.definition import Definition
from qualscore.errors import ConfigurationError, TrainingRefused
from qualscore.runs.main import Run
from qualscore.universe import labels
from qualscore.universe.labels import Records

# In the order in which they are judged: firmographics say which free-mail domains are companies, CRM accounts whose a deal is.
JUDGED_TOGETHER = (
    ("firmographics", "technographics"),
    ("crm_accounts", "intent_signals"),
    ("crm_opportunities", "crm_opportunity_history", "activities", "account_lists"),
)
SOURCES = tuple(table for together in JUDGED_TOGETHER for table in together)
ACCOUNTS, FEATURES, SCORES = "clean/accounts", "features/account_features", "scores/account_scores"
REJECTING = ("firmographics", "account_lists", "activities")
KEEPING = {"crm_accounts": "account_id", "crm_opportunities": "opportunity_id"}
DESCRIBING = ("firmographics", "technographics", "intent_signals")
SELECTED_FROM = tuple(f"clean/{table}" for table in Records._fields)
FEATURE_INPUTS = (ACCOUNTS, *(f"clean/{table}" for table in DESCRIBING))
MOST_BROADCAST = 2_000_000  # domains that fit into each task's memory


def clean(run: Run, table: str) -> DataFrame:
    """A clean table; without rows when no source delivers it."""
    name = f"clean/{table}"
    return run.tables.read(name) if run.tables.exists(name) else contracts.load(name).rows(run.spark, [])


def describe(run: Run, *, as_of: date | None = None) -> Callable[[DataFrame], DataFrame]:
    """(domain, company_name, as_of_on) to features as of each row's own date, or of `as_of`, the date of all rows."""
    sources = {table: clean(run, table) for table in DESCRIBING}
    own_values = clean(run, "accounts").select("domain", "own_values")
    days = snapshot_days(sources["firmographics"]) if as_of else ()
    return partial(features.account_features, **sources, own_values=own_values, as_of=as_of, snapshot_days=days)


def snapshot_days(firmographics: DataFrame) -> list[date]:
    """The days of the snapshots in clean/firmographics, which has one row per domain and day."""
    return [row["observed_on"] for row in firmographics.select("observed_on").distinct().collect()]


def selectable(run: Run) -> Records:
    """What selectors select from."""
    return Records(*(clean(run, table) for table in Records._fields))


def labelled(run: Run, definition: Definition) -> DataFrame:
    """Today's features of every account, with what the selectors say of it. One row per account."""
    described = run.tables.read(FEATURES)
    selected = labels.label(
        described, selectable(run), definition=definition, as_of=features_date(run), own_domains=run.settings.own_domains
    )
    return selected.withColumn("is_in_reference", labels.in_reference(definition.reference))


def without_domain(run: Run, definition: Definition) -> dict[int, int]:
    """Number of a selector (in definition.selectors) to the records that it finds and that are of no account.

    A rejected activity was refused before its type was known: a selector of some types counts those of all.
    """
    leaves, found = definition.selectors, labels.records_found
    deals = found(selectable(run), leaves, as_of=features_date(run)).where("domain is null").groupBy("selector").count()
    lost = {int(row["selector"]): int(row["count"]) for row in deals.collect()}
    refused = rejected(run).groupBy("source").count()
    of_source = {str(row["source"]): int(row["count"]) for row in refused.collect()}
    for number, leaf in enumerate(leaves):
        table = {"activities": "activities", "account_list": "account_lists"}.get(leaf.kind)
        named = [it.id for it in run.settings.sources if it.table == table and it.list == leaf.account_list]
        if table:
            lost[number] = sum(of_source.get(name, 0) for name in named)
    return lost


def rejected(run: Run) -> DataFrame:
    """What was delivered without a usable domain: source, account_key, domain_problem; from clean tables by its own id."""
    columns = ("source", "account_key", "domain_problem")
    none = contracts.load("rejected/account_lists").rows(run.spark, []).select(*columns)
    frames = [run.tables.read(name).select(*columns) for name in map("rejected/{}".format, REJECTING) if run.tables.exists(name)]
    kept = [clean(run, table).select("source", F.col(key).alias("account_key"), "domain_problem") for table, key in KEEPING.items()]
    return reduce(DataFrame.unionByName, [*frames, *kept], none).where("domain_problem is not null")


def with_coverage(run: Run, accounts: DataFrame) -> DataFrame:
    """Adds known_by (kinds of source), which is no input of a model. No row is added."""
    # Most accounts are in firmographics alone: only the others are joined.
    others = clean(run, "accounts").where("sources <> array('firmographics')").select("domain", F.col("sources").alias("known_by"))
    known = accounts.join(to_be_joined(others), "domain", "left")
    return known.withColumn("known_by", F.coalesce("known_by", F.array(F.lit("firmographics"))))


def to_be_joined(few: DataFrame) -> DataFrame:
    """What is joined to a universe: looked for once, and broadcast, so that the universe is not shuffled, unless it is too much."""
    kept = few.localCheckpoint()
    return F.broadcast(kept) if kept.count() <= MOST_BROADCAST else kept


def features_date(run: Run) -> date:
    """The day that the features describe.

    Raises:
        ConfigurationError: another day was asked for.
    """
    first = run.tables.read(FEATURES).select("as_of_on").first()
    if first is None:
        raise TrainingRefused("there are no accounts: deliver firmographics or account lists")
    if run.options.as_of and run.options.as_of != first["as_of_on"]:
        raise ConfigurationError(
            f"{FEATURES} describes {first['as_of_on']}, not {run.options.as_of}: run build_features --as-of {run.options.as_of} first"
        )
    return date.fromisoformat(str(first["as_of_on"]))


def versions(run: Run, *names: str) -> dict[str, int]:
    """The version of each table as it is now."""
    return {name: run.tables.version(name) for name in names}


def named(*names: str) -> Callable[[Run], list[str]]:
    """What a stage that reads these tables would read now, in words."""

    def tables(run: Run) -> list[str]:
        return [f"{name} ({'to be written' if version < 0 else f'version {version}'})" for name, version in versions(run, *names).items()]

    return tables
