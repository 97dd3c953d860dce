"""Score definitions: which accounts are examples, with what they are compared, and how the score is read."""

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationInfo, field_validator, model_validator

from qualscore.columns import countries
from qualscore.columns.spelling import letters
from qualscore.config import Strict, nearest
from qualscore.definitions import scorecard
from qualscore.definitions.definition_files import Defined, defined, files_of, in_order, read_as
from qualscore.definitions.expectation import Expectation, withheld
from qualscore.definitions.scorecard import Scorecard
from qualscore.definitions.selection import EXAMPLE_SOURCES, TABLES, Node, Selection
from qualscore.yaml_files import load_mapping

# Of the columns of account features, by family.
PREFIXES = {"firmographics": "firmo_", "technographics": "tech_", "intent": "intent_"}
Kind = Literal["products", "categories", "columns"]
APPLY_AT_ONCE = {"bands", "actions", "retrain_after_months", "expect"}


class Reference(Strict):
    """Which accounts customers are compared with; default all. Everybody is scored."""

    country: tuple[str, ...] = ()
    min_employees: int | None = Field(None, ge=1)

    @field_validator("country")
    @classmethod
    def _are_codes(cls, country: tuple[str, ...]) -> tuple[str, ...]:
        wrong = [code for code in country if code not in countries.alpha_2()]
        if wrong:
            hints = [f"'{code}'" + (f" (did you mean {meant}?)" if (meant := countries.code_of(code)) else "") for code in wrong]
            raise ValueError(f"no ISO code of two letters: {', '.join(hints)}")
        return country


class Inputs(Strict):
    """Inputs of the model by name, written without regard to capitals, spaces and punctuation."""

    families: tuple[Literal["firmographics", "technographics", "intent"], ...] = ()
    products: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()

    def spelt(self, kind: Kind) -> frozenset[str]:
        """The names of one kind, each as `letters` spells it."""
        return frozenset(map(letters, getattr(self, kind)))

    def has(self, kind: Kind, name: str) -> bool:
        """Whether a name is among those of one kind; of a column also the name without its family's prefix."""
        prefix = next((it for it in PREFIXES.values() if kind == "columns" and name.startswith(it)), "")
        return not self.spelt(kind).isdisjoint((letters(name), letters(name.removeprefix(prefix))))


class Features(Strict):
    """What the model may not use, and what it may although it gives the answer away."""

    leave_out: Inputs = Inputs()
    allow: Inputs = Inputs()


class Bands(Strict):
    """Lowest scores of the bands."""

    highly_likely: float = Field(95, ge=0, le=100)
    likely: float = Field(50, ge=0, le=100)

    @model_validator(mode="after")
    def _in_order(self) -> "Bands":
        if self.likely > self.highly_likely:
            raise ValueError(f"likely ({self.likely:g}) is above highly_likely ({self.highly_likely:g})")
        return self


class Actions(Strict):
    """Scores at which an action is due: >= act_now, > qualified, > good_fit."""

    act_now: float = Field(90, ge=0, le=100)
    qualified: float = Field(75, ge=0, le=100)
    good_fit: float = Field(70, ge=0, le=100)

    @model_validator(mode="after")
    def _in_order(self) -> "Actions":
        if not self.act_now >= self.qualified >= self.good_fit:
            given = f"act_now {self.act_now:g}, qualified {self.qualified:g}, good_fit {self.good_fit:g}"
            raise ValueError(f"out of order: {given}; act_now is the highest, good_fit the lowest")
        return self


class Training(Strict):
    """How the ensemble is trained."""

    repeats: int = Field(3, ge=1, le=20)
    folds: int = Field(5, ge=2, le=20)
    seed: int = 0
    trees: int = Field(150, ge=1, le=2000)
    num_tasks: int = Field(1, ge=1)
    min_examples: int = Field(50, ge=2)


