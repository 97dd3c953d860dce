"""Files of definitions: scores, segments, call lists and targets are read in one way, and all that is wrong with them is said at once."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol, TypeVar

from pydantic import Field

from qualscore.config import Strict, validate
from qualscore.errors import ConfigurationError
from qualscore.yaml_files import load_mapping


class Defined(Strict):
    """What a file defines; tables and other definitions call it by its name."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]{0,62}$")


class Named(Protocol):
    """What has a name."""

    @property
    def name(self) -> str:
        """The name."""


Kind = TypeVar("Kind", bound=Named)
Model = TypeVar("Model", bound=Defined)
Reader = Callable[[Mapping[str, Any], Path], Kind]


def read_as(kind: type[Model]) -> Reader[Model]:
    """Reads a file's content as a definition of a kind."""
    return lambda content, file: validate(kind, content, where=str(file))


def defined(
    read: Reader[Kind], paths: Sequence[str], *, word: str, misfits: Callable[[Kind], Iterable[str]]
) -> tuple[dict[str, Kind], list[str]]:
    """What files define, by name, and the findings of all of them.

    Args:
        read: makes a definition of the content of a file.
        paths: files and folders.
        word: what people call one.
        misfits: says what does not fit of one that is well formed.
    """
    by_name: dict[str, Kind] = {}
    findings: list[str] = []
    for file in (file for path in paths for file in files_of(Path(path))):
        try:
            definition = read(load_mapping(file), file)
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
