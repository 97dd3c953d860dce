"""The whole sample on a standalone cluster: the same tables as on one machine."""

from collections.abc import Iterator

import pandas as pd
import pytest

from tests import cluster
from tests.launched import Ran, launched, of_the_sample

# What is of the run and not of its data. Two runs differ in them on one machine, too.
OF_THE_RUN = ("run_id", "scored_at")
TABLES = (
    *("clean/firmographics", "clean/technographics", "clean/account_lists", "clean/crm_accounts", "clean/accounts"),
    *("features/account_features", "scores/account_scores", "scores/top_accounts", "scores/unscored_accounts"),
    *("clean/crm_opportunities", "clean/activities", "clean/intent_signals", "rejected/firmographics", "rejected/account_lists"),
)


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Ran, Ran]]:
    folder = tmp_path_factory.mktemp("a sample")
    made = launched("generate_sample", "--output", str(folder / "sample"), "--warehouse", str(folder / "made"))
    assert made.returncode == 0, made.stderr

    def pipeline(name: str, *options: str) -> Ran:
        return Ran(launched(*of_the_sample(folder / "sample", folder / name), options=options), folder / name)

    with cluster.running(folder / "spark", cores=2, memory="3g") as master:
        yield pipeline("local"), pipeline("remote", "--master", master, "--executor-memory", "3g")


def test_both_runs_end_well(runs: tuple[Ran, Ran]) -> None:
    for ran in runs:
        assert ran.done.returncode == 0, ran.done.stderr


@pytest.mark.parametrize("table", TABLES)
def test_a_cluster_writes_the_same_tables_as_one_machine(runs: tuple[Ran, Ran], table: str) -> None:
    local, remote = (_plain(ran.table(table)) for ran in runs)
    assert len(local) > 0
    pd.testing.assert_frame_equal(remote, local)


def _plain(frame: pd.DataFrame) -> pd.DataFrame:
    """The rows as texts, in an order of their own."""
    plain = frame[sorted(it for it in frame if it not in OF_THE_RUN)].map(str)
    return plain.sort_values(list(plain)).reset_index(drop=True)
