"""The findings of an audit, for a terminal."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from qualscore.reports.house.content import Block, Listing, Page, Section, Text
from qualscore.scores.audit.finding import KINDS, Finding


def audit_page(findings: Sequence[Finding], skipped: Mapping[str, str], *, warehouse: str, as_of: date) -> Page:
    """A page of all findings, in the order in which they are given.

    Args:
        findings: of the audit.
        skipped: by kind why nothing, or not all, was looked at.
        warehouse: that was audited.
        as_of: the day by which data is old.
    """
    named = {*skipped, *(it.kind for it in findings)}
    clean = [it for it in KINDS if it not in named]
    number_of = f"{len(findings)} finding(s)" if findings else "no findings"
    sections = [Section(f"finding-{number}", _title(it), tuple(_blocks(it))) for number, it in enumerate(findings, 1)]
    if clean:
        sections.append(Section("clean", "Nothing to doubt", (Text(", ".join(clean)),)))
    if skipped:
        sections.append(Section("skipped", "Not looked at", (Listing(tuple(f"{kind}: {why}" for kind, why in skipped.items())),)))
    return Page(f"Audit of {warehouse}", f"as of {as_of}: {number_of}", tuple(sections))


def _title(finding: Finding) -> str:
    named = f", {finding.score_name}" if finding.score_name else ""
    return f"{finding.kind.capitalize()}: {finding.table}{named}"


def _blocks(finding: Finding) -> Iterator[Block]:
    yield Text(f"{finding.sentence[:1].upper()}{finding.sentence[1:]}.")
    if finding.examples:
        yield Text(f"For example: {', '.join(finding.examples)}", "note")
    yield Text(f"What to do: {finding.advice}.")
