"""The property recipe of a target: which fields to make there, of which type, and where to show them."""

import json
from collections.abc import Mapping

from qualscore.publish.fields import CardField
from qualscore.publish.hubspot import Hubspot
from qualscore.publish.marketo import Marketo
from qualscore.publish.postgres import Postgres, ddl
from qualscore.publish.target import CrmTarget
from qualscore.publish.targets import Target

KINDS = ("number", "text", "long_text", "date")
TYPES: Mapping[str, tuple[str, str, str, str]] = {
    "salesforce": ("Number(3, 0)", "Text({length})", "Long Text Area({length})", "Date"),
    "hubspot": ("number", "string, single-line text", "string, multi-line text", "date"),
    "dynamics": ("Whole number", "Single line of text ({length})", "Multiple lines of text ({length})", "Date only"),
    "marketo": ("Integer", "String", "Text", "Date"),
    "postgresql": ("integer", "text", "text", "date"),
    "reverse_etl": ("int", "string", "string", "date"),
}
"""The target's types for KINDS."""
SHOWN_FIRST = ("score", "band", "action", "product", "reasons", "intent", "advice")
LAYOUTS = {
    "salesforce": "A section *Qualification* of the page layout, read-only, below the account's details; the first two in the compact "
    "layout. The integration's user edits the fields, everybody else reads them.",
    "hubspot": "A property group *Qualification*; the company's sidebar (Settings > Objects > Companies > Record customization).",
    "dynamics": "A section *Qualification* of the table's main form, read-only; the first three in the quick view form.",
    "marketo": "Smart lists and smart campaigns find the fields under *Has Custom Object*.",
    "postgresql": "`publish` makes the table, and the columns that it lacks.",
    "reverse_etl": "Sync rows that are not `is_deleted` by `key`; of the others delete the record, or empty its fields.",
}
HUBSPOT = {"number": ("number", "number"), "text": ("string", "text"), "long_text": ("string", "textarea"), "date": ("date", "date")}
"""Type and field type."""


def recipe(target: Target, fields: Mapping[str, CardField]) -> str:
    """The recipe in Markdown.

    Args:
        target: whose.
        fields: that are sent, by its own names.
    """
    types = dict(zip(KINDS, TYPES[target.type], strict=True))
    lines = [
        f"# Fields of {target.name}",
        "",
        f"{target.place}. Records are identified by {_key(target)}.",
        "",
        "| name | type | label | holds |",
        "|---|---|---|---|",
        *(f"| `{name}` | {types[it.kind].format(length=it.length)} | {it.label} | {it.meaning} |" for name, it in fields.items()),
        "",
        "## Where to show them",
        "",
        LAYOUTS[target.type] + " First: " + ", ".join(f"`{name}`" for name, it in fields.items() if it.name in SHOWN_FIRST) + ".",
        *_ready_made(target, fields),
    ]
    return "\n".join(lines) + "\n"


def _key(target: Target) -> str:
    if isinstance(target, CrmTarget):
        new = target.new_records
        made = f"; records that are made for the segment {new.segment} (at most {new.most}) by `{new.key}`, a unique text" if new else ""
        return f"`{target.key}`, the account's id{made}"
    if isinstance(target, Marketo):
        return f"`{target.key}`, the domain, by which the custom object `{target.object}` is deduplicated and linked to companies or leads"
    return f"`{target.key}`, the account's id in the CRM" if isinstance(target, Postgres) else "`key`, the account's id in the CRM"


def _ready_made(target: Target, fields: Mapping[str, CardField]) -> list[str]:
    """What can be run as it is."""
    if isinstance(target, Postgres):
        return ["", "```sql", *(f"{it};" for it in ddl(target, fields)), "```"]
    if isinstance(target, Hubspot):
        inputs = [{"groupName": "companyinformation", "name": name, "label": it.label, **_hubspot(it)} for name, it in fields.items()]
        return ["", f"For `POST /crm/v3/properties/{target.object}/batch/create`:", "", "```json", json.dumps({"inputs": inputs}), "```"]
    return []


def _hubspot(it: CardField) -> dict[str, str]:
    kind, field_type = HUBSPOT[it.kind]
    return {"type": kind, "fieldType": field_type, "description": it.meaning}
