"""The schema `bi` as views of Spark, which its Thrift server shows with their comments."""

from collections.abc import Mapping

from qualscore import contracts
from qualscore.contracts import Contract
from qualscore.publish.bi.selects import ALL_FACTORS, FACT_FACTOR, SELECTS, sources
from qualscore.storage.declarations import text

# A table of fewer accounts is there for others; Spark shows the factors of all.
OF_SPARK: Mapping[str, str] = {**SELECTS, FACT_FACTOR: ALL_FACTORS}
# The tables that the views read.
SOURCES = tuple(sorted(set().union(*map(sources, OF_SPARK.values()))))


def statements(paths: Mapping[str, str]) -> list[str]:
    """Makes the statements of Spark that create the schema and its views, or replace them.

    Args:
        paths: of tables such as scores/account_scores; the views of one that is not named are left out.
    """
    views = {name: select for name, select in OF_SPARK.items() if sources(select) <= paths.keys()}
    tables = {name: f"delta.`{path.replace('`', '``')}`" for name, path in paths.items()}
    return [
        "CREATE DATABASE IF NOT EXISTS bi COMMENT 'Scores for BI: dimensions and facts, flat'",
        *(_view(contracts.load(name), select.format_map(tables)) for name, select in views.items()),
    ]


def _view(contract: Contract, select: str) -> str:
    columns = ", ".join(f"{name} COMMENT {text(it.meaning)}" for name, it in contract.columns.items())
    return f"CREATE OR REPLACE VIEW bi.{contract.table} ({columns}) COMMENT {text(contract.about)} AS\n{select}"
