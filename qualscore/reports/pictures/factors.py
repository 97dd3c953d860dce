"""What a model looks at: each factor's contributions among customers and among other companies."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from qualscore.reports.house.content import Picture, Table
from qualscore.reports.house.drawing import CUSTOMERS, INK, OTHERS, PAPER, SOFT, drawn, label, short
from qualscore.reports.house.words import listed, percent, signed

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SHOWN = 12
LOWEST, LOWER, MIDDLE, UPPER, HIGHEST = range(5)
"""Places of the quantiles 5, 25, 50, 75 and 95 %."""


def importance(factors: Sequence[Mapping[str, Any]]) -> Picture:
    """The most important factors with their spread."""
    shown = factors[:SHOWN]
    total = sum(it["moves"] for it in factors) or 1.0
    first = shown[:3]
    names, share = listed([it["factor"] for it in first]), sum(it["moves"] for it in first) / total
    says = (
        f"{names[:1].upper()}{names[1:]} make {percent(share)} of all that moves a score. Right of the line a factor raises the score, "
        "left of it lowers it; bars hold half of the companies, lines nine of ten."
    )
    rows = tuple(_row(it, total) for it in factors)
    head = ("factor", "share of all", "customers: mean", "nine of ten", "others: mean", "nine of ten")
    table = Table(head, rows, numbers=5)
    height = 1.0 + 0.36 * max(3, len(shown))

    def draw(axes: "list[Axes]") -> None:
        _draw(axes[0], shown)

    return Picture("How much its factors move scores", says, lambda: drawn(draw, name="importance", height=height), table)


def _row(factor: Mapping[str, Any], total: float) -> tuple[str, ...]:
    sides = [cell for side in ("customers", "others") for cell in (signed(factor[f"{side}_mean"]), _range(factor[side]))]
    return factor["factor"], percent(factor["moves"] / total), *sides


def _range(quantiles: Sequence[float]) -> str:
    return f"{signed(quantiles[LOWEST])} to {signed(quantiles[HIGHEST])}"


def _draw(axis: "Axes", factors: Sequence[Mapping[str, Any]]) -> None:
    axis.axvline(0, color=SOFT, linewidth=1)
    for place, factor in enumerate(reversed(factors)):
        for shift, colour, side in ((0.16, CUSTOMERS, "customers"), (-0.16, OTHERS, "others")):
            ends = factor[side]
            axis.plot([ends[LOWEST], ends[HIGHEST]], [place + shift] * 2, color=colour, linewidth=1.1, solid_capstyle="butt")
            axis.plot([ends[LOWER], ends[UPPER]], [place + shift] * 2, color=colour, linewidth=6, solid_capstyle="butt")
            axis.plot([ends[MIDDLE]], [place + shift], "o", color=PAPER, markeredgecolor=colour, markersize=4.5)
    axis.set_yticks(range(len(factors)), [short(it["factor"]) for it in reversed(factors)])
    axis.tick_params(axis="y", labelcolor=INK, length=0)
    axis.set(ylim=(-0.6, len(factors) - 0.4), xlabel="← lowers the score · contribution in log-odds · raises the score →")
    for side, shift, colour in (("customers", 0, CUSTOMERS), ("other companies", -72, OTHERS)):
        label(axis, side, (1, 1), (shift, 4), xycoords="axes fraction", ha="right", color=colour, fontweight="bold")
    axis.grid(axis="x", linewidth=0.6)
