"""The schema `bi` as a script of DuckDB, whose extension `delta` reads the tables where they are."""

from collections.abc import Mapping

from qualscore import contracts, paths
from qualscore.contracts import Contract
from qualscore.publish.bi.selects import SELECTS, sources

HEAD = """-- The schema bi for DuckDB, made by `activate`: duckdb -init duckdb.sql. Tables are read where they are, as they are then.
INSTALL delta;
LOAD delta;
CREATE SCHEMA IF NOT EXISTS bi;"""


def script(places: Mapping[str, str]) -> str:
    """Writes the script.

    Args:
        places: paths of tables such as scores/fit_intent; the views of one that is not named are left out.
    """
    tables = {name: f"delta_scan({_text(_known(path))})" for name, path in places.items()}
    views = [_view(contracts.load(name), select.format_map(tables)) for name, select in SELECTS.items() if sources(select) <= places.keys()]
    return "\n\n".join([HEAD, *views]) + "\n"


def _view(contract: Contract, select: str) -> str:
    name = f"bi.{contract.table}"
    comments = (f"COMMENT ON COLUMN {name}.{column} IS {_text(it.meaning)};" for column, it in contract.columns.items())
    return "\n".join([f"CREATE OR REPLACE VIEW {name} AS\n{select};", f"COMMENT ON VIEW {name} IS {_text(contract.about)};", *comments])


def _known(path: str) -> str:
    """The path as DuckDB writes it: of this machine without a scheme, and Hadoop's s3a is its s3."""
    return paths.local(path) or path.replace("s3a://", "s3://", 1)


def _text(plain: str) -> str:
    """A literal of SQL's standard."""
    return "'" + plain.replace("'", "''") + "'"
