"""All rows of one table, judged: clean, superseded, rejected or filtered, and how many of each."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import reduce

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from qualscore import columns, contracts
from qualscore.config import Source
from qualscore.contracts import Contract
from qualscore.ingest.conformance import conform_source
from qualscore.ingest.delivery import Delivery
from qualscore.ingest.rules import Rules


@dataclass(frozen=True)
class SourceCounts:
    """What became of a source's rows. rows_read = clean + rejected + superseded; filtered ones come on top.

    Attributes:
        rows_read: rows that `where` keeps.
        filtered: rows that `where` drops.
        clean: rows in the clean table.
        superseded: rows whose key a later source or record has too.
        rejected: refused rows.
        reasons: refused rows by reason; a row with two reasons counts under both.
    """

    rows_read: int = 0
    filtered: int = 0
    clean: int = 0
    superseded: int = 0
    rejected: int = 0
    reasons: Mapping[str, int] = field(default_factory=dict)

    def named(self, source: str) -> dict[str, int]:
        """For a run record: `firmographics:companies.csv.rows_read` to its number, and so on."""
        plain = {name: getattr(self, name) for name in ("rows_read", "filtered", "clean", "superseded", "rejected")}
        reasons = {f"rejected_{reason}": count for reason, count in self.reasons.items()}
        return {f"{source}.{name}": count for name, count in (plain | reasons).items()}


@dataclass(frozen=True)
class Ingested:
    """All sources of one table, judged.

    Attributes:
        contract: of the clean table.
        sources: ids of the sources, in order.
        rows: every delivered row once, with `_state` (filtered, rejected, superseded, clean). `clean`, `rejected` and
            `counts` all come from it: use what `checkpointed` gives, or the files are read three times.
    """

    contract: Contract
    sources: tuple[str, ...]
    rows: DataFrame

    def checkpointed(self) -> "Ingested":
        """The same with its rows computed and kept: an action."""
        return replace(self, rows=self.rows.localCheckpoint())

    @property
    def clean(self) -> DataFrame:
        """By the contract, one row per key."""
        return self.contract.conform(self._in_state("clean").select(*self.contract.columns))

    @property
    def rejected(self) -> DataFrame:
        """By the contract rejected/TABLE, each row as delivered."""
        line = {"source": "source", "file": "_file", "line": "_line", "row": "_row", "reasons": "_reasons"}
        named = line | {"account_key": "_account_key", "domain_problem": "_problem"}
        refused = self._in_state("rejected").select(*(F.col(column).alias(name) for name, column in named.items()))
        return contracts.load(f"rejected/{self.contract.table}").conform(refused)

    def counts(self) -> dict[str, SourceCounts]:
        """What became of the rows, by source id, 0 for a source without rows. One aggregate over `rows`: an action."""
        codes = F.array_sort(F.array_distinct("_reasons.reason")).alias("codes")
        found = self.rows.groupBy("source", "_state", codes).count().collect()
        states = Counter({(row["source"], row["_state"]): 0 for row in found})
        reasons: dict[str, Counter[str]] = {source: Counter() for source in self.sources}
        for row in found:
            states[row["source"], row["_state"]] += row["count"]
            reasons[row["source"]].update(dict.fromkeys(row["codes"], row["count"]))
        return {source: _counts(states, source, reasons[source]) for source in self.sources}

    def _in_state(self, state: str) -> DataFrame:
        return self.rows.where(F.col("_state") == state)


def table(
    deliveries: Sequence[tuple[Source, Delivery]],
    contract: Contract,
    *,
    rules: Rules,
    universe_domains: DataFrame | None = None,
) -> Ingested:
    """Judge all rows of all sources of one clean table. Lazy: nothing is read yet.

    Args:
        deliveries: the sources of this table in the order of the configuration, each with its delivery. Of rows with the
            same key the later by the contract's latest_by wins, then that of the later source, then the later record.
        contract: of the clean table.
        rules: of the run.
        universe_domains: a frame with a column `domain`: the companies that firmographics deliver. A free-mail domain
            among them is an account in this table too. Needed for account_lists.

    Raises:
        ConfigurationError: a `where` that does not parse or names unknown columns.
    """
    conformed = [
        conform_source(source, delivery, contract, rules=rules).withColumn("_rank", F.lit(rank))
        for rank, (source, delivery) in enumerate(deliveries)
    ]
    rows = reduce(DataFrame.unionByName, conformed)
    if universe_domains is not None:
        rows = accept_known_domains(rows, universe_domains)
    return Ingested(contract, tuple(source.id for source, _ in deliveries), judge(rows, contract))


def accept_known_domains(rows: DataFrame, universe_domains: DataFrame) -> DataFrame:
    """A free-mail domain that firmographics deliver is a company's: its rows lose that reason. No row is added."""
    # An aggregate of no rows is one row: so the hosts become a frame. (As literals of a condition, 4,800 take seconds to plan.)
    one = universe_domains.limit(0).agg(F.count(F.lit(1)))
    hosts = one.select(F.explode(F.split(F.lit(" ".join(sorted(columns.FREE_MAIL))), " ")).alias("_known"))
    known = universe_domains.join(F.broadcast(hosts), F.col("domain") == F.col("_known"), "inner").select("_known").distinct()
    is_known = (F.col("_problem") == "FREE_MAIL_DOMAIN") & (F.col("domain") == F.col("_known"))
    other = F.filter("_reasons", lambda it: it["reason"] != "FREE_MAIL_DOMAIN")
    accepted = {
        "_reasons": F.when(F.col("_known").isNull(), F.col("_reasons")).otherwise(other),
        "_problem": F.when(F.col("_known").isNull(), F.col("_problem")),
    }
    return rows.join(F.broadcast(known), is_known, "left").withColumns(accepted).drop("_known")


def judge(rows: DataFrame, contract: Contract) -> DataFrame:
    """`_state` of each row: filtered, rejected, superseded by a later one of the same key, or clean."""
    is_fit = F.col("_kept") & (F.size("_reasons") == 0)
    # What competes for no key is spread by its place, so that it does not gather in one partition.
    keys = [F.when(is_fit, F.col(name)) for name in contract.key] + [F.when(~is_fit, F.xxhash64("_file", "_line", "_rank"))]
    latest = [F.desc_nulls_last(name) for name in (*contract.latest_by, "_rank", "_file", "_line")]
    place = F.row_number().over(Window.partitionBy(*keys).orderBy(*latest))
    state = F.when(~F.col("_kept"), "filtered").when(~is_fit, "rejected").when(F.col("_place") == 1, "clean").otherwise("superseded")
    return rows.withColumn("_place", place).withColumn("_state", state).drop("_place")


def _counts(states: Mapping[tuple[str, str], int], source: str, reasons: Mapping[str, int]) -> SourceCounts:
    of = {state: states.get((source, state), 0) for state in ("filtered", "clean", "superseded", "rejected")}
    return SourceCounts(rows_read=sum(of.values()) - of["filtered"], reasons=dict(sorted(reasons.items())), **of)
