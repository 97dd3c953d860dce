"""What accounts were like on the day of a training: kept with the version, so that a later day can be compared."""

import json

import pyarrow as pa
from pyspark.sql import functions as F

from qualscore.definitions.definition import Definition
from qualscore.model.encoding.draws import FINE, draw
from qualscore.model.judging import ageing, driver_rows
from qualscore.model.judging.ageing import Change
from qualscore.model.scoring.qualification import QualificationModel
from qualscore.runs.run import Run
from qualscore.stages.models import registry_of
from qualscore.stages.reading import FEATURES
from qualscore.universe import labels

PROFILE = "profile.json"
"""The file of a version's report."""


def profile_of(run: Run, model: QualificationModel) -> str:
    """The text of PROFILE for a model that has just been trained."""
    return json.dumps(ageing.profile(model, compared_accounts(run, model.definition)))


def compared_accounts(run: Run, definition: Definition) -> pa.Table:
    """Some of the accounts that customers are compared with, as they are today, by hash of the domain."""
    compared = run.tables.read(FEATURES).where("has_data").where(labels.in_reference(definition.reference))
    return driver_rows.collected(compared.orderBy(draw("ageing", FINE, seed=0), F.col("domain")).limit(ageing.ACCOUNTS))


def changes_since_training(run: Run, score_name: str) -> list[Change] | None:
    """What has become of the margin and of each factor since the champion's training; None of rules, and where no profile is kept.

    Points do not drift: they are the same whatever accounts there are.
    """
    store = registry_of(run)
    champion = store.champion(score_name)
    then = store.report(score_name, champion.number).get(PROFILE) if champion else None
    model = store.load_version(score_name, champion.number) if champion and then else None
    if then is None or not isinstance(model, QualificationModel):
        return None
    return ageing.changes(json.loads(then), model, compared_accounts(run, model.definition))
