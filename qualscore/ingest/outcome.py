"""All rows of one table, judged: clean, superseded, rejected or filtered, and how many of each."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from typing import NamedTuple

from pyspark.sql import Column, DataFrame, Row, Window
from pyspark.sql import functions as F

from qualscore import checkpoints, contracts
from qualscore.columns.contents import row_hash
from qualscore.config import Source
from qualscore.contracts import Contract
from qualscore.ingest import remarks
from qualscore.ingest.conformance import MARKS, conform_source
from qualscore.ingest.conventions import with_conventions
from qualscore.ingest.delivery import REASON, Delivery
from qualscore.ingest.links import linked
from qualscore.ingest.remarks import Remark
from qualscore.ingest.row_rules import Rules
from qualscore.ingest.summary import DeliverySummary

# States that a delivered row ends in; `deleted` counts as superseded. `stored` rows were in the table before.
STATES = ("filtered", "clean", "superseded", "rejected")


class Counted(NamedTuple):
    """What became of the rows of a table's sources; and their content as a number that tells it apart, None where it was not looked at."""

    summaries: list[DeliverySummary]
    content: str | None


@dataclass(frozen=True)
class Ingested:
    """All sources of one table, judged.

    Attributes:
        contract: of the clean table.
        deliveries: what was read, by source id, in order.
        rows: every delivered row once, with `_state` (filtered, rejected, superseded, deleted, clean), and the rows that
            were stored before and are still the latest of their key (kept). `clean`, `rejected` and `summaries` all come
            from it: use what `checkpointed` gives, or the files are read three times. Stored deletions that still hold are `buried`.
        before: of deliveries of changes the stored rows of the clean table that `clean` replaces; None where it replaces all.
        direct: further rows that are clean, by the contract and with `_notes`: those of large deliveries that compete for no key.
    """

    contract: Contract
    deliveries: Mapping[str, Delivery]
    rows: DataFrame
    direct: DataFrame | None = None
    before: DataFrame | None = None

    def checkpointed(self) -> "Ingested":
        """The outcome with its rows computed and kept: an action."""
        return replace(self, rows=self.rows.transform(checkpoints.kept))

    @property
    def clean(self) -> DataFrame:
        """The clean rows by the contract, one per key."""
        judged = self._in_state("clean", "kept").select(*self.contract.columns)
        return self.contract.conform(judged if self.direct is None else self.direct.select(*self.contract.columns).unionByName(judged))

    @property
    def rejected(self) -> DataFrame:
        """The rejected rows by the contract rejected/TABLE, each as delivered."""
        line = {"source": "source", "file": "_file", "line": "_line", "row": "_row", "reasons": "_reasons"}
        named = line | {"account_key": "_account_key", "domain_problem": "_problem"}
        refused = self._in_state("rejected").select(*(F.col(column).alias(name) for name, column in named.items()))
        return contracts.load(f"rejected/{self.contract.table}").conform(refused)

    @property
    def deletions(self) -> DataFrame:
        """The deletions by the contract clean/crm_deletions: what the CRM has deleted now or, as far as that was stored, earlier."""
        (key,) = self.contract.key
        gone = self._in_state("deleted", "buried")
        named = gone.select(F.lit(self.contract.table).alias("table_name"), F.col(key).alias("record_id"), "modified_on", "source")
        return contracts.load("clean/crm_deletions").conform(named)

    def summaries(self) -> list[DeliverySummary]:
        """What became of the rows of each source: an action."""
        return self.counted().summaries

    def counted(self, *, undated: Collection[str] = (), unordered: Collection[str] = ()) -> "Counted":
        """What became of the rows of each source, and what they hold. One aggregate over `rows`, another one of their notes.

        Args:
            undated: sources whose rows have the run's day for want of another: that day is no content.
            unordered: sources, databases, whose rows have no place of their own.
        """
        delivered = {name for delivery in self.deliveries.values() for name in delivery.mapping}
        codes, notes = F.array_sort(F.array_distinct("_reasons.reason")).alias("codes"), remarks.codes().alias("_noted")
        is_clean = F.col("_state") == "clean"
        filled = [F.count(F.when(is_clean, F.col(name))).alias(name) for name in self.contract.columns if name in delivered]
        of_all = self.rows.where("_state not in ('kept', 'buried')").groupBy("source", "_state", codes, notes)
        if self.direct is None:
            content = F.sum(self._content(undated, unordered).cast("decimal(20,0)"))
            rows = of_all.agg(F.count(F.lit(1)).alias("_n"), content.alias("_content"), *filled)
        else:
            rows = of_all.agg(F.count(F.lit(1)).alias("_n"), *filled)
            # A column that clean rows always have is not read for it.
            is_full = {name: F.lit(1) if column.required else F.col(name) for name, column in self.contract.columns.items()}
            filled = [F.count(value).alias(name) for name, value in is_full.items() if name in delivered]
            counted = self.direct.groupBy("source", notes).agg(F.count(F.lit(1)).alias("_n"), *filled)
            rows = rows.unionByName(counted.withColumns({"_state": F.lit("clean"), "codes": F.array().cast("array<string>")}))
        groups_of: dict[str, list[Row]] = {source: [] for source in self.deliveries}
        for row in rows.collect():
            groups_of[row["source"]].append(row)
        noted = any(row["_state"] == "clean" and row["_noted"] for groups in groups_of.values() for row in groups)
        remarks_of = remarks.collected(self.rows.where(is_clean), self.direct, self.deliveries) if noted else {}
        summaries = [self._summary(source, groups, remarks_of.get(source, ())) for source, groups in groups_of.items()]
        if self.direct is not None:
            return Counted(summaries, None)
        return Counted(summaries, str(sum(int(row["_content"] or 0) for groups in groups_of.values() for row in groups)))

    def _content(self, undated: Collection[str], unordered: Collection[str]) -> Column:
        """A hash of what a clean or rejected row holds, else null."""
        fields = {it.name: it for it in self.rows.schema.fields}
        clean = [fields[name] for name in self.contract.columns if name != "observed_on"]
        day = [F.when(~F.col("source").isin(list(undated)), F.col("observed_on"))] if "observed_on" in fields else []
        place = [F.when(~F.col("source").isin(list(unordered)), F.col(name)) for name in ("_file", "_line", "_account_key")]
        refused = [fields[name] for name in ("source", "_row", "_reasons", "_problem")]
        known = F.when(F.col("_state") == "clean", F.xxhash64(row_hash(clean), *day))
        return known.when(F.col("_state") == "rejected", F.xxhash64(row_hash(refused), *place))

    def _summary(self, source: str, groups: Sequence[Row], remarks: Sequence[Remark]) -> DeliverySummary:
        states: Counter[str] = Counter()
        reasons: Counter[str] = Counter()
        notes: Counter[str] = Counter()
        for row in groups:
            states[row["_state"]] += row["_n"]
            reasons.update(dict.fromkeys(row["codes"], row["_n"]))
            if row["_state"] == "clean" and row["_noted"]:
                notes.update(dict.fromkeys(row["_noted"], row["_n"]))
        delivery = self.deliveries[source]
        fill = {
            name: sum(row[name] for row in groups) / max(states["clean"], 1) for name in self.contract.columns if name in delivery.mapping
        }
        deleted = states.pop("deleted", 0)
        states["superseded"] += deleted
        return DeliverySummary(
            source,
            self.contract.table,
            rows_read=sum(states.values()) - states["filtered"],
            **{state: states[state] for state in STATES},
            deleted=deleted,
            reasons=dict(sorted(reasons.items())),
            notes=dict(sorted(notes.items())),
            fill=fill,
            mapping=dict(delivery.mapping),
            unmapped=delivery.unmapped,
            types=dict(delivery.types),
            remarks=tuple(remarks),
            findings=delivery.findings,
        )

    def _in_state(self, *states: str) -> DataFrame:
        return self.rows.where(F.col("_state").isin(*states))


