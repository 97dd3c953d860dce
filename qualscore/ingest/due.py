"""What the last ingest left of each table, to tell which tables are to be judged again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from qualscore.ingest.summary import DeliverySummary


@dataclass(frozen=True)
class Judgement:
    """What one clean table was made of.

    Attributes:
        own: hash of its deliveries, mappings, settings and contract, and of the code.
        links: hash of the content of other tables that its rows are linked with.
        content: hash of its clean and rejected rows in any order; None where they were not compared.
    """

    own: str
    links: str = ""
    content: str | None = None

    @property
    def token(self) -> str:
        """What changes whenever the table's content may have changed, for tables that are linked with it."""
        return self.content or f"{self.own} {self.links}"


@dataclass(frozen=True)
class Left:
    """What the last successful ingest left.

    Attributes:
        judgements: by clean table.
        versions: by table, layer included.
        deliveries: what became of each source's rows.
    """

    judgements: Mapping[str, Judgement] = field(default_factory=dict)
    versions: Mapping[str, int] = field(default_factory=dict)
    deliveries: Sequence[DeliverySummary] = ()

    @classmethod
    def of_record(cls, record: Mapping[str, object] | None) -> "Left":
        """From a row of scores/score_runs as a dictionary; nothing is left where there is none, or one that an older version wrote."""
        if record is None or not record.get("tables") or not record.get("versions"):
            return cls()
        judged: Sequence[Mapping[str, str]] = record["tables"]  # type: ignore[assignment]
        done: Sequence[Mapping[str, object]] = record["deliveries"]  # type: ignore[assignment]
        return cls(
            {it["table"]: Judgement(it["own"], it["links"], it["content"]) for it in judged},
            dict(record["versions"]),  # type: ignore[call-overload]
            [DeliverySummary.of_record(it) for it in done],
        )

    def is_at(self, versions: Mapping[str, int]) -> bool:
        """Whether tables are at the versions that the last ingest left: nothing else has written them, and no run broke off."""
        return all(self.versions.get(name, -1) == version for name, version in versions.items())

    def summaries(self, table: str) -> list[DeliverySummary]:
        """What became of the deliveries of one table."""
        return [it for it in self.deliveries if it.table == table]


def rows_of(judgements: Mapping[str, Judgement]) -> list[dict[str, str | None]]:
    """The judgements as scores/score_runs keeps them."""
    return [{"table": table, "own": it.own, "links": it.links, "content": it.content} for table, it in sorted(judgements.items())]
