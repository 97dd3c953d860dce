"""What the model looks at: importance, each factor's values, the ideal customer and its opposite, inputs that are not used."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from qualscore.reports.house.content import Block, Level, Levels, Section, Table, Text
from qualscore.reports.house.words import FEWEST, count, listed, percent, signed, times
from qualscore.reports.model_page.report import Report
from qualscore.reports.pictures import factors

# Where a factor's name and "is" do not go together.
KNOWN_AS = {"employees": "number of employees"}


def sections(report: Report) -> Iterator[Section]:
    """Factors, profile and inputs."""
    if "importance" in report:
        yield Section("factors", "What it looks at", tuple(_factors(report)))
    if "profile" in report:
        yield Section("profile", "The ideal customer, and its opposite", tuple(_profile(report["profile"])))
    if "inputs" in report:
        yield Section("inputs", "Which inputs it uses, and which not", tuple(_inputs(report)))


def _factors(report: Report) -> Iterator[Block]:
    yield factors.importance(report["importance"])
    yield Text(
        "Each factor by its values: the blue bar is the share of the customers that have the value, the grey one that of all companies; "
        "beside them how far the value moves the score on average, in log-odds: +0.7 makes such companies twice as common among customers."
    )
    base = report["customers"] / (report["customers"] + report["unlabelled"])
    for place, factor in enumerate(report["factors"]):
        yield _levels(factor, base, is_open=place == 0)


def _levels(factor: Mapping[str, Any], base: float, *, is_open: bool) -> Levels:
    name, rows = factor["factor"], factor["levels"]
    told = [it for it in rows if _is_told(it)]
    best = max(told, key=lambda it: it["rate"], default=None)
    says = f"{best['level']}: {percent(best['rate'])} are customers, {percent(base)} of all" if best else "too few companies"
    return Levels(name, says, tuple(_level(name, it, base) for it in rows), is_open)


def _is_told(level: Mapping[str, Any]) -> bool:
    return "withheld" not in level and (level["customers"] >= FEWEST or level["customers"] == 0)


def _level(factor: str, level: Mapping[str, Any], base: float) -> Level:
    """A value with its base-rate sentence."""
    says = base_rate(factor, level, base)
    if "withheld" in level:
        return Level(level["level"], None, None, None, says)
    customers = level["customers_share"] if _is_told(level) else None
    return Level(level["level"], customers, level["all_share"], level["moves"], says)


def base_rate(factor: str, level: Mapping[str, Any], base: float) -> str:
    """How many of the companies with a value became customers, in a sentence.

    Args:
        factor: whose value it is.
        level: one of its levels in the report.
        base: the share of customers among all companies.
    """
    if "withheld" in level:
        return "fewer than 5 companies"
    accounts = f"n = {count(level['accounts'])}"
    if not _is_told(level):
        return f"fewer than 5 customers; {accounts}"
    return f"{percent(level['rate'])} {_of_companies(factor, level['level'])} became customers, {percent(base)} of all; {accounts}"


def _of_companies(factor: str, level: str) -> str:
    """Which companies a value is of, in a sentence.

    >>> _of_companies("uses Marketo", "uses it"), _of_companies("country", "DE"), _of_companies("employees", "0 to 9 employees")
    ('of companies that use Marketo', 'of companies with country DE', 'of companies with 0 to 9 employees')
    """
    if factor.startswith("uses "):
        return f"of companies that {'use' if level == 'uses it' else 'do not use'} {factor.removeprefix('uses ')}"
    if level == "unknown":
        return f"of companies whose {KNOWN_AS.get(factor, factor)} is unknown"
    if level == "other":
        return f"of companies with another {factor}"
    if factor == "listed on a stock exchange":
        return f"of companies that are {level}"
    said = trait(factor, level)
    return f"of companies with {said.replace(': ', ' ')}"


def _profile(profile: Mapping[str, Sequence[Mapping[str, Any]]]) -> Iterator[Block]:
    head = ("trait", "of the customers", "of all", "how common", "moves the score")
    for side, title in (("ideal", "Typical of customers"), ("opposite", "Typical of companies that are none")):
        traits = profile[side]
        if traits:
            named = listed([trait(it["factor"], it["level"]) for it in traits[:3]])
            yield Text(f"{title}: above all {named}.")
            yield Table(head, tuple(_trait(it) for it in traits), numbers=4)
    yield Text("Traits are of one factor each. A company need not have all of them: the score weighs them together.", "note")


def trait(factor: str, level: str) -> str:
    """A value as a trait.

    >>> trait("uses Marketo", "uses it"), trait("industry", "Software"), trait("employees", "0 to 9 employees")
    ('uses Marketo', 'industry: Software', '0 to 9 employees')
    >>> trait("technologies in office", "1 technology"), trait("technologies known", "no technologies")
    ('1 technology in office', 'no technologies known')
    """
    if factor.startswith("uses "):
        return factor
    for head, word in (("technologies in ", "in"), ("researches: ", "for")):
        if factor.startswith(head) and level not in ("unknown", "other"):
            return f"{level} {word} {factor.removeprefix(head)}"
    if factor == "technologies known":
        return f"{level} known"
    return level if factor == "employees" else f"{factor}: {level}"


def _trait(it: Mapping[str, Any]) -> tuple[str, ...]:
    few = 0 < it["customers"] < FEWEST
    shares = (
        ("fewer than 5", percent(it["all_share"]), "")
        if few
        else (percent(it["customers_share"]), percent(it["all_share"]), times(it["times"]))
    )
    return trait(it["factor"], it["level"]), *shares, signed(it["moves"])


def _inputs(report: Report) -> Iterator[Block]:
    used = [it for it in report["inputs"] if it["is_used"]]
    unused = [it for it in report["inputs"] if not it["is_used"]]
    stack = report["stack"]
    yield Text(
        f"It uses {len(used)} of {len(report['inputs'])} columns and keyword sets, and {stack['products_moving']} of the "
        f"{stack['products']} products in the stack data. {_rare(stack)}Names, deals and engagement are never inputs: deals and engagement "
        "choose the customers."
    )
    if unused:
        head = ("not used", "why", "customers with a value", "others with a value")
        yield Table(head, tuple(_unused(it) for it in unused), numbers=2)
    left = [name for names in stack["left_out"].values() for name in names] + stack["families_left_out"]
    if left:
        yield Text(f"Left out by the definition: {listed(left)}.")
    rows = tuple((it["input"], it["family"], percent(it["customers_filled"]), percent(it["others_filled"])) for it in used)
    yield Table(
        ("used", "family", "customers with a value", "others with a value"),
        rows,
        numbers=2,
        fold="Inputs that are used, and how full they are",
    )


def _rare(stack: Mapping[str, Any]) -> str:
    rare = stack["products_too_rare"]
    return f"{rare:,} products are used by fewer than {stack['fewest_accounts']} companies and were not given to it. " if rare else ""


def _unused(it: Mapping[str, Any]) -> tuple[str, ...]:
    return it["input"], it["why"], percent(it["customers_filled"]), percent(it["others_filled"])
