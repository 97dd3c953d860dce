"""Whether to believe it: what chance reaches, and whether more customers would help."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from qualscore.reports.house.content import Picture, Table
from qualscore.reports.house.drawing import CUSTOMERS, INK, OTHERS, PAPER, drawn, label
from qualscore.reports.house.words import auc

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def permutation(null: Sequence[float], model: float, p: float | None) -> Picture | None:
    """ROC-AUC of models of random lists with that of the model."""
    if not null:
        return None
    reach = sum(it >= model for it in null)
    said = "none reaches" if reach == 0 else f"{reach} reach"
    says = f"Of {len(null)} lists of companies drawn at random {said} what the model reaches with your customers"
    says += f" (p = {p:.3f})." if p is not None else "."
    ends = (("lowest", min(null)), ("highest", max(null)), ("the model", model))
    table = Table(("list", "ROC-AUC"), tuple((name, auc(value)) for name, value in ends), numbers=1)

    def draw(axes: "list[Axes]") -> None:
        _draw_permutation(axes[0], null, model)

    return Picture("Could it be chance?", says, lambda: drawn(draw, name="permutation", height=2.7), table)


def _draw_permutation(axis: "Axes", null: Sequence[float], model: float) -> None:
    axis.hist(null, bins=12, color=OTHERS)
    axis.axvline(model, color=CUSTOMERS, linewidth=2.4)
    label(axis, f"the model {auc(model)}", (model, 1), (-6, -4), xycoords=("data", "axes fraction"),
        ha="right", va="top", color=CUSTOMERS, fontweight="bold",
    )  # fmt: skip
    middle = sorted(null)[len(null) // 2]
    label(
        axis,
        "random lists",
        (middle, 1),
        (0, 4),
        xycoords=("data", "axes fraction"),
        color=OTHERS,
        ha="center",
    )
    axis.set(xlabel="ROC-AUC on companies that were not shown", ylabel="lists")
    axis.margins(x=0.06)


def learning_curve(points: Sequence[Mapping[str, Any]], in_words: str | None) -> Picture | None:
    """ROC-AUC by the number of customers learned from."""
    if len(points) < 2:
        return None
    said = in_words or "what more customers brought"
    says = f"{said[:1].upper()}{said[1:]}."
    rows = tuple((f"{it['learned_from']:,}", auc(it["roc_auc"])) for it in points)
    table = Table(("customers learned from", "ROC-AUC"), rows, numbers=2)
    return Picture(
        "Would more customers help?", says, lambda: drawn(lambda axes: _draw_curve(axes[0], points), name="learning", height=2.7), table
    )


def _draw_curve(axis: "Axes", points: Sequence[Mapping[str, Any]]) -> None:
    sizes, reached = [it["learned_from"] for it in points], [it["roc_auc"] for it in points]
    axis.plot(sizes, reached, "o-", color=CUSTOMERS, markersize=7, linewidth=1.8, markeredgecolor=PAPER)
    for point in points:
        if ends := point.get("intervals", {}).get("roc_auc"):
            axis.plot([point["learned_from"]] * 2, ends, color=CUSTOMERS, linewidth=1)
    for size, value in zip(sizes, reached, strict=True):
        label(axis, auc(value), (size, value), (0, 8), ha="center", color=INK)
    axis.set_xscale("log")
    axis.set_xticks(sizes, [f"{it:,}" for it in sizes])
    axis.minorticks_off()
    axis.set(xlabel="customers learned from", ylabel="ROC-AUC")
    axis.margins(x=0.12, y=0.3)
    axis.grid(axis="y", linewidth=0.6)
