"""Which tables an ingest judges again: those whose own deliveries changed, and those that are linked with what changed."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from qualscore import contracts, deliveries, ingest
from qualscore.deliveries.state import state
from qualscore.ingest import Ingested, Rules
from qualscore.ingest.due import Judgement, Left
from qualscore.runs import records
from qualscore.runs.run import Run
from qualscore.stages.reading import clean

COMPANIES, CRM = "free_mail_companies", "crm_accounts"
# What rows are linked by.
COLUMNS = {COMPANIES: ("domain",), CRM: ("account_id", "company_name", "domain")}
# What is linked, and the tables whose rows are linked with it.
LINKED = {
    COMPANIES: ("crm_accounts", "crm_opportunities", "activities", "account_lists", "overrides"),
    CRM: ("crm_opportunities", "activities"),
}


def own_inputs(run: Run, table: str) -> str:
    """A hash of everything that a clean table depends on by itself: deliveries, mappings, settings, contracts, code."""
    rules = row_rules(run)
    hosts = rules.domains
    declared = [contracts.load(f"{layer}/{table}") for layer in ("clean", "rejected")]
    return records.fingerprint_of(
        {
            "sources": [(it.model_dump(), state(run.spark, it)) for it in run.settings.sources if it.table == table],
            "contracts": [it.model_dump(exclude={"about": True, "columns": {"__all__": {"meaning", "line"}}}) for it in declared],
            "rules": (hosts.extra_suffixes, hosts.shared_hosts, hosts.redirects, hosts.builders),
            "rates": sorted(rules.rates.items()) if any(it.type == "double" for it in declared[0].columns.values()) else [],
            "stages": {name: sorted(words) for name, words in vars(rules.stages).items()} if "outcome" in declared[0].columns else {},
        }
    )


def row_rules(run: Run) -> Rules:
    """What varies between installations in the judgement of a row."""
    rates = {code: [(it.since, it.rate) for it in of_code] for code, of_code in run.settings.rates.items()}
    return Rules(run.as_of, deliveries.domain_rules(run.settings.extra_suffixes), deliveries.stage_words(), rates)


def versions_now(run: Run, *names: str) -> dict[str, int]:
    """The versions of tables; -1 of one that is not there."""
    return {name: run.tables.version(name) for name in names}


def is_held(run: Run, left: Left, table: str) -> bool:
    """Whether a clean table and its rejected rows are as the last successful ingest left them."""
    return left.is_at(versions_now(run, f"clean/{table}", f"rejected/{table}"))


@dataclass
class Links:
    """What rows are linked with: CRM accounts, and the companies with a free-mail domain.

    Attributes:
        run: of the ingest.
        left: by the last ingest.
        judged: what this ingest has judged so far, by table.
        judgements: of the tables that it has decided on.
        kept: condition, by table, of the stored rows that this ingest keeps.
    """

    run: Run
    left: Left
    judged: dict[str, Ingested] = field(default_factory=dict)
    judgements: dict[str, Judgement] = field(default_factory=dict)
    kept: dict[str, str] = field(default_factory=dict)
    _frames: dict[str, DataFrame] = field(default_factory=dict)

    def hash_for(self, table: str) -> str:
        """A hash of the content that a table's rows are linked with; empty where they are linked with nothing."""
        tokens = [f"{name} {self._token(name)}" for name, tables in LINKED.items() if table in tables and self._is_there(name)]
        return _hash(tokens) if tokens else ""

    def frames_for(self, table: str) -> dict[str, DataFrame | None]:
        """What a table's rows are linked with, by name."""
        return {name: self._frame(name) if table in tables and self._is_there(name) else None for name, tables in LINKED.items()}

    def _is_there(self, name: str) -> bool:
        return ("firmographics" if name == COMPANIES else name) in self.judgements

    def _token(self, name: str) -> str:
        if name == CRM:
            return self.judgements[CRM].token
        known = self.left.judgements.get(COMPANIES)
        if COMPANIES not in self.judgements:
            if "firmographics" in self.judged or known is None:
                known = Judgement("", content=_hash(sorted(row["domain"] for row in self._frame(COMPANIES).collect())))
            self.judgements[COMPANIES] = known
        return self.judgements[COMPANIES].token

    def _frame(self, name: str) -> DataFrame:
        if name not in self._frames:
            now = self._after("firmographics" if name == COMPANIES else name, COLUMNS[name])
            self._frames[name] = ingest.free_mail_companies(now) if name == COMPANIES else now
        return self._frames[name]

    def _after(self, table: str, columns: Sequence[str]) -> DataFrame:
        """Columns of a clean table as this ingest will leave it: of stored rows that stay, and of judged ones."""
        stored = clean(self.run, table)
        if table not in self.judged:
            return stored.select(*columns)
        now, before = self.judged[table].clean.select(*columns), self.judged[table].before
        if before is not None:
            key = list(self.judged[table].contract.key)
            return stored.join(before.select(*key), key, "left_anti").select(*columns).unionByName(now)
        return now.unionByName(stored.where(F.expr(self.kept[table])).select(*columns)) if table in self.kept else now


def _hash(texts: list[str]) -> str:
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()[:16]