def table(
    deliveries: Sequence[tuple[Source, Delivery]],
    contract: Contract,
    *,
    rules: Rules,
    free_mail_companies: DataFrame | None = None,
    crm_accounts: DataFrame | None = None,
    stored: DataFrame | None = None,
    stored_accounts: DataFrame | None = None,
) -> Ingested:
    """Judge all rows of all sources of one clean table. Lazy, but for the order of dates and the sign of decimals: an action.

    Args:
        deliveries: the sources of this table in the order of the configuration, each with its delivery. Of rows with the
            same key the later by the contract's latest_by wins, then that of the later source, then the later record.
        contract: of the clean table.
        rules: of the run.
        free_mail_companies: a frame with a column `domain`: the companies with a free-mail domain that firmographics deliver.
            In the CRM, in engagement and in lists they are accounts too.
        crm_accounts: clean/crm_accounts, for deals and activities without a domain of their own.
        stored: rows of the clean table that earlier deliveries left and that these change, and what was deleted (`as_deleted`).
        stored_accounts: clean/crm_accounts as it was then: a stored deal whose account has another domain now has that.

    Raises:
        ConfigurationError: a `where` that does not parse or names unknown columns.
    """
    deliveries = with_conventions(deliveries, contract, rules=rules)
    rows = conformed(deliveries, contract, rules=rules)
    rows = rows if stored is None else rows.unionByName(as_rows(stored))
    rows = linked(rows, free_mail_companies=free_mail_companies, crm_accounts=crm_accounts, stored_accounts=stored_accounts)
    return Ingested(contract, {source.id: delivery for source, delivery in deliveries}, judge(rows, contract))


