"""The published layers as sources of dbt: `python -m qualscore.contracts` writes them to conf/bi/dbt/sources.yml."""

from collections.abc import Mapping
from typing import Any

import yaml

from qualscore.contracts.contract import Contract, ContractColumn, all_contracts

LAYERS: Mapping[str, str] = {
    "scores": "What scoring and activation publish.",
    "bi": "The same for BI: dimensions and facts, flat, with bands in words.",
}
HEAD = """# Made from schemas/ by `python -m qualscore.contracts`: change those, not this. For a dbt project (1.10.5 or later).
# Where the tables are in a catalog, add its names: with `catalog: main.q` in the settings `database: main` and `schema: q_scores`.
"""
# Rows come when there is something to tell, or once and for all: their age says nothing.
WITHOUT_AGE = ("bi/dim_date", "bi/fact_history", "scores/score_history", "scores/score_surprises")
# What tells when a table was written, the best first.
LOADED_AT = ("scored_at", "finished_at", "as_of_on", "date_key", "made_on")
FRESHNESS = {"warn_after": {"count": 8, "period": "day"}, "error_after": {"count": 35, "period": "day"}}


def sources() -> str:
    """The file, as text."""
    content = {
        "version": 2,
        "sources": [
            {
                "name": layer,
                "description": about,
                "config": {"freshness": FRESHNESS},
                "tables": [_table(it) for it in all_contracts() if it.layer == layer],
            }
            for layer, about in LAYERS.items()
        ],
    }
    return HEAD + text_of(content)


def text_of(content: Mapping[str, Any]) -> str:
    """YAML in the order of the content, without references from one place to another."""
    return yaml.dump(content, Dumper=_Plain, sort_keys=False, allow_unicode=True, width=140)


class _Plain(yaml.SafeDumper):
    def ignore_aliases(self, data: Any) -> bool:
        return True


def _table(contract: Contract) -> dict[str, Any]:
    return {
        "name": contract.table,
        "description": f"{contract.about} One row per {contract.grain}.",
        "config": _age(contract) | {"meta": {"key": list(contract.key)}},
        "columns": [_column(contract, name, it) for name, it in contract.columns.items()],
    }


def _age(contract: Contract) -> dict[str, Any]:
    """How old the table may be, by the column that tells."""
    name = next((it for it in LOADED_AT if it in contract.columns), None)
    if name is None or contract.name in WITHOUT_AGE:
        return {"freshness": None}
    is_moment = contract.columns[name].type == "timestamp"
    return {"loaded_at_field": name if is_moment else f"cast({name} as timestamp)"}


def _column(contract: Contract, name: str, column: ContractColumn) -> dict[str, Any]:
    tests: list[Any] = ["not_null"] if column.required else []
    tests += ["unique"] if contract.key == (name,) else []
    tests += [{"accepted_values": {"arguments": {"values": list(column.one_of)}}}] if column.one_of else []
    described = {"name": name, "description": column.meaning, "data_type": column.type}
    return described | ({"data_tests": tests} if tests else {})
