"""Features of accounts as of their own dates, or as of the day that features/account_features describes."""

from collections.abc import Callable
from datetime import date
from functools import partial

from pyspark.sql import DataFrame

from qualscore import features
from qualscore.errors import ConfigurationError, TrainingRefused
from qualscore.runs.run import Run
from qualscore.stages.reading import DESCRIBING, FEATURES, clean


def describe(run: Run, *, as_of: date | None = None) -> Callable[[DataFrame], DataFrame]:
    """(domain, company_name, as_of_on) to features as of each row's own date, or of `as_of`, the date of all rows."""
    sources = {table: clean(run, table) for table in DESCRIBING}
    sets = run.settings.keywords
    own_values = clean(run, "accounts").select("domain", "own_values")
    days = snapshot_days(sources["firmographics"]) if as_of else ()
    return partial(
        features.account_features,
        **sources,
        keyword_sets=sets,
        own_values=own_values,
        as_of=as_of,
        snapshot_days=days,
        counts_undated=as_of is None,
    )


def snapshot_days(firmographics: DataFrame) -> list[date]:
    """The days of the snapshots in clean/firmographics, which has one row per domain and day."""
    return [row["observed_on"] for row in firmographics.select("observed_on").distinct().collect()]


def features_date(run: Run) -> date:
    """The day that the features describe.

    Raises:
        ConfigurationError: another day was asked for.
    """
    first = run.tables.read(FEATURES).select("as_of_on").first()
    if first is None:
        raise TrainingRefused("there are no accounts: deliver firmographics or account lists")
    if run.options.as_of and run.options.as_of != first["as_of_on"]:
        raise ConfigurationError(
            f"{FEATURES} describes {first['as_of_on']}, not {run.options.as_of}: run build_features --as-of {run.options.as_of} first"
        )
    return date.fromisoformat(str(first["as_of_on"]))
