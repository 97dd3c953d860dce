"""Axes to SVG text for a page: no session of matplotlib's, no fonts of its own, colours that the page decides.

A colour is drawn as that of the light page and written as a variable, so that one picture serves light, dark and print.
"""

import io
import logging
import re
from collections.abc import Callable
from threading import Lock
from typing import TYPE_CHECKING, Any

from qualscore.reports.house.letters import cut, letters, lines

if TYPE_CHECKING:
    from matplotlib.axes import Axes

PAPER, INK, SOFT, LINE = "#ffffff", "#1b1f24", "#57606a", "#d8dee4"
CUSTOMERS, OTHERS, CRM, RULE = "#0a5aa8", "#8a8f98", "#0f766e", "#b8560f"
"""Blue, grey, teal and orange: told apart with any kind of colour vision, and by their lightness on paper."""
VARIABLES = {PAPER: "--paper", INK: "--ink", SOFT: "--soft", LINE: "--line"}
VARIABLES |= {CUSTOMERS: "--customers", OTHERS: "--others", CRM: "--crm", RULE: "--rule"}
STYLE: dict[Any, Any] = {
    "svg.fonttype": "none", "svg.hashsalt": "qualscore", "text.parse_math": False,  # a $ is a dollar
    "font.size": 11.0, "axes.titlesize": 11.0, "axes.labelsize": 10.5,
    "xtick.labelsize": 10.0, "ytick.labelsize": 10.0, "text.color": INK, "axes.labelcolor": SOFT, "axes.edgecolor": LINE,
    "xtick.color": LINE, "ytick.color": LINE, "xtick.labelcolor": SOFT, "ytick.labelcolor": SOFT, "axes.facecolor": "none",
    "figure.facecolor": "none", "axes.spines.top": False, "axes.spines.right": False, "axes.axisbelow": True, "grid.color": LINE,
}  # fmt: skip
WIDTH = 5.2  # inches of 72 points: a phone shows it at nearly its size
_DRAWING = Lock()  # matplotlib's settings are those of the process; scores are trained side by side


def drawn(draw: "Callable[[list[Axes]], None]", *, name: str, height: float = 3.1, rows: int = 1, width: float = WIDTH) -> str:
    """An SVG element.

    Args:
        draw: draws on the axes, from above.
        name: of the picture, for those who do not see it; unique on its page.
        height: in inches.
        rows: axes below each other with one x axis.
        width: in inches.
    """
    logging.getLogger("matplotlib").setLevel(logging.ERROR)
    from matplotlib import rc_context  # takes a second or two
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    with _DRAWING, rc_context(STYLE):
        figure = Figure(figsize=(width, height), layout="constrained")
        canvas: Any = FigureCanvasSVG(figure)
        axes = figure.subplots(rows, 1, sharex=True, squeeze=False)
        draw(list(axes[:, 0]))
        written = io.StringIO()
        canvas.print_svg(written, metadata=dict.fromkeys(("Date", "Creator", "Format", "Type")))
    return _of_page(written.getvalue(), name)


def _of_page(svg: str, name: str) -> str:
    """The element alone: its size and fonts are the page's, its ids its own, its colours variables."""
    element = lines(svg[svg.index("<svg") :]).strip()
    element = re.sub(r"<metadata>.*?</metadata>", "", element, flags=re.DOTALL)
    prefix = re.sub(r"\W+", "-", name.lower())
    element = re.sub(r'(id="|xlink:href="#|url\(#)', rf"\g<1>{prefix}-", element)
    element = re.sub(r"font-family: [^;\"]+;?|font: ([\d.]+)px [^;\"]+", lambda it: f"font-size: {it[1]}px" if it[1] else "", element)
    element = re.sub(r"#[0-9a-f]{6}", lambda it: f"var({VARIABLES[it[0]]})" if it[0] in VARIABLES else it[0], element)
    head, _, body = element.partition(">")
    box = re.search(r'viewBox="[^"]+"', head)
    assert box is not None
    return f'<svg {box[0]} role="img" aria-label="{_attribute(name)}" xmlns:xlink="http://www.w3.org/1999/xlink">{body}'


def _attribute(text: str) -> str:
    return letters(text).replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")


def short(name: str) -> str:
    """A name beside an axis, whose room it is not to take.

    >>> short("uses " + "x" * 40)
    'uses xxxxxxxxxxxxxxxxxxxxxxxx…'
    """
    return cut(letters(name), 30)


def label(axis: "Axes", text: str, place: tuple[float, float], shift: tuple[float, float] = (0, 0), **style: Any) -> None:
    """A text beside a place of the axes, shifted by points; or, with `xycoords`, beside one of another system."""
    axis.annotate(text, place, xytext=shift, textcoords="offset points", **style)


def shown_edges(axis: "Axes", edges: "dict[float, str]") -> None:
    """Vertical lines where bands begin, each with its name above the axes."""
    for place, name in edges.items():
        axis.axvline(place, color=SOFT, linewidth=0.9, linestyle=(0, (3, 2)))
        side = "right" if place > 80 else "center"
        label(axis, name, (place, 1), (0, 3), xycoords=("data", "axes fraction"), ha=side, va="bottom", fontsize=9.5, color=SOFT)
