"""The universe to features of every account as of the run's date."""

from collections.abc import Mapping

from pyspark.sql import functions as F

from qualscore.runner import Outcome, Run, Stage
from qualscore.stages.common import ACCOUNTS, FEATURE_INPUTS, FEATURES, describe, named, versions


def build_features(run: Run) -> Outcome:
    """Features of every account as of the run's date."""
    dates = run.tables.read(ACCOUNTS).select("domain", "company_name", F.lit(run.as_of).alias("as_of_on"))
    described = describe(run)(dates)
    written = run.tables.replace(FEATURES, described)
    return Outcome(f"{written:,} accounts described as of {run.as_of}", inputs=versions(run, *FEATURE_INPUTS), counts={"accounts": written})


def _features_depends(run: Run) -> Mapping[str, object]:
    return versions(run, *FEATURE_INPUTS) | {"as_of": run.as_of}


BUILD_FEATURES = Stage("build_features", build_features, _features_depends, reads=named(*FEATURE_INPUTS), writes=FEATURES)