class Definition(Defined):
    """One qualification score."""

    type: Literal["predictive", "rules"] = "predictive"
    rules: Scorecard | None = Field(None, validate_default=True)
    examples: Selection | None = Field(None, validate_default=True)
    exclude: Selection | None = None
    reference: Reference = Reference()
    keyword_sets: Literal["all"] | tuple[str, ...] = "all"
    features: Features = Features()
    bands: Bands = Bands()
    actions: Actions = Actions()
    expect: tuple[Expectation, ...] = ()
    retrain_after_months: int = Field(6, ge=1)
    training: Training = Training()

    @field_validator("keyword_sets", mode="before")
    @classmethod
    def _at_least_one(cls, sets: Any) -> Any:
        """In any order, each once."""
        if sets == "all":
            return sets
        if not isinstance(sets, list | tuple) or not sets or not all(isinstance(name, str) for name in sets):
            raise ValueError(
                "write all, or a list with the name of at least one keyword set; features.leave_out.families: [intent] uses none"
            )
        return tuple(sorted(set(sets)))

    @field_validator("rules")
    @classmethod
    def _are_of_their_type(cls, rules: Scorecard | None, known: ValidationInfo) -> Scorecard | None:
        if known.data.get("type") == "rules" and rules is None:
            raise ValueError("a score of type rules needs criteria; conf/scores/rules/example.yml shows them")
        if known.data.get("type") == "predictive" and rules is not None:
            raise ValueError("belong to a score of type rules: write type: rules")
        return rules

    @field_validator("examples")
    @classmethod
    def _finds_its_examples(cls, examples: Selection | None, known: ValidationInfo) -> Selection | None:
        if examples is None and known.data.get("type") == "predictive":
            raise ValueError("Field required")
        if examples and examples.holds_for_the_unknown:
            raise ValueError("selects every account that no selector in it finds; put 'not' beside another selector, in 'all'")
        return examples

    @property
    def nodes(self) -> list[Node]:
        """Every part of examples, exclude and the criteria that ask for records, with its place."""
        roots = {"examples": self.examples, "exclude": self.exclude}
        roots |= {f"rules.criteria.{place}": it.selection for place, it in enumerate(self.rules.criteria if self.rules else ())}
        return [node for place, root in roots.items() if root for node in root.nodes(place)]

    @property
    def leaves(self) -> list[Node]:
        """The selectors of all that selects, with their places."""
        return [node for node in self.nodes if node.selection.is_leaf]

    @property
    def selectors(self) -> list[Selection]:
        """The different selectors of all that selects; a selector's place in this list is its number."""
        return list(dict.fromkeys(node.selection for node in self.leaves))

    @property
    def fingerprint(self) -> str:
        """Changes with whatever needs another training; bands, actions and the date of retraining do not.

        What is at its default is left out, so that a key that comes later makes no training due.
        """
        return hashlib.sha256(json.dumps(self._learned(), sort_keys=True).encode()).hexdigest()[:16]

    def changed_from(self, other: "Definition") -> list[str]:
        """The keys that make another question of the definition: all of what is learned but the seed, which draws alone depend on."""
        mine, theirs = self._learned(), other._learned()
        for content in (mine, theirs):
            training = {name: value for name, value in content.pop("training", {}).items() if name != "seed"}
            content |= {"training": training} if training else {}
        return sorted(key for key in {*mine, *theirs} if mine.get(key) != theirs.get(key))

    def _learned(self) -> dict[str, Any]:
        """What a training depends on; what is at its default is left out. Of expectations that is whom they keep from training."""
        content = self.model_dump(mode="json", by_alias=True, exclude=APPLY_AT_ONCE, exclude_defaults=True)
        return content | ({"expect": withheld(self.expect)} if self.expect else {})


def load(
    paths: Sequence[str],
    *,
    lists: Sequence[str],
    tables: Collection[str] | None = None,
    keyword_sets: Sequence[str] = (),
    columns: Mapping[str, Mapping[str, str]] | None = None,
    names: Sequence[str] = (),
) -> list[Definition]:
    """The definitions in files and folders, those of `names` only if given, sorted by name.

    Args:
        paths: files and folders.
        lists: account lists that sources declare.
        tables: that sources deliver; not checked when None.
        keyword_sets: names of those that are configured.
        columns: that the conditions of criteria may name, with their types (see scorecard.findings); not checked when None.
        names: of the scores wanted; all when empty.

    Raises:
        ConfigurationError: with the findings of all definitions at once.
    """

    def misfits(definition: Definition) -> list[str]:
        rules = scorecard.findings(definition.rules, columns) if definition.rules and columns else ()
        said = [*_unknown_lists(definition, lists), *_missing_tables(definition, tables), *_unknown_sets(definition, keyword_sets)]
        return [*said, *rules]

    definitions, findings = defined(read_as(Definition), paths, word="score", misfits=misfits)
    findings += [f"--score {name}: no such score; {nearest(name, sorted(definitions))}" for name in names if name not in definitions]
    return in_order(definitions, findings, names=names)


def file_of(paths: Sequence[str], name: str) -> Path:
    """The file of a definition, among files and folders that `load` reads."""
    return next(file for path in paths for file in files_of(Path(path)) if load_mapping(file).get("name") == name)


def _unknown_lists(definition: Definition, lists: Sequence[str]) -> list[str]:
    named = [(node.place, node.selection.account_list) for node in definition.leaves if node.selection.account_list is not None]
    named += [(f"expect.{number}", it.account_list) for number, it in enumerate(definition.expect) if it.account_list is not None]
    unknown = [(place, name) for place, name in named if name not in lists]
    return [f"{place}: no source declares the account list '{name}'; {nearest(name, lists)}" for place, name in unknown]


def _missing_tables(definition: Definition, tables: Collection[str] | None) -> list[str]:
    needed = [(node.place, node.selection.kind, TABLES[node.selection.kind]) for node in definition.leaves if node.selection.kind in TABLES]
    return [
        f"{place}: no source delivers {table}, which '{kind}' selects from; add one such as {EXAMPLE_SOURCES[table]}"
        for place, kind, table in needed
        if tables is not None and table not in tables
    ]


def _unknown_sets(definition: Definition, keyword_sets: Sequence[str]) -> list[str]:
    unknown = [] if definition.keyword_sets == "all" else [name for name in definition.keyword_sets if name not in keyword_sets]
    return [f"keyword_sets: there is no keyword set '{name}'; {nearest(name, keyword_sets)}" for name in unknown]
