"""The targets that are configured: files of conf/targets/, read and checked at once."""

import re
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from qualscore.config import nearest, validate
from qualscore.definitions.definition_files import defined, in_order
from qualscore.errors import ConfigurationError
from qualscore.paths import absolute
from qualscore.publish.dynamics import Dynamics
from qualscore.publish.fields import card_fields
from qualscore.publish.hubspot import Hubspot
from qualscore.publish.marketo import Marketo
from qualscore.publish.postgres import Postgres
from qualscore.publish.reverse_etl import ReverseEtl
from qualscore.publish.salesforce import Salesforce

Target = Salesforce | Hubspot | Dynamics | Marketo | Postgres | ReverseEtl
TYPES: Mapping[str, type[Any]] = {
    "salesforce": Salesforce,
    "hubspot": Hubspot,
    "dynamics": Dynamics,
    "marketo": Marketo,
    "postgresql": Postgres,
    "reverse_etl": ReverseEtl,
}


def load(paths: Sequence[str], *, scores: Collection[str], segments: Collection[str]) -> list[Target]:
    """The targets in files and folders, sorted by name.

    Args:
        paths: files and folders.
        scores: the scores that are defined.
        segments: the segments that are.

    Raises:
        ConfigurationError: with the findings of all targets at once.
    """
    of_tables: list[Target] = []

    def misfits(target: Target) -> list[str]:
        findings = _misfits(target, sorted(scores), sorted(segments))
        if isinstance(target, ReverseEtl) and of_tables:
            findings.append("a second target of type reverse_etl; the table has one row for each account")
        of_tables.extend([target] if isinstance(target, ReverseEtl) else [])
        return findings

    return in_order(*defined(read, paths, word="target", misfits=misfits))


def read(content: Mapping[str, Any], file: Path) -> Target:
    """One target; paths in it are relative to its file.

    Raises:
        ConfigurationError: with its findings.
    """
    kind = str(content.get("type"))
    if kind not in TYPES:
        raise ConfigurationError(f"{file}: type: {kind!r} is none; {nearest(kind, list(TYPES))}")
    target: Target = validate(TYPES[kind], _with_paths(content, file.resolve().parent), where=str(file))
    return target


def _with_paths(content: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    changed = dict(content)
    for part, key in (("credentials", "file"), ("jdbc", "credentials_file")):
        held = content.get(part)
        if isinstance(held, dict) and isinstance(held.get(key), str):
            changed[part] = held | {key: absolute(held[key], folder)}
    return changed


def _misfits(target: Target, scores: Sequence[str], segments: Sequence[str]) -> list[str]:
    findings = [f"scores: no score is called '{it}'; {nearest(it, scores)}" for it in target.scores if it not in scores]
    known = [it.name for it in card_fields(scores)]
    findings += [f"fields: no field is called '{it}'; {nearest(it, known)}" for it in target.fields if it not in known]
    names = [str(it) for it in target.fields.values() if it is not None]
    findings += [f"fields: '{it}' is named twice" for it in sorted({it for it in names if names.count(it) > 1})]
    wrong = [it for it in names if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", it)]
    findings += [f"fields: '{it}' is no name of a field" for it in wrong]
    new = getattr(target, "new_records", None)
    if new is not None and new.segment not in segments:
        findings.append(f"new_records.segment: no segment is called '{new.segment}'; {nearest(new.segment, segments)}")
    if isinstance(target, ReverseEtl) and (target.fields or target.prefix or target.scores):
        findings.append("fields, prefix and scores are not for a target of type reverse_etl: its table has the columns of its contract")
    return findings
