"""Did it work? What became of the accounts of call lists, against what was to be expected and against those that were held out."""

from collections.abc import Iterator, Sequence

from qualscore.model.scoring.factor_sides import sides
from qualscore.reports.business_page.numbers import BANDS, Numbers, Row
from qualscore.reports.house.content import Block, Section, Table, Text
from qualscore.reports.house.words import between, percent, signed_points

OUTCOMES = {"contacted": "contacted", "opportunity": "got a deal", "won": "won"}
EFFECTS = {"more": "calling brought more", "fewer": "calling brought fewer", "none_seen": "no effect is seen"}
AGAINST = {"more": "more than expected", "fewer": "fewer than expected", "as_expected": "as expected"}
SURPRISES = {"won_scored_low": "won, and scored low", "lost_scored_high": "lost, and scored high"}


def of_score(numbers: Numbers) -> Iterator[Section]:
    """What became of a score's accounts on lists, by band, and the deals that went otherwise; nothing before there are any."""
    rows = [it for it in numbers["outcomes"] if it["kind"] == "score" and it["name"] == numbers["score_name"]]
    blocks = (*_bands(rows), *_surprises(numbers["surprises"]))
    if blocks:
        yield Section("outcomes", "Did it work?", blocks)


def of_lists(numbers: Numbers) -> Iterator[Section]:
    """What became of each call list, all of its days together."""
    rows = [it for it in numbers["outcomes"] if it["kind"] == "list_all_days"]
    if rows:
        yield Section("outcomes", "Did it work?", tuple(_lists(rows)))


def _bands(rows: Sequence[Row]) -> Iterator[Block]:
    if not rows:
        return
    yield Text(
        f"Accounts of the score that were on a call list, by the band that they had then, followed to {rows[0]['followed_to_on']}. "
        "Expected is what the score lets expect in the long run; deals of young lists are still open."
    )
    head = ("band", "outcome", "against what was expected", "accounts", "reached", "share", "95 % interval", "expected")
    yield Table(head, tuple(_band(it) for it in _ordered(rows)), numbers=5)


def _ordered(rows: Sequence[Row]) -> list[Row]:
    bands, outcomes = [*BANDS, "all"], [*OUTCOMES]
    return sorted(rows, key=lambda it: (it["name"], bands.index(it["band"]), outcomes.index(it["outcome"])))


def _band(it: Row) -> tuple[str, ...]:
    against = AGAINST.get(it["against_expected"] or "", "–")
    expected = "–" if it["expected"] is None else f"{it['expected']:.1f}"
    return BANDS[it["band"]], OUTCOMES[it["outcome"]], against, *_reached(it), expected


def _reached(it: Row) -> tuple[str, ...]:
    return f"{it['accounts']:,}", f"{it['reached']:,}", percent(it["share"]), between(it["share_low"], it["share_high"])


def _lists(rows: Sequence[Row]) -> Iterator[Block]:
    yield Text(
        f"What became of the accounts of each call list after its day, followed to {rows[0]['followed_to_on']}. Accounts of the same kind "
        "were held out and not to be called, so that the difference is what calling did."
    )
    head = ("list", "outcome", "what calling did", "to be called", "reached", "share", "95 % interval", "share of held out", "difference")
    yield Table(head, tuple(map(_list, _ordered(rows))), numbers=6)
    yield Text("Of 20 lists that do nothing one shows an effect. scores/list_outcomes has each day of each list.", "note")


def _list(it: Row) -> tuple[str, ...]:
    effect = EFFECTS.get(it["effect"] or "", "nobody was held out")
    return it["name"], OUTCOMES[it["outcome"]], effect, *_reached(it), percent(it["control_share"]), _difference(it)


def _difference(it: Row) -> str:
    return "–" if it["difference"] is None else f"{signed_points(it['difference_low'])} to {signed_points(it['difference_high'])}"


def _surprises(rows: Sequence[Row]) -> Iterator[Block]:
    if rows:
        yield Text("Deals that went otherwise than the score let expect: what the score does not know.")
        head = ("account", "domain", "deal", "what", "why it fits", "created", "score then")
        table = tuple(
            (
                it["company_name"] or it["domain"], it["domain"], it["opportunity_name"] or "–", SURPRISES[it["surprise"]],
                sides(it["top_factors"])[0], f"{it['created_on']}", f"{it['score_then']:.2f}",
            )
            for it in rows
        )  # fmt: skip
        yield Table(head, table, numbers=1, finder="the deals", choices=("what",))
