"""Deliveries to clean and rejected tables, and to the universe."""

from collections.abc import Mapping, Sequence
from functools import partial, reduce

from py4j.protocol import Py4JJavaError  # type: ignore[import-untyped]
from pyspark.errors import PySparkException
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from qualscore import contracts, deliveries, ingest
from qualscore.config import Source
from qualscore.contracts import Contract
from qualscore.deliveries.state import described, size, state
from qualscore.ingest import Delivery, DeliverySummary, Ingested, Rules, Staging
from qualscore.joins import to_be_joined
from qualscore.parallel import side_by_side
from qualscore.runs import records
from qualscore.runs.run import Outcome, Run, Stage
from qualscore.stages.describing import snapshot_days
from qualscore.stages.reading import ACCOUNTS, JUDGED_TOGETHER, SOURCES, clean
from qualscore.stages.rejects import check_rejects
from qualscore.storage import locks
from qualscore.universe import accounts

OF_COMPANIES = ("crm_accounts", "crm_opportunities", "activities", "account_lists")
OF_ACCOUNTS = ("crm_opportunities", "activities")
# Bytes of a table's deliveries from which on a second way of judging its rows pays, although it plans a dozen more queries.
LARGE = 32 << 20


def ingest_deliveries(run: Run) -> Outcome:
    """Deliveries to clean and rejected tables, and to the universe, under one lock."""
    with locks.held(run.tables, "ingest", run_id=run.run_id), ingest.staging() as staging:
        return _ingest(run, staging)


def _ingest(run: Run, staging: Staging) -> Outcome:
    judged = _judge(run, staging)
    found = [one for of_table in side_by_side(lambda table: judged[table].summaries(), judged) for one in of_table]
    for one in found:
        run.console.result("\n".join(one.lines()), **one.record())
    check_rejects(run, judged, found)
    # Deals before the accounts that they follow: after a run that was killed in between, the next one still sees the old accounts.
    for together in reversed(JUDGED_TOGETHER):
        side_by_side(lambda table: _write(run, table, judged[table]), [table for table in together if table in judged])
    _bury(run, judged)
    written = run.tables.replace(ACCOUNTS, _universe(run))
    rows, rejected = (sum(getattr(one, name) for one in found) for name in ("rows_read", "rejected"))
    empty = [f"{one.source}: no row is kept (where)" for one in found if one.rows_read == 0]
    return Outcome(
        f"{written:,} accounts from {rows:,} rows; {rejected:,} rejected",
        counts={"accounts": written, "rows_read": rows, "rejected": rejected},
        deliveries=[one.record() for one in found],
        warnings=[*empty, *_drift(run, found), *accounts.ambiguity_warnings(clean(run, "crm_accounts"))],
    )


def _judge(run: Run, staging: Staging) -> dict[str, Ingested]:
    """All sources judged before the first table is written, so that bad deliveries leave the old tables."""
    read = deliveries.read_all(run.spark, run.settings.sources)
    judged: dict[str, Ingested] = {}
    known: dict[str, DataFrame] = {}
    delivered = {source.table for source, _ in read}
    for together in JUDGED_TOGETHER:
        there = [table for table in together if table in delivered]
        judged |= dict(zip(there, side_by_side(partial(_judge_table, run, staging, read, known), there), strict=True))
        if "firmographics" in there and not delivered.isdisjoint(OF_COMPANIES):
            known["free_mail_companies"] = ingest.free_mail_companies(judged["firmographics"].clean)
        if "crm_accounts" in there:
            known["crm_accounts"] = judged["crm_accounts"].clean
    return judged


