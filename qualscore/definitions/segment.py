"""Segments: named parts of the universe, by conditions over scores, features and the CRM."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from pydantic import Field, model_validator

from qualscore.config import Strict, nearest, validate
from qualscore.definitions.conditions import parse
from qualscore.definitions.definition import files_of
from qualscore.definitions.scorecard import ConditionText
from qualscore.errors import ConfigurationError
from qualscore.yaml_files import load_mapping

CONDITIONS = ("when", "crm_accounts")


class Segment(Strict):
    """A part of the universe: the accounts that meet all of its conditions.

    Attributes:
        name: of the segment.
        when: a condition over scores, features and lists.
        crm_accounts: a condition over the CRM's accounts of that domain, of which one has to meet it.
        append_to: an account list whose accounts are members, too.
    """

    name: str = Field(pattern=r"^[a-z][a-z0-9_]{0,62}$")
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
    segments: dict[str, Segment] = {}
    findings: list[str] = []
    for file in (file for path in paths for file in files_of(Path(path))):
        try:
            segment = validate(Segment, load_mapping(file), where=str(file))
            findings += [f"{file}: {it}" for it in _misfits(segment, columns, lists)]
            if segment.name in segments:
                findings.append(f"{file}: the segment '{segment.name}' is defined twice")
            segments[segment.name] = segment
        except ConfigurationError as error:
            findings.append(str(error))
    if findings:
        raise ConfigurationError("\n".join(findings))
    return [segments[name] for name in sorted(segments)]


def _misfits(segment: Segment, columns: Mapping[str, Mapping[str, str]], lists: Sequence[str]) -> list[str]:
    asked = {kind: getattr(segment, kind) for kind in CONDITIONS}
    said = [f"{kind}: {it}" for kind, text in asked.items() if text for it in parse(text).mistakes(columns[kind])]
    if segment.append_to is not None and segment.append_to not in lists:
        said.append(f"append_to: no source declares the account list '{segment.append_to}'; {nearest(segment.append_to, lists)}")
    return said
