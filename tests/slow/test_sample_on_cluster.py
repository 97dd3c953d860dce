"""The whole sample on a standalone cluster: the same tables as on one machine."""

from collections.abc import Iterator

import pandas as pd
import pytest

from tests import cluster
from tests.system.test_cluster import SCORES, TABLES, Ran, launched

MORE = ("clean/crm_opportunities", "clean/activities", "clean/intent_signals", "rejected/firmographics", "rejected/account_lists")


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Ran, Ran]]:
    folder = tmp_path_factory.mktemp("a sample")
    made = launched("generate_sample", "--output", str(folder / "sample"), "--warehouse", str(folder / "made"))
    assert made.returncode == 0, made.stderr

    def pipeline(name: str, *options: str) -> Ran:
        settings = ("--config", str(folder / "sample" / "qualscore.yml"), "--warehouse", str(folder / name), "--as-of", "2026-11-22")
        return Ran(launched("pipeline", *settings, options=options), folder / name)

    with cluster.running(folder / "spark", cores=2, memory="3g") as master:
        yield pipeline("local"), pipeline("remote", "--master", master, "--executor-memory", "3g")


def test_both_runs_end_well(runs: tuple[Ran, Ran]) -> None:
    for ran in runs:
        assert ran.done.returncode == 0, ran.done.stderr


@pytest.mark.parametrize("table", [*TABLES, *MORE, *SCORES])
def test_a_cluster_writes_the_same_tables_as_one_machine(runs: tuple[Ran, Ran], table: str) -> None:
    local, remote = (ran.table(table) for ran in runs)
    pd.testing.assert_frame_equal(remote, local)
