"""Deliveries to clean and rejected tables, and to the universe."""

from collections.abc import Mapping, Sequence
from functools import partial

from qualscore import accounts, contracts, deliveries, ingest
from qualscore.config import Source
from qualscore.deliveries.state import described, state
from qualscore.errors import DataError
from qualscore.ingest import Delivery, Ingested, Rules, SourceCounts
from qualscore.parallel import side_by_side
from qualscore.runner import Outcome, Run, Stage
from qualscore.stages.common import ACCOUNTS, JUDGED_TOGETHER, SOURCES, clean


def ingest_deliveries(run: Run) -> Outcome:
    """Deliveries to clean and rejected tables, and to the universe."""
    judged = _judge(run)
    counts = dict(zip(judged, side_by_side(lambda table: judged[table].counts(), judged), strict=True))
    found = {source: one for of_table in counts.values() for source, one in of_table.items()}
    _check_rejects(run, found)
    side_by_side(lambda table: _write(run, table, judged[table]), judged)
    universe = accounts.universe(**{table: clean(run, table) for table, _, _ in accounts.PRECEDENCE})
    written = run.tables.replace(ACCOUNTS, universe)
    named = {name: count for source, one in found.items() for name, count in one.named(source).items()}
    rejected = sum(one.rejected for one in found.values())
    empty = [f"{source}: no row is kept (where)" for source, one in found.items() if one.rows_read == 0]
    said = f"{written:,} accounts from {sum(one.rows_read for one in found.values()):,} rows; {rejected:,} rejected"
    return Outcome(said, counts=named | {"accounts": written}, warnings=[*empty, *accounts.ambiguity_warnings(clean(run, "crm_accounts"))])


def _judge(run: Run) -> dict[str, Ingested]:
    """All sources judged before the first table is written, so that bad deliveries leave the old tables."""
    read = deliveries.read_all(run.spark, run.settings.sources)
    judged: dict[str, Ingested] = {}
    for together in JUDGED_TOGETHER:
        there = [table for table in together if any(source.table == table for source, _ in read)]
        judged |= dict(zip(there, side_by_side(partial(_judge_table, run, read, judged), there), strict=True))
    return judged


def _judge_table(run: Run, read: Sequence[tuple[Source, Delivery]], judged: Mapping[str, Ingested], table: str) -> Ingested:
    companies = judged["firmographics"].clean.select("domain") if table == "account_lists" and "firmographics" in judged else None
    found = ingest.table(
        [(source, delivery) for source, delivery in read if source.table == table],
        contracts.load(f"clean/{table}"),
        rules=Rules(run.as_of, deliveries.domain_rules(run.settings.extra_suffixes)),
        universe_domains=companies,
    )
    # Counted, then written as clean and as rejected: one reading of the files instead of three. A checkpoint, not a cache: each of
    # these actions would analyse the whole plan behind a cached frame again, which takes longer than a small delivery.
    return found.checkpointed()


def _check_rejects(run: Run, found: Mapping[str, SourceCounts]) -> None:
    most = run.settings.max_rejected_share
    lines = [
        f"  {source}: {one.rejected:,} of {one.rows_read:,} rows rejected: "
        + ", ".join(f"{reason} {count:,}" for reason, count in one.reasons.items())
        for source, one in found.items()
        if one.rejected > most * one.rows_read
    ]
    if lines:
        ending = "The tables are as they were. Mend the deliveries or their mapping, or raise max_rejected_share."
        raise DataError("\n".join([f"more than {most:.0%} of a source is rejected:", *lines, ending]))


def _write(run: Run, table: str, ingested: Ingested) -> None:
    """Lists and stacks are what is delivered now; firmographics keep their earlier snapshots."""
    where = None
    if table == "firmographics" and run.tables.exists("clean/firmographics"):
        days = [row["observed_on"] for row in ingested.clean.select("observed_on").distinct().collect()]
        where = f"observed_on IN ({', '.join(f'DATE {str(day)!r}' for day in days)})" if days else "false"
    run.tables.replace(f"clean/{table}", ingested.clean, where=where)
    run.tables.replace(f"rejected/{table}", ingested.rejected)


def _ingest_depends(run: Run) -> Mapping[str, object]:
    sources = {source.id: (source.model_dump(), state(run.spark, source)) for source in run.settings.sources}
    schemas = {table: contracts.load(f"clean/{table}").fingerprint for table in SOURCES}
    return {"sources": sources, "schemas": schemas, "suffixes": run.settings.extra_suffixes}


def _files(run: Run) -> list[str]:
    return [line for source in run.settings.sources for line in described(run.spark, source)]


INGEST = Stage("ingest", ingest_deliveries, _ingest_depends, reads=_files, writes=ACCOUNTS)
