"""What chance reaches in a universe is made once for about a number of customers, and kept beside the tables."""

from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from pyspark.sql import SparkSession

from qualscore.model.judging import shuffles
from qualscore.runs.console import Console
from qualscore.stages.nulls import null_of
from qualscore.storage.tables import Tables
from tests.small_universe import DEFINITION, Universe

FEATURES = "features/account_features"


def test_a_null_is_made_once_for_features_settings_and_about_so_many_customers(
    spark: SparkSession, universe: Universe, warehouse: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shuffles, "LISTS", 2)
    tables, training = Tables(spark, str(warehouse)), DEFINITION.training
    tables.replace(FEATURES, universe.today())
    console = Console(StringIO(), StringIO(), False, datetime.now(UTC))
    settings, options = SimpleNamespace(warehouse=str(warehouse)), SimpleNamespace(as_of=None)
    run: Any = SimpleNamespace(spark=spark, tables=tables, settings=settings, console=console, options=options)
    made = null_of(run, 120, training)
    assert made.customers == 100 and len(made.aucs) == 2 and 0.3 < made.aucs[0] < made.aucs[1] < 0.7

    with monkeypatch.context() as patched:
        patched.setattr(shuffles, "null", lambda *_: pytest.fail("it was there"))
        assert null_of(run, 140, training.model_copy(update={"seed": 9, "repeats": 1})) == made
    (file,) = (warehouse / "_nulls").glob("*.json")
    content = file.read_text()

    assert null_of(run, 99, training).customers == 71
    assert null_of(run, 120, training.model_copy(update={"trees": 30})) != made
    tables.replace(FEATURES, universe.today().where("domain NOT LIKE '%7.com'"))
    again = null_of(run, 120, training)
    assert again.customers == 100 and again != made
    assert len([*(warehouse / "_nulls").glob("*.json")]) == 4 and file.read_text() == content
