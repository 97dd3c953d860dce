"""What an audit counts of what scores are made of, for the checks that judge the counts."""

from collections.abc import Sequence
from dataclasses import replace

from py4j.protocol import Py4JJavaError  # type: ignore[import-untyped]
from pyspark.errors import PySparkException
from pyspark.sql import functions as F

from qualscore.definitions.definition import Definition
from qualscore.errors import ConfigurationError
from qualscore.runs import records
from qualscore.runs.run import Run
from qualscore.scores.audit import data_faults, measures
from qualscore.scores.audit.data_faults import Coverage, Orphans
from qualscore.scores.audit.finding import COVERAGE, MISSINGNESS, ORPHANS, SHIFT, Finding, Part
from qualscore.stages.profiles import changes_since_training
from qualscore.stages.reading import ACCOUNTS, FEATURES, clean
from qualscore.stages.verify import is_gone

KINDS_OF_DATA = {"firmographics": "clean/firmographics", "technographics": "clean/technographics", "intent": "clean/intent_signals"}


def of_data(run: Run) -> Part:
    """Stale data, coverage, orphan deals."""
    stale = _stale(run)
    coverage = _coverage(run)
    deals = clean(run, "crm_opportunities")
    number = deals.count()
    if not number or not run.tables.exists(ACCOUNTS):
        return Part([*stale, *coverage.findings], {**coverage.skipped, ORPHANS: "no deals are delivered"})
    lost = measures.orphans(deals, run.tables.read(ACCOUNTS))
    by_reason = {row["reason"]: int(row["count"]) for row in lost.groupBy("reason").count().collect()}
    orphaned = data_faults.orphaned(Orphans(number, by_reason))
    names = F.concat_ws(" ", "opportunity_id", "opportunity_name")
    named = [replace(it, examples=measures.first_names(lost.select("opportunity_id", names.alias("name")), "name")) for it in orphaned]
    return Part([*stale, *coverage.findings, *named], coverage.skipped)


def of_models(run: Run, definitions: Sequence[Definition]) -> Part:
    """Missingness and shift of what models read, by the profile that is kept of their training."""
    names = [it.name for it in definitions if it.type == "predictive"]
    findings: list[Finding] = []
    without: list[str] = [] if names else ["there is no model"]
    accounts = run.tables.read(FEATURES).count()
    for name in names:
        try:
            changes = changes_since_training(run, name)
        except ConfigurationError as error:  # a version that cannot score today's accounts any more
            without.append(str(error))
            continue
        if changes is None:
            without.append(f"{name}: no model with a profile of its training")
            continue
        findings += data_faults.lost_inputs(name, changes, accounts=accounts)
        findings += data_faults.shifted(name, changes, accounts=accounts)
    why = "; ".join(without)
    return Part(findings, {MISSINGNESS: why, SHIFT: why} if without else {})


def _stale(run: Run) -> list[Finding]:
    """Delivered tables are old by the day that accounts were described on; what is made of them by the day of this run.

    A day that is asked for is that of both.
    """
    there = {name: run.tables.read(name) for name in measures.DAYS if run.tables.exists(name)}
    described = there[FEATURES].select("as_of_on").first() if FEATURES in there else None
    day = run.options.as_of or (described["as_of_on"] if described else run.as_of)
    newest = {row["table"]: (row["newest_on"], int(row["rows"])) for row in measures.newest(there, as_of=day).collect()} if there else {}
    delivered = {name: it for name, it in newest.items() if name.startswith("clean/")}
    made = {name: it for name, it in newest.items() if name not in delivered}
    return [*data_faults.stale(delivered, as_of=day), *data_faults.stale(made, as_of=run.as_of)]


def _coverage(run: Run) -> Part:
    """Of the kinds of data that are delivered; beside the run before while its version is kept."""
    if not run.tables.exists(FEATURES):
        return Part((), {COVERAGE: "no accounts are described yet"})
    now, before, skipped = measures.covered(run.tables.read(FEATURES)).collect()[0], None, {}
    version = records.output_before(run, "build_features", FEATURES)
    try:
        before = measures.covered(run.tables.read(FEATURES, version=version)).collect()[0] if version is not None else None
    except (PySparkException, Py4JJavaError) as error:
        if not is_gone(error):
            raise
        skipped = {COVERAGE: f"{FEATURES} of the run before is not kept any more: only what there is now was looked at"}
    delivered = {kind: table for kind, table in KINDS_OF_DATA.items() if run.tables.exists(table)}
    counts = [{kind: int(row[kind]) for kind in ("accounts", *delivered)} for row in (now, before) if row]
    coverages = [Coverage(kind, table, *(it[name] for it in counts for name in ("accounts", kind))) for kind, table in delivered.items()]
    return Part(data_faults.uncovered(coverages), skipped)
