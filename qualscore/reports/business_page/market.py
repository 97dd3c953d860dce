"""The market: bands by CRM state, where the white space is, and fit beside intent."""

from collections.abc import Iterator

from qualscore.columns.countries import in_english
from qualscore.reports.business_page.numbers import BANDS, STATES, Numbers, Row, number, total, white_space
from qualscore.reports.house.content import Block, Section, Table, Text
from qualscore.reports.house.words import count
from qualscore.reports.pictures import market as pictures
from qualscore.scores.business_rows import FITTING, PLACES, WHITE_SPACE

ALL = "all"
LEVELS = ("high_intent_accounts", "some_intent_accounts")


def market(numbers: Numbers) -> Section:
    """How many accounts there are of each band and state, and by what they are."""
    return Section("market", "The market", tuple(_market(numbers)))


def _market(numbers: Numbers) -> Iterator[Block]:
    rows = numbers["matrix"]
    table = tuple(_band(rows, name, [band]) for band, name in BANDS.items())
    yield Text(
        "Accounts by how well they fit and by how far your CRM is with them. Likely and better, and not yet worked on, is white space."
    )
    yield Table(("", *STATES.values(), ALL), (*table, _band(rows, ALL, [*BANDS])), numbers=len(STATES) + 1)
    yield from filter(None, (pictures.white_space(it, _bars(numbers["parts"], it)) for it in ("industry", "country")))
    for place in PLACES:
        yield _part(numbers["parts"], place)


def _band(rows: list[Row], name: str, bands: list[str]) -> tuple[str, ...]:
    return name, *(number(rows, state, band=bands) for state in STATES), f"{total(rows, band=bands):,}"


def _bars(parts: list[Row], place: str) -> list[pictures.Bar]:
    return [(_named(it), it["white_highly_likely"], it["white_likely"]) for it in parts if it["by"] == place]


def _part(parts: list[Row], place: str) -> Table:
    mine = sorted((it for it in parts if it["by"] == place), key=lambda it: (-_white(it), -it["accounts"], it["value"]))
    head = (place, "accounts", "Likely or better", "customers", "white space", "of it Highly Likely", "of it call now")
    rows = tuple(
        (
            _named(it), f"{it['accounts']:,}", f"{it['fitting']:,}", count(it["customers"]), f"{_white(it):,}",
            f"{it['white_highly_likely']:,}", f"{it['white_call_now']:,}",
        )
        for it in mine
    )  # fmt: skip
    return Table(head, rows, numbers=len(head) - 1, fold=f"The market by {place}", finder=f"the market by {place}")


def _named(part: Row) -> str:
    return in_english(part["value"]) if part["by"] == "country" else str(part["value"])


def _white(it: Row) -> int:
    return int(it["white_highly_likely"] + it["white_likely"])


def spots(numbers: Numbers) -> Section:
    """Where to look: industry, country and size together."""
    return Section("spots", "Where to look", tuple(_spots(numbers)))


def _spots(numbers: Numbers) -> Iterator[Block]:
    rows = numbers["spots"]
    if not rows:
        yield Text("There is no white space: whoever looks like your customers is one, or has an open deal.")
        return
    more = f"; this page holds the {len(rows):,} largest of {rows[0]['spots']:,}" if rows[0]["spots"] > len(rows) else ""
    yield Text(f"Accounts that look like your customers and that nobody works on, by industry, country and size together{more}.")
    head = ("industry", "country", "size", "white space", "Highly Likely", "Likely", "call now")
    table = tuple((it["industry"], in_english(it["country"]), it["size"], *(f"{n:,}" for n in (_white(it), *_kinds(it)))) for it in rows)
    yield Table(head, table, numbers=4, finder="the white space", choices=("industry", "country", "size"))
    yield Text("scores/market has all cells; the accounts of one are the rows of scores/fit_intent with the same values.", "note")


def _kinds(it: Row) -> tuple[int, int, int]:
    return it["white_highly_likely"], it["white_likely"], it["white_call_now"]


def intent(numbers: Numbers) -> Section:
    """Bands beside levels of intent."""
    return Section("intent", "Who fits, and researches now", tuple(_intent(numbers)))


def _intent(numbers: Numbers) -> Iterator[Block]:
    rows = numbers["matrix"]
    if not sum(total(rows, level) for level in LEVELS):
        yield Text("No account researches the score's subjects, or no delivery tells of the last 13 weeks: fit alone says whom to call.")
        return
    now, free = (total(rows, "call_now_accounts"), white_space(numbers, "call_now_accounts"))
    yield Text(
        f"Call now: {now:,} accounts look like your customers and research much, {free:,} of them in the white space. Nurture the "
        "others that fit; who researches and does not fit is not your market."
    )
    head = ("", "research high", "research some", "none, or not known", ALL)
    yield Table(head, tuple(_levels(rows, name, [band]) for band, name in BANDS.items()), numbers=4)
    yield Text("The same of the white space alone:")
    free_rows = [it for it in rows if it["crm_state"] in WHITE_SPACE]
    yield Table(head, tuple(_levels(free_rows, BANDS[band], [band]) for band in FITTING), numbers=4)


def _levels(rows: list[Row], name: str, bands: list[str]) -> tuple[str, ...]:
    accounts, high, some = (total(rows, it, band=bands) for it in ("accounts", *LEVELS))
    return name, *(f"{it:,}" for it in (high, some, accounts - high - some, accounts))


def by_state(numbers: Numbers) -> Section:
    """The market of several scores: CRM states, which are an account's, beside each score's fitting accounts."""
    scores = numbers["scores"]
    head = ("", "accounts", *(f"Likely or better for {it['score_name']}" for it in scores))
    rows = tuple(
        (name, number(scores[0]["matrix"], state), *(number(it["matrix"], state, band=FITTING) for it in scores))
        for state, name in STATES.items()
    )
    told = Text("The states are an account's own, the same for all scores; what fits is each score's.", "note")
    return Section("market", "The market", (Table(head, rows, numbers=len(head) - 1), told))
