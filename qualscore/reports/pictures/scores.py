"""What scores look like: their distribution, how margins separate, what they said against what was observed, and customers by band."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from qualscore.model.scoring.bands import BAND_WORDS
from qualscore.reports.house.content import Picture, Table
from qualscore.reports.house.drawing import CRM, CUSTOMERS, INK, LINE, OTHERS, PAPER, SOFT, drawn, label, shown_edges
from qualscore.reports.house.words import FEWEST, between, count, percent

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Name, in words, colour, and where the words stand: where few bars are high.
SIDES = (("all", "all companies", OTHERS, 0.72), ("in_crm", "in the CRM", CRM, 0.72), ("customers", "customers", CUSTOMERS, 0.25))


def distribution(shares: Mapping[str, Any], bands: Mapping[str, float]) -> Picture:
    """Scores of all, of the CRM and of the customers, with the edges of the bands."""
    edges, likely = shares["edges"], bands["likely"]
    sides = [it for it in SIDES if sum(shares[it[0]]) >= FEWEST]
    above = {name: _share_from(shares[name], edges, likely) for name, *_ in sides}
    says = f"{likely:g} or more is the score of {percent(above['all'])} of all companies"
    says += f", {percent(above['in_crm'])} of those in the CRM" if "in_crm" in above else ""
    says += f" and {percent(above['customers'])} of the customers." if "customers" in above else "."
    rows = tuple(
        (f"{low:g} to {high:g}", *(count(shares[name][i]) for name, *_ in sides))
        for i, (low, high) in enumerate(zip(edges, edges[1:], strict=False))
    )
    table = Table(("score", *(words for _, words, *_ in sides)), rows, numbers=len(sides))

    def draw(axes: "list[Axes]") -> None:
        _draw_distribution(axes, shares, sides, bands)

    return Picture(
        "Who gets which score", says, lambda: drawn(draw, name="distribution", rows=len(sides), height=1.0 + 1.15 * len(sides)), table
    )


def _share_from(counts: Sequence[float], edges: Sequence[float], low: float) -> float:
    inside = sum(number for number, edge in zip(counts, edges, strict=False) if edge >= low)
    return inside / sum(counts)


def _draw_distribution(
    axes: "list[Axes]", shares: Mapping[str, Any], sides: Sequence[tuple[str, str, str, float]], bands: Mapping[str, float]
) -> None:
    edges = np.array(shares["edges"])
    for axis, (name, side, colour, place) in zip(axes, sides, strict=True):
        counts = np.array(shares[name])
        told = np.where(counts < FEWEST, 0, counts)  # bars of fewer accounts are withheld
        axis.bar(edges[:-1], 100 * told / counts.sum(), width=np.diff(edges) * 0.92, align="edge", color=colour)
        label(axis, side, (place, 0.86), xycoords="axes fraction", ha="center", va="top", color=colour, fontweight="bold")
        axis.margins(y=0.12)
        shown_edges(axis, _named_edges(bands) if axis is axes[0] else dict.fromkeys(_named_edges(bands), ""))
    axes[len(axes) // 2].set_ylabel("% of them")
    axes[-1].set(xlim=(0, 100), xlabel="score")


def _named_edges(bands: Mapping[str, float]) -> dict[float, str]:
    return {bands["likely"]: f"Likely from {bands['likely']:g}", bands["highly_likely"]: f"Highly Likely from {bands['highly_likely']:g}"}


def separation(shares: Mapping[str, Any], auc: float) -> Picture:
    """How far the margins of customers are from those of the others."""
    says = f"Of a customer and another company, both drawn at random, the customer scores higher in {percent(auc)} of the cases."
    return Picture(
        "How far customers stand out", says, lambda: drawn(lambda axes: _draw_separation(axes[0], shares), name="separation", height=2.9)
    )


def _draw_separation(axis: "Axes", shares: Mapping[str, Any]) -> None:
    edges = np.array(shares["edges"])
    for name, side, colour, shift in (("unlabelled", "other companies", OTHERS, -10), ("customers", "customers", CUSTOMERS, 10)):
        heights = 100 * np.array(shares[name])
        axis.stairs(heights, edges, fill=True, color=colour, alpha=0.35)
        axis.stairs(heights, edges, color=colour, linewidth=1.6)
        top = int(heights.argmax())
        place = ((edges[top] + edges[top + 1]) / 2, heights[top])
        label(axis, side, place, (shift, 5), color=colour, fontweight="bold", ha="center")
    axis.set(xlabel="margin: the model's raw sum, before it becomes a score", ylabel="% of them")
    axis.margins(y=0.16)


def calibration(bands: Sequence[Mapping[str, float]], error: float | None, expected: float | None) -> Picture | None:
    """What scores said against what was observed; nothing where no score of a band was observed."""
    if not bands:
        return None
    says = "On the line scores mean what they say: of as many customers as others with a score near 75, three quarters are customers."
    if error is not None:
        says += f" They are off by {percent(error)} on average" + (
            f"; chance alone makes {percent(expected)} of so few customers." if expected is not None else "."
        )
    rows = tuple((f"{it['from']:.0f} to {it['to']:.0f}", percent(it["said"]), percent(it["observed"])) for it in bands)
    table = Table(("score", "said", "observed"), rows, numbers=2)
    return Picture(
        "Whether scores mean what they say", says, lambda: drawn(lambda axes: _draw_calibration(axes[0], bands), name="calibration"), table
    )


def _draw_calibration(axis: "Axes", bands: Sequence[Mapping[str, float]]) -> None:
    axis.plot([0, 100], [0, 100], color=OTHERS, linewidth=1.2)
    label(axis, "as said", (12, 12), (6, -8), color=OTHERS)
    said, observed = ([100 * it[name] for it in bands] for name in ("said", "observed"))
    axis.plot(said, observed, "o-", color=CUSTOMERS, markersize=8, linewidth=1.4, markeredgecolor=PAPER)
    for x, y, row in zip(said, observed, bands, strict=True):
        side, shift = ("right", (-12, 2)) if x > 80 else ("left", (9, -12))
        label(axis, f"{row['from']:.0f} to {row['to']:.0f}", (x, y), shift, ha=side, color=SOFT)
    axis.set(xlim=(0, 100), ylim=(0, 104), xlabel="mean score of the companies", ylabel="customers among them, %")
    axis.grid(linewidth=0.6)


def conversion(rows: Sequence[Mapping[str, Any]]) -> Picture:
    """Which share of the accounts of each range of scores are customers already, with its interval."""
    told = list(filter(is_told, rows))
    best = told[0] if told else None
    says = "No range of scores has enough customers."
    if best is not None:
        ends = between(best["low"], best["high"])
        says = f"Of the companies from {best['from']:g} on {percent(best['share'])} are customers already ({ends})."
    cells = tuple(
        (
            f"{it['from']:g} to {it['to']:g}", BAND_WORDS[it["band"]], count(it["accounts"]), count(it["customers"]),
            *((percent(it["share"]), between(it["low"], it["high"])) if is_told(it) else ("withheld", "")),
        )
        for it in rows
    )  # fmt: skip
    table = Table(("score", "band", "companies", "customers", "are customers", "95 % interval"), cells, numbers=4)

    def draw(axes: "list[Axes]") -> None:
        draw_shares(axes[0], told, of="customers among the companies, %")

    return Picture("How many are customers, by score", says, lambda: drawn(draw, name="conversion", height=2.9), table)


def is_told(row: Mapping[str, Any]) -> bool:
    """Whether a range of scores has so many accounts and customers that its numbers may be told."""
    return bool(row["accounts"] >= FEWEST and (row["customers"] >= FEWEST or row["customers"] == 0))


def draw_shares(axis: "Axes", rows: Sequence[Mapping[str, Any]], *, of: str) -> None:
    """Shares of ranges of scores (from, to, share), the first above, each with its interval (low, high)."""
    for place, row in enumerate(reversed(rows)):
        share, low, high = (100 * row[name] for name in ("share", "low", "high"))
        axis.barh(place, share, height=0.55, color=CUSTOMERS, alpha=0.85)
        axis.plot([low, high], [place, place], color=INK, linewidth=1.4, marker="|", markersize=7)
        label(axis, percent(row["share"]), (high, place), (6, 0), va="center", color=INK)
    axis.set_yticks(range(len(rows)), [f"{it['from']:g} to {it['to']:g}" for it in reversed(rows)])
    axis.set(xlabel=of, ylabel="score", xlim=(0, 1.18 * 100 * max([it["high"] for it in rows], default=1)))
    axis.grid(axis="x", linewidth=0.6, color=LINE)
