"""Scores to the CRM, to marketing automation, to a database and to reverse ETL."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from qualscore import checkpoints
from qualscore.definitions.definition import Definition
from qualscore.errors import ConfigurationError, QualscoreError
from qualscore.publish import cards
from qualscore.publish.target import CrmTarget
from qualscore.publish.targets import Target
from qualscore.runs.run import Outcome, Run, Stage
from qualscore.scores.crm_account_scores import CRM_ACCOUNT_SCORES
from qualscore.scores.fit_intent import FIT_INTENT
from qualscore.scores.segments import ACCOUNT_SEGMENTS
from qualscore.stages.publish_target import Accounts, publish_target
from qualscore.stages.reading import SCORES
from qualscore.storage import locks

INPUTS = (CRM_ACCOUNT_SCORES, FIT_INTENT, SCORES, ACCOUNT_SEGMENTS)


def publish(run: Run) -> Outcome:
    """Sends what changed to each target; one that fails leaves the others. With --dry-run it shows what would be sent."""
    targets = _asked(run)
    if not run.tables.exists(CRM_ACCOUNT_SCORES):
        raise ConfigurationError(f"{CRM_ACCOUNT_SCORES}: no such table yet; run `./spark-submit.sh pipeline`, or activate")
    accounts = _accounts(run, targets)
    counts: dict[str, int] = {}
    warnings: list[str] = []
    sentences, code = [], 0
    for target in targets:
        try:
            with _alone(run, target):
                done = publish_target(run, target, accounts)
        except QualscoreError as error:
            run.console.complain(f"{target.name}: {error}")
            code = code or error.exit_code
            continue
        counts |= {f"{target.name}_{name}": number for name, number in done.counts.items()}
        warnings += done.warnings
        sentences.append(done.sentence)
        code = code or done.exit_code
    return Outcome("; ".join(sentences) or "nothing is sent", counts=counts, warnings=warnings, as_of=accounts.as_of, exit_code=code)


def _asked(run: Run) -> list[Target]:
    """The targets that the arguments name, else all."""
    named = getattr(run.options, "target", None) or []
    known = [it.name for it in run.targets]
    unknown = [it for it in named if it not in known]
    if unknown or not known:
        hint = f"; known: {', '.join(known)}" if known else ""
        what = f"no target is called {', '.join(unknown)}{hint}" if unknown else "no targets are configured"
        raise ConfigurationError(f"publish: {what}. A target is a file of conf/targets/; conf/targets/example.yml shows every key")
    return [it for it in run.targets if not named or it.name in named]


def _alone(run: Run, target: Target) -> AbstractContextManager[None]:
    """One publish to a target at a time; a dry run is none."""
    return nullcontext() if run.options.dry_run else locks.held(run.tables, f"publish_{target.name}", run_id=run.run_id)


def _accounts(run: Run, targets: Sequence[Target]) -> Accounts:
    """What all targets are told of: one pass over the scores."""
    crm = run.tables.read(CRM_ACCOUNT_SCORES)
    day = crm.select(F.max("as_of_on")).collect()[0][0]
    segments = sorted({it.new_records.segment for it in targets if isinstance(it, CrmTarget) and it.new_records})
    definitions = sorted((*run.definitions, *run.other_definitions), key=lambda it: it.name)
    known = cards.of_crm(crm, definitions).withColumn("segment_name", F.lit(None).cast("string"))
    if segments:
        known = known.unionByName(_members(run, segments, definitions))
    kept = checkpoints.kept(cards.with_reasons(known, run.tables.read(SCORES)))
    products = [it.name for it in definitions]
    return Accounts(kept.where("segment_name is null").drop("segment_name"), kept.where("segment_name is not null"), products, day)


def _members(run: Run, segments: Sequence[str], definitions: Sequence[Definition]) -> DataFrame:
    if not run.tables.exists(ACCOUNT_SEGMENTS):
        raise ConfigurationError(f"{ACCOUNT_SEGMENTS}: no such table yet; run `./spark-submit.sh activate`")
    return cards.members(run.tables.read(ACCOUNT_SEGMENTS), run.tables.read(FIT_INTENT), definitions, segments=segments)


def _publish_depends(run: Run) -> Mapping[str, object]:
    return {"targets": [it.model_dump() for it in run.targets]}


PUBLISH = Stage("publish", publish, _publish_depends, inputs=INPUTS, rehearses=True)
