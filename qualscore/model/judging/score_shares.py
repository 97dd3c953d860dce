"""How scores and margins are distributed, and how many accounts of each band are customers."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from qualscore.definitions.definition import Bands
from qualscore.intervals import wilson
from qualscore.model.encoding.arrays import Array
from qualscore.model.scoring.calibration import Calibration

MANY_CUSTOMERS = 200  # bars of five points; of fewer customers bars of ten
MARGIN_BARS = 30


def distribution(judged: pd.DataFrame, calibration: Calibration, *, weight: float) -> dict[str, Any]:
    """Accounts by score: of all, of the CRM and of the customers; unlabelled ones weigh what they stand for.

    Returns:
        edges (bars + 1,), and all, in_crm and customers: numbers of accounts by bar.
    """
    is_example, in_crm = judged["is_example"].to_numpy(bool), judged["in_crm"].to_numpy(bool)
    width = 5 if is_example.sum() >= MANY_CUSTOMERS else 10
    edges = np.arange(0, 100 + width, width)
    scores, weights = published(calibration, judged["margin"].to_numpy()), np.where(is_example, 1.0, weight)
    sides = {"all": np.ones(len(judged), bool), "in_crm": in_crm, "customers": is_example}
    bars = {name: np.histogram(scores[side], edges, weights=weights[side])[0] for name, side in sides.items()}
    return {"edges": edges.tolist()} | {name: counts.round(3).tolist() for name, counts in bars.items()}


def separation(examples: Array, unlabelled: Array) -> dict[str, Any]:
    """The margins of customers and of the others, as shares by bar of one width.

    Returns:
        edges (bars + 1,), customers and unlabelled: shares that add up to 1 each.
    """
    both = np.concatenate([examples, unlabelled])
    edges = np.linspace(both.min(), both.max(), MARGIN_BARS + 1)
    counts = {name: np.histogram(side, edges)[0] for name, side in {"customers": examples, "unlabelled": unlabelled}.items()}
    return {"edges": edges.tolist()} | {name: (of / of.sum()).tolist() for name, of in counts.items()}


def conversion(judged: pd.DataFrame, calibration: Calibration, bands: Bands, *, weight: float) -> list[dict[str, Any]]:
    """By band, and within bands by score: customers, all accounts, and the share of customers with its 95 % interval (Wilson)."""
    is_example = judged["is_example"].to_numpy(bool)
    scores = published(calibration, judged["margin"].to_numpy())
    rows: list[dict[str, Any]] = []
    for band, low, high in ranges(bands):
        within = (scores >= low) & (scores < high if high < 100 else True)
        customers = int((within & is_example).sum())
        accounts = customers + weight * int((within & ~is_example).sum())
        share = customers / accounts if accounts else None
        ends = wilson(customers, accounts) if accounts else (None, None)
        row = {"band": band, "from": low, "to": high, "customers": customers, "accounts": accounts, "share": share}
        rows.append(row | {"low": ends[0], "high": ends[1]})
    return rows


def ranges(bands: Bands) -> list[tuple[str, float, float]]:
    """Band and ends of score, the highest first: the three bands, unlikely and likely cut at 25 and 75.

    >>> [it[1:] for it in ranges(Bands())]
    [(95, 100.0), (75.0, 95), (50, 75.0), (25.0, 50), (0.0, 25.0)]
    """
    edges: Sequence[float] = sorted({0.0, 25.0, 75.0, bands.likely, bands.highly_likely, 100.0}, reverse=True)
    spoken = [(low, high) for high, low in zip(edges, edges[1:], strict=False)]
    return [(_band(low, bands), low, high) for low, high in spoken]


def _band(score: float, bands: Bands) -> str:
    return "highly_likely" if score >= bands.highly_likely else "likely" if score >= bands.likely else "unlikely"


def published(calibration: Calibration, margins: Array) -> Array:
    """Scores as tables have them, rounded down to two decimals: bands follow from them."""
    scores: Array = np.floor(100 * calibration.score(margins)) / 100
    return scores
