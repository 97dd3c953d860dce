"""YAML files that people write: a key that is there twice is a mistake, not a choice of the last one."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from qualscore.errors import ConfigurationError

# libyaml's where PyYAML was built with it: the files of conf/ and schemas/ take .03 s in place of .3, in each run.
LOADER: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def load_mapping(file: Path) -> dict[str, Any]:
    """The mapping that a YAML file of one document holds.

    Raises:
        ConfigurationError: no such file, not YAML, a repeated key (each with both lines), or not a mapping.
    """
    documents = load_documents(file)
    content = documents[0] if documents else None
    if len(documents) > 1:
        raise ConfigurationError(f"{file}: holds {len(documents)} documents (a line '---' parts them), but one is expected")
    if not isinstance(content, dict):
        raise ConfigurationError(f"{file}: should hold settings as 'key: value', but holds {type(content).__name__}")
    return content


def load_documents(file: Path, *, kind: str = "") -> list[Any]:
    """The documents of a YAML file.

    Args:
        file: in UTF-8, with a byte-order mark or without.
        kind: what the file is, for the message ("mapping ").

    Raises:
        ConfigurationError: no such file, not YAML, or a repeated key.
    """
    try:
        return parse_documents(file.read_text(encoding="utf-8-sig"), where=f"{kind}{file}")
    except FileNotFoundError:
        raise ConfigurationError(f"{kind}{file}: no such file") from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{kind}{file}: cannot be read as YAML: {' '.join(str(error).split())}") from None


def parse_documents(text: str, *, where: str) -> list[Any]:
    """The documents of a text.

    Raises:
        ConfigurationError: not YAML, or a repeated key: all of them at once.

    >>> parse_documents("{b: {c: 1, c: 2}}", where="own.yml")
    Traceback (most recent call last):
    qualscore.errors.ConfigurationError: own.yml: the key 'b.c' is repeated (lines 1 and 1): join them, or rename one
    """
    loader = LOADER(text)
    documents, findings = [], []
    try:
        while loader.check_node():
            node = loader.get_node()
            findings += [f"{where}: {it}" for it in _repeated_keys(node)]
            documents.append(loader.construct_document(node))
    except yaml.YAMLError as error:
        raise ConfigurationError(f"{where}: cannot be read as YAML: {' '.join(str(error).split())}") from None
    finally:
        loader.dispose()
    if findings:
        raise ConfigurationError("\n".join(findings))
    return documents


def _repeated_keys(node: yaml.Node | None, place: tuple[str, ...] = (), known: set[int] | None = None) -> Iterator[str]:
    """What is said of keys that a mapping has twice, at any depth; an anchor is looked at once, however often it is named."""
    known = set() if known is None else known
    if node is None or id(node) in known:
        return
    known.add(id(node))
    if isinstance(node, yaml.SequenceNode):
        for number, item in enumerate(node.value):
            yield from _repeated_keys(item, (*place, str(number)), known)
    if isinstance(node, yaml.MappingNode):
        lines: dict[tuple[str, str], list[int]] = {}
        for key, value in node.value:
            name = str(key.value)
            lines.setdefault((key.tag, name), []).append(key.start_mark.line + 1)
            yield from _repeated_keys(value, (*place, name), known)
        for (_, name), numbers in lines.items():
            if len(numbers) > 1:
                places = f"{', '.join(map(str, numbers[:-1]))} and {numbers[-1]}"
                yield f"the key '{'.'.join((*place, name))}' is repeated (lines {places}): join them, or rename one"
