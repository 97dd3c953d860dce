"""What selectors say of every account, and who is known by which sources."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from qualscore.definitions.definition import Definition
from qualscore.joins import to_be_joined
from qualscore.model.learning.judged_model import Model
from qualscore.model.scorecard.card import ScorecardModel
from qualscore.runs.run import Run
from qualscore.stages.describing import features_date
from qualscore.stages.reading import FEATURES, clean, rejected
from qualscore.universe import labels
from qualscore.universe.labels import Records


def selectable(run: Run) -> Records:
    """What selectors select from."""
    return Records(*(clean(run, table) for table in Records._fields))


def labelled(run: Run, definition: Definition) -> DataFrame:
    """Today's features of every account, with what the selectors say of it. One row per account."""
    described = run.tables.read(FEATURES)
    selected = labels.label(
        described, selectable(run), definition=definition, as_of=features_date(run), own_domains=run.settings.own_domains
    )
    if definition.expect:
        selected = labels.withheld(selected, clean(run, "account_lists"), definition.expect)
    return selected.withColumn("is_in_reference", labels.in_reference(definition.reference))


def with_facts(run: Run, model: Model, accounts: DataFrame) -> DataFrame:
    """Account features with what records say of the criteria of a rule-based model; as they are for another. No row is added."""
    if not isinstance(model, ScorecardModel):
        return accounts
    return model.with_facts(accounts, selectable(run), clean(run, "crm_accounts"), as_of=features_date(run))


def without_domain(run: Run, definition: Definition) -> dict[int, int]:
    """Number of a selector (in definition.selectors) to the records that it finds and that are of no account.

    A rejected activity was refused before its type was known: a selector of some types counts those of all.
    """
    leaves = definition.selectors
    if not leaves:
        return {}
    records = labels.records_found(selectable(run), leaves, as_of=features_date(run))
    deals = records.where("domain is null").groupBy("selector").count()
    lost = {int(row["selector"]): int(row["count"]) for row in deals.collect()}
    refused = rejected(run).groupBy("source").count()
    of_source = {str(row["source"]): int(row["count"]) for row in refused.collect()}
    for number, leaf in enumerate(leaves):
        table = {"activities": "activities", "account_list": "account_lists"}.get(leaf.kind)
        named = [it.id for it in run.settings.sources if it.table == table and it.list == leaf.account_list]
        if table:
            lost[number] = sum(of_source.get(name, 0) for name in named)
    return lost


def with_coverage(run: Run, accounts: DataFrame) -> DataFrame:
    """Adds known_by (kinds of source), which is no input of a model. No row is added."""
    # Most accounts are in firmographics alone: only the others are joined.
    others = clean(run, "accounts").where("sources <> array('firmographics')").select("domain", F.col("sources").alias("known_by"))
    known = accounts.join(to_be_joined(others), "domain", "left")
    return known.withColumn("known_by", F.coalesce("known_by", F.array(F.lit("firmographics"))))
