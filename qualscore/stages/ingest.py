"""Deliveries to clean and rejected tables, and to the universe."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from py4j.protocol import Py4JJavaError  # type: ignore[import-untyped]
from pyspark.errors import PySparkException
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from qualscore import contracts, deliveries, ingest
from qualscore.config import Source
from qualscore.contracts import Contract
from qualscore.deliveries.state import described, size
from qualscore.ingest import Counted, Delivery, DeliverySummary, Ingested, Staging, Stored, snapshots
from qualscore.ingest.due import Judgement, Left, rows_of
from qualscore.parallel import side_by_side
from qualscore.runs import records
from qualscore.runs.run import Outcome, Run, Stage
from qualscore.stages.describing import snapshot_days
from qualscore.stages.due_tables import CRM, LINKED, Links, is_held, own_inputs, row_rules, versions_now
from qualscore.stages.reading import ACCOUNTS, JUDGED_TOGETHER, SOURCES, clean
from qualscore.stages.rejects import check_rejects
from qualscore.stages.universe import made_of, write_universe
from qualscore.storage import locks
from qualscore.universe import accounts

# Bytes of a table's deliveries from which on a second way of judging its rows pays, although it plans a dozen more queries.
LARGE = 32 << 20


@dataclass(frozen=True)
class _Judged:
    """What becomes of the tables.

    Attributes:
        links: what was judged, by table, and what it was linked with.
        counted: what became of its rows.
        replaced: condition of the stored rows that go, where others stay.
        undated: sources that say of no row what day it describes.
    """

    links: Links
    counted: dict[str, Counted] = field(default_factory=dict)
    replaced: dict[str, str] = field(default_factory=dict)
    undated: list[str] = field(default_factory=list)

    @property
    def tables(self) -> dict[str, Ingested]:
        return self.links.judged

    @property
    def summaries(self) -> list[DeliverySummary]:
        """The summaries of the deliveries that were judged."""
        return [it for table in SOURCES if table in self.counted for it in self.counted[table].summaries]

    def all_summaries(self) -> list[DeliverySummary]:
        """The summaries of all tables; of a table that stays as it is, those of the ingest that judged it."""
        tables = [table for table in SOURCES if table in self.links.judgements]
        return [
            summary
            for table in tables
            for summary in (self.counted[table].summaries if table in self.counted else self.links.left.summaries(table))
        ]


def ingest_deliveries(run: Run) -> Outcome:
    """Deliveries to clean and rejected tables, and to the universe, under one lock."""
    with locks.held(run.tables, "ingest", run_id=run.run_id), ingest.staging() as staging:
        try:
            deliveries.remove_staged(run.spark)  # of a run that was killed
            return _ingest(run, staging)
        finally:
            deliveries.remove_staged(run.spark)


def _ingest(run: Run, staging: Staging) -> Outcome:
    left = Left.of_record(records.last_ingest(run))
    judged = _judge(run, staging, left)
    for summary in judged.summaries:
        run.console.detail("\n".join(summary.lines()), **summary.record())
    check_rejects(run, judged.tables, judged.summaries)
    # Deals before the accounts that they follow: after a run that was killed in between, the next one still sees the old accounts.
    for together in reversed(JUDGED_TOGETHER):
        side_by_side(lambda table: _write(run, table, judged), [table for table in together if table in judged.tables])
    for ingested in judged.tables.values():
        _bury(run, ingested)
    written = write_universe(run, left)
    done = judged.all_summaries()
    rows, rejected = (sum(getattr(one, name) for one in done) for name in ("rows_read", "rejected"))
    unread = [line for one in judged.summaries for line in one.warnings(run.settings.max_unread_share)]
    empty = [f"{one.source}: no row is kept (where)" for one in done if one.rows_read == 0]
    remarks = [it for one in judged.tables.values() for delivery in one.deliveries.values() for it in delivery.remarks]
    unchanged = [table for table in SOURCES if table in judged.links.judgements and table not in judged.tables]
    sentence = f"{written:,} accounts from {rows:,} rows; {rejected:,} rejected" + (
        f"; unchanged: {', '.join(unchanged)}" if unchanged else ""
    )
    judgements = judged.links.judgements | {ACCOUNTS: made_of()}
    tables = [f"{layer}/{table}" for table in judged.links.judgements if table in SOURCES for layer in ("clean", "rejected")]
    tables += [ACCOUNTS, *(f"clean/{table}" for table, _, _ in accounts.PRECEDENCE)]
    return Outcome(
        sentence,
        counts={"accounts": written, "rows_read": rows, "rejected": rejected},
        deliveries=[one.record() for one in done],
        versions=versions_now(run, *dict.fromkeys(tables)),
        tables=rows_of(judgements),
        warnings=[
            *remarks,
            *empty,
            *unread,
            *snapshots.advice(judged.undated, run.as_of),
            *_drift(run, judged.summaries),
            *accounts.ambiguity_warnings(clean(run, "crm_accounts")),
        ],
    )


def _judge(run: Run, staging: Staging, left: Left) -> _Judged:
    """All sources that are due judged before the first table is written, so that bad deliveries leave the old tables."""
    delivered = [table for table in SOURCES if any(source.table == table for source in run.settings.sources)]
    own = {table: own_inputs(run, table) for table in delivered}
    # Tables that another one has written since, or a run that broke off, are judged again.
    held = {table for table in delivered if table in left.judgements and is_held(run, left, table)}
    judged, read = _Judged(Links(run, left)), _read(run, [it for it in delivered if it not in held or left.judgements[it].own != own[it]])
    for together in JUDGED_TOGETHER:
        there = [table for table in together if table in delivered]
        hashes = {table: judged.links.hash_for(table) for table in there}
        due = [it for it in there if it in read or left.judgements[it].links != hashes[it]]
        read |= _read(run, [table for table in due if table not in read])
        linked = {table: judged.links.frames_for(table) for table in due}
        side_by_side(partial(_judge_table, run, staging, read, linked, judged), due)
        for table in there:
            counted = judged.counted.get(table)
            content = counted.content if counted else left.judgements[table].content
            judged.links.judgements[table] = Judgement(own[table], hashes[table], content)
    return judged


def _read(run: Run, tables: Sequence[str]) -> dict[str, list[tuple[Source, Delivery]]]:
    """The deliveries of some tables, opened."""
    opened: dict[str, list[tuple[Source, Delivery]]] = {table: [] for table in tables}
    for source, delivery in deliveries.read_all(run.spark, [it for it in run.settings.sources if it.table in tables]):
        opened[source.table].append((source, delivery))
    return opened


def _judge_table(
    run: Run,
    staging: Staging,
    read: Mapping[str, Sequence[tuple[Source, Delivery]]],
    linked: Mapping[str, Mapping[str, DataFrame | None]],
    judged: _Judged,
    table: str,
) -> None:
    """Judges the rows of a table and counts what became of them; of firmographics also says which stored rows they replace."""
    mine = read[table]
    undated = snapshots.undated(mine, contracts.load(f"clean/{table}"))
    ingested = _rows_judged(run, staging, mine, linked[table], judged, undated if table == "firmographics" else [])
    judged.counted[table] = ingested.counted(undated=undated, unordered=[it.id for it, _ in mine if it.jdbc])
    if table == "firmographics":
        judged.undated.extend(undated)
    if table == "firmographics" and not _changing(mine):
        judged.replaced[table] = snapshots.replaced(snapshot_days(ingested.clean), undated)
        judged.links.kept[table] = f"NOT coalesce({judged.replaced[table]}, false)"
    judged.tables[table] = ingested


def _rows_judged(
    run: Run,
    staging: Staging,
    mine: Sequence[tuple[Source, Delivery]],
    linked: Mapping[str, DataFrame | None],
    judged: _Judged,
    undated: Sequence[str],
) -> Ingested:
    contract, changing = contracts.load(f"clean/{mine[0][0].table}"), _changing(mine)
    rules = row_rules(run)
    try:
        if not changing and size(run.spark, [source for source, _ in mine]) >= LARGE:
            return ingest.large_table(mine, contract, rules=rules, staging=staging, **linked)
        if not changing:
            # Counted, then written as clean and as rejected: one reading of the files instead of three. A checkpoint, not a cache: each
            # of these actions would analyse the whole plan behind a cached frame again, which takes longer than a small delivery.
            return ingest.table(mine, contract, rules=rules, **linked).checkpointed()
        stored = _stored(run, contract, changing, judged.tables.get(CRM))
        if len(changing) == len(mine):
            return ingest.changed_table(mine, contract, rules=rules, stored=stored, undated=undated, **linked)
        rows = stored.rows if stored.buried is None else stored.rows.unionByName(stored.buried)
        return ingest.table(mine, contract, rules=rules, stored=rows, stored_accounts=stored.accounts, **linked).checkpointed()
    except (Py4JJavaError, PySparkException) as error:
        raise deliveries.explained(run.spark, error, [source for source, _ in mine]) or error from None


def _changing(read: Iterable[tuple[Source, Delivery]]) -> list[str]:
    return [source.id for source, _ in read if source.delivers == "changes"]


def _stored(run: Run, contract: Contract, changing: Sequence[str], crm_accounts: Ingested | None) -> Stored:
    """What earlier deliveries of these sources left, and what they deleted. Of firmographics every snapshot stays, whoever delivered it."""
    rows, is_mine = clean(run, contract.table), F.col("source").isin(list(changing)) | F.lit(contract.table == "firmographics")
    stored = Stored(rows.where(is_mine), rows.where(~is_mine))
    if "is_deleted" in contract.columns:
        deleted = clean(run, "crm_deletions").where(F.col("source").isin(list(changing)))
        stored = replace(stored, buried=ingest.as_deleted(deleted, contract))
    if contract.table in LINKED[CRM] and crm_accounts is not None:
        accounts_then = clean(run, CRM)
        old, new = accounts_then if crm_accounts.before is None else crm_accounts.before, crm_accounts.clean
        old, new = (frame.select("account_id", "company_name", "domain") for frame in (old, new))
        stored = replace(stored, accounts=accounts_then, moved=old.exceptAll(new).unionByName(new.exceptAll(old)))
    return stored


def _write(run: Run, table: str, judged: _Judged) -> None:
    """Most tables are what is delivered now, and what `changes` left; firmographics keep their earlier snapshots."""
    ingested, left = judged.tables[table], judged.links.left
    if any(source.delivers == "changes" for source in run.settings.sources if source.table == table):
        run.tables.merge(f"clean/{table}", ingested.clean, before=ingested.before)
    else:
        content = judged.counted[table].content
        if content is not None and table in left.judgements and left.judgements[table].content == content and is_held(run, left, table):
            return  # the same rows once more: whoever reads the table has nothing new
        where = judged.replaced.get(table) if run.tables.exists(f"clean/{table}") else None
        run.tables.replace(f"clean/{table}", ingested.clean, where=where)
    run.tables.replace(f"rejected/{table}", ingested.rejected)


def _bury(run: Run, ingested: Ingested) -> None:
    """Remembers what sources that deliver changes have deleted, of the records that were judged."""
    contract = ingested.contract
    changing = [it.id for it in run.settings.sources if it.table == contract.table and it.delivers == "changes"]
    if changing and "is_deleted" in contract.columns:
        (key,) = contract.key
        judged = ingested.rows.select(F.col(key).alias("record_id")).distinct()
        before = clean(run, "crm_deletions").where(F.col("table_name") == contract.table).join(judged, "record_id", "left_semi")
        run.tables.merge("clean/crm_deletions", ingested.deletions.where(F.col("source").isin(changing)), before=before)


def _drift(run: Run, summaries: Sequence[DeliverySummary]) -> list[str]:
    """What is delivered otherwise than the last time that the same source was ingested."""
    before = records.last_deliveries(run)
    return [line for one in summaries if one.source in before for line in ingest.news(one, before[one.source])]


def _ingest_depends(run: Run) -> Mapping[str, object]:
    return {table: own_inputs(run, table) for table in SOURCES} | {"sources": [source.id for source in run.settings.sources]}


def _files(run: Run) -> list[str]:
    return [line for source in run.settings.sources for line in described(run.spark, source)]


INGEST = Stage("ingest", ingest_deliveries, _ingest_depends, reads=_files, writes=ACCOUNTS)
