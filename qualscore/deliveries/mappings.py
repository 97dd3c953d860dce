"""Mapping documents: what a vendor calls the columns of a table, and how it writes what is in them."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator

from qualscore.config import ROOT, DateOrder, SourceTable, Strict, nearest, validate
from qualscore.contracts import Contract
from qualscore.deliveries.headers import normalised
from qualscore.errors import ConfigurationError
from qualscore.ingest.cleaners import GIVEN
from qualscore.yaml_files import load_documents

SOURCES = ROOT / "conf" / "sources"
Names = Annotated[tuple[str, ...], BeforeValidator(lambda it: (it,) if isinstance(it, str) else it)]


class Document(Strict):
    """One vendor's file for one table.

    Attributes:
        table: the clean table.
        columns: contract column to the headers that it accepts, the preferred first.
        requires: headers that tell this vendor's file from others: all of them are there.
        files: a regular expression that the file's name has to match.
        headerless: the names of the columns of a file that has no header.
        file_name: contract column to a regular expression whose first group gives its value from the file's name.
        dates: how 3/4/2026 is meant.
        scale: contract column to the unit that its numbers are delivered in (thousands: 1000).
        nothing: contract column to texts that stand for no value.
        stages: outcome to the names of the stages of deals that have it, beside those of conf/deal_stages.yml.
        separators: contract column to what sets off several values in a cell: a row for each.
        footer: whether rows with nothing but their first cell are the footer of a report.
    """

    table: SourceTable
    columns: dict[str, Names] = {}
    requires: Names = ()
    files: str | None = None
    headerless: Names = ()
    file_name: dict[str, str] = {}
    dates: DateOrder | None = None
    scale: dict[str, float] = {}
    nothing: dict[str, Names] = {}
    stages: dict[Literal["won", "lost", "open"], Names] = {}
    separators: dict[str, Names] = {}
    footer: bool = False

    def fits(self, names: Sequence[str], file: str) -> bool:
        """Whether a file with these headers and this name is of this kind; one that says nothing of it fits every file."""
        known = {normalised(name) for name in names}
        return all(normalised(it) in known for it in self.requires) and (self.files is None or re.search(self.files, file) is not None)

    @property
    def is_of_a_vendor(self) -> bool:
        """Whether the document says which files it is for."""
        return bool(self.requires or self.files)


def documents(mapping: str, contract: Contract) -> list[Document]:
    """The documents that a source's `mapping` names for a table: all of conf/sources for `auto`.

    Raises:
        ConfigurationError: no such mapping, or one that does not fit the table; all findings of a file at once.
    """
    if mapping == "auto":
        return [it for file in sorted(SOURCES.glob("*.yml")) for it in _read(file, contract)]
    file = Path(mapping) if "/" in mapping else SOURCES / f"{mapping}.yml"
    if not file.is_file():
        known = ["auto", *(it.stem for it in sorted(SOURCES.glob("*.yml")))]
        raise ConfigurationError(f"mapping {mapping}: no such file" + ("" if "/" in mapping else f"; {nearest(mapping, known)}"))
    for_table = _read(file, contract)
    if not for_table:
        raise ConfigurationError(f"mapping {file}: says nothing about {contract.table}; add a document with 'table: {contract.table}'")
    return for_table


def fingerprint(mapping: str) -> list[str]:
    """The content of all files that a source's `mapping` reads."""
    files = sorted(SOURCES.glob("*.yml")) if mapping == "auto" else [Path(mapping) if "/" in mapping else SOURCES / f"{mapping}.yml"]
    return [file.read_text(encoding="utf-8-sig") for file in files if file.is_file()]


def _read(file: Path, contract: Contract) -> list[Document]:
    """The documents of a file for the table."""
    contents = [it for it in load_documents(file, kind="mapping ") if it is not None]
    if not all(isinstance(it, dict) and isinstance(it.get("table"), str) for it in contents):
        raise ConfigurationError(f"mapping {file}: a document should hold 'table: NAME' and 'columns: {{contract column: [headers]}}'")
    for_table, findings = [], []
    for content in (it for it in contents if it["table"] == contract.table):
        findings += _unknown_columns(content, contract)
        try:
            for_table.append(validate(Document, content, where=str(file)))
        except ConfigurationError as error:
            findings += [line.strip() for line in str(error).splitlines()[1:]]
    if findings:
        raise ConfigurationError("\n".join([f"mapping {file}: {len(findings)} finding(s)", *(f"  {it}" for it in findings)]))
    return for_table


def _unknown_columns(content: Mapping[str, Any], contract: Contract) -> list[str]:
    known = [name for name, column in contract.columns.items() if column.clean != GIVEN]
    named = {key: content[key] for key in ("columns", "file_name", "scale", "nothing", "separators") if isinstance(content.get(key), dict)}
    return [
        f"{key}.{name}: {contract.table} has no such column; {nearest(str(name), known)}"
        for key, of_column in named.items()
        for name in of_column
        if name not in known
    ]
