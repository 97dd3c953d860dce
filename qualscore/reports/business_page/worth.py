"""What became of deals by the score of their accounts: conversion, revenue and length of sales, by ranges and by band."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from qualscore.model.scoring.factor_words import dollars
from qualscore.reports.business_page.numbers import BANDS, Numbers, Row
from qualscore.reports.house.content import Block, Picture, Section, Table, Text
from qualscore.reports.house.drawing import drawn
from qualscore.reports.house.words import FEWEST, WITHHELD, between, count, percent
from qualscore.reports.pictures.scores import draw_shares
from qualscore.scores.performance import ALL, BAND, PRESENT, TENTH, WHEN_CREATED

if TYPE_CHECKING:
    from matplotlib.axes import Axes

BASES = {
    WHEN_CREATED: "Deals that were created since the score is there, each by the score that its account had then: this is the proof.",
    PRESENT: (
        "All past deals, each by the score that its account has now. What is known of an account may come from its deals, and the score "
        "has learned from won ones: this is no proof, only a first look."
    ),
}


def worth(numbers: Numbers) -> Iterator[Section]:
    """The section; none where no deal is delivered."""
    rows = [it for it in numbers["performance"] if it["opportunities"] or it["range_kind"] == ALL]
    if any(it["opportunities"] for it in rows):
        yield Section("worth", "What became of deals, by score", tuple(_worth(rows)))


def _worth(rows: Sequence[Row]) -> Iterator[Block]:
    """The proof, where there is one; else the first look."""
    basis = next(name for name in BASES if any(it["basis"] == name and it["opportunities"] for it in rows))
    mine = [it for it in rows if it["basis"] == basis]
    yield Text(BASES[basis])
    tenths = sorted(
        (it for it in mine if it["range_kind"] == TENTH), key=lambda it: -1 if it["low_score"] is None else it["low_score"], reverse=True
    )
    told = [it for it in tenths if _is_told(it) and it["conversion"] is not None and it["low_score"] is not None]
    whole = next(it for it in mine if it["range_kind"] == ALL)
    if len(told) > 1:
        yield _picture(told, whole)
    head = (
        "score",
        "deals",
        "won",
        "conversion",
        "95 % interval",
        "times the average",
        "won revenue",
        "average deal",
        "median days to win",
    )
    yield Table(head, tuple(map(_row, (*tenths, whole))), numbers=len(head) - 1)
    bands = {it["score_range"]: it for it in mine if it["range_kind"] == BAND}
    yield Table(head, tuple(_row(bands[it]) for it in BANDS if it in bands), numbers=len(head) - 1, fold="The same by band")
    yield Text("scores/score_performance has these numbers, of both kinds of comparison.", "note")


def _is_told(row: Row) -> bool:
    """Whether so many accounts have won deals, or none, that what they brought may be told."""
    return bool(row["won_accounts"] == 0 or row["won_accounts"] >= FEWEST)


def _row(row: Row) -> tuple[str, ...]:
    score_range = str(row["score_range"])
    name = BANDS.get(score_range, score_range)
    deals = f"{row['opportunities']:,}"
    if not _is_told(row):
        return name, deals, count(row["won"]) if row["won"] < FEWEST else WITHHELD, *[WITHHELD] * 2, *["–"] * 4
    lift = "–" if row["lift"] is None else f"{row['lift']:.1f}"
    days = "–" if row["median_cycle_days"] is None else f"{row['median_cycle_days']:,.0f}"
    money = (row["won_revenue_usd"] or None, row["average_deal_usd"])
    amounts = ("–" if it is None else dollars(round(it)) for it in money)
    return (
        name,
        deals,
        count(row["won"]),
        percent(row["conversion"]),
        between(row["conversion_low"], row["conversion_high"]),
        lift,
        *amounts,
        days,
    )


def _picture(told: Sequence[Row], whole: Row) -> Picture:
    best = told[0]
    says = f"Of the decided deals of accounts with a score of {best['score_range']} {percent(best['conversion'])} were won"
    says += f", of all {percent(whole['conversion'])}." if _is_told(whole) else "."
    shares = [
        {
            "from": it["low_score"],
            "to": it["low_score"] + 10,
            "share": it["conversion"],
            "low": it["conversion_low"],
            "high": it["conversion_high"],
        }
        for it in told
    ]

    def draw(axes: "list[Axes]") -> None:
        draw_shares(axes[0], shares, of="won, of the deals that are decided, %")

    return Picture("How many deals are won, by score", says, lambda: drawn(draw, name="deals won", height=1.1 + 0.3 * len(shares)))
