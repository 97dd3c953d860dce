"""What to doubt in a warehouse, by name, and what to do about it. Nothing is changed."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict

from qualscore.errors import DataError
from qualscore.reports.audit_page import audit_page
from qualscore.reports.house.terminal import shown
from qualscore.runs.run import Outcome, Run, Stage
from qualscore.scores.audit import measures
from qualscore.scores.audit.finding import AT_ODDS, CLUMPING, INFLATION, KINDS, Finding, Part
from qualscore.scores.override_rates import OVERRIDE_RATES
from qualscore.stages.audited_data import KINDS_OF_DATA, of_data, of_models
from qualscore.stages.audited_scores import of_scores
from qualscore.stages.reading import ACCOUNTS, FEATURES, HISTORY, SCORES, TOP

INPUTS = tuple(dict.fromkeys((*measures.DAYS, *KINDS_OF_DATA.values(), ACCOUNTS, FEATURES, SCORES, TOP, HISTORY, OVERRIDE_RATES)))


def audit(run: Run) -> Outcome:
    """Names the faults of scores and of what they are made of; with --strict any of them ends the job with the code of data."""
    is_scored = run.tables.exists(SCORES)
    unscored = Part((), dict.fromkeys((CLUMPING, INFLATION, AT_ODDS), "no account is scored yet"))
    parts = [
        of_scores(run, run.definitions) if is_scored else unscored,
        of_data(run),
        of_models(run, run.definitions) if run.tables.exists(FEATURES) else Part(),
    ]
    findings = sorted((it for part in parts for it in part.findings), key=lambda it: (KINDS.index(it.kind), it.score_name or "", it.table))
    _show(run, findings, {kind: why for part in parts for kind, why in part.skipped.items()})
    counts = {kind.replace(" ", "_"): number for kind in KINDS if (number := sum(it.kind == kind for it in findings))}
    sentence = f"{len(findings)} finding(s): {', '.join(dict.fromkeys(it.kind for it in findings))}" if findings else "no findings"
    return Outcome(sentence, counts=counts, exit_code=DataError.exit_code if findings and run.options.strict else 0)


def _show(run: Run, findings: Sequence[Finding], skipped: Mapping[str, str]) -> None:
    """A page for people; a line of JSON for each finding, and one for what was not looked at."""
    if run.console.as_json:
        for it in findings:
            run.console.result("", **asdict(it))
        run.console.result("", findings=len(findings), skipped=dict(skipped))
        return
    page = audit_page(findings, skipped, warehouse=run.settings.warehouse, as_of=run.as_of)
    run.console.result(shown(page, columns=run.console.columns))


def _depends(run: Run) -> Mapping[str, object]:
    return {}


AUDIT = Stage("audit", audit, _depends, inputs=INPUTS)