def conformed(deliveries: Sequence[tuple[Source, Delivery]], contract: Contract, *, rules: Rules) -> DataFrame:
    """Rows of all sources of a table (`conform_source`), with the place of their source as `_rank`."""
    each = [
        conform_source(source, delivery, contract, rules=rules).withColumn("_rank", F.lit(rank))
        for rank, (source, delivery) in enumerate(deliveries)
    ]
    return reduce(DataFrame.unionByName, each)


def judge(rows: DataFrame, contract: Contract) -> DataFrame:
    """`_state` of each row: filtered, rejected, superseded by a later one of the same key, deleted with its key, clean, kept or buried."""
    is_fit = fits()
    # What competes for no key is spread by its place, so that it does not gather in one partition.
    keys = [F.when(is_fit, F.col(name)) for name in contract.key] + [F.when(~is_fit, F.xxhash64("_file", "_line", "_rank"))]
    latest = [F.desc_nulls_last(name) for name in (*contract.latest_by, "_rank", "_file", "_line")]
    place = F.row_number().over(Window.partitionBy(*keys).orderBy(*latest))
    is_stored = F.col("_rank") < 0
    state = F.when(~F.col("_kept"), "filtered").when(~is_fit, "rejected").when(F.col("_place") > 1, _unless_stored(is_stored))
    if "is_deleted" in contract.columns:
        state = state.when(F.col("is_deleted"), F.when(is_stored, "buried").otherwise("deleted"))
    judged = rows.withColumn("_place", place).withColumn("_state", state.when(is_stored, "kept").otherwise("clean"))
    return judged.where("_state != 'gone'").drop("_place")


def fits() -> Column:
    """Whether a conformed row is kept and has no reason to be refused."""
    return F.col("_kept") & (F.size("_reasons") == 0)


def _unless_stored(is_stored: Column) -> Column:
    """A stored row that a delivered one replaces is no delivered row: it goes."""
    return F.when(is_stored, "gone").otherwise("superseded")


def as_deleted(deletions: DataFrame, contract: Contract) -> DataFrame:
    """Rows of clean/crm_deletions as rows of the clean table that hold nothing but the deletion."""
    (key,) = contract.key
    known = {key: F.col("record_id"), "modified_on": F.col("modified_on"), "source": F.col("source"), "is_deleted": F.lit(True)}
    columns = [known.get(name, F.lit(None)).cast(it.type).alias(name) for name, it in contract.columns.items()]
    return deletions.where(F.col("table_name") == contract.table).select(*columns)


def as_rows(stored: DataFrame) -> DataFrame:
    """Rows of the clean table as if they were delivered before all others; one without a domain may find its account today."""
    marks: dict[str, Column] = {name: F.lit(None).cast("string") for name in MARKS}
    marks |= {"_kept": F.lit(True), "_line": F.lit(0).cast("bigint"), "_rank": F.lit(-1)}
    if "domain_problem" in stored.columns:
        marks["_problem"] = F.col("domain_problem")
    marks |= {"_reasons": F.array().cast(f"array<{REASON}>"), "_notes": F.lit(None).cast(f"array<{REASON}>")}
    return stored.withColumns(marks)
