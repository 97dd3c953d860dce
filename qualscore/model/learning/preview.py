"""What a score definition selects, counted without training: per selector, per source, and after each cleaning rule."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from qualscore.definitions.definition import Definition
from qualscore.errors import TrainingRefused
from qualscore.model.encoding import inputs
from qualscore.model.learning import population, refusals
from qualscore.model.learning.coverage import KINDS
from qualscore.universe import labels

WIDTH = 60
ENOUGH, FEW, REFUSED = "enough", "few", "refused"


@dataclass(frozen=True)
class Selected:
    """What one part of a definition finds.

    Attributes:
        place: as errors name it (examples.any.0).
        depth: how deep it is nested.
        selector: in words.
        accounts: for how many it holds.
        by_source: for how many of those that each kind of source knows; an account may be known by several.
        without_domain: records that it finds and that belong to no account, for want of a usable domain.
    """

    place: str
    depth: int
    selector: str
    accounts: int
    by_source: Mapping[str, int]
    without_domain: int


@dataclass(frozen=True)
class Expected:
    """What an expectation tries a model on.

    Attributes:
        accounts: in words.
        asked: of their scores, in words.
        must: whether a model that misses the expectation may not serve.
        known: how many accounts of the universe are meant.
        scored: how many of them get a score.
        selected: how many of them the selectors pick, which are lost to training.
    """

    accounts: str
    asked: str
    must: bool
    known: int
    scored: int
    selected: int

    @property
    def text(self) -> str:
        """The expectation for people."""
        must = ", or no model serves" if self.must else ""
        lost = f", {self.selected:,} of them picked as customers" if self.selected else ""
        return f"{self.accounts}: {self.asked}{must} ({self.known:,} accounts, {self.scored:,} with a score{lost})"


@dataclass(frozen=True)
class Preview:
    """What a definition selects as of a day, and whether it can be trained."""

    score_name: str
    as_of_on: date
    connection_mode: str
    selectors: Sequence[Selected]
    counts: Mapping[str, int]
    verdict: str
    sentence: str
    expect: Sequence[Expected] = ()

    @property
    def record(self) -> dict[str, object]:
        """The preview for JSON, with the sentence as `said`."""
        values = asdict(self)
        return values | {"said": values.pop("sentence")}

    @property
    def text(self) -> str:
        """The preview for people."""
        head = [f"\n{self.score_name} as of {self.as_of_on}, connection mode: {self.connection_mode}"]
        title = _row("", "accounts", *KINDS)
        parts = [_row(f"{'  ' * it.depth}{_title(it)}", it.accounts, *it.by_source.values()) for it in self.selectors]
        expected = [f"  {'expect' if number == 0 else '':<16}{it.text}" for number, it in enumerate(self.expect)]
        return "\n".join([*head, title, *parts, "", *self._steps(), *expected, f"  {self.sentence}"])

    def _steps(self) -> list[str]:
        counts = self.counts
        dates = f"  of them {counts['dated']:,} with a date, {counts['undated']:,} without (described as of {self.as_of_on})"
        steps = {
            "selected": "",
            "without_domain": "  records that the selectors find, of no account",
            "excluded": "",
            "own_domains": "",
            "no_data": "  nothing but the domain is known",
            **({"withheld": "  kept to try the model on"} if self.expect else {}),
            "examples": dates,
            "unlabelled": "",
            "reference": "",
        }
        signs = {"excluded": "- ", "own_domains": "- ", "no_data": "- ", "withheld": "- ", "examples": "= "}
        return [f"  {signs.get(name, '') + name.replace('_', ' '):<16}{counts[name]:>12,}{more}" for name, more in steps.items()]


def preview(
    accounts: DataFrame,
    definition: Definition,
    *,
    as_of: date,
    connection_mode: str,
    own_domains: tuple[str, ...] = (),
    without_domain: Mapping[int, int] | None = None,
) -> Preview:
    """Counts what training would find, in one pass.

    Args:
        accounts: features of the run's date with what labels.label adds, is_in_reference and known_by.
        definition: the score.
        as_of: the run's date.
        connection_mode: in words.
        own_domains: of the seller.
        without_domain: number of a selector (in definition.selectors) to records that it finds and that are of no account.
    """
    nodes, lost = definition.nodes, without_domain or {}
    marked = population.marked(inputs.with_stack(accounts, definition.features))
    row = marked.agg(*(F.count_if(it).alias(name) for name, it in _counted(definition, own_domains).items())).first()
    number_of = {str(name): int(number) for name, number in (row.asDict() if row else {}).items()}
    selectors = [
        Selected(
            node.place,
            node.depth,
            node.selection.text,
            number_of[f"{number}"],
            {kind: number_of[f"{number} {kind}"] for kind in KINDS},
            lost.get(definition.selectors.index(node.selection), 0) if node.selection.is_leaf else 0,
        )
        for number, node in enumerate(nodes)
    ]
    expected = [
        Expected(it.accounts, it.asked, it.must, *(number_of[f"{number} {part}"] for part in ("known", "scored", "picked")))
        for number, it in enumerate(definition.expect)
    ]
    counts = {name: number for name, number in number_of.items() if not name[0].isdigit()}
    counts |= {"dated": counts["examples"] - counts["undated"], "without_domain": _lost(definition, lost)}
    verdict, sentence = _verdict(counts, definition)
    return Preview(definition.name, as_of, connection_mode, selectors, counts, verdict, sentence, expected)


def by_selector(accounts: DataFrame, definition: Definition, *, without_domain: Mapping[int, int]) -> str:
    """A sentence: how many accounts each selector of the examples finds, for those who have too few."""
    leaves = list(dict.fromkeys(definition.examples.selectors())) if definition.examples else []
    row = accounts.agg(*(F.count_if(labels.holds(leaf, definition.selectors)) for leaf in leaves)).first()
    counts = ", ".join(f"{leaf.text}: {number}" for leaf, number in zip(leaves, row or (), strict=True))
    lost = _lost(definition, without_domain)
    return f"Of them the selectors find: {counts}" + (f"; and {lost} records without a usable domain" if lost else "") + "."


def _lost(definition: Definition, without_domain: Mapping[int, int]) -> int:
    """The records of no account that selectors of the examples find."""
    picking = set(definition.examples.picking()) if definition.examples else set()
    return sum(without_domain.get(definition.selectors.index(leaf), 0) for leaf in picking)


def _counted(definition: Definition, own_domains: tuple[str, ...]) -> dict[str, Column]:
    """Conditions by name: of training, of each part of the definition by its number, and of that by kind of source."""
    is_own = F.col("domain").isin(list(own_domains)) if own_domains else F.lit(False)
    selected = F.col("is_selected")
    conditions = population.counted() | {"excluded": selected & F.col("is_excluded") & ~is_own, "own_domains": selected & is_own}
    for number, node in enumerate(definition.nodes):
        held = labels.holds(node.selection, definition.selectors)
        conditions[f"{number}"] = held
        conditions |= {f"{number} {kind}": held & F.array_contains("known_by", kind) for kind in KINDS}
    for number in range(len(definition.expect)):
        is_meant, is_scored = F.array_contains("expected_in", number), F.col("has_data") & ~F.col("is_excluded")
        parts = {"known": is_meant, "scored": is_meant & is_scored, "picked": is_meant & is_scored & selected}
        conditions |= {f"{number} {part}": condition for part, condition in parts.items()}
    return conditions


def _verdict(counts: Mapping[str, int], definition: Definition) -> tuple[str, str]:
    if definition.rules:
        judging = f"{counts['examples']:,} customers judge them" if counts["examples"] else "no customers judge them"
        return ENOUGH, f"rules: {len(definition.rules.criteria)} criteria; {judging}"
    try:
        warnings = refusals.check_counts(counts, definition)
    except TrainingRefused as refused:
        return REFUSED, f"training would be refused: {str(refused).removeprefix(f'{definition.name}: ')}"
    if warnings:
        return FEW, f"enough with a warning: {warnings[0].removeprefix(f'{definition.name}: ')}"
    return ENOUGH, f"enough: {counts['examples']:,} customers; {refusals.RECOMMENDED_EXAMPLES} or more are recommended"


def _title(selected: Selected) -> str:
    root = "" if selected.depth else f"{selected.place}: "
    lost = f" (and {selected.without_domain:,} without a domain)" if selected.without_domain else ""
    return f"{root}{selected.selector}{lost}"


def _row(name: str, *cells: int | str) -> str:
    """A line of the table; a name that is too long has a line of its own."""
    numbers = "".join(f"{cell:>14,}" if isinstance(cell, int) else f"{cell:>14}" for cell in cells)
    return f"  {name:<{WIDTH}}{numbers}" if len(name) <= WIDTH else f"  {name}\n  {'':<{WIDTH}}{numbers}"
