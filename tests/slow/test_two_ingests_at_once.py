"""Two ingests that start together, each in a Java of its own: one is refused, or both are whole. A minute."""

from pathlib import Path

import pytest

from tests.system.test_ingest import ROWS, deliver, firmographics, held, start

pytestmark = pytest.mark.slow


def test_of_two_ingests_at_once_one_is_refused_or_both_are_whole(tmp_path: Path) -> None:
    folder = tmp_path
    settings = "sources: [{table: firmographics, path: data.csv, observed_on: 2026-11-01}]\nscores: []\n"
    (folder / "own.yml").write_text(settings)
    deliver(folder, 30)
    both = [start(folder), start(folder)]
    printed = [process.communicate()[1] for process in both]
    codes = sorted(process.returncode for process in both)
    assert codes in ([0, 5], [0, 0]), printed
    if codes == [0, 5]:
        (refused,) = (text for process, text in zip(both, printed, strict=True) if process.returncode == 5)
        assert "another run holds the lock since" in refused and "Traceback" not in refused
    assert set(firmographics(folder)["employees"]) == {30} and len(firmographics(folder)) == ROWS
    assert not held(folder)
