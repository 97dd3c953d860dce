"""Whether what a model scores is still what it was at its training: the distribution of margins and of each input, then and now.

What is kept of then are shares, no accounts: it stays with the model for years, whatever is forgotten or vacuumed meanwhile. Two
distributions are compared by the population stability index, of which .25 is the usual bound of a population that has changed; 4,000
accounts drawn twice from one universe differ by less than .01.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa

from qualscore.model.encoding.arrays import Array
from qualscore.model.judging import driver_rows
from qualscore.model.judging.suspicions import DRIFTED
from qualscore.model.scoring import on_driver
from qualscore.model.scoring.account_batch import AccountBatch
from qualscore.model.scoring.qualification import QualificationModel

ACCOUNTS = 4_000
PARTS = 10
MOST_VALUES = 30
OTHERS = "others"
LEAST_SHARE = 1e-3  # an empty part would make the index infinite
MARGIN = "margin"
NAMED = 3

Profile = Mapping[str, Any]


@dataclass(frozen=True)
class Change:
    """How far a factor, or the margin, is from what it was at the training.

    Attributes:
        factor: its name.
        index: the population stability index.
        known_then: share of accounts with a value at the training.
        known_now: the same of today.
    """

    factor: str
    index: float
    known_then: float
    known_now: float


def profile(model: QualificationModel, accounts: pa.Table) -> dict[str, Any]:
    """The distributions by which a later day is compared.

    Args:
        model: calibrated.
        accounts: `driver_rows.collected`, some thousand of those that customers are compared with.

    Returns:
        numbers: by column edges and the shares between them, the last one of unknown values; values: by column the most frequent values
        and their shares; both of nothing but shares, so that JSON holds them.
    """
    numbers = {name: _described(values) for name, values in _numbers(model, accounts).items()}
    return {"accounts": len(accounts), "numbers": numbers, "values": {name: _shares(accounts, name) for name in model.inputs.lifted}}


def changes(then: Profile, model: QualificationModel, accounts: pa.Table) -> list[Change]:
    """What has become of the margin and of each factor, the most changed first; of several columns of a factor the one that changed most.

    Args:
        then: the profile of the model's training.
        model: the same.
        accounts: drawn as those of the profile were.
    """
    factor_of = dict(zip(_columns(model), (model.inputs.factors[it] for it in model.inputs.factor_of_column), strict=False))
    changed: dict[str, Change] = {}
    for name, before, after, known in _pairs(then, model, accounts):
        factor = factor_of.get(name, name)
        this, other = Change(factor, _index(before, after), *known), changed.get(factor)
        most_lost = max((it for it in (this, other) if it), key=lambda it: it.known_then - it.known_now)
        changed[factor] = replace(most_lost, index=max(this.index, other.index if other else 0.0))
    return sorted(changed.values(), key=lambda it: (-it.index, it.factor))


def reasons(indices: Mapping[str, float]) -> list[str]:
    """Why a model should be trained again, in words; none while nothing has changed.

    >>> reasons({"research activity": 0.5, "margin": 0.1})
    ['its inputs have drifted since: research activity (PSI 0.50, more than 0.25 is much)']
    """
    sentences = []
    if indices.get(MARGIN, 0.0) > DRIFTED:
        sentences.append(f"the margins of today's accounts have drifted since (PSI {indices[MARGIN]:.2f}, more than {DRIFTED} is much)")
    inputs = [(name, index) for name, index in indices.items() if name != MARGIN and index > DRIFTED]
    if inputs:
        named = ", ".join(f"{name} (PSI {index:.2f}, more than {DRIFTED} is much)" for name, index in inputs[:NAMED])
        others = f" and {len(inputs) - NAMED} more" if len(inputs) > NAMED else ""
        sentences.append(f"its inputs have drifted since: {named}{others}")
    return sentences


def _pairs(
    then: Profile, model: QualificationModel, accounts: pa.Table
) -> Iterator[tuple[str, list[float], list[float], tuple[float, float]]]:
    """By column the shares then and now, and the shares of accounts of which a value is known, then and now."""
    now = _numbers(model, accounts)
    for name, it in then["numbers"].items():
        if name in now:
            after = _placed(now[name], it["edges"])
            yield name, it["shares"], after, (1 - it["shares"][-1], 1 - after[-1])
    for name, shares in then["values"].items():
        today = _shares(accounts, name, known=[it for it in shares if it != OTHERS])
        missing = _shares(accounts, name, known=[""])[""]
        yield name, [*shares.values()], [today[it] for it in shares], (1 - shares.get("", 0.0), 1 - missing)


def _columns(model: QualificationModel) -> list[str]:
    """The static columns, each by a name of its own."""
    chosen = model.inputs
    named = [f"technologies in {it}" for it in chosen.categories] + [f"uses {it}" for it in chosen.products]
    return [*chosen.numeric, *chosen.intent_columns, *named]


def _numbers(model: QualificationModel, accounts: pa.Table) -> dict[str, Array]:
    """The margin and every static column by name: float (accounts,), NaN where unknown."""
    dense = driver_rows.dense(accounts, model.inputs, model.definition)
    margins = on_driver.scored(model.in_pass, accounts)["margin"].to_numpy()
    return {MARGIN: margins} | dict(zip(_columns(model), dense.T, strict=True))


def _described(values: Array) -> dict[str, list[float]]:
    known = values[~np.isnan(values)]
    edges = np.unique(np.quantile(known, np.linspace(0, 1, PARTS + 1)[1:-1])).tolist() if len(known) else []
    return {"edges": edges, "shares": _placed(values, edges)}


def _placed(values: Array, edges: list[float]) -> list[float]:
    """The share of values in each part, and of unknown ones."""
    known = values[~np.isnan(values)]
    counts = np.bincount(np.searchsorted(edges, known, "left"), minlength=len(edges) + 1)
    return [float(it) for it in (*counts / len(values), 1 - len(known) / len(values))]


def _shares(accounts: pa.Table, name: str, *, known: list[str] | None = None) -> dict[str, float]:
    """The shares of the most frequent values, or of known ones, and of all others; a missing value is an empty text."""
    column = AccountBatch(driver_rows.one_batch(accounts)).coded(name)
    counts = np.bincount(np.where(column.codes < 0, len(column.values), column.codes), minlength=len(column.values) + 1) / len(accounts)
    share_of = dict(zip([*column.values, ""], counts.tolist(), strict=True))
    kept = sorted(share_of, key=lambda it: (-share_of[it], it))[:MOST_VALUES] if known is None else known
    shares = {it: share_of.get(it, 0.0) for it in kept}
    return shares | {OTHERS: max(0.0, 1 - sum(shares.values()))}


def _index(then: list[float], now: list[float]) -> float:
    before, after = (np.maximum(np.array(it), LEAST_SHARE) for it in (then, now))
    return float(((after - before) * np.log(after / before)).sum())
