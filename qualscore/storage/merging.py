"""The one commit that makes a table hold the rows of a frame by changing only what differs."""

from uuid import uuid4

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from qualscore.contracts import Contract


def merge(contract: Contract, identifier: str, frame: DataFrame, *, old: DataFrame) -> bool:
    """Whether there was anything to change.

    Args:
        contract: of the table, whose key tells rows apart.
        identifier: how SQL names it.
        frame: what it is to hold in place of `old`.
        old: rows of it; the others stay.
    """
    if frame.exceptAll(old).isEmpty() and old.exceptAll(frame).isEmpty():
        return False
    values = [column for column in contract.columns if column not in contract.key]
    same = " AND ".join(f"old.`{column}` <=> new.`{column}`" for column in contract.key)
    differs = " OR ".join(f"NOT (old.`{column}` <=> new.`{column}`)" for column in values)
    # No row is added: of what was before, the rows whose key is not there any more.
    gone = old.alias("old").join(frame.alias("new"), F.expr(same), "left_anti").withColumn("_is_gone", F.lit(True))
    view, spark = f"_merged_{uuid4().hex}", frame.sparkSession
    frame.withColumn("_is_gone", F.lit(False)).unionByName(gone).createOrReplaceTempView(view)
    spark.sql(
        f"MERGE INTO {identifier} AS old USING {view} AS new ON {same} WHEN MATCHED AND new._is_gone THEN DELETE "
        f"WHEN MATCHED AND ({differs}) THEN UPDATE SET * WHEN NOT MATCHED AND NOT new._is_gone THEN INSERT *"
    )
    spark.catalog.dropTempView(view)
    return True
