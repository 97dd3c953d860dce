"""Deliveries of changes: what they change is judged beside the stored rows that compete with them, not beside the whole table."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from functools import reduce

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from qualscore import checkpoints
from qualscore.config import Source
from qualscore.contracts import Contract
from qualscore.ingest.conventions import with_conventions
from qualscore.ingest.delivery import Delivery
from qualscore.ingest.links import account_name, linked
from qualscore.ingest.outcome import Ingested, as_rows, conformed, fits, judge
from qualscore.ingest.row_rules import Rules
from qualscore.joins import to_be_joined


@dataclass(frozen=True)
class Stored:
    """The rows that earlier deliveries left.

    Attributes:
        rows: of the clean table.
        dropped: those of them that no source delivers any more.
        buried: what was deleted, as rows of the clean table (`as_deleted`); None where the table knows no deletions.
        accounts: clean/crm_accounts as it was then.
        moved: account_id, company_name of the CRM accounts that differ from what they were then; None where none is known to.
    """

    rows: DataFrame
    dropped: DataFrame
    buried: DataFrame | None = None
    accounts: DataFrame | None = None
    moved: DataFrame | None = None


def changed_table(
    deliveries: Sequence[tuple[Source, Delivery]],
    contract: Contract,
    *,
    rules: Rules,
    stored: Stored,
    undated: Collection[str] = (),
    free_mail_companies: DataFrame | None = None,
    crm_accounts: DataFrame | None = None,
) -> Ingested:
    """Judges what sources that deliver changes deliver: actions. `before` of the result are the stored rows that it replaces.

    Beside the delivered rows the stored ones of the same keys are judged, and those whose CRM account has moved. The arguments are
    those of `outcome.table`; of `undated` sources a company is what they delivered last.
    """
    deliveries = with_conventions(deliveries, contract, rules=rules)
    linking = {"free_mail_companies": free_mail_companies, "crm_accounts": crm_accounts, "stored_accounts": stored.accounts}
    rows = linked(conformed(deliveries, contract, rules=rules), **linking).transform(checkpoints.kept)
    following = _following(stored)
    keys = rows.where(fits()).select(*contract.key)
    before = stored.dropped
    if undated:
        again = to_be_joined(rows.where(fits() & F.col("source").isin(list(undated))).select("domain").distinct())
        before = before.unionByName(stored.rows.where(F.col("source").isin(list(undated))).join(again, "domain", "left_semi"))
    before = before.transform(checkpoints.kept)
    if following is not None:
        following = following.transform(checkpoints.kept)
        before = before.unionByName(following)
        moved = linked(as_rows(following), **linking).transform(checkpoints.kept)
        rows, keys = rows.unionByName(moved), keys.unionByName(moved.select(*contract.key))
    wanted = to_be_joined(keys.distinct())
    others = _of_keys(_of_keys(stored.rows, wanted, contract), before, contract, how="left_anti").transform(checkpoints.kept)
    buried = [] if stored.buried is None else [as_rows(_of_keys(stored.buried, wanted, contract))]
    rows = reduce(DataFrame.unionByName, [rows, as_rows(others), *buried])
    judged = Ingested(contract, {source.id: delivery for source, delivery in deliveries}, judge(rows, contract))
    return replace(judged.checkpointed(), before=before.unionByName(others))


def _following(stored: Stored) -> DataFrame | None:
    """The stored rows whose CRM account, by its id or name, has moved."""
    if stored.moved is None:
        return None
    moved = stored.moved.transform(checkpoints.kept)
    ids = to_be_joined(moved.select(F.col("account_id").alias("_id")).distinct())
    names = to_be_joined(moved.select(account_name(F.col("company_name")).alias("_name")).where("_name is not null").distinct())
    by_id = stored.rows.join(ids, F.col("account_id") == F.col("_id"), "left").withColumn("_moves", F.col("_id").isNotNull())
    by_name = by_id.join(names, account_name(F.col("account_name")) == F.col("_name"), "left")
    return by_name.where(F.col("_moves") | F.col("_name").isNotNull()).drop("_id", "_moves", "_name")


def _of_keys(rows: DataFrame, keys: DataFrame, contract: Contract, how: str = "left_semi") -> DataFrame:
    """The rows with one of the keys, or without; unknown parts of a key are equal. No row is added."""
    named = keys.select(*(F.col(name).alias(f"_key_{name}") for name in contract.key))
    same = [F.col(name).eqNullSafe(F.col(f"_key_{name}")) for name in contract.key]
    return rows.join(named, reduce(lambda one, other: one & other, same), how)
