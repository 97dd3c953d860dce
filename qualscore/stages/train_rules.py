"""Criteria to a registered model: measured by customers where there are any, as a trained one is."""

from qualscore.definitions.definition import Definition
from qualscore.model.judging import card_judging, card_verdict
from qualscore.model.judging.judging import Judgement
from qualscore.model.learning import criteria_rows
from qualscore.model.learning.criteria_rows import CriteriaRows
from qualscore.model.scorecard.card import ScorecardModel
from qualscore.reports.model_page.texts import texts
from qualscore.runs.run import Outcome, Run
from qualscore.stages import gating, model_reports
from qualscore.stages.describing import describe, features_date
from qualscore.stages.gating import Admission
from qualscore.stages.labelling import labelled, selectable, with_coverage
from qualscore.stages.made import made
from qualscore.stages.models import registry_of
from qualscore.stages.reading import clean


def train_rules(run: Run, definition: Definition) -> Outcome:
    """Judges a score's criteria and registers them: as the champion, or as a challenger where the champion has other ones."""
    store = registry_of(run)
    champion, doubts = gating.serving(store, definition.name)  # a registry that does not answer is met before the work, not after it
    as_of = features_date(run)
    judgement = judged_rules(run, definition)
    known, counts = judgement.judged.model, judgement.judged.counts
    admission = Admission(
        gating.passage(champion, known, lambda: gating.judged_today(run, definition)), gating.expected_of(run, definition, known)
    )
    report = judgement.report | {"gate": admission.report, "expect": list(admission.expect), "made": made(run, definition)}
    files, serves = texts(report), not admission.against
    version = store.register(judgement.judged, as_of=as_of, inputs=dict(run.tables.pins), report=files, serves=serves)
    path = model_reports.write(run, definition.name, files, version=version.number, serves=serves)
    if serves:
        model_reports.write_waiting(run, store, definition.name)
    run.console.detail("\n" + "\n".join(card_verdict.lines(report)), **report | {"model_version": version.number})
    criteria = len(report["criteria"])
    sentence = f"version {version.number}, {criteria} criteria, {counts['examples']:,} customers; its report is {path}"
    warnings = [*doubts, *judgement.warnings, *admission.doubts(definition.name)]
    done = Outcome(sentence, counts, judgement.judged.metrics, version.number, warnings=warnings, as_of=as_of)
    return done if serves else gating.kept_out(run, definition, done, admission)


def judged_rules(run: Run, definition: Definition) -> Judgement:
    """The model of a score's criteria, and what is measured of it: nothing is registered."""
    model = ScorecardModel(definition, tuple(sorted(run.settings.keywords)))
    return card_judging.judge(model, rows_of(run, model), as_of=features_date(run))


def rows_of(run: Run, model: ScorecardModel) -> CriteriaRows:
    """How far examples and other accounts meet the criteria, each as of its own date."""
    accounts = with_coverage(run, labelled(run, model.definition))
    return criteria_rows.read(
        accounts,
        describe(run),
        model,
        selectable(run),
        clean(run, "crm_accounts"),
        as_of=features_date(run),
        evaluation_accounts=run.settings.evaluation_accounts,
    )
