"""Numbers to the pages: of one score, and of all."""

from collections.abc import Iterator

from qualscore.reports.business_page import accounts, data, first, market, outcomes, worth
from qualscore.reports.business_page.model import standing, trained
from qualscore.reports.business_page.numbers import BANDS, Numbers, total, white_space
from qualscore.reports.house.content import Page, Section, Table, Text, Tile, Tiles
from qualscore.reports.house.words import count
from qualscore.scores.business_rows import FITTING
from qualscore.scores.crm_states import CUSTOMER
from qualscore.scores.fit_intent import UNSCORED


def page(numbers: Numbers) -> Page:
    """The page of one score."""
    made_of = (
        first.first(numbers),
        accounts.best(numbers),
        market.market(numbers),
        market.spots(numbers),
        market.intent(numbers),
        *worth.worth(numbers),
        *outcomes.of_score(numbers),
        accounts.movers(numbers),
        data.unscored([numbers]),
        data.filled(numbers["filled"]),
        first.words(numbers),
        _elsewhere(numbers),
    )
    return Page(f"{numbers['score_name']}: business report", _about(numbers), made_of)


def page_of_all(numbers: Numbers) -> Page:
    """The page of all scores."""
    sections = (
        _short(numbers),
        accounts.cards(numbers),
        market.by_state(numbers),
        *outcomes.of_lists(numbers),
        data.unscored(numbers["scores"]),
        data.filled(numbers["filled"]),
    )
    return Page("Business report", _about(numbers), (*sections, Section("models", "The models", tuple(_models(numbers)))))


def _about(numbers: Numbers) -> str:
    of = f"of {numbers['list']}, " if numbers["list"] else ""
    return f"The market, whom to call and why; {of}as of {numbers['as_of_on']}"


def _short(numbers: Numbers) -> Section:
    scores = numbers["scores"]
    rows = scores[0]["matrix"]
    whose = numbers["list"] or "the universe"
    free = numbers["cards"][0]["cards"] if numbers["cards"] else 0
    asked = f"{len(scores)} products" if len(scores) > 1 else "one product"
    lead = f"Of {total(rows):,} accounts of {whose} {free:,} qualify for at least one of {asked}, and nobody works on them yet."
    tiles = (
        Tile("Accounts", f"{total(rows):,}", f"of {whose}"),
        Tile("Qualify, and are free", f"{free:,}", "no customers, no open deal"),
        Tile("Customers", count(total(rows, crm_state=[CUSTOMER])), "of any product"),
    )
    head = ("score", *(BANDS[it] for it in FITTING), "white space", "call now in it", "no score")
    table = Table(head, tuple(map(_score, scores)), numbers=5, links=tuple(f"{it['score_name']}/{numbers['file']}" for it in scores))
    return Section("short", "In short", (Text(lead, "lead"), Tiles(tiles), Text("Each score has a page of its own:"), table))


def _score(it: Numbers) -> tuple[str, ...]:
    of_bands = [total(it["matrix"], band=[band]) for band in (*FITTING, UNSCORED)]
    cells = (*of_bands[:-1], white_space(it), white_space(it, "call_now_accounts"), of_bands[-1])
    return it["score_name"], *(f"{cell:,}" for cell in cells)


def _models(numbers: Numbers) -> Iterator[Text | Table]:
    known = [it for it in numbers["scores"] if it["model"]]
    if not known:
        yield Text("What is known of the models is in scores/score_runs.")
        return
    rows = tuple(
        (it["score_name"], it["model"]["standing"], f"{it['model']['version']}", it["model"]["trained_on"], it["model"]["due_on"])
        for it in known
    )
    head = ("score", "verdict", "version", "trained as of", "to be trained again")
    yield Table(head, rows, links=tuple(f"{it['score_name']}/model.html" for it in known))


def _elsewhere(numbers: Numbers) -> Section:
    """The age of the model, and the other pages."""
    model = numbers["model"]
    told = [Text(f"{trained(model)} {standing(model)}")] if model else []
    pages = (("How far to believe the model, and what it looks at", "model.html"), ("All scores together", f"../{numbers['file']}"))
    return Section(
        "model",
        "The model, and other pages",
        (*told, Table(("page",), tuple((it[0],) for it in pages), links=tuple(it[1] for it in pages))),
    )
