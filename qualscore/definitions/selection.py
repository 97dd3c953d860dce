"""Selectors: how a score definition picks accounts by their deals, their engagement and the lists that name them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from pydantic import Field, model_validator

from qualscore.config import Strict

# An open deal says little about fit once it has grown old; won and lost ones do not age.
OPEN_MONTHS = 13
LEAVES = ("opportunities", "activities", "account_list")
# The tables that the selectors read, and what a source of each may look like.
TABLES = {"opportunities": "crm_opportunities", "activities": "activities"}
EXAMPLE_SOURCES = {
    "crm_opportunities": "{table: crm_opportunities, path: Opportunity.csv}",
    "activities": "{table: activities, path: activities.csv}",
}


class Opportunities(Strict):
    """Accounts with a deal of the CRM of which all that is given here holds."""

    outcome: Literal["won", "open", "lost", "any"] = "won"
    product: tuple[str, ...] = ()
    stage: tuple[str, ...] = ()
    type: tuple[str, ...] = ()
    owner: tuple[str, ...] = ()
    min_amount: float | None = Field(None, ge=0)
    created_within_months: int | None = Field(None, ge=1)

    @property
    def text(self) -> str:
        """The selector in one line, as the definition has it."""
        texts = [f"{name} {' or '.join(getattr(self, name))}" for name in ("product", "stage", "type", "owner") if getattr(self, name)]
        amount = [f"of at least {self.min_amount:,.0f}"] if self.min_amount is not None else []
        return ", ".join([f"opportunities {self.outcome}", *texts, *amount, *self._window()])

    def _window(self) -> list[str]:
        if self.created_within_months is not None:
            return [f"created within {self.created_within_months} months"]
        default = {"open": f"created within {OPEN_MONTHS} months", "any": f"open ones created within {OPEN_MONTHS} months"}
        return [default[self.outcome]] if self.outcome in default else []


class Activities(Strict):
    """Accounts with at least `min_count` activities of which all that is given here holds."""

    type: tuple[str, ...] = ()
    min_count: int = Field(1, ge=1)
    within_days: int | None = Field(None, ge=1)

    @property
    def text(self) -> str:
        """The selector in one line, as the definition has it."""
        count = f"at least {self.min_count}" if self.min_count > 1 else ""
        window = f"within {self.within_days} days" if self.within_days else ""
        return ", ".join(filter(None, ["activities", " or ".join(self.type), count, window])).replace(", ", " ", 1)


class Selection(Strict):
    """Exactly one of: any, all, not (nested), or a selector."""

    any_of: tuple["Selection", ...] | None = Field(None, alias="any")
    all_of: tuple["Selection", ...] | None = Field(None, alias="all")
    none_of: "Selection | None" = Field(None, alias="not")
    opportunities: Opportunities | None = None
    activities: Activities | None = None
    account_list: str | None = None

    @model_validator(mode="after")
    def _exactly_one(self) -> "Selection":
        given = [field.alias or name for name, field in type(self).model_fields.items() if getattr(self, name) is not None]
        if len(given) != 1:
            written = f"; found {' and '.join(given)}" if given else ""
            raise ValueError(f"give exactly one of any, all, not, {', '.join(LEAVES)}{written}")
        if self.any_of == () or self.all_of == ():
            raise ValueError(f"'{given[0]}' is empty; name at least one selector in it")
        return self

    @property
    def is_leaf(self) -> bool:
        """Whether the selection is a selector; others join nested ones."""
        return not self.nested

    @property
    def nested(self) -> tuple["Selection", ...]:
        """The selections that any, all or not joins."""
        return (*(self.any_of or ()), *(self.all_of or ()), *((self.none_of,) if self.none_of else ()))

    @property
    def kind(self) -> str:
        """any, all, not, opportunities, activities or account_list."""
        return next(field.alias or name for name, field in type(self).model_fields.items() if getattr(self, name) is not None)

    @property
    def text(self) -> str:
        """A selection in one line; any, all and not by their name."""
        if self.opportunities or self.activities:
            return (self.opportunities or self.activities).text  # type: ignore[union-attr]  # one of the two is there
        return f"account list {self.account_list}" if self.account_list is not None else self.kind

    @property
    def least_count(self) -> int:
        """How many records a selector has to find of an account."""
        return self.activities.min_count if self.activities else 1

    @property
    def holds_for_the_unknown(self) -> bool:
        """Whether the selection picks an account that none of its selectors finds."""
        inner = [one.holds_for_the_unknown for one in self.nested]
        if self.none_of:
            return not inner[0]
        return (any(inner) if self.any_of else all(inner)) if inner else False

    def nodes(self, place: str, depth: int = 0) -> Iterator["Node"]:
        """The selection and all nested ones, each before those within it."""
        yield Node(place, depth, self)
        for index, selection in enumerate(self.nested):
            yield from selection.nodes(f"{place}.{self.kind}" + ("" if self.none_of else f".{index}"), depth + 1)

    def selectors(self) -> Iterator["Selection"]:
        """The selectors at the leaves, in order."""
        yield from (node.selection for node in self.nodes("") if node.selection.is_leaf)

    def picking(self) -> Iterator["Selection"]:
        """The selectors that can pick an account: not those in `not`."""
        if self.is_leaf:
            yield self
        for selection in () if self.none_of else self.nested:
            yield from selection.picking()


@dataclass(frozen=True)
class Node:
    """A part of a definition: its place as errors name it (examples.any.0), how deep it is nested, and itself."""

    place: str
    depth: int
    selection: Selection
