"""A view of each table, in a schema named as its layer, with what its contract says: names are read, and never written through."""

from collections.abc import Collection, Mapping

from qualscore import contracts
from qualscore.contracts import Contract
from qualscore.storage.declarations import text

LAYERS = {
    "clean": "What was delivered, judged and cleaned.",
    "features": "What each account is described by.",
    "scores": "Scores, and the tables for use.",
}


def statements(tables: Mapping[str, tuple[str, Collection[str]]]) -> list[str]:
    """Makes the SQL of schemas and views.

    Args:
        tables: by name such as `scores/market` where it is, and the columns that it has: one that an earlier version wrote may lack some.
    """
    listed = {name: it for name, it in tables.items() if name.partition("/")[0] in LAYERS}
    schemas = [f"CREATE DATABASE IF NOT EXISTS {layer} COMMENT {text(about)}" for layer, about in LAYERS.items()]
    return schemas + [_view(contracts.load(name), path, columns) for name, (path, columns) in sorted(listed.items())]


def _view(contract: Contract, path: str, there: Collection[str]) -> str:
    columns = [name for name in contract.columns if name in there]
    declared = ", ".join(f"`{name}` COMMENT {text(contract.columns[name].meaning)}" for name in columns)
    chosen = ", ".join(f"`{name}`" for name in columns)
    table = f"delta.`{path.replace('`', '``')}`"
    about = text(contract.about)
    return f"CREATE OR REPLACE VIEW {contract.layer}.{contract.table} ({declared}) COMMENT {about} AS SELECT {chosen} FROM {table}"
