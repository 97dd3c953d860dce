"""One target of `publish`: its cards, what of them is sent, and what is left for people."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from itertools import count, islice
from typing import Any

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from qualscore import checkpoints, contracts
from qualscore.publish import cards, changes, manifest, sent
from qualscore.publish.fields import CardField
from qualscore.publish.journal import Journal
from qualscore.publish.marketo import Marketo
from qualscore.publish.postgres import OWN, Postgres
from qualscore.publish.reverse_etl import REVERSE_ETL, ReverseEtl, reverse_etl
from qualscore.publish.rows import CREATED, NEW, SENT, Result, Sender
from qualscore.publish.sending import Sending, Tally
from qualscore.publish.target import CrmTarget
from qualscore.publish.targets import Target
from qualscore.runs.run import Outcome, Run

EXAMPLES = 3


@dataclass(frozen=True)
class Accounts:
    """What targets are told of.

    Attributes:
        crm: the CRM's accounts, with their scores and reasons.
        members: of segments whose records are made, by segment_name.
        products: the scores that are defined.
        as_of: the day of the scores.
    """

    crm: DataFrame
    members: DataFrame
    products: list[str]
    as_of: date


def publish_target(run: Run, target: Target, accounts: Accounts) -> Outcome:
    """Sends what changed, or shows it."""
    products = [it for it in accounts.products if not target.scores or it in target.scores]
    fields = target.named(products)
    path = manifest.write_recipe(run.spark, run.tables.warehouse, target, fields)
    if isinstance(target, ReverseEtl):
        return _write_reverse_etl(run, target, fields, accounts, products)
    if run.options.dry_run:
        rows = _changed(run, target, fields, accounts, products)
        return _show(run, target, rows, path)
    return _send(run, target, fields, accounts, products)


def _cards(run: Run, target: Target, fields: Mapping[str, CardField], accounts: Accounts, products: list[str]) -> DataFrame:
    """What the target would be told of all accounts."""
    own = tuple(OWN) if isinstance(target, Postgres | ReverseEtl) else ()
    told = partial(cards.for_target, fields=fields, products=products, own=own, as_of=accounts.as_of)
    if isinstance(target, Marketo):
        return told(cards.by_domain(accounts.crm))
    new = target.new_records if isinstance(target, CrmTarget) else None
    if new is None:
        return told(accounts.crm)
    members = accounts.members.where(F.col("segment_name") == new.segment).drop("segment_name")
    made = changes.new_accounts(members, accounts.crm, sent.confirmed(run.tables, target.name), most=new.most)
    return told(accounts.crm.unionByName(made))


def _changed(run: Run, target: Target, fields: Mapping[str, CardField], accounts: Accounts, products: list[str]) -> DataFrame:
    """The cards that are to be sent, and kept until they are."""
    was = sent.confirmed(run.tables, target.name)
    all_cards = _cards(run, target, fields, accounts, products)
    everything = bool(getattr(run.options, "all", False))
    return checkpoints.kept(changes.changed(all_cards, was, tells_gone=isinstance(target, Postgres), everything=everything))


def _counts(rows: DataFrame) -> dict[str, int]:
    told = rows.agg(
        F.count(F.lit(1)).alias("to_send"),
        F.count_if(F.col("key").startswith(NEW) & F.col("is_first")).alias("to_create"),
        F.count_if(F.col("row_hash") == cards.NOTHING).alias("to_empty"),
    ).collect()[0]
    return {name: int(number) for name, number in told.asDict().items()}


def _show(run: Run, target: Target, rows: DataFrame, recipe: str) -> Outcome:
    """What would be sent: counts and a few examples. Nothing is asked of the target."""
    counts = _counts(rows)
    examples = [{"record": it.record, **it.values} for it in islice(changes.rows(rows, _new_fields(target)), EXAMPLES)]
    head = (
        f"{target.name} ({target.place}): would send {counts['to_send']:,} rows, of which {counts['to_create']:,} make a new record and "
        f"{counts['to_empty']:,} empty one; fields: {recipe}"
    )
    lines = [head, *(f"  {json.dumps(it, ensure_ascii=False)}" for it in examples)]
    run.console.result("\n".join(lines), target=target.name, place=target.place, recipe=recipe, examples=examples, **counts)
    return Outcome(f"{target.name}: {counts['to_send']:,} rows to send", counts=counts)


def _send(run: Run, target: Any, fields: Mapping[str, CardField], accounts: Accounts, products: list[str]) -> Outcome:
    """Completes what a killed run left, then sends what has changed; what is confirmed is remembered whatever happens."""
    sending = _sending(run, target, fields)
    counts: dict[str, int] = {}
    try:
        sending.complete()
        rows = _changed(run, target, fields, accounts, products)
        counts = _counts(rows)
        sending.send(changes.rows(rows, _new_fields(target)))
    finally:
        _leave(run, target, fields, accounts, sending.tally, counts)
    return _outcome(target, sending.tally, counts)


def _sending(run: Run, target: Any, fields: Mapping[str, CardField]) -> Sending:
    sender: Sender = target.sender(run.spark, fields) if isinstance(target, Postgres) else target.sender()
    journal = Journal(run.spark, f"{manifest.folder(run.tables.warehouse, target.name)}/journal", run.run_id)
    numbers = count()

    def remember(results: Sequence[Result]) -> None:
        sent.remember(run.tables, target.name, results, run_id=run.run_id, now=run.started_at, number=next(numbers))

    return Sending(sender, journal, remember, target.most_failures)


def _leave(run: Run, target: Target, fields: Mapping[str, CardField], accounts: Accounts, tally: Tally, counts: Mapping[str, int]) -> None:
    """The tables and files that tell of this publish."""
    if counts:
        sent.write_failures(run.tables, target.name, tally.failures, run_id=run.run_id, now=run.started_at)
    if tally.outcomes[SENT] or tally.outcomes[CREATED] or tally.completed:
        sent.tidy(run.tables, target.name)
    _write_manifest(run, target, fields, accounts, tally, counts)


def _write_manifest(
    run: Run, target: Target, fields: Mapping[str, CardField], accounts: Accounts, tally: Tally, counts: Mapping[str, int]
) -> None:
    told = {"run_id": run.run_id, "started_at": run.started_at, "as_of_on": accounts.as_of.isoformat()}
    content = manifest.manifest(target, fields, tally, **told, inputs=dict(run.tables.pins), counts=dict(counts))
    manifest.write_manifest(run.spark, run.tables.warehouse, content)


def _outcome(target: Target, tally: Tally, counts: Mapping[str, int]) -> Outcome:
    number = {"sent": tally.outcomes[SENT], "created": tally.outcomes[CREATED], "failed": len(tally.failures)}
    sentence = f"{target.name}: {number['sent'] + number['created']:,} of {counts['to_send']:,} changed rows sent"
    sentence += f", {number['created']:,} of them are new records" if number["created"] else ""
    sentence += f", after {tally.completed:,} of a publish that was broken off" if tally.completed else ""
    warnings = []
    if tally.failures:
        first = tally.failures[0]
        said = f"{target.name}: {number['failed']:,} rows failed, such as {first.mark.key}: {first.code} {first.message[:200]}"
        warnings.append(f"{said} ({sent.FAILED_ROWS} has all; the next publish sends them again)")
    if tally.is_stopped:
        warnings.append(f"{target.name}: stopped, as more than {target.most_failures:,} rows failed (most_failures)")
    made = tally.outcomes[CREATED] - counts["to_create"]
    if isinstance(target, CrmTarget) and made > 0:
        warnings.append(
            f"{target.name}: {made:,} records were made for accounts that the CRM was said to have: does `{target.key}` hold ids?"
        )
    return Outcome(sentence, counts={**number, **counts}, warnings=warnings, exit_code=3 if tally.is_stopped else 0)


def _write_reverse_etl(run: Run, target: ReverseEtl, fields: Mapping[str, CardField], accounts: Accounts, products: list[str]) -> Outcome:
    """Brings the table up to date, in one commit that changes what differs."""
    before = run.tables.read(REVERSE_ETL) if run.tables.exists(REVERSE_ETL) else contracts.load(REVERSE_ETL).rows(run.spark, [])
    flat = _cards(run, target, fields, accounts, products).select("key", "row_hash", "values.*")
    now = checkpoints.kept(reverse_etl(flat, before, now=run.started_at))
    new = now.where(F.col("changed_at") == F.lit(run.started_at))
    counts = {"sent": new.where("not is_deleted").count(), "deleted": new.where("is_deleted").count()}
    if run.options.dry_run:
        examples = [it.asDict() for it in new.orderBy("key").limit(EXAMPLES).collect()]
        head = f"{target.name} ({target.place}): would change {counts['sent']:,} rows, and make tombstones of {counts['deleted']:,}"
        lines = [head, *(f"  {json.dumps(it, ensure_ascii=False, default=str)}" for it in examples)]
        run.console.result("\n".join(lines), target=target.name, place=target.place, examples=examples, **counts)
    elif sum(counts.values()):
        run.tables.merge(REVERSE_ETL, now, before=before)
        _write_manifest(run, target, fields, accounts, Tally(), counts)
    return Outcome(f"{target.name}: {counts['sent']:,} rows changed, {counts['deleted']:,} tombstones", counts=counts)


def _new_fields(target: Target) -> Mapping[str, str]:
    return target.new_fields if isinstance(target, CrmTarget) else {}  # type: ignore[return-value]
