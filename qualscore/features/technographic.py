"""The stack that an account was known to use on a date."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from qualscore.features.reading import AsOf

UNDATED_PRODUCTS = "tech_undated_count"
STILL_SEEN_DAYS = 365  # a product seen within the last year counts as in use


def stacks(when: AsOf, technographics: DataFrame) -> DataFrame:
    """By `when.keys`: the products in use, `tech_stack`, an array of (product, category), sorted; and UNDATED_PRODUCTS.

    UNDATED_PRODUCTS is how many of them have no first day.

    In use: first seen on or before the date, and last seen no more than a year before it; an unknown date is no
    obstacle. An account without a product in use has no row; accounts that are not described may have one.
    """
    began = F.col("first_seen_on").isNull() | (F.col("first_seen_on") <= F.col("as_of_on"))
    lasts = F.col("last_seen_on").isNull() | (F.col("last_seen_on") >= F.date_sub("as_of_on", STILL_SEEN_DAYS))
    return (
        when.read(technographics.select("domain", "product", "category", "first_seen_on", "last_seen_on"))
        .where(began & lasts)
        .groupBy(*when.keys)
        .agg(
            F.sort_array(F.collect_set(F.struct("product", "category"))).alias("tech_stack"),
            F.count_if(F.col("first_seen_on").isNull()).alias(UNDATED_PRODUCTS),
        )
    )
