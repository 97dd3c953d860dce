"""Files of definitions: scores, segments and call lists are read in one way, and all that is wrong with them is said at once."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TypeVar

from pydantic import Field

from qualscore.config import Strict, validate
from qualscore.errors import ConfigurationError
from qualscore.yaml_files import load_mapping


class Defined(Strict):
    """What a file defines; tables and other definitions call it by its name."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]{0,62}$")


Kind = TypeVar("Kind", bound=Defined)


def defined(
    kind: type[Kind], paths: Sequence[str], *, word: str, misfits: Callable[[Kind], Iterable[str]]
) -> tuple[dict[str, Kind], list[str]]:
    """What files define, by name, and the findings of all of them.

    Args:
        kind: of the definitions.
        paths: files and folders.
        word: what people call one.
        misfits: says what does not fit of one that is well formed.
    """
    by_name: dict[str, Kind] = {}
    findings: list[str] = []
    for file in (file for path in paths for file in files_of(Path(path))):
        try:
            definition = validate(kind, load_mapping(file), where=str(file))
            findings += [f"{file}: {it}" for it in misfits(definition)]
            if definition.name in by_name:
                findings.append(f"{file}: the {word} '{definition.name}' is defined twice")
            by_name[definition.name] = definition
        except ConfigurationError as error:
            findings.append(str(error))
    return by_name, findings


def in_order(by_name: dict[str, Kind], findings: Sequence[str], *, names: Sequence[str] = ()) -> list[Kind]:
    """The definitions sorted by name, those of `names` only if given.

    Raises:
        ConfigurationError: there are findings.
    """
    if findings:
        raise ConfigurationError("\n".join(findings))
    return [by_name[name] for name in sorted(names or by_name)]


def files_of(path: Path) -> list[Path]:
    """The files of definitions that a file or folder stands for; a folder's example.yml is none."""
    if path.is_dir():
        return sorted(file for pattern in ("*.yml", "*.yaml") for file in path.glob(pattern) if file.stem != "example")
    return [path]
