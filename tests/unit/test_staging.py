"""What a run keeps, and where, before any Spark: the settings of its session."""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from qualscore import checkpoints, config
from qualscore.deliveries import staged
from qualscore.runs import staging


class Conf(dict[str, str]):
    def set(self, name: str, value: str) -> None:
        self[name] = value

    def unset(self, name: str) -> None:
        del self[name]


def session(master: str) -> Any:
    return SimpleNamespace(conf=Conf(), sparkContext=SimpleNamespace(master=master))


@pytest.mark.parametrize(
    ("master", "mode", "is_reliable"),
    [
        ("local[2]", "auto", False),
        ("local[2]", "reliable", True),
        ("spark://host:7077", "auto", True),
        ("spark://host:7077", "local", False),
        ("yarn", "auto", True),
    ],
)
def test_a_cluster_keeps_rows_in_files_unless_the_settings_say_otherwise(master: str, mode: str, is_reliable: bool) -> None:
    assert staging.is_reliable(session(master), config.load(None, changes=[f"checkpoints={mode}"])) == is_reliable


@pytest.mark.parametrize(("changes", "folder"), [([], "/lake/_staging"), (["staging=hdfs:/staging"], "hdfs:/staging")])
def test_what_is_made_anew_of_a_delivery_is_where_executors_reach_it(changes: list[str], folder: str) -> None:
    here = session("local[2]")
    with staging.kept_rows(here, config.load(None, changes=changes, warehouse="/lake"), run_id="r1", now=datetime.now(UTC)):
        assert here.conf == {staged.FOLDER: folder, checkpoints.MODE: checkpoints.LOCAL}
    assert here.conf == {checkpoints.MODE: checkpoints.LOCAL}