def _judge_table(
    run: Run, staging: Staging, read: Sequence[tuple[Source, Delivery]], known: Mapping[str, DataFrame], table: str
) -> Ingested:
    mine = [(source, delivery) for source, delivery in read if source.table == table]
    contract = contracts.load(f"clean/{table}")
    rules = Rules(run.as_of, deliveries.domain_rules(run.settings.extra_suffixes))
    linked = {
        "free_mail_companies": known.get("free_mail_companies") if table in OF_COMPANIES else None,
        "crm_accounts": known.get("crm_accounts") if table in OF_ACCOUNTS else None,
    }
    changing = [source.id for source, _ in mine if source.delivers == "changes"]
    try:
        if not changing and size(run.spark, [source for source, _ in mine]) >= LARGE:
            return ingest.large_table(mine, contract, rules=rules, staging=staging, **linked)
        before = {
            "stored": _stored(run, contract, changing) if changing else None,
            "stored_accounts": clean(run, "crm_accounts") if changing and table in OF_ACCOUNTS else None,
        }
        found = ingest.table(mine, contract, rules=rules, **before, **linked)
        # Counted, then written as clean and as rejected: one reading of the files instead of three. A checkpoint, not a cache: each of
        # these actions would analyse the whole plan behind a cached frame again, which takes longer than a small delivery.
        return found.checkpointed()
    except (Py4JJavaError, PySparkException) as error:
        raise deliveries.explained(run.spark, error, [source for source, _ in mine]) or error from None


def _stored(run: Run, contract: Contract, changing: list[str]) -> DataFrame:
    """What earlier deliveries of these sources left, and what they deleted. Of firmographics every snapshot stays, whoever delivered it."""
    stored = clean(run, contract.table).where(F.col("source").isin(changing) | F.lit(contract.table == "firmographics"))
    if "is_deleted" not in contract.columns:
        return stored
    return stored.unionByName(ingest.as_deleted(clean(run, "crm_deletions").where(F.col("source").isin(changing)), contract))


def _write(run: Run, table: str, ingested: Ingested) -> None:
    """Most tables are what is delivered now, and what `changes` left; firmographics keep their earlier snapshots."""
    where = None
    if table == "firmographics" and run.tables.exists("clean/firmographics"):
        days = snapshot_days(ingested.clean)
        where = f"observed_on IN ({', '.join(f'DATE {str(day)!r}' for day in days)})" if days else "false"
    if any(source.delivers == "changes" for source in run.settings.sources if source.table == table):
        run.tables.merge(f"clean/{table}", ingested.clean)
    else:
        run.tables.replace(f"clean/{table}", ingested.clean, where=where)
    run.tables.replace(f"rejected/{table}", ingested.rejected)


def _universe(run: Run) -> DataFrame:
    """Of a large one the accounts that only firmographics know go their own way: nothing of them is moved or compared."""
    tables = {table: clean(run, table) for table, _, _ in accounts.PRECEDENCE}
    if run.tables.size("clean/firmographics") < LARGE:
        return accounts.universe(**tables)
    firmographics = tables.pop("firmographics")
    known = to_be_joined(accounts.elsewhere(**tables))
    shared, alone = accounts.told_apart(firmographics, known, days=snapshot_days(firmographics))
    return accounts.universe(**tables, firmographics=shared, alone=alone)


def _bury(run: Run, judged: Mapping[str, Ingested]) -> None:
    """Remembers what sources that deliver changes have deleted."""
    changing = [source.id for source in run.settings.sources if source.delivers == "changes"]
    deleted = [it.deletions.where(F.col("source").isin(changing)) for it in judged.values() if "is_deleted" in it.contract.columns]
    if changing and deleted:
        run.tables.merge("clean/crm_deletions", reduce(DataFrame.unionByName, deleted))


def _drift(run: Run, found: Sequence[DeliverySummary]) -> list[str]:
    """What is delivered otherwise than the last time that the same source was ingested."""
    before = records.last_deliveries(run)
    return [line for one in found if one.source in before for line in ingest.news(one, before[one.source])]


def _ingest_depends(run: Run) -> Mapping[str, object]:
    sources = {source.id: (source.model_dump(), state(run.spark, source)) for source in run.settings.sources}
    schemas = {table: contracts.load(f"clean/{table}").fingerprint for table in SOURCES}
    return {"sources": sources, "schemas": schemas, "suffixes": run.settings.extra_suffixes}


def _files(run: Run) -> list[str]:
    return [line for source in run.settings.sources for line in described(run.spark, source)]


INGEST = Stage("ingest", ingest_deliveries, _ingest_depends, reads=_files, writes=ACCOUNTS)
