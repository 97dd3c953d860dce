"""Gains and lift: how much sooner customers are met in the order of the scores than at random, and than by the best one-line rule."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from qualscore.reports.house.content import Picture, Table
from qualscore.reports.house.drawing import CUSTOMERS, INK, OTHERS, PAPER, RULE, drawn, label
from qualscore.reports.house.words import percent, times

if TYPE_CHECKING:
    from matplotlib.axes import Axes

AT = 10.0  # percent of all accounts, which sentences speak of
LIFTS_AT = (1.0, 2.0, 5.0, 10.0, 20.0)


def pictures(gains: Mapping[str, Any]) -> list[Picture]:
    """The two pictures of `gains` of a report."""
    return [_gains(gains), _lift(gains)]


def at(gains: Mapping[str, Any], found: Sequence[float], top: float = AT) -> float:
    """The share of the customers that is in a top."""
    return float(found[gains["top_percent"].index(top)])


def _gains(gains: Mapping[str, Any]) -> Picture:
    rules = gains["rules"]
    says = f"The best 10 % of all companies by score hold {percent(at(gains, gains['model']))} of the customers"
    says += f"; sorted by '{rules[0]['rule']}' alone they hold {percent(at(gains, rules[0]['found']))}." if rules else "."
    head = ("best companies", "customers found", *(f"by rule: {it['rule']}" for it in rules))
    rows = tuple(
        (percent(top / 100), percent(gains["model"][i]), *(percent(it["found"][i]) for it in rules))
        for i, top in enumerate(gains["top_percent"])
    )
    table = Table(head, rows, numbers=len(head))
    return Picture("How soon customers are found", says, lambda: drawn(lambda axes: _draw_gains(axes[0], gains), name="gains"), table)


def _draw_gains(axis: "Axes", gains: Mapping[str, Any]) -> None:
    tops, model = [0.0, *gains["top_percent"]], [0.0, *(100 * it for it in gains["model"])]
    axis.plot([0, 100], [0, 100], color=OTHERS, linewidth=1.2, linestyle=(0, (1, 2)))
    label(axis, "at random", (85, 85), (0, -12), color=OTHERS)
    for rule, style in zip(gains["rules"], ((0, (5, 2)), (0, (1, 1))), strict=False):
        axis.plot(tops, [0, *(100 * it for it in rule["found"])], color=RULE, linewidth=1.5, linestyle=style)
    axis.plot(tops, model, color=CUSTOMERS, linewidth=2.4)
    label(axis, "by score", (20, 100 * at(gains, gains["model"], 20)), (-6, 4), color=CUSTOMERS, ha="right")
    found = 100 * at(gains, gains["model"])
    axis.plot([AT, AT], [0, found], color=CUSTOMERS, linewidth=0.9)
    axis.plot([AT], [found], "o", color=CUSTOMERS, markersize=6, markeredgecolor=PAPER)
    label(axis, f"the best 10 % hold\n{found:.0f} % of the customers", (AT, 8), (6, 0), color=INK, va="center")
    if gains["rules"]:
        place = (62, 100 * min(at(gains, it["found"], 50) for it in gains["rules"]))
        label(axis, "by the best one-line rule", place, (0, -14), color=RULE, ha="center")
    axis.set(xlim=(0, 100), ylim=(0, 103), xlabel="best companies, % of all", ylabel="customers found, %")
    axis.grid(linewidth=0.6)


def _lift(gains: Mapping[str, Any]) -> Picture:
    lifts = [at(gains, gains["model"], top) / (top / 100) for top in LIFTS_AT]
    rules = [at(gains, gains["rules"][0]["found"], top) / (top / 100) for top in LIFTS_AT] if gains["rules"] else []
    says = f"In the best 1 % of the companies customers are {times(lifts[0])} as in all; in the best 10 % {times(lifts[3])}."
    rows = tuple(
        (percent(top / 100), f"{lift:.1f}", *([f"{rules[i]:.1f}"] if rules else []))
        for i, (top, lift) in enumerate(zip(LIFTS_AT, lifts, strict=True))
    )
    table = Table(("best companies", "lift of the score", *(["lift of the best rule"] if rules else [])), rows, numbers=2 + bool(rules))
    return Picture("How much denser customers are", says, lambda: drawn(lambda axes: _draw_lift(axes[0], lifts, rules), name="lift"), table)


def _draw_lift(axis: "Axes", lifts: Sequence[float], rules: Sequence[float]) -> None:
    places = range(len(lifts))
    axis.bar(places, lifts, width=0.6, color=CUSTOMERS)
    for place, lift in enumerate(lifts):
        label(axis, f"{lift:.1f}", (place, lift), (0, 3), ha="center", color=INK)
    if rules:
        axis.plot(places, rules, "D", color=RULE, markersize=7, markeredgecolor=PAPER)
        label(axis, "◆ by the best one-line rule", (1, 0.88), xycoords="axes fraction", color=RULE, ha="right", va="top")
    label(axis, "■ by score", (1, 0.97), xycoords="axes fraction", color=CUSTOMERS, ha="right", va="top")
    axis.axhline(1, color=OTHERS, linewidth=1.2, linestyle=(0, (1, 2)))
    axis.set_xticks(list(places), [f"best {top:.0f} %" for top in LIFTS_AT])
    axis.set(ylabel="times as common as in all", ylim=(0, 1.15 * max([*lifts, *rules, 1])))
