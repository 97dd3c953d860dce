"""What became of a delivery: for the person who waits, and for the run's record."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from qualscore.ingest.remarks import Remark

# Why a row has no domain.
PROBLEMS = ("NO_DOMAIN", "INVALID_DOMAIN", "FREE_MAIL_DOMAIN", "SHARED_HOST")

MOST_NAMED = 8
# Notes of cells that have a value.
KEPT_VALUES = ("AMBIGUOUS_DATE", "AMBIGUOUS_NUMBER", "UNKNOWN_COUNTRY", "UNKNOWN_INDUSTRY", *PROBLEMS)
# What a person has to decide.
ASKED = {
    "UNKNOWN_STAGE": "taken for open: name them in a mapping (stages: {won: [...], lost: [...], open: [...]})",
    "SEVERAL_IN_A_CELL": 'several in one cell? A mapping splits them (separators: {product: [","]})',
    "NO_CURRENCY": "their currency is not named, and they are taken for US dollars: fill it in, or declare `currency:` on the source",
    "ROUNDED_ID": "a spreadsheet has rounded the ids: export them as text",
}


@dataclass(frozen=True)
class DeliverySummary:
    """One source. rows_read = clean + rejected + superseded; filtered ones come on top.

    Attributes:
        source: its id.
        table: what it was delivered for.
        rows_read: rows that `where` keeps.
        filtered: rows that `where` drops.
        clean: rows in the clean table.
        superseded: rows whose key a later row has too, and those that the CRM has deleted.
        deleted: of the superseded ones, those that the CRM has deleted.
        rejected: refused rows.
        reasons: refused rows by reason; a row with two reasons counts under both.
        notes: `column:WHAT` to the number of kept rows with a text that could be meant otherwise or is not known.
        fill: share of the clean rows that have a value, by column that is delivered.
        mapping: contract column to the header that it is delivered under.
        unmapped: headers that no column takes.
        types: header to its type, where the delivery has any.
        remarks: of the notes, which values, how often, and where first.
        findings: what contradicts itself, in words.
    """

    source: str
    table: str
    rows_read: int = 0
    filtered: int = 0
    clean: int = 0
    superseded: int = 0
    deleted: int = 0
    rejected: int = 0
    reasons: Mapping[str, int] = field(default_factory=dict)
    notes: Mapping[str, int] = field(default_factory=dict)
    fill: Mapping[str, float] = field(default_factory=dict)
    mapping: Mapping[str, str] = field(default_factory=dict)
    unmapped: tuple[str, ...] = ()
    types: Mapping[str, str] = field(default_factory=dict)
    remarks: tuple[Remark, ...] = ()
    findings: tuple[str, ...] = ()

    @classmethod
    def of_record(cls, record: Mapping[str, Any]) -> "DeliverySummary":
        """The summary that scores/score_runs keeps as `record` gave it; that of an older version has no remarks."""
        remarks = tuple(Remark.of_record(it) for it in record.get("remarks") or ())
        lists = {"unmapped": tuple(record["unmapped"]), "findings": tuple(record.get("findings") or ()), "remarks": remarks}
        return cls(**(dict(record) | lists))

    def record(self) -> dict[str, object]:
        """The summary as scores/score_runs keeps it."""
        texts = {"remarks": [it.record() for it in self.remarks], "findings": list(self.findings)}
        return asdict(replace(self, remarks=())) | {"unmapped": list(self.unmapped)} | texts

    def lines(self) -> list[str]:
        """The summary in words, one line per kind of finding.

        >>> print("; ".join(DeliverySummary("lists:won.csv", "account_lists", 10, 0, 7, 1, 0, 2, {"NO_DOMAIN": 2}).lines()))
        lists:won.csv: 10 rows read, 7 clean, 1 superseded, 2 rejected (NO_DOMAIN 2)
        """
        parts = [f"{self.rows_read:,} rows read", f"{self.clean:,} clean", f"{self.superseded:,} superseded{self._of_deleted()}"]
        parts.append(f"{self.rejected:,} rejected" + (f" ({_counted(self.reasons)})" if self.reasons else ""))
        parts += [f"{self.filtered:,} left out (where)"] if self.filtered else []
        lines = [f"{self.source}: {', '.join(parts)}"]
        lines += [f"  filled: {', '.join(f'{name} {share:.0%}' for name, share in self.fill.items())}"] if self.fill else []
        lines += [f"  kept, but: {_counted(self.notes)}"] if self.notes else []
        lines += [f"    {it.sentence()}" for it in self.remarks if it.examples]
        lines += [f"  {it}" for it in self.findings]
        lines += [f"  not used: {_listed(self.unmapped)}"] if self.unmapped else []
        return lines

    def warnings(self, max_unread_share: float) -> list[str]:
        """What contradicts itself, what is not known, and columns of which more cells than this share are not read."""
        sentences = [f"{self.source}: {it}" for it in self.findings]
        for remark in self.remarks:
            if remark.reason in ASKED:
                sentences.append(f"{self.source}: {remark.sentence()}; {ASKED[remark.reason]}")
            elif remark.reason not in KEPT_VALUES and remark.rows > max_unread_share * max(self.rows_read, 1):
                share = f"{remark.rows / max(self.rows_read, 1):.0%} of its cells are not read (max_unread_share {max_unread_share:.0%})"
                sentences.append(f"{self.source}: {remark.sentence()}; {share}: {_advice(remark.reason)}")
        return sentences

    def _of_deleted(self) -> str:
        return f" ({self.deleted:,} deleted in the CRM)" if self.deleted else ""


def news(now: DeliverySummary, before: Mapping[str, object]) -> list[str]:
    """How a delivery's headers differ from those of the last one: new, missing, renamed, of another type.

    Args:
        now: today's.
        before: the record of the last run that read this source.
    """
    old, types = dict(_mapping(before.get("mapping"))), dict(_mapping(before.get("types")))
    headers = {*now.mapping.values(), *now.unmapped}
    earlier = {*old.values(), *_strings(before.get("unmapped"))}
    renamed = {name: (old[name], header) for name, header in now.mapping.items() if name in old and old[name] != header}
    lost = [name for name in old if name not in now.mapping]
    moved = {it for pair in renamed.values() for it in pair}
    lines = [f"{name} now comes from '{new}', before from '{was}'" for name, (was, new) in renamed.items()]
    lines += [f"no longer delivered: {', '.join(f'{name} ({old[name]})' for name in lost)}"] if lost else []
    fresh = sorted(headers - earlier - moved)
    lines += [f"new headers: {_listed(fresh)}"] if fresh else []
    gone = sorted(earlier - headers - moved - {old[name] for name in lost})
    lines += [f"headers that are gone: {_listed(gone)}"] if gone else []
    lines += [f"'{it}' is {kind}, before {types[it]}" for it, kind in now.types.items() if it in types and types[it] != kind]
    return [f"{now.source}: {line}" for line in lines]


def _advice(reason: str) -> str:
    code = reason.removeprefix("NO_RATE_")
    return "mend the column, or map another" if code == reason else f"set what one is worth in US dollars (rates: {{{code}: ...}})"


def _mapping(value: object) -> Mapping[str, str]:
    return value if isinstance(value, Mapping) else {}


def _strings(value: object) -> list[str]:
    return [str(it) for it in value] if isinstance(value, list | tuple) else []


def _counted(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {count:,}" for name, count in counts.items())


def _listed(names: tuple[str, ...] | list[str]) -> str:
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return ", ".join(f"'{name}'" for name in names[:MOST_NAMED]) + more
