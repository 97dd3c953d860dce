"""The first screen: the market in one sentence, the numbers to remember, and the words of the page."""

from collections.abc import Iterator

from qualscore.reports.business_page.model import standing, trained
from qualscore.reports.business_page.numbers import Numbers, fitting, is_all, total, white_space
from qualscore.reports.house.content import Block, Listing, Section, Text, Tile, Tiles
from qualscore.reports.house.words import FEWEST, count, percent
from qualscore.scores.business_rows import WHITE_SPACE
from qualscore.scores.crm_states import CUSTOMER, NOT_IN_CRM, OPEN_DEAL, UNTOUCHED
from qualscore.scores.fit_intent import HIGH_SIGNALS, UNSCORED

LEARNED = (
    "A score, 0 to 100, says how many times as common such companies are among your customers as among those that they are compared with: "
    "95 is 19 times as common, 75 three times, 50 as common. It is no probability to buy."
)
COUNTED = "A score, 0 to 100, says how many of the points of the rules a company gets. It is no probability to buy."
WORDS = (
    "Highly Likely is a score of {highly_likely:g} or more, Likely one of {likely:g} or more; both look like your customers.",
    "White space: accounts that look like your customers and that nobody works on - not in the CRM, or in it without a deal.",
    f"Research is what companies read about the score's subjects: high is {HIGH_SIGNALS} signals or more in the last 4 weeks, some is any "
    "in 13 weeks. Call now: looks like your customers, and research is high.",
)


def first(numbers: Numbers) -> Section:
    """The section."""
    return Section("short", "In short", (Text(_sentence(numbers), "lead"), Tiles(tuple(_tiles(numbers))), *_remarks(numbers)))


def words(numbers: Numbers) -> Section:
    """What the words of the page mean."""
    means = COUNTED if numbers["model"] and numbers["model"]["is_rules"] else LEARNED
    bands = numbers["bands"]
    return Section("words", "The words of this page", (Listing((means, *(it.format(**bands) for it in WORDS))),))


def _sentence(numbers: Numbers) -> str:
    accounts, fit, free = total(numbers["matrix"]), fitting(numbers), white_space(numbers)
    whose = f"Of {accounts:,} accounts" if is_all(numbers) else f"Of the {accounts:,} accounts of {numbers['list']}"
    if not fit:
        return f"{whose} none looks like your customers."
    sentence = f"{whose} {fit:,} look like your customers ({percent(fit / accounts)})."
    if not free:
        return f"{sentence} All of them are customers or have an open deal: there is no white space."
    now = white_space(numbers, "call_now_accounts")
    sentence += f" On {free:,} of these nobody works yet: that is your white space."
    return f"{sentence} {now:,} of them research the subject right now: call them first." if now else sentence


def _tiles(numbers: Numbers) -> Iterator[Tile]:
    rows = numbers["matrix"]
    best, likely = (total(rows, band=[it]) for it in ("highly_likely", "likely"))
    yield Tile("Look like your customers", f"{best + likely:,}", f"{best:,} Highly Likely and {likely:,} Likely")
    outside, inside = (fitting(numbers, crm_state=[it]) for it in (NOT_IN_CRM, UNTOUCHED))
    yield Tile("White space", f"{outside + inside:,}", f"{outside:,} are not in the CRM, {inside:,} are in it without a deal")
    now, free = total(rows, "call_now_accounts"), total(rows, "call_now_accounts", crm_state=WHITE_SPACE)
    yield Tile("Call now", f"{now:,}", f"look like your customers and research now; {free:,} of them in the white space")
    yield Tile(
        "With an open deal",
        f"{total(rows, crm_state=[OPEN_DEAL]):,}",
        f"{fitting(numbers, crm_state=[OPEN_DEAL]):,} of them look like your customers",
    )
    customers, alike = total(rows, crm_state=[CUSTOMER]), fitting(numbers, crm_state=[CUSTOMER])
    share = f"{percent(alike / customers)} of them score Likely or better" if alike >= FEWEST else "how many score well is withheld"
    yield Tile("Customers", count(customers), share if customers else "none is known")
    without = total(rows, band=[UNSCORED])
    yield Tile(
        "Accounts",
        f"{total(rows):,}",
        f"{without:,} of them have no score; what would mend that is below" if without else "all of them have a score",
    )


def _remarks(numbers: Numbers) -> Iterator[Block]:
    if numbers["model"]:
        yield Text(f"{standing(numbers['model'])} {trained(numbers['model'])}", "note")
