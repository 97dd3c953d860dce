"""The universe to features of every account as of the run's date."""

from collections.abc import Mapping

from pyspark.sql import functions as F

from qualscore.features import intent
from qualscore.runs.run import Outcome, Run, Stage
from qualscore.stages.describing import describe
from qualscore.stages.reading import ACCOUNTS, FEATURE_INPUTS, FEATURES, clean
from qualscore.storage import locks


def build_features(run: Run) -> Outcome:
    """Features of every account as of the run's date."""
    dates = run.tables.read(ACCOUNTS).select("domain", "company_name", F.lit(run.as_of).alias("as_of_on"))
    with locks.held(run.tables, "build_features", run_id=run.run_id):
        written = run.tables.replace(FEATURES, describe(run, as_of=run.as_of)(dates))
    sentence = f"{written:,} accounts described as of {run.as_of}"
    return Outcome(sentence, counts={"accounts": written}, warnings=_missing_intent(run))


def _missing_intent(run: Run) -> list[str]:
    """At most one line: of which weeks the deliveries of intent tell nothing. It is the same for all rows."""
    delivered = intent.coverage(clean(run, "intent_signals")).first()
    totals = run.tables.read(FEATURES).select(*intent.TOTALS).first()
    if totals is None or delivered is None or delivered["last_week_on"] is None:
        return []
    missing = intent.uncovered(totals.asDict())
    if not missing:
        return []
    return [
        f"intent signals of the weeks of {delivered['first_week_on']} to {delivered['last_week_on']} were delivered: for {run.as_of} "
        f"research in the last {' and '.join(map(str, missing))} weeks is not known. Deliver the missing weeks, or choose another --as-of."
    ]


def _features_depends(run: Run) -> Mapping[str, object]:
    return {"as_of": run.as_of, "keyword_sets": run.settings.keywords}


BUILD_FEATURES = Stage("build_features", build_features, _features_depends, inputs=FEATURE_INPUTS, writes=FEATURES)
