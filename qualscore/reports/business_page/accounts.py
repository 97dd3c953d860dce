"""Accounts by name: the best that nobody works on, those that moved most, and those that qualify for several products."""

from collections.abc import Iterator

from qualscore.columns.countries import in_english
from qualscore.model.scoring.factor_sides import sides
from qualscore.reports.business_page.numbers import BANDS, OF_ONE, Numbers, Row, white_space
from qualscore.reports.house.content import Block, Section, Table, Text
from qualscore.reports.house.letters import cut
from qualscore.scores.trends import LEAST_POINTS, WINDOW

LIKE = 40  # letters of the name of a customer among others
CAUSES = {"data": "their data changed, or time passed", "model": "another version of the model", "rule": "bands or exclusions were changed"}
DIRECTIONS = {
    "band_up": "up a band", "band_down": "down a band", "points_up": "points up", "points_down": "points down", "new": "new",
    "gone": "gone",
}  # fmt: skip
TRENDS = {"improving": "up", "declining": "down"}


def best(numbers: Numbers) -> Section:
    """The best accounts of the white space, with why, and whom they are like."""
    return Section("best", "Whom to call first", tuple(_best(numbers)))


def _best(numbers: Numbers) -> Iterator[Block]:
    rows = numbers["best"]
    if not rows:
        yield Text("No account with a score is free: all are customers or have an open deal.")
        return
    yield Text(
        f"The {len(rows):,} best accounts that nobody works on: no customer, no open deal. Beside each are what the score saw in it and "
        "the customers that it is most like."
    )
    head = ("account", "domain", "why it fits", "most like your customers", "industry", "country", "size", "CRM", "research", "score")
    yield Table(
        head, tuple(map(_account, rows)), numbers=1, finder="the best accounts", choices=("industry", "country", "size", "CRM", "research")
    )
    yield Text(f"{_source(numbers)} The command ./spark-submit.sh account DOMAIN says everything about one account.", "note")


def _source(numbers: Numbers) -> str:
    """Where the others are."""
    number = white_space(numbers)
    more = f"This page holds {len(numbers['best']):,} accounts, and the white space {number:,}. " if number > len(numbers["best"]) else ""
    return f"{more}scores/top_accounts ranks more of them, and scores/fit_intent has all accounts."


def _account(row: Row) -> tuple[str, ...]:
    like = ", ".join(cut(it["customer_name"] or it["customer_domain"], LIKE) for it in row["nearest"] or ()) or "–"
    place = (row["industry"], in_english(row["country"]), row["size"])
    state = OF_ONE[row["crm_state"]]
    return (
        row["company_name"] or row["domain"],
        row["domain"],
        sides(row["top_factors"])[0],
        like,
        *place,
        state,
        row["intent_level"],
        f"{row['score']:.2f}",
    )


def movers(numbers: Numbers) -> Section:
    """What changed, by cause, and whose own data moved it most."""
    return Section("movers", "What moved", tuple(_movers(numbers)))


def _movers(numbers: Numbers) -> Iterator[Block]:
    days = f"{WINDOW.days} days"
    if not numbers["changes"]:
        yield Text(f"Nothing moved in the last {days}: bands and whole points are what they were, or the score was made only once so far.")
        return
    counts = {(it["cause"], it["direction"]): it["count"] for it in numbers["changes"]}
    table = tuple((CAUSES[cause], *(f"{counts.get((cause, it), 0):,}" for it in DIRECTIONS)) for cause in CAUSES)
    yield Text(f"How often scores of accounts changed in the last {days}, and why:")
    yield Table(("because", *DIRECTIONS.values()), table, numbers=len(DIRECTIONS))
    if numbers["moved"]:
        yield Text(f"The accounts that new data of their own moved most, {LEAST_POINTS} points or more in that time:")
        head = ("account", "domain", "went", "band", "CRM", "points", "score")
        yield Table(
            head, tuple(map(_moved, numbers["moved"])), numbers=2, finder="the accounts that moved", choices=("went", "band", "CRM")
        )
    yield Text("scores/score_history has every step, scores/fit_intent the trend of every account.", "note")


def _moved(row: Row) -> tuple[str, ...]:
    state = OF_ONE[row["crm_state"]]
    went = TRENDS[row["score_trend"]]
    return (
        row["company_name"] or row["domain"],
        row["domain"],
        went,
        BANDS[row["band"]],
        state,
        f"{row['points_moved']:+.2f}",
        f"{row['score']:.2f}",
    )


def cards(numbers: Numbers) -> Section:
    """The accounts that qualify for most products."""
    return Section("cards", "Who qualifies for what", tuple(_cards(numbers)))


def _cards(numbers: Numbers) -> Iterator[Block]:
    rows = numbers["cards"]
    if not rows:
        yield Text("No account that nobody works on qualifies for a product.")
        return
    yield Text(
        f"{rows[0]['cards']:,} accounts that nobody works on qualify for a product; these {len(rows):,} for most products, the best first."
    )
    table = tuple(
        (
            it["company_name"] or it["domain"],
            it["domain"],
            it["products_line"],
            OF_ONE[it["crm_state"]],
            f"{it['product_count']}",
            f"{it['best_score']:.2f}",
        )
        for it in rows
    )
    head = ("account", "domain", "qualifies for", "CRM", "products", "best score")
    yield Table(head, table, numbers=2, finder="the accounts that qualify", choices=("CRM",))
    yield Text("scores/quick_cards has all of them.", "note")
