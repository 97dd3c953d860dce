"""Which delivered header is which contract column: by name, by the aliases of conf/sources, or by a mapping file."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from qualscore.config import ROOT, nearest
from qualscore.contracts import Contract
from qualscore.errors import ConfigurationError

Headers = Mapping[str, Sequence[str]]


def normalised(header: str) -> str:
    r"""A header without case, byte-order mark, spaces and punctuation.

    >>> normalised("\ufeffAddress 1: Country/Region") == normalised("address1_country_region")
    True
    """
    return re.sub(r"[\W_]+", "", header.casefold())


def match(delivered: Sequence[str], accepted: Headers) -> dict[str, str]:
    """Contract column to delivered header; the first accepted header that is there wins.

    >>> match(["Domain", "E-Mail"], {"domain": ["website", "domain", "email"], "event_on": ["date"]})
    {'domain': 'Domain'}
    """
    known = {normalised(header): header for header in reversed(delivered) if normalised(header)}
    found = {
        column: [known[normalised(header)] for header in headers if normalised(header) in known] for column, headers in accepted.items()
    }
    return {column: headers[0] for column, headers in found.items() if headers}


def accepted(mapping: str, contract: Contract) -> dict[str, list[str]]:
    """The headers that each contract column accepts, the preferred first.

    Args:
        mapping: `auto` (its own name, the contract's headers, then those of all files of conf/sources), the name of a file
            there, or a mapping file. What such a file does not name keeps its own name and the contract's headers.
        contract: of the clean table.

    Raises:
        ConfigurationError: no such mapping, or one that does not fit the table.
    """
    own = {name: [name, *column.headers] for name, column in contract.columns.items() if column.clean != "given"}
    folder = ROOT / "conf" / "sources"
    if mapping == "auto":
        for file in sorted(folder.glob("*.yml")):
            for name, headers in _read(file, contract).items():
                own[name] += headers
        return own
    file = Path(mapping) if "/" in mapping else folder / f"{mapping}.yml"
    if not file.is_file():
        known = ["auto", *(it.stem for it in sorted(folder.glob("*.yml")))]
        raise ConfigurationError(f"mapping {mapping}: no such file" + ("" if "/" in mapping else f"; {nearest(mapping, known)}"))
    named = _read(file, contract)
    if not named:
        raise ConfigurationError(f"mapping {file}: says nothing about {contract.table}; add a document with 'table: {contract.table}'")
    return own | named


def _read(file: Path, contract: Contract) -> dict[str, list[str]]:
    """The headers by contract column that the documents of a mapping file name for the table."""
    try:
        documents = [it for it in yaml.safe_load_all(file.read_text(encoding="utf-8-sig")) if it is not None]
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ConfigurationError(f"mapping {file}: cannot be read as YAML: {' '.join(str(error).split())}") from None
    findings = [finding for document in documents for finding in _findings(document, contract)]
    if findings:
        raise ConfigurationError("\n".join([f"mapping {file}: {len(findings)} finding(s)", *(f"  {it}" for it in findings)]))
    columns = [item for document in documents if document["table"] == contract.table for item in document["columns"].items()]
    return {name: [headers] if isinstance(headers, str) else list(headers) for name, headers in columns}


def _findings(document: Any, contract: Contract) -> list[str]:  # noqa: ANN401 (YAML holds anything)
    if not isinstance(document, dict) or not isinstance(document.get("table"), str) or not isinstance(document.get("columns"), dict):
        return ["a document should hold 'table: NAME' and 'columns: {contract column: [headers]}'"]
    findings = [f"{key}: unknown; {nearest(str(key), ['table', 'columns'])}" for key in document.keys() - {"table", "columns"}]
    if document["table"] != contract.table:
        return findings
    known = [name for name, column in contract.columns.items() if column.clean != "given"]
    for name, headers in document["columns"].items():
        if name not in known:
            findings.append(f"columns.{name}: {contract.table} has no such column; {nearest(str(name), known)}")
        elif not isinstance(headers, str) and not (isinstance(headers, list) and headers and all(isinstance(it, str) for it in headers)):
            findings.append(f"columns.{name}: should be a list of headers, but is {headers!r}")
    return findings
