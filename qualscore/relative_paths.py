"""Paths in a settings file: which of its keys hold one, and where it leads."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from qualscore.paths import absolute


def resolved(content: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    """The content of a settings file with absolute paths, which in the file are relative to its folder."""
    result = dict(content)
    for key in ("warehouse", "keyword_sets", "staging"):
        if isinstance(content.get(key), str):
            result[key] = absolute(content[key], folder)
    for key in ("scores", "segments", "lists", "targets"):
        if isinstance(content.get(key), list):
            result[key] = [absolute(str(path), folder) for path in content[key]]
    if isinstance(content.get("sources"), list):
        result["sources"] = [_of_source(source, folder) for source in content["sources"]]
    return result


def _of_source(source: Any, folder: Path) -> Any:
    if not isinstance(source, dict):
        return source
    changed = dict(source)
    if isinstance(source.get("path"), str):
        changed["path"] = absolute(source["path"], folder)
    jdbc = source.get("jdbc")
    if isinstance(jdbc, dict) and isinstance(jdbc.get("credentials_file"), str):
        changed["jdbc"] = jdbc | {"credentials_file": absolute(jdbc["credentials_file"], folder)}
    if isinstance(source.get("mapping"), str) and source["mapping"].endswith((".yml", ".yaml")):
        changed["mapping"] = absolute(source["mapping"], folder)
    return changed
