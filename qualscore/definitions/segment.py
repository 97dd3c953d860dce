"""Segments: named parts of the universe, by conditions over scores, features and the CRM."""

from collections.abc import Mapping, Sequence
from functools import partial

from pydantic import model_validator

from qualscore.config import nearest
from qualscore.definitions.conditions import parse
from qualscore.definitions.definition_files import Defined, defined, in_order, read_as
from qualscore.definitions.scorecard import ConditionText

CONDITIONS = ("when", "crm_accounts")


class Segment(Defined):
    """A part of the universe: the accounts that meet all of its conditions.

    Attributes:
        name: of the segment.
        when: a condition over scores, features and lists.
        crm_accounts: a condition over the CRM's accounts of that domain, of which one has to meet it.
        append_to: an account list whose accounts are members, too.
    """

    when: ConditionText | None = None
    crm_accounts: ConditionText | None = None
    append_to: str | None = None

    @model_validator(mode="after")
    def _asks_something(self) -> "Segment":
        if self.when is None and self.crm_accounts is None:
            raise ValueError(f"a segment needs a condition: {' or '.join(CONDITIONS)}")
        return self

    @property
    def names(self) -> tuple[str, ...]:
        """The columns that `when` names."""
        return parse(self.when).names if self.when else ()


def load(paths: Sequence[str], *, columns: Mapping[str, Mapping[str, str]], lists: Sequence[str]) -> list[Segment]:
    """The segments in files and folders, sorted by name.

    Args:
        paths: files and folders.
        columns: for `when` and for `crm_accounts` those that conditions may name, with Spark's names of their types.
        lists: account lists that sources declare.

    Raises:
        ConfigurationError: with the findings of all segments at once.
    """
    return in_order(*defined(read_as(Segment), paths, word="segment", misfits=partial(_misfits, columns=columns, lists=lists)))


def _misfits(segment: Segment, columns: Mapping[str, Mapping[str, str]], lists: Sequence[str]) -> list[str]:
    asked = {kind: getattr(segment, kind) for kind in CONDITIONS}
    said = [f"{kind}: {it}" for kind, text in asked.items() if text for it in parse(text).mistakes(columns[kind])]
    if segment.append_to is not None and segment.append_to not in lists:
        said.append(f"append_to: no source declares the account list '{segment.append_to}'; {nearest(segment.append_to, lists)}")
    return said
