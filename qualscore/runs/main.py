"""Arguments to settings to the one SparkSession to stages, each with its run record and exit code."""

import sys
import traceback
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import Any
from uuid import uuid4

from pyspark.sql import SparkSession

from qualscore import config, internals
from qualscore.definitions import connections
from qualscore.definitions.call_list import load as load_call_lists
from qualscore.definitions.definition import Definition
from qualscore.definitions.definition import load as load_definitions
from qualscore.definitions.segment import load as load_segments
from qualscore.deliveries.own_domains import own_domains, with_domains
from qualscore.errors import ConfigurationError, QualscoreError
from qualscore.model.scorecard import columns
from qualscore.parallel import side_by_side
from qualscore.paths import of_spark
from qualscore.publish.targets import load as load_targets
from qualscore.runs import arguments, disk, executors, pinning, progress, records, sizing, staging
from qualscore.runs.console import Console, logger, open_console
from qualscore.runs.run import Outcome, Run, Stage
from qualscore.scores import segment_columns
from qualscore.storage import entries, places
from qualscore.storage.tables import Tables

READS_SOURCES = ("ingest", "pipeline", "preview")
ONLY_READS = ("bi",)  # its user need not be one who may write into the warehouse
CHANGES_WHO_SERVES = ("promote", "rollback")


def main(
    job: str,
    about: str | None,
    stages: Sequence[Stage],
    *,
    summary: Callable[[Run], None] | None = None,
    overlay: Callable[..., Any] | None = None,
) -> None:
    """Runs a job and ends the process with its exit code.

    Args:
        job: its name; `pipeline` runs only what is due.
        about: what it does, for --help.
        stages: its steps, in order.
        summary: says what came out, at the end.
        overlay: makes settings for arguments that ask for it (`--sample`); takes the arguments, returns a file or None.
    """
    started = datetime.now(UTC)
    try:
        options = arguments.parse(job, (about or "").strip(), sys.argv[1:])
    except QualscoreError as error:
        open_console(as_json=False, started=started).complain(str(error))
        sys.exit(error.exit_code)
    console = open_console(as_json=options.as_json, started=started, is_verbose=getattr(options, "verbose", True))
    try:
        run = _prepare(job, options, console, overlay)
        with progress.shown(run.spark, console.say), _kept_rows(run):
            code, finished = _run_all(run, job, stages)
        if options.dry_run and not any(stage.rehearses for stage in stages):
            _say_disk(run)
        elif summary and finished:
            summary(replace(run, definitions=finished))
    except QualscoreError as error:
        console.complain(str(error))
        code = error.exit_code
    except Exception as error:
        code = _unforeseen(console, error)
    sys.exit(code)


def _kept_rows(run: Run) -> AbstractContextManager[None]:
    if run.job in ONLY_READS:
        return nullcontext()
    return staging.kept_rows(run.spark, run.settings, run_id=run.run_id, now=run.started_at)


def _say_disk(run: Run) -> None:
    sentence, sizes = disk.needs(run.tables, run.settings, scores=len(run.definitions))
    run.console.result(sentence, **sizes)


def _prepare(job: str, options: Any, console: Console, overlay: Callable[..., Any] | None) -> Run:
    made = overlay(options) if overlay else None
    settings = config.load(made or options.config, changes=options.changes, warehouse=options.warehouse)
    settings = settings.model_copy(update={"own_domains": own_domains(settings)})
    if job in READS_SOURCES:
        console.say(connections.check(settings.sources, is_scored=bool(settings.scores)))
    lists = sorted({str(source.list) for source in settings.sources if source.list})
    delivered, sets = {source.table for source in settings.sources}, sorted(settings.keywords)
    load = partial(load_definitions, settings.scores, lists=lists, tables=delivered, keyword_sets=sets, columns=columns.types(sets))
    definitions = with_domains(load(names=options.score), settings)
    others = [it for it in with_domains(load(), settings) if it.name not in options.score] if options.score else []
    score_names = sorted(it.name for it in (*definitions, *others))
    asked_of = segment_columns.types(score_names, sets)
    segments = load_segments(settings.segments, columns=asked_of, lists=lists)
    call_lists = load_call_lists(settings.lists, columns=asked_of, scores=score_names)
    targets = load_targets(settings.targets, scores=score_names, segments=[it.name for it in segments])
    if job in CHANGES_WHO_SERVES and len(definitions) > 1 and not options.score:
        raise ConfigurationError(f"{job}: several scores are defined; name those that are meant: --score {definitions[0].name}")
    if job not in ONLY_READS:
        places.check_writable(settings.warehouse)
    session = SparkSession.builder.appName("qualscore").getOrCreate()
    internals.remember_classes(session)
    if doubt := entries.doubt(session, settings.warehouse):
        console.complain(f"warning: {doubt}")
    tables = Tables(session, of_spark(settings.warehouse), settings.catalog, retention_days=settings.retention_days)
    sizing.fit_partitions(session, settings, tables)
    as_of = options.as_of or console.started.date()
    store = ("", None) if job in ONLY_READS else places.registry(settings.warehouse)
    run = Run(uuid4().hex[:12], console.started, as_of, options, settings, definitions, tables, store, console, job, others)
    return replace(run, segments=segments, call_lists=call_lists, targets=targets)


