"""Where the white space is: accounts that nobody works on, by what they are."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from qualscore.reports.house.content import Picture
from qualscore.reports.house.drawing import CUSTOMERS, INK, drawn, label, short

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST_BARS = 12
Bar = tuple[str, int, int]
"""A name, its Highly Likely accounts and its Likely ones."""


def white_space(kind: str, bars: Sequence[Bar]) -> Picture | None:
    """The largest bars; nothing where there is no white space.

    Args:
        kind: what the names are of: industry, country.
        bars: of all names.
    """
    told = sorted((it for it in bars if it[1] + it[2]), key=lambda it: (-it[1] - it[2], it[0]))
    if not told:
        return None
    name, best, likely = told[0]
    says = f"The largest is {name}: {best + likely:,} accounts, {best:,} of them Highly Likely."
    shown = told[:MOST_BARS]
    says += f" The {len(shown)} largest of {len(told)} are shown." if len(told) > len(shown) else ""

    def draw(axes: "list[Axes]") -> None:
        _draw(axes[0], shown)

    return Picture(f"White space by {kind}", says, lambda: drawn(draw, name=f"white space by {kind}", height=0.9 + 0.27 * len(shown)))


def _draw(axis: "Axes", bars: Sequence[Bar]) -> None:
    for place, (_, best, likely) in enumerate(reversed(bars)):
        axis.barh(place, best, height=0.62, color=CUSTOMERS)
        axis.barh(place, likely, left=best, height=0.62, color=CUSTOMERS, alpha=0.35)
        label(axis, f"{best + likely:,}", (best + likely, place), (5, 0), va="center", color=INK, fontsize=9.5)
    axis.set_yticks(range(len(bars)), [short(name) for name, *_ in reversed(bars)])
    axis.tick_params(axis="y", length=0)
    axis.set(xlabel="accounts: dark Highly Likely, light Likely", xlim=(0, 1.14 * max(best + likely for _, best, likely in bars)))
    axis.locator_params(axis="x", nbins=5, integer=True)
    axis.xaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
