"""The catalogue of all tables, in Markdown: `python -m qualscore.contracts` writes it to schemas/README.md."""

from qualscore.contracts.contract import Contract, ContractColumn, all_contracts

HEAD = """# The tables

Made from the contracts in this folder by `python -m qualscore.contracts`: change those, not this. A table is at
`WAREHOUSE/LAYER/TABLE` (or `CATALOG_LAYER.TABLE`), in Delta. Times are UTC; `_usd` is US dollars, `_on` a date, `_at` a moment.
`rejected_last/TABLE` is like `rejected/TABLE`: the rows of the last run that stopped because too many were refused.
"""


def catalogue() -> str:
    """All tables with their grain, key, partitioning and columns."""
    contracts = all_contracts()
    contents = "\n".join(f"* [{it.name}](#{it.name.replace('/', '')}): one row per {it.grain}" for it in contracts)
    return "\n".join([HEAD, contents, *map(_section, contracts)])


def _section(contract: Contract) -> str:
    partitions = f" Partitioned by {_names(contract.partition_by)}." if contract.partition_by else ""
    head = f"\n## {contract.name}\n\n{contract.about}\n\nOne row per {contract.grain}. Key: {_names(contract.key)}.{partitions}\n"
    rows = [f"| {name} | {it.type} | {_cell(it.meaning)} | {_cell(_rules(it))} |" for name, it in contract.columns.items()]
    return "\n".join([head, "| column | type | meaning | rules |", "|---|---|---|---|", *rows])


def _rules(column: ContractColumn) -> str:
    rules = ["required"] if column.required else []
    if column.range:
        low, high = column.range
        rules.append(f"at least {low:g}" if high is None else f"at most {high:g}" if low is None else f"{low:g} to {high:g}")
    if column.one_of:
        rules.append("one of " + ", ".join(column.one_of))
    if column.headers:
        rules.append("also delivered as " + ", ".join(column.headers))
    return "; ".join(rules)


def _names(names: tuple[str, ...]) -> str:
    return ", ".join(names)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
