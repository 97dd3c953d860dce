"""Which code runs: its commit for people, and a hash of its content for what is due."""

import hashlib
import json
import subprocess
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

import yaml

from qualscore.config import ROOT

# Score definitions, keyword sets, mappings and shared hosts are compared by themselves, by those who read them: an edited keyword set
# reads no delivery again. Where a cluster is and what a log holds changes no result.
SHAPES_NOTHING = (
    *("conf/scores/", "conf/keyword_sets.yml", "conf/sources/", "conf/shared_hosts.yml"),
    *("conf/deploy/", "conf/log4j2.properties"),
)
# What a contract says to people.
SAID = ("about", "grain", "meaning")


@cache
def commit() -> str:
    """The commit of the code, `+` when files differ from it; `unknown` without git."""
    last = _git("rev-parse", "--short=12", "HEAD")
    return last + ("+" if last and _git("status", "--porcelain") else "") or "unknown"


@cache
def content_hash() -> str:
    """Changes with whatever shapes results: the package's modules, the jobs, the settings and contracts; needs no git.

    The modules are those that run, be they in a folder or in a zip; the others are beside the code of the driver.
    """
    return hash_of(files("qualscore"), ROOT)


def hash_of(package: Traversable, root: Path) -> str:
    """The hash of a package, and of the jobs, settings and contracts of a folder."""
    hashed = hashlib.sha256()
    for name, content in sorted([*_modules(package, "qualscore"), *_beside(root)]):
        hashed.update(f"{name} {len(content)}\n".encode() + content)
    return hashed.hexdigest()[:16]


def _modules(folder: Traversable, name: str) -> Iterator[tuple[str, bytes]]:
    for entry in folder.iterdir():
        if entry.is_dir():
            yield from _modules(entry, f"{name}/{entry.name}")
        elif entry.name.endswith(".py"):
            yield f"{name}/{entry.name}", entry.read_bytes()


def _beside(root: Path) -> Iterator[tuple[str, bytes]]:
    for file in (*root.glob("jobs/*.py"), *root.glob("conf/**/*"), *root.glob("schemas/*.yml")):
        name = file.relative_to(root).as_posix()
        if file.is_file() and not name.startswith(SHAPES_NOTHING):
            content = file.read_bytes()
            yield name, _without_words(content) if name.startswith("schemas/") else content


def _without_words(contract: bytes) -> bytes:
    """A contract without what only people read. libyaml takes .1 s for all contracts, PyYAML's own parser 1 s."""
    declared: dict[str, Any] = yaml.load(contract, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    columns = {name: {key: it[key] for key in it if key not in SAID} for name, it in declared["columns"].items()}
    kept = {key: declared[key] for key in declared if key not in SAID} | {"columns": columns}
    return json.dumps([*kept.items(), list(columns)], default=str).encode()


def _git(*command: str) -> str:
    try:
        return subprocess.run(["git", "-C", str(ROOT), *command], capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return ""
