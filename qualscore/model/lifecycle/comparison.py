"""Two models on the accounts of today: who changes band and why, and which factors weigh more or less.

Both score an account in one pass, and what is counted leaves the executors, so that no account is moved. A mover's cause is its factor
whose contribution changed most in the direction of the move; where the new calibration alone makes the new band of the old margin, it is
the calibration; the starting point is what the contributions are added to.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import pyarrow as pa
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from qualscore.model.encoding.arrays import Array
from qualscore.model.scorecard.card_pass import CardPass
from qualscore.model.scoring import scoring_pass
from qualscore.model.scoring.account_batch import AccountBatch
from qualscore.model.scoring.pass_model import BANDS, PassModel, band_places

BAND, CAUSE, FACTOR, MOVER = "band", "cause", "factor", "mover"
CALIBRATION, START = "calibration", "starting point"
ROWS = "kind string, place string, first string, second string, accounts bigint, before double, after double"
AT_ONCE = 1_000  # accounts explained at a time: of 2,000 products the contributions of more would take much memory
MOVERS = 10  # named, the furthest first


@dataclass
class Counts:
    """What a partition has counted so far: accounts by kind, place and names; and sizes of contributions by factor."""

    accounts: Counter[tuple[str, str, str, str]] = field(default_factory=Counter)
    before: Counter[str] = field(default_factory=Counter)
    after: Counter[str] = field(default_factory=Counter)
    movers: list[tuple[str, str, float, float]] = field(default_factory=list)
    explained: int = 0

    def batch(self) -> pa.RecordBatch:
        """All of it as rows of ROWS."""
        rows: list[tuple[object, ...]] = [(*key, number, None, None) for key, number in self.accounts.items()]
        factors = sorted({*self.before, *self.after})
        rows += [(FACTOR, "", name, "", self.explained, self.before[name], self.after[name]) for name in factors]
        rows += [(MOVER, "", domain, cause, 1, before, after) for domain, cause, before, after in self.movers]
        columns = list(zip(*rows, strict=True)) or [()] * 7
        types = [pa.string()] * 4 + [pa.int64(), pa.float64(), pa.float64()]
        names = [it.split()[0] for it in ROWS.split(", ")]
        return pa.RecordBatch.from_arrays([pa.array(it, kind) for it, kind in zip(columns, types, strict=True)], names)


@dataclass(frozen=True)
class Comparing:
    """The two models, and the boolean columns that say which accounts are counted where. For mapInArrow."""

    before: PassModel | CardPass
    after: PassModel | CardPass
    places: tuple[str, ...]

    def counted(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """One batch of counts a partition."""
        counts = Counts()
        for batch in batches:
            for start in range(0, batch.num_rows, AT_ONCE):
                self._count(counts, batch.slice(start, AT_ONCE))
        yield counts.batch()

    def _count(self, counts: Counts, batch: pa.RecordBatch) -> None:
        accounts = AccountBatch(batch)
        explained = [model.explained(accounts) for model in (self.before, self.after)]
        scores = [model.stored_score(it.margin) for model, it in zip((self.before, self.after), explained, strict=True)]
        bands = [band_places(score, self.after.definition) for score in scores]  # of one definition, so that none moves by its bands
        names, contributions = self._aligned([it.contributions for it in explained], [it.base for it in explained])
        moved = np.flatnonzero(bands[0] != bands[1])
        causes = np.full(batch.num_rows, "", dtype=object)
        causes[moved] = self._causes(names, contributions[1][moved] - contributions[0][moved], explained[0].margin[moved], bands, moved)
        domains = batch.column("domain").to_pylist()
        counts.movers += [(domains[i], str(causes[i]), float(scores[0][i]), float(scores[1][i])) for i in moved]
        counts.movers = sorted(counts.movers, key=lambda it: (-abs(it[3] - it[2]), it[0]))[:MOVERS]
        for place in self.places:
            is_here = batch.column(place).to_numpy(zero_copy_only=False).astype(bool)
            pairs = zip(bands[0][is_here], bands[1][is_here], strict=True)
            counts.accounts.update((BAND, place, BANDS[old], BANDS[new]) for old, new in pairs)
            counts.accounts.update((CAUSE, place, str(causes[i]), _direction(bands, i)) for i in moved if is_here[i])
        for sums, values in zip((counts.before, counts.after), contributions, strict=True):
            sums.update(dict(zip(names[1:], np.abs(values[:, 1:]).sum(axis=0).tolist(), strict=True)))
        counts.explained += batch.num_rows

    def _aligned(self, contributions: Sequence[Array], bases: Sequence[Array]) -> tuple[list[str], list[Array]]:
        """The names of all factors of both models, START first, and for each model the contributions (accounts, names)."""
        names = list(dict.fromkeys((START, *self.before.names.names, *self.after.names.names)))
        place = {name: i for i, name in enumerate(names)}
        aligned = []
        for model, values, base in zip((self.before, self.after), contributions, bases, strict=True):
            wide = np.zeros((len(values), len(names)))
            wide[:, 0] = base
            wide[:, [place[name] for name in model.names.names]] = values
            aligned.append(wide)
        return names, aligned

    def _causes(self, names: Sequence[str], change: Array, old_margins: Array, bands: Sequence[Array], moved: Array) -> list[str]:
        """The cause of each move."""
        is_scale = band_places(self.after.stored_score(old_margins), self.after.definition) == bands[1][moved]
        sign = np.where(bands[1][moved] > bands[0][moved], 1.0, -1.0)
        furthest = (change * sign[:, None]).argmax(axis=1) if len(moved) else np.zeros(0, int)
        return [CALIBRATION if scale else names[i] for scale, i in zip(is_scale, furthest, strict=True)]


def _direction(bands: Sequence[Array], row: int) -> str:
    return "up" if bands[1][row] > bands[0][row] else "down"


def compare(before: PassModel | CardPass, after: PassModel | CardPass, accounts: DataFrame, *, places: Sequence[str]) -> pd.DataFrame:
    """Counts what the second model changes, by kind.

    BAND (first: the band before, second: the new one), CAUSE (the cause, up or down), FACTOR (the factor; before and after: the mean size
    of its contribution), MOVER (domain, cause; before and after: scores).

    Args:
        before: the model that scores.
        after: the other one, with the bands that apply to both.
        accounts: rows of features/account_features, without those that get no score.
        places: boolean columns of the accounts: bands and causes are counted for each.
    """
    read = scoring_pass.ready([before, after], accounts, *places)
    counted = read.mapInArrow(Comparing(before, after, tuple(places)).counted, ROWS)
    summed = counted.groupBy("kind", "place", "first", "second").agg(*(F.sum(it).alias(it) for it in ("accounts", "before", "after")))
    rows = summed.toPandas().sort_values(["kind", "place", "first", "second"], ignore_index=True)
    is_factor = rows["kind"] == FACTOR
    for name in ("before", "after"):
        rows.loc[is_factor, name] = rows.loc[is_factor, name] / rows.loc[is_factor, "accounts"]
    movers = rows[rows["kind"] == MOVER]
    far = movers.assign(far=(movers["after"] - movers["before"]).abs()).sort_values(["far", "first"], ascending=[False, True])
    return pd.concat([rows[rows["kind"] != MOVER], far.head(MOVERS).drop(columns="far")], ignore_index=True)
