"""Score definitions: which accounts are examples, with what they are compared, and how the score is read."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, field_validator, model_validator

from qualscore.config import Strict, nearest, read_yaml, validate
from qualscore.errors import ConfigurationError

APPLY_AT_ONCE = {"bands", "actions", "retrain_after_months"}


class Selection(Strict):
    """Exactly one of: any, all, not (nested), or a selector."""

    any_of: tuple["Selection", ...] | None = Field(None, alias="any")
    all_of: tuple["Selection", ...] | None = Field(None, alias="all")
    none_of: "Selection | None" = Field(None, alias="not")
    account_list: str | None = None

    @model_validator(mode="after")
    def _exactly_one(self) -> "Selection":
        given = [name for name in ("any_of", "all_of", "none_of", "account_list") if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError("give exactly one of any, all, not, account_list")
        return self

    def selectors(self) -> Iterator["Selection"]:
        """The selectors at the leaves, in order."""
        nested = (*(self.any_of or ()), *(self.all_of or ()), *((self.none_of,) if self.none_of else ()))
        if not nested and self.account_list is not None:
            yield self
        for selection in nested:
            yield from selection.selectors()


class Reference(Strict):
    """Which accounts customers are compared with; default all. Everybody is scored."""

    country: tuple[str, ...] = ()
    min_employees: int | None = None


class Inputs(Strict):
    """Inputs of the model by name."""

    families: tuple[Literal["firmographics", "technographics", "intent"], ...] = ()
    products: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()


class Features(Strict):
    """What the model may not use, and what it may although it gives the answer away."""

    leave_out: Inputs = Inputs()
    allow: Inputs = Inputs()


class Bands(Strict):
    """Lowest scores of the bands."""

    highly_likely: float = Field(95, ge=0, le=100)
    likely: float = Field(50, ge=0, le=100)


class Actions(Strict):
    """Scores at which an action is due: >= act_now, > qualified, > good_fit."""

    act_now: float = Field(90, ge=0, le=100)
    qualified: float = Field(75, ge=0, le=100)
    good_fit: float = Field(70, ge=0, le=100)


class Training(Strict):
    """How the ensemble is trained."""

    repeats: int = Field(3, ge=1, le=20)
    folds: int = Field(5, ge=2, le=20)
    seed: int = 0
    trees: int = Field(150, ge=1, le=2000)
    num_tasks: int = Field(1, ge=1)
    min_examples: int = Field(50, ge=2)


class Definition(Strict):
    """One qualification score."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]{0,62}$")
    type: Literal["predictive"] = "predictive"
    examples: Selection
    exclude: Selection | None = None
    reference: Reference = Reference()
    keyword_sets: Literal["all"] | tuple[str, ...] = "all"
    features: Features = Features()
    bands: Bands = Bands()
    actions: Actions = Actions()
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

    @property
    def fingerprint(self) -> str:
        """Changes with whatever needs another training; bands, actions and the date of retraining do not."""
        content = self.model_dump(mode="json", by_alias=True, exclude=APPLY_AT_ONCE)
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:16]


def load(paths: Sequence[str], *, lists: Sequence[str], keyword_sets: Sequence[str] = (), names: Sequence[str] = ()) -> list[Definition]:
    """The definitions in files and folders, those of `names` only if given, sorted by name.

    Raises:
        ConfigurationError: with the findings of all definitions at once.
    """
    definitions: dict[str, Definition] = {}
    findings: list[str] = []
    for file in (file for path in paths for file in _files(Path(path))):
        try:
            found = validate(Definition, read_yaml(file), where=str(file))
            findings += _unknown_lists(found, lists, file) + _unknown_sets(found, keyword_sets, file)
            if found.name in definitions:
                findings.append(f"{file}: the score '{found.name}' is defined twice")
            definitions[found.name] = found
        except ConfigurationError as error:
            findings.append(str(error))
    findings += [f"--score {name}: no such score; {nearest(name, sorted(definitions))}" for name in names if name not in definitions]
    if findings:
        raise ConfigurationError("\n".join(findings))
    return [definitions[name] for name in sorted(names or definitions)]


def _files(path: Path) -> list[Path]:
    if path.is_dir():
        return sorted(file for pattern in ("*.yml", "*.yaml") for file in path.glob(pattern) if file.stem != "example")
    return [path]


def _unknown_lists(definition: Definition, lists: Sequence[str], file: Path) -> list[str]:
    roots = {"examples": definition.examples, "exclude": definition.exclude}
    return [
        f"{file}: {place}: no source declares the account list '{leaf.account_list}'; {nearest(str(leaf.account_list), lists)}"
        for place, root in roots.items()
        if root is not None
        for leaf in root.selectors()
        if leaf.account_list not in lists
    ]


def _unknown_sets(definition: Definition, keyword_sets: Sequence[str], file: Path) -> list[str]:
    unknown = [] if definition.keyword_sets == "all" else [name for name in definition.keyword_sets if name not in keyword_sets]
    return [f"{file}: keyword_sets: there is no keyword set '{name}'; {nearest(name, keyword_sets)}" for name in unknown]
