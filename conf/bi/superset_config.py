"""For Superset (append it to superset_config.py), and for every program that lists Spark's tables through SQLAlchemy and PyHive 0.7.

Spark names schema, table and whether it is temporary, in this order; PyHive takes the first for the table, and so does Superset for
views. Beside the names, columns get their comments.
"""

from typing import Any

from pyhive.sqlalchemy_hive import HiveDialect
from sqlalchemy import text

_columns = HiveDialect.get_columns


def _names(dialect: Any, connection: Any, what: str, schema: str | None) -> list[str]:
    within = f" IN {dialect.identifier_preparer.quote_identifier(schema)}" if schema else ""
    return [name for _, name, is_temporary in connection.execute(text(f"SHOW {what}{within}")) if not is_temporary]


def _get_table_names(self: Any, connection: Any, schema: str | None = None, **_: Any) -> list[str]:
    views = set(_names(self, connection, "VIEWS", schema))
    return [name for name in _names(self, connection, "TABLES", schema) if name not in views]


def _get_view_names(self: Any, connection: Any, schema: str | None = None, **_: Any) -> list[str]:
    return _names(self, connection, "VIEWS", schema)


def _get_columns(self: Any, connection: Any, table_name: str, schema: str | None = None, **others: Any) -> list[dict[str, Any]]:
    comments = {name: comment for name, _, comment in self._get_table_columns(connection, table_name, schema)}
    return [it | {"comment": comments.get(it["name"])} for it in _columns(self, connection, table_name, schema, **others)]


HiveDialect.get_table_names = _get_table_names
HiveDialect.get_view_names = _get_view_names
HiveDialect.get_columns = _get_columns


def FLASK_APP_MUTATOR(_: Any) -> None:  # noqa: N802 (Superset calls it so)
    """Makes Superset ask the dialect for views, as it does for other databases."""
    from superset.db_engine_specs.base import BaseEngineSpec
    from superset.db_engine_specs.hive import HiveEngineSpec

    HiveEngineSpec.get_view_names = classmethod(BaseEngineSpec.get_view_names.__func__)
