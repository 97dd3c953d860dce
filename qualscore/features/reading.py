"""As of which dates accounts are described: all of one day, as scoring does, or each row of its own, as training does."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from qualscore.joins import to_be_joined


@dataclass(frozen=True)
class AsOf:
    """The accounts to describe, and their dates.

    Attributes:
        dates: domain, as_of_on; one row per domain and date.
        day: the date of all rows, where they share one. What a source knows is then summed up by domain before anything is joined:
            no table of the universe is shuffled more than once. Without it `dates` are the rows of a training: broadcast, unless they
            are many.
    """

    dates: DataFrame
    day: date | None

    @property
    def keys(self) -> list[str]:
        """What tells rows apart."""
        return ["domain", "as_of_on"] if self.day is None else ["domain"]

    @cached_property
    def _few(self) -> DataFrame:
        return to_be_joined(self.dates.select("domain", "as_of_on"))

    def read(self, source: DataFrame) -> DataFrame:
        """Each row of a source once for each date, as_of_on, that its domain is described as of."""
        if self.day is not None:
            return source.withColumn("as_of_on", F.lit(self.day))
        return source.join(self._few, "domain", "inner")
