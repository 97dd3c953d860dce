"""The record of an account to its card."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from qualscore.model.scoring.bands import BAND_WORDS, MODEL
from qualscore.reports.account_card import moves
from qualscore.reports.house.content import Block, Page, Section, Table, Text
from qualscore.reports.house.terminal import readable
from qualscore.reports.house.words import listed, signed

Record = Mapping[str, Any]
NAME, VALUE = 60, 40
MOST_CHANGES, MOST_ROWS = 10, 15
KINDS = {"crm": "CRM", "marketing": "marketing automation", "csv": "account list", "firmographics": "firmographics"}


def named(company_name: str | None, domain: str) -> str:
    """How an account is called, cut where its name is too long.

    >>> named("Acme", "acme.com"), named(None, "acme.com")
    ('Acme (acme.com)', 'acme.com')
    """
    name = readable(company_name or "", most=NAME)
    return f"{name} ({domain})" if name else domain


def card(record: Record) -> Page:
    """The page of one account."""
    known = listed([KINDS.get(it, it) for it in record["known_by"]])
    about = f"known by {known}" if record["known_by"] else "no account of the universe"
    sections = (
        *_scores(record),
        *_overrides(record),
        *_whys(record),
        *_nearest(record),
        *_changes(record),
        *_values(record),
        *_activity(record),
    )
    return Page(named(record["company_name"], record["domain"]), about, sections)


def _scores(record: Record) -> Iterator[Section]:
    if record["scores"]:
        head = ("score", "band", "action", "now", "rank", "better than", "times as common", "points")
        yield Section("scores", "Scores", (Table(head, tuple(_score(it) for it in record["scores"]), numbers=4),))
    if record["unscored"]:
        rows = tuple((it["score_name"], it["reason"], it["why"], it["mend"]) for it in record["unscored"])
        yield Section("unscored", "No score", (Table(("score", "reason", "why", "what would mend it"), rows),))


def _score(it: Record) -> tuple[str, ...]:
    """Points come last, beside each other with a rank among the best and the share of the evaluation sample below."""
    rank = f"{it['rank']:,}" if it["rank"] else "–"
    lift = "–" if it["lift"] is None else f"{it['lift']:,.1f}"
    now = ("a customer that was learned from" if it["is_example"] else "", it.get("advice"), it.get("score_trend"))
    said = ", ".join(text.replace("_", " ") for text in now if text) or "–"
    action = (it["action"] or "–").replace("_", " ")
    return it["score_name"], BAND_WORDS[it["band"]], action, said, rank, f"{it['percentile']:.1f} %", lift, _points(it)


def _points(it: Record) -> str:
    """The model's, and the final ones where people set them."""
    is_overridden = (it["final_cause"] or MODEL) != MODEL
    return f"{it['score']:.2f}, final {it['score_final']:.2f}" if is_overridden else f"{it['score']:.2f}"


def _overrides(record: Record) -> Iterator[Section]:
    if record["overrides"]:
        head = ("score", "final score", "set by", "on", "until", "why")
        yield Section("overrides", "Set by people", (Table(head, tuple(map(_override, record["overrides"]))),))


def _override(it: Record) -> tuple[str, ...]:
    final = it["decision"] or f"{it['score_final']:.2f}"
    return it["score_name"] or "all", final, _name(it["author"]), _day(it["decided_on"]), _day(it["expires_on"]), _name(it["reason"])


def _whys(record: Record) -> Iterator[Section]:
    for it in record["scores"]:
        blocks: list[Block] = []
        for side, head in (("factors_for", "speaks for it"), ("factors_against", "speaks against it")):
            if it[side]:
                blocks.append(Table((head, "how common among customers", "log-odds"), tuple(map(_factor, it[side])), numbers=1))
        version = f"version {it['model_version']}, as of {it['as_of_on']}"
        rest = f"All other factors together {signed(it['other_contribution'])}, from a base of {signed(it['base'])}; {version}."
        yield Section(f"why {it['score_name']}", f"Why {it['score']:.2f} for {it['score_name']}", (*blocks, Text(rest, "note")))


def _factor(it: Record) -> tuple[str, ...]:
    return it["says"], it["base_rate"] or "–", signed(it["contribution"])


def _nearest(record: Record) -> Iterator[Section]:
    if record["nearest"]:
        head = ("score", "customer", "both have for them", "distance")
        rows = tuple((it["score_name"], _customer(it), listed(it["shared_factors"]), f"{it['distance']:.2f}") for it in record["nearest"])
        yield Section("nearest", "The customers that it is most like", (Table(head, rows, numbers=1),))


def _customer(it: Record) -> str:
    return named(it["customer_name"], it["customer_domain"])


