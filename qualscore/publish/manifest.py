"""What a publish leaves for people, beside what it sends: WAREHOUSE/publish/TARGET/recipe.md and RUN/manifest.json."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pyspark.sql import SparkSession

from qualscore import paths
from qualscore.publish.fields import CardField
from qualscore.publish.recipe import recipe
from qualscore.publish.sending import Tally
from qualscore.publish.targets import Target
from qualscore.storage import files


def folder(warehouse: str, target: str) -> str:
    """Where the files of a target are."""
    return f"{warehouse}/publish/{target}"


def write_recipe(spark: SparkSession, warehouse: str, target: Target, fields: Mapping[str, CardField]) -> str:
    """Writes the property recipe; returns its path, for people."""
    path = f"{folder(warehouse, target.name)}/recipe.md"
    files.write_bytes(spark, path, recipe(target, fields).encode())
    return paths.local(path) or path


def manifest(target: Target, fields: Mapping[str, CardField], tally: Tally, **of_run: Any) -> dict[str, Any]:
    """What was sent, where, and of which tables.

    Args:
        target: where.
        fields: that were sent.
        tally: what became of the rows.
        of_run: the run's own values: run_id, as_of_on, inputs, counts and the like.
    """
    codes: dict[str, int] = {}
    for it in tally.failures:
        codes[it.code] = codes.get(it.code, 0) + 1
    return {
        "target": target.name,
        "type": target.type,
        "place": target.place,
        "fields": {name: it.name for name, it in fields.items()},
        "outcomes": dict(tally.outcomes),
        "completed": tally.completed,
        "failures_by_code": codes,
        "is_stopped": tally.is_stopped,
        "jobs": tally.jobs,
        **{name: it.isoformat() if isinstance(it, datetime) else it for name, it in of_run.items()},
    }


def write_manifest(spark: SparkSession, warehouse: str, content: Mapping[str, Any]) -> str:
    """Writes the manifest of a run; returns its path."""
    path = f"{folder(warehouse, content['target'])}/{content['run_id']}/manifest.json"
    files.write_bytes(spark, path, json.dumps(content, indent=2, default=str).encode())
    return path
