"""Which vendor's file a delivery is, and hence which of its headers is which contract column."""

from collections.abc import Sequence
from dataclasses import dataclass

from qualscore.contracts import Contract
from qualscore.deliveries import mappings
from qualscore.deliveries.headers import match, normalised
from qualscore.deliveries.mappings import Document
from qualscore.deliveries.preferred import Preferred, preferred
from qualscore.ingest.cleaners import DOMAINS, GIVEN, PROBLEM, is_own

# Headers that a message names: an object of objects in JSON has one for each of them.
MOST_NAMED = 60


@dataclass(frozen=True)
class Recognised:
    """How a file is read.

    Attributes:
        accepted: contract column to the headers that it accepts, the preferred first.
        mapping: contract column to delivered header.
        how: what the vendor's document says besides.
        chosen: the mapping, and what else is delivered for its columns.
    """

    accepted: dict[str, list[str]]
    mapping: dict[str, str]
    how: Document
    chosen: Preferred


def recognise(mapping: str, contract: Contract, names: Sequence[str], file: str) -> Recognised:
    """The kind of a file with these headers and this name.

    Args:
        mapping: `auto`, the name of a file of conf/sources, or a mapping file. Of the documents that fit, the one that takes the
            most headers says how the file is read. A column that it does not name keeps its own name and the contract's headers.
        contract: of the clean table.
        names: the delivered headers.
        file: the file's name.

    Raises:
        ConfigurationError: no such mapping, or one that does not fit the table.
    """
    known = mappings.documents(mapping, contract)
    fitting = [it for it in known if it.is_of_a_vendor and it.fits(names, file)]
    others = [it for it in known if not it.is_of_a_vendor]
    vendor = max(fitting, key=lambda it: len(match(names, it.columns)), default=None)
    general = [it for it in others if mapping != "auto"]
    chosen = vendor or (general[0] if general else None)
    accepted = {
        name: [*(chosen.columns.get(name, ()) if chosen else ()), *_usual(name, contract, chosen, others if mapping == "auto" else [])]
        for name, column in contract.columns.items()
        if column.clean not in (GIVEN, PROBLEM)
    }
    best = preferred(match(names, accepted), accepted, contract, names)
    return Recognised(accepted, best.mapping, chosen or Document.model_validate({"table": contract.table}), best)


def headerless(mapping: str, contract: Contract, file: str) -> tuple[str, ...]:
    """The names of the columns of a file that has no header, as its name tells; none for the others."""
    fitting = [it.headerless for it in mappings.documents(mapping, contract) if it.headerless and it.fits(it.headerless, file)]
    return fitting[0] if fitting else ()


def missing(recognised: Recognised, contract: Contract, names: Sequence[str], named: Sequence[str]) -> list[str]:
    """The required columns that no header fits. observed_on has a default in the configuration and the run's date."""
    there = {*recognised.mapping, *named, "observed_on"}
    if there & {"account_id", "account_name"} or any(
        contract.columns[name].clean == "contact" for name in there if name in contract.columns
    ):
        there.add("domain")  # that of the address, else of the account
    wanting = [
        name
        for name, column in contract.columns.items()
        if column.required and name not in there and name in recognised.accepted and (is_own(column) or column.clean in DOMAINS)
    ]
    delivered = ", ".join(names[:MOST_NAMED]) + (f" and {len(names) - MOST_NAMED:,} more" if len(names) > MOST_NAMED else "")
    return [
        f"no column for {name} (accepted: {', '.join(dict.fromkeys(recognised.accepted[name]))}); delivered: {delivered};"
        " rename one, or name it in a mapping file"
        for name in wanting
    ]


def _usual(name: str, contract: Contract, chosen: Document | None, others: Sequence[Document]) -> list[str]:
    """What a column is called without a vendor: what a mapping names replaces it, unless the mapping was not asked for.

    What the chosen document calls another column is none of them: an `employee_count` may be a range.
    """
    if chosen and name in chosen.columns and not chosen.is_of_a_vendor:
        return []
    taken = {normalised(header) for headers in (chosen.columns.values() if chosen else ()) for header in headers}
    usual = [name, *contract.columns[name].headers, *(header for it in others for header in it.columns.get(name, ()))]
    return [header for header in usual if normalised(header) not in taken]
