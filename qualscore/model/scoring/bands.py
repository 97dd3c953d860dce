"""What a score is called and what it asks for."""

from pyspark.sql import Column
from pyspark.sql import functions as F

from qualscore.definitions.definition import Definition

HIGHLY_LIKELY, LIKELY, UNLIKELY = "Highly Likely", "Likely", "Unlikely"


def band(score: Column, definition: Definition) -> Column:
    """Highly Likely, Likely or Unlikely, from the stored score."""
    bands = definition.bands
    return F.when(score >= bands.highly_likely, HIGHLY_LIKELY).when(score >= bands.likely, LIKELY).otherwise(UNLIKELY)


def action(score: Column, definition: Definition) -> Column:
    """act_now, qualified, good_fit or null, from the stored score."""
    actions = definition.actions
    return (
        F.when(score >= actions.act_now, "act_now").when(score > actions.qualified, "qualified").when(score > actions.good_fit, "good_fit")
    )