def _run_all(run: Run, job: str, stages: Sequence[Stage]) -> tuple[int, Sequence[Definition]]:
    """Every step; a step that fails ends the job, a score that fails leaves the others. The first failure's code, and who finished."""
    last = records.last_successes(run) if job in arguments.ONLY_WHAT_IS_DUE and not getattr(run.options, "restart", False) else None
    failed: dict[str, int] = {}
    for warning in disk.warnings(run.tables, run.settings, scores=len(run.definitions), stages=[stage.name for stage in stages]):
        run.console.complain(f"warning: {warning}")
    if not run.options.dry_run:
        executors.check_elsewhere(run.spark)
    for stage in (stage for stage in stages if stage.wanted(run.options)):
        if stage.per_score:
            going = [one for one in run.definitions if one.name not in failed]
            codes = _run_together(run, stage, last, going) if stage.together else side_by_side(partial(_run_one, run, stage, last), going)
            failed |= {one.name: code for one, code in zip(going, codes, strict=True) if code}
        elif code := _run_one(run, stage, last, None):
            return next(iter(failed.values()), code), ()
    return next(iter(failed.values()), 0), [one for one in run.definitions if one.name not in failed]


def _run_one(run: Run, stage: Stage, last: Mapping[tuple[str, str | None], str] | None, definition: Definition | None) -> int:
    started, fingerprint = datetime.now(UTC), None
    name = f"{stage.name} {definition.name}" if definition else stage.name
    try:
        run = pinning.pinned(run, stage.inputs)
        fingerprint, is_asked = _asked(run, stage, last, definition)
        if not is_asked:
            return 0
        _begin(run, stage, name)
        result: Outcome | Exception = stage.work(run, definition) if definition else stage.work(run)
    except Exception as error:
        result = error
    return _finished(run, stage, definition, started, fingerprint, result)


def _run_together(run: Run, stage: Stage, last: Mapping[tuple[str, str | None], str] | None, going: Sequence[Definition]) -> list[int]:
    """One call of the stage's work for all scores that are due; each has its own record and exit code."""
    started = datetime.now(UTC)
    fingerprints: dict[str, str] = {}
    results: dict[str, Outcome | Exception] = {}
    run = pinning.pinned(run, stage.inputs)
    for definition in going:
        try:
            fingerprint, is_asked = _asked(run, stage, last, definition)
            fingerprints |= {definition.name: fingerprint} if is_asked else {}
        except Exception as error:
            results[definition.name] = error
    due = [one for one in going if one.name in fingerprints]
    try:
        if due:
            _begin(run, stage, f"{stage.name} {', '.join(one.name for one in due)}")
            results |= stage.work(run, due)
    except Exception as error:
        results |= {one.name: error for one in due}
    outcomes = [(one, fingerprints.get(one.name), results.get(one.name)) for one in going]
    return [_finished(run, stage, one, started, fingerprint, result) if result else 0 for one, fingerprint, result in outcomes]


def _begin(run: Run, stage: Stage, name: str) -> None:
    """Makes sure that there is room for what the stage writes, and names its work, in its commits and in the lines of progress."""
    disk.require(run.tables, run.settings, scores=len(run.definitions), stage=stage.name)
    pinning.sign(run, stage)
    run.spark.sparkContext.setJobDescription(name)


def _asked(run: Run, stage: Stage, last: Mapping[tuple[str, str | None], str] | None, definition: Definition | None) -> tuple[str, bool]:
    """What the stage depends on, and whether it is to be done; says why, or what would be done."""
    name, given = (f"{stage.name} {definition.name}", (run, definition)) if definition else (stage.name, (run,))
    fingerprint = records.fingerprint_of({**stage.depends(*given), "inputs": run.tables.pins})
    if last is not None:
        known = last.get((stage.name, definition.name if definition else None))
        reason = stage.due(*given) if stage.due else _news(run, stage, known, fingerprint)
        if reason is None:
            run.console.say(f"{name}: up to date")
            return fingerprint, False
        run.console.say(f"{name}: {reason}" + (" (dry run)" if run.options.dry_run else ""))
    else:
        run.console.say(name)
    if run.options.dry_run and not stage.rehearses:
        reads = [*stage.reads(run), *(_named(name, version) for name, version in run.tables.pins.items())]
        reading = ", reading " + ", ".join(reads) if reads else ""
        run.console.result(f"would run: {name}{reading}", stage=stage.name, score_name=definition.name if definition else None, reads=reads)
    return fingerprint, not run.options.dry_run or stage.rehearses


def _named(table: str, version: int) -> str:
    return f"{table} ({'to be written' if version < 0 else f'version {version}'})"


def _finished(
    run: Run, stage: Stage, definition: Definition | None, started: datetime, fingerprint: str | None, result: Outcome | Exception
) -> int:
    """Says and records what came of a stage; returns the exit code."""
    outcome, code = result if isinstance(result, Outcome) else Outcome(""), 0
    if isinstance(result, QualscoreError):
        run.console.complain(str(result))
        code = result.exit_code
    elif isinstance(result, Exception):
        code = _unforeseen(run.console, result)
    else:
        for warning in outcome.warnings:
            run.console.complain(f"warning: {warning}")
        say, code = run.console.complain if outcome.exit_code else run.console.say, outcome.exit_code
        say(f"{f'{stage.name} {definition.name}' if definition else stage.name}: {outcome.sentence}")
    if stage.is_recorded and not run.options.dry_run:
        records.record(run, stage, definition, started, outcome, code, fingerprint)
    return code


def _news(run: Run, stage: Stage, last: str | None, fingerprint: str) -> str | None:
    if last is None:
        return "not done yet"
    if stage.writes and not run.tables.exists(stage.writes):
        return f"{stage.writes} is missing"
    return None if last == fingerprint else "its input has changed"


def _unforeseen(console: Console, error: Exception) -> int:
    """One message; the stack trace is for the log."""
    logger.error("unforeseen", extra={"traceback": "".join(traceback.format_exception(error))})
    first = (str(error).strip().splitlines() or [""])[0]
    console.complain(f"unforeseen {type(error).__name__}: {first}\nThis is probably a fault in Qualscore; the log has the details.")
    return QualscoreError.exit_code