def _changes(record: Record) -> Iterator[Section]:
    if record["scores"] and not record["history"]:
        yield Section("changes", "What changed", (Text("Band and whole points are what they were when it was scored first."),))
    if record["history"]:
        rows = tuple(map(_change, record["history"][:MOST_CHANGES]))
        table = Table(("scored on", "score", "points and band", "why"), rows)
        yield Section("changes", "What changed, the latest first", (table, *_more(record["history"], MOST_CHANGES)))


def _change(it: Record) -> tuple[str, ...]:
    why = "; ".join(filter(None, [it["says"], moves.in_words(it["moved"])]))
    return _day(it["scored_at"]), it["score_name"], moves.step(it), why


def _values(record: Record) -> Iterator[Section]:
    if record["values"]:
        head = ("", "value", "from", "source", "of")
        rows = tuple(_value(it) for it in record["values"])
        yield Section("values", "Where its data comes from", (Table(head, rows),))
    if record["technologies"]:
        ordered = sorted(record["technologies"], key=lambda it: (it["last_seen_on"] or "", it["product"]), reverse=True)
        rows = tuple((_name(it["product"]), _name(it["category"]), _day(it["first_seen_on"]), _day(it["last_seen_on"])) for it in ordered)
        yield _short("technologies", "Technologies", ("product", "category", "first seen", "last seen"), rows)
    if record["research"]:
        ordered = sorted(record["research"], key=lambda it: (it["last_on"], it["weeks"], it["keyword"]), reverse=True)
        rows = tuple((it["keyword"], it["last_on"], f"{it['weeks']:,}") for it in ordered)
        yield _short("research", "Research", ("keyword", "last week", "weeks"), rows, numbers=1)


def _value(it: Record) -> tuple[str, ...]:
    """Where the model takes another value than people are shown, both."""
    value = _said(it["column"], it["value"], nothing="–")
    if it["differs"]:
        value = f"{value} (the model takes {_said(it['column'], it['model_value'], nothing='nothing')})"
    return it["name"], value, KINDS.get(it["kind"], it["kind"] or "–"), it["source"] or "–", _day(it["on"])


def _said(column: str, value: Any, *, nothing: str) -> str:
    if value is None or isinstance(value, bool):
        return nothing if value is None else "yes" if value else "no"
    return f"{value:,.0f}" if isinstance(value, int | float) and column != "founded_year" else readable(str(value), most=VALUE)


def _activity(record: Record) -> Iterator[Section]:
    """Lists, the CRM, deals and engagement."""
    if record["lists"]:
        yield _short("lists", "Account lists", ("list", "since"), tuple((it["list_name"], _day(it["event_on"])) for it in record["lists"]))
    if record["segments"]:
        segments = tuple((it["segment_name"], _day(it["since_on"])) for it in record["segments"])
        yield _short("segments", "Segments", ("segment", "since"), segments)
    if record["call_lists"]:
        called = tuple(
            (it["list_name"], _day(it["made_on"]), it["owner"] or "–", "held out" if it["is_control"] else str(it["rank"]))
            for it in record["call_lists"]
        )
        yield _short("call_lists", "Call lists", ("list", "made on", "owner", "place"), called)
    if record["crm"]:
        crm = tuple((it["account_id"], _name(it["company_name"]), it["account_type"] or "–", it["owner"] or "–") for it in record["crm"])
        yield _short("crm", "In the CRM", ("id", "name", "type", "owner"), crm)
    if record["deals"]:
        ordered = sorted(record["deals"], key=lambda it: (it["created_on"] or "", it["opportunity_id"]), reverse=True)
        deals = tuple(
            (_name(it["opportunity_name"] or it["opportunity_id"]), it["outcome"] or "–", _day(it["created_on"])) for it in ordered
        )
        yield _short("deals", "Deals", ("deal", "outcome", "created"), deals)
    if record["engagement"]:
        ordered = sorted(record["engagement"], key=lambda it: (it["last_on"], it["activity_type"]), reverse=True)
        rows = tuple((it["activity_type"].replace("_", " "), it["last_on"], f"{it['number']:,}") for it in ordered)
        yield _short("engagement", "Engagement", ("activity", "last on", "number"), rows, numbers=1)


def _short(id: str, title: str, head: tuple[str, ...], rows: tuple[tuple[str, ...], ...], *, numbers: int = 0) -> Section:
    return Section(id, title, (Table(head, rows[:MOST_ROWS], numbers=numbers), *_more(rows, MOST_ROWS)))


def _more(rows: Sequence[Any], most: int) -> tuple[Text, ...]:
    return (Text(f"and {len(rows) - most:,} more; --json lists all", "note"),) if len(rows) > most else ()


def _name(text: str | None) -> str:
    return readable(text or "–", most=NAME)


def _day(text: str | None) -> str:
    return str(text)[:10] if text else "–"
