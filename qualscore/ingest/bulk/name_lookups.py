"""Countries and industries of large deliveries: looked up once for each name, not once for each row."""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from qualscore import checkpoints, columns
from qualscore.ingest.cleaners import NOTES, Cleaners
from qualscore.ingest.delivery import shown, with_note

# More names than these are no names: each row is looked up then.
MOST_NAMES = 200_000
INDUSTRY = ("industry", "sector", "naics_code", "sic_code", "nace_code")


def with_countries(rows: DataFrame, cleaners: Cleaners, *, names: DataFrame) -> DataFrame:
    """Countries as ISO codes in place of their names; one that is not known is noted.

    Args:
        rows: with the columns of the clean table and `_notes`.
        cleaners: of the source.
        names: rows with the same names; they may be fewer.
    """
    countries = [name for name in cleaners.present if cleaners.contract.columns[name].clean == "country"]
    for name in countries:
        known = _known(names.select(name), columns.country(F.col(name)))
        if known is None:
            looked_up = rows.withColumn("_meaning", columns.country(F.col(name)))
        else:
            looked_up = rows.join(F.broadcast(known.withColumnRenamed(name, "_name")), F.col(name) == F.col("_name"), "left")
        is_unknown = F.col(name).isNotNull() & F.col("_meaning").isNull()
        noted = with_note(name, shown(F.col(name)), F.when(is_unknown, NOTES["country"]))
        rows = looked_up.withColumns({name: F.col("_meaning"), "_notes": noted}).drop("_meaning", "_name")
    return rows


def with_industry_groups(rows: DataFrame, cleaners: Cleaners, *, names: DataFrame) -> DataFrame:
    """Groups of the codes and names where none is delivered; a name that is not known is noted. The same arguments."""
    if "industry_group" not in cleaners.derived():
        return rows
    there = [name for name in INDUSTRY if name in cleaners.contract.columns]
    industry, sector, naics, sic, nace = (F.col(name) if name in there else F.lit(None).cast("string") for name in INDUSTRY)
    group = columns.industry_group(industry, sector, naics=naics, sic=sic, nace=nace)
    whole = F.struct(*there)
    known = _known(names.select(*there), group)
    if known is None:
        looked_up = rows.withColumn("_meaning", group)
    else:
        named = known.select(whole.alias("_name"), "_meaning")
        looked_up = rows.join(F.broadcast(named), whole == F.col("_name"), "left").drop("_name")
    groups = F.coalesce("industry_group", "_meaning")
    is_unknown = F.coalesce("industry", "sector").isNotNull() & groups.isNull()
    noted = with_note("industry_group", shown(F.coalesce("industry", "sector")), F.when(is_unknown, "UNKNOWN_INDUSTRY"))
    return looked_up.withColumns({"industry_group": groups, "_notes": noted}).drop("_meaning")


def _known(names: DataFrame, meaning: Column) -> DataFrame | None:
    """Each name once, with what it is; None when there are too many."""
    # A checkpoint of some hundred rows, counted before they are looked up.
    each = names.distinct().limit(MOST_NAMES + 1).transform(checkpoints.kept)
    if each.count() > MOST_NAMES:
        return None
    return each.withColumn("_meaning", meaning).transform(checkpoints.kept)
