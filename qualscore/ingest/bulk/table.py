"""All rows of one table whose deliveries are large: every file is read once, and only rows that need it are judged at length."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import reduce

from pyspark import StorageLevel
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from qualscore.config import Source
from qualscore.contracts import Contract
from qualscore.ingest.bulk.key_collisions import MOST_REPEATED, Repeated, repeated
from qualscore.ingest.bulk.name_lookups import with_countries, with_industry_groups
from qualscore.ingest.bulk.sifting import Sifted, look, sift, with_large_conventions
from qualscore.ingest.conformance import MARKS, cleaners_of
from qualscore.ingest.conventions import evidence
from qualscore.ingest.delivery import REASON, Delivery
from qualscore.ingest.links import linked
from qualscore.ingest.outcome import Ingested, fits, judge
from qualscore.ingest.row_rules import Rules
from qualscore.internals import read_from_cache


@contextmanager
def staging() -> Iterator["Staging"]:
    """What is written to the executors' disks for as long as an ingest lasts."""
    staged = Staging()
    try:
        yield staged
    finally:
        staged.remove()


@dataclass(frozen=True)
class Staging:
    """Frames on disk, in columns. Spark removes them with the session; `remove` does it before."""

    _held: list[DataFrame] = field(default_factory=list)

    def keep(self, frame: DataFrame) -> DataFrame:
        """The same frame, computed once when it is first read, and read again without the plan that made it."""
        held = frame.persist(StorageLevel.DISK_ONLY)
        self._held.append(held)
        return read_from_cache(held)

    def remove(self) -> None:
        """Frees the disks."""
        while self._held:
            self._held.pop().unpersist()


def large_table(
    deliveries: Sequence[tuple[Source, Delivery]],
    contract: Contract,
    *,
    rules: Rules,
    staging: Staging,
    free_mail_companies: DataFrame | None = None,
    crm_accounts: DataFrame | None = None,
) -> Ingested:
    """What `judgement.table` gives of the same arguments, computed: actions. Its frames are read from `staging`."""
    looked = [look(source, cleaners_of(source, delivery, contract, rules)) for source, delivery in deliveries]
    held = [sift(it) for it in with_large_conventions(looked, contract, rules=rules)]
    held = _with_rest([replace(one, rows=staging.keep(one.rows)) for one in held])
    others = reduce(DataFrame.unionByName, (one.others().withColumn("_rank", F.lit(rank)) for rank, one in enumerate(held)))
    others = staging.keep(linked(others, free_mail_companies=free_mail_companies, crm_accounts=crm_accounts))
    fitting = [one.fitting().withColumn("_rank", F.lit(rank)) for rank, one in enumerate(held)]
    again = repeated([*(frame.select("_hash") for frame in fitting), others.where(fits()).select(_hash(contract))])
    named = [_named(frame, one) for frame, one in zip(fitting, held, strict=True)]
    split = [_apart(frame, again) for frame in named]
    competing = [_marked(frame, one) for (_, frame), one in zip(split, held, strict=True) if frame is not None]
    dropped = [_unkept(frame, rank) for rank, one in enumerate(held) if (frame := one.filtered()) is not None]
    rows = staging.keep(judge(reduce(DataFrame.unionByName, [others, *competing, *dropped]), contract))
    direct = [frame.select(*contract.columns, "_notes") for frame, _ in split if frame is not None]
    delivery_of = {one.source.id: one.cleaners.delivery for one in held}
    return Ingested(contract, delivery_of, rows, reduce(DataFrame.unionByName, direct) if direct else None)


def _with_rest(held: Sequence[Sifted]) -> list[Sifted]:
    """The sources with the order of dates and the sign of decimals that rows tell which were not looked at before: none of those fits."""
    evidence_of = evidence([(one.source, one.cleaners, one.odd()) for one in held])
    return [one.decided(evidence_of[one.source.id]) if one.source.id in evidence_of else one for one in held]


def _hash(contract: Contract) -> Column:
    return F.xxhash64(*contract.key).alias("_hash")


def _named(fitting: DataFrame, sifted: Sifted) -> DataFrame:
    names = sifted.fitting()
    return with_industry_groups(with_countries(fitting, sifted.cleaners, names=names), sifted.cleaners, names=names)


def _apart(fitting: DataFrame, again: Repeated) -> tuple[DataFrame | None, DataFrame | None]:
    """The rows that are clean as they are, and those that have to be compared with others; None for no row."""
    if again.count > MOST_REPEATED:
        return None, fitting
    hashes = F.broadcast(again.hashes)
    alone = fitting if not again.count else fitting.join(hashes, "_hash", "left_anti")
    competing = None if not again.count else fitting.join(hashes, "_hash", "left_semi")
    if "is_deleted" in fitting.columns:
        gone = F.coalesce("is_deleted", F.lit(False))
        deleted = alone.where(gone)
        alone, competing = alone.where(~gone), deleted if competing is None else competing.unionByName(deleted)
    return alone, competing


def _marked(competing: DataFrame, sifted: Sifted) -> DataFrame:
    """With the marks of a conformed row."""
    rows = sifted.with_files(competing)
    return _with_marks(rows, _kept=F.lit(True), _notes=F.col("_notes"), _line=F.col("_line"), _file=F.col("_file"))


def _unkept(dropped: DataFrame, rank: int) -> DataFrame:
    return _with_marks(dropped.withColumn("_rank", F.lit(rank)), _kept=F.lit(False))


def _with_marks(rows: DataFrame, **known: Column) -> DataFrame:
    marks = {name: known.get(name, F.lit(None).cast("bigint" if name == "_line" else "string")) for name in MARKS}
    marks |= {"_reasons": F.array().cast(f"array<{REASON}>"), "_notes": known.get("_notes", F.lit(None)).cast(f"array<{REASON}>")}
    held = [name for name in rows.columns if not name.startswith("_")]
    return rows.select(*held, "_rank", *(column.alias(name) for name, column in marks.items()))
