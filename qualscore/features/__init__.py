"""What is known of an account on a date: (domain, as_of_on) -> features, one family a module.

Training and scoring call the same function, so that a model never sees what came after an example's own date.
"""

from collections.abc import Mapping, Sequence
from datetime import date

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from qualscore.features import firmographic, intent, technographic
from qualscore.features.firmographic import FIRMOGRAPHIC_VALUES
from qualscore.features.reading import AsOf
from qualscore.features.technographic import UNDATED_PRODUCTS

__all__ = ["UNDATED_PRODUCTS", "account_features"]


def account_features(
    dates: DataFrame,
    *,
    firmographics: DataFrame,
    technographics: DataFrame,
    intent_signals: DataFrame,
    keyword_sets: Mapping[str, Sequence[str]],
    own_values: DataFrame | None = None,
    as_of: date | None = None,
    snapshot_days: Sequence[date] = (),
    counts_undated: bool = False,
) -> DataFrame:
    """One row per row of `dates`, described as of its own date.

    Args:
        dates: domain, company_name, as_of_on; one row per domain and date.
        firmographics: clean/firmographics.
        technographics: clean/technographics.
        intent_signals: clean/intent_signals.
        keyword_sets: name to keywords, which intent is summed up by.
        own_values: domain, own_values of clean/accounts; they describe accounts that no snapshot knows.
        as_of: the date of all rows, where they share one.
        snapshot_days: the days of all firmographics; with them and `as_of` hardly a row is compared with others.
        counts_undated: whether UNDATED_PRODUCTS is there too, which is no feature: the products that count as used at any date.
    """
    when = AsOf(dates, as_of)
    described = (
        dates.join(firmographic.snapshots(when, firmographics, days=snapshot_days), when.keys, "left")
        .join(technographic.stacks(when, technographics), when.keys, "left")
        .join(intent.researched(when, intent_signals, keyword_sets), when.keys, "left")
        .withColumn("tech_stack", F.coalesce("tech_stack", F.array().cast("array<struct<product:string,category:string>>")))
    )
    if own_values is not None:
        described = firmographic.filled(described, own_values)
    has_value = F.greatest(*(F.col(name).isNotNull() for name in FIRMOGRAPHIC_VALUES))
    # Of an account without a signal in the year `any_set` is null.
    has_data = has_value | (F.size("tech_stack") > 0) | F.col("any_set").isNotNull()
    known = {"has_data": has_data, "is_backfilled": F.coalesce("is_backfilled", F.lit(False))}
    features = firmographic.with_inputs(intent.with_totals(described.withColumns(known), intent_signals))
    return features if counts_undated else features.drop(UNDATED_PRODUCTS)
