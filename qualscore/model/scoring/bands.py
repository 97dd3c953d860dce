"""What a score is called, what it asks for, and whose the final one is."""

from pyspark.sql import Column
from pyspark.sql import functions as F

from qualscore.definitions.definition import Definition

# Stored without a space, because a band is a partition's value, which readers take from the path of a file.
HIGHLY_LIKELY, LIKELY, UNLIKELY = "highly_likely", "likely", "unlikely"
BAND_WORDS = {HIGHLY_LIKELY: "Highly Likely", LIKELY: "Likely", UNLIKELY: "Unlikely"}  # as people read the bands, the best first
FINAL, MODEL = ("score_final", "final_cause"), "model"  # a model's score is the final one until people override it


def band(score: Column, definition: Definition) -> Column:
    """The band, as stored, from the stored score."""
    bands = definition.bands
    return F.when(score >= bands.highly_likely, HIGHLY_LIKELY).when(score >= bands.likely, LIKELY).otherwise(UNLIKELY)


def action(score: Column, definition: Definition) -> Column:
    """act_now, qualified, good_fit or null, from the stored score."""
    actions = definition.actions
    return (
        F.when(score >= actions.act_now, "act_now").when(score > actions.qualified, "qualified").when(score > actions.good_fit, "good_fit")
    )
