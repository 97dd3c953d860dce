"""What a person reads beside a factor's name, for all rows of a batch, made once for each different value."""

from collections.abc import Callable

import numpy as np
import pyarrow as pa

from qualscore.features.intent import WINDOWS
from qualscore.model.encoding import intent
from qualscore.model.encoding.arrays import Array
from qualscore.model.scoring.account_batch import AccountBatch, Coded, coded
from qualscore.model.scoring.factor_words import UNKNOWN, phrase


class FactorValues:
    """The values of a batch's factors, shared by all models that score it."""

    def __init__(self, batch: AccountBatch) -> None:
        """Texts are made when they are asked for."""
        self._batch = batch
        self._made: dict[str, Coded] = {}
        self._phrases: dict[str, list[str]] = {}

    def of(self, factor: str, keyword_set: str | None) -> Coded:
        """The text of each row; every code is a place in its list.

        Args:
            factor: that is no technology.
            keyword_set: the keyword set of a factor that says what was researched.
        """
        if factor not in self._made:
            made = self._researched(keyword_set) if keyword_set is not None else KNOWN.get(factor, _plain(factor))(self._batch)
            self._made[factor] = _filled(made)
        return self._made[factor]

    def phrases(self, factor: str, keyword_set: str | None) -> list[str]:
        """What the line of words says of each text of `of`, in its order."""
        if factor not in self._phrases:
            self._phrases[factor] = [phrase(factor, value) for value in self.of(factor, keyword_set).values]
        return self._phrases[factor]

    def _researched(self, keyword_set: str) -> Coded:
        """`12 signals in 13 weeks`; of 52 weeks when there is none in 13."""
        measures, any_set = (self._batch.researched(name) for name in (keyword_set, intent.ANY_SET))
        number, window = np.full(self._batch.rows, np.nan), np.zeros(self._batch.rows)
        if keyword_set != intent.ANY_SET:  # without a signal: 0 in the longest window that is covered
            for weeks in WINDOWS:
                is_covered = ~np.isnan(any_set[f"signals_{weeks}w"])
                number[is_covered], window[is_covered] = 0, weeks
        for weeks in WINDOWS:
            is_known = ~np.isnan(measures[f"signals_{weeks}w"])
            number[is_known], window[is_known] = measures[f"signals_{weeks}w"][is_known], weeks
        is_recent = measures["signals_13w"] > 0
        number[is_recent], window[is_recent] = measures["signals_13w"][is_recent], 13
        return _formatted(number * 100 + window, lambda both: _signals(int(both) // 100, int(both) % 100))


def _signals(number: int, weeks: int) -> str:
    return f"{number} {'signal' if number == 1 else 'signals'} in {weeks} weeks"


def _plain(name: str) -> Callable[[AccountBatch], Coded]:
    return lambda batch: batch.coded(name)


def _employees(batch: AccountBatch) -> Coded:
    number = _formatted(batch.numbers("employees"), lambda value: f"{value:,.0f}")
    about = _formatted(np.expm1(batch.numbers("firmo_size")), lambda value: f"about {value:,.0f}")
    return _first(number, batch.coded("employees_range"), about)


def _revenue(batch: AccountBatch) -> Coded:
    return _first(_formatted(batch.numbers("revenue_usd"), lambda value: f"${value:,.0f}"), batch.coded("revenue_range"))


def _is_listed(batch: AccountBatch) -> Coded:
    codes = batch.batch.column("is_listed").cast(pa.int32()).fill_null(-1).to_numpy(zero_copy_only=False)
    return Coded(codes, ["no", "yes"])


KNOWN: dict[str, Callable[[AccountBatch], Coded]] = {
    "employees": _employees,
    "revenue": _revenue,
    "market cap": _plain("market_cap_band"),
    "company age": lambda batch: _formatted(batch.numbers("firmo_age_years"), lambda years: f"{int(years)} years"),
    "listed on a stock exchange": _is_listed,
}
"""Factors whose text is not that of the column of their name."""
READ = ("employees", "employees_range", "firmo_size", "revenue_usd", "revenue_range", "market_cap_band", "firmo_age_years", "is_listed")
"""The columns that KNOWN reads."""


def _formatted(numbers: Array, text: Callable[[float], str]) -> Coded:
    """Each different number's text; NaN has none."""
    different = coded(pa.array(numbers, from_pandas=True))
    return Coded(different.codes, [text(float(value)) for value in different.values])


def _first(*choices: Coded) -> Coded:
    """Of each row the first choice that it has."""
    codes = np.full(len(choices[0].codes), -1, np.int32)
    values: list[str] = []
    for choice in choices:
        is_free = (codes < 0) & (choice.codes >= 0)
        codes[is_free] = choice.codes[is_free] + len(values)
        values += choice.values
    return Coded(codes, values)


def _filled(texts: Coded) -> Coded:
    return Coded(np.where(texts.codes < 0, len(texts.values), texts.codes).astype(np.int32), [*texts.values, UNKNOWN])
