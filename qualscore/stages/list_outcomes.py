"""What became of call lists, by later deliveries."""

from pyspark.sql import functions as F

from qualscore.runs.run import Run
from qualscore.scores.call_lists import CALL_LISTS
from qualscore.scores.list_outcomes import LIST_OUTCOMES, counted, list_outcomes
from qualscore.stages.describing import features_date
from qualscore.stages.reading import clean


def write_list_outcomes(run: Run) -> int:
    """Writes scores/list_outcomes of the lists of earlier days; returns the number of rows. None where there is no such list."""
    if not run.tables.exists(CALL_LISTS):
        return 0
    as_of = features_date(run)
    earlier = run.tables.read(CALL_LISTS).where(F.col("made_on") < F.lit(as_of))
    counts = counted(earlier, clean(run, "activities"), clean(run, "crm_opportunities"), as_of=as_of)
    return run.tables.replace(LIST_OUTCOMES, list_outcomes(run.spark, counts, as_of=as_of)) if len(counts) else 0
