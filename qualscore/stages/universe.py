"""Clean tables to the universe, clean/accounts: all of it, or the accounts that a changed delivery touches."""

from collections.abc import Sequence

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from qualscore import checkpoints, contracts
from qualscore.ingest.due import Judgement, Left
from qualscore.joins import to_be_joined
from qualscore.runs import records
from qualscore.runs.run import Run
from qualscore.stages.describing import snapshot_days
from qualscore.stages.due_tables import versions_now
from qualscore.stages.reading import ACCOUNTS, clean
from qualscore.universe import accounts

# Bytes of firmographics from which on accounts that nobody else knows go their own way.
LARGE = 32 << 20
# Domains that a condition names: more are as many files, and then all are written anew.
MOST_NAMED = 1_000
FIRMOGRAPHICS = "clean/firmographics"


def made_of() -> Judgement:
    """What the universe depends on beside the clean tables: the contract and the code."""
    return Judgement(records.fingerprint_of({"contract": contracts.load(ACCOUNTS).fingerprint}))


def write_universe(run: Run, left: Left) -> int:
    """Writes what differs from the universe that the last ingest left; returns the number of accounts."""
    now = versions_now(run, ACCOUNTS, *(f"clean/{table}" for table, _, _ in accounts.PRECEDENCE))
    if left.judgements.get(ACCOUNTS) == made_of():
        if left.is_at(now):
            return run.tables.read(ACCOUNTS).count()
        if left.is_at({name: now[name] for name in (ACCOUNTS, FIRMOGRAPHICS)}):
            return _mend(run, [table for table, _, _ in accounts.PRECEDENCE if not left.is_at({f"clean/{table}": now[f"clean/{table}"]})])
    return run.tables.replace(ACCOUNTS, _universe(run))


def _universe(run: Run) -> DataFrame:
    """The accounts of all tables; in a large universe those that only firmographics know are neither moved nor compared."""
    tables = {table: clean(run, table) for table, _, _ in accounts.PRECEDENCE}
    if run.tables.size(FIRMOGRAPHICS) < LARGE:
        return accounts.universe(**tables)
    firmographics = tables.pop("firmographics")
    known = to_be_joined(accounts.elsewhere(**tables))
    shared, alone = accounts.told_apart(firmographics, known, days=snapshot_days(firmographics))
    return accounts.universe(**tables, firmographics=shared, alone=alone)


def _mend(run: Run, changed: Sequence[str]) -> int:
    """Replaces the accounts that differ, where firmographics are as they were: of those that the changed tables know, or knew."""
    stored = run.tables.read(ACCOUNTS)
    tables = {table: clean(run, table) for table, _, _ in accounts.PRECEDENCE}
    firmographics = tables.pop("firmographics")
    # An account of the CRM may be the parent of any other one.
    asked = list(tables) if "crm_accounts" in changed else changed
    kinds = {kind for table, kind, _ in accounts.PRECEDENCE if table in asked}
    knew = stored.where(F.arrays_overlap("sources", F.array(*(F.lit(kind) for kind in sorted(kinds))))).select("domain")
    touched = to_be_joined(accounts.elsewhere(**{table: tables[table] for table in asked}).unionByName(knew).distinct())
    shared, _ = accounts.told_apart(firmographics, touched, days=())
    fresh = accounts.universe(**tables, firmographics=shared).join(touched, "domain", "left_semi").transform(checkpoints.kept)
    differing = to_be_joined(accounts.differing(stored.join(touched, "domain", "left_semi"), fresh))
    domains = [row["domain"] for row in differing.limit(MOST_NAMED + 1).collect()]
    accounts_now = fresh.join(differing, "domain", "left_semi")
    if len(domains) > MOST_NAMED:
        return run.tables.replace(ACCOUNTS, stored.join(differing, "domain", "left_anti").unionByName(accounts_now))
    if domains:
        run.tables.replace(ACCOUNTS, accounts_now, where=f"domain IN ({', '.join(map(repr, sorted(domains)))})")
    return run.tables.read(ACCOUNTS).count()
