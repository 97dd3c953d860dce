"""A million rows in files of Salesforce and of Marketo: each within its limit, and pandas reads back what was meant."""

from collections.abc import Iterator
from io import BytesIO

import pandas as pd
import pytest

from qualscore.publish.batches import by_bytes, csv_line

ROWS = 1_000_000
REASONS = 'uses "Kafka", 300 employees; based in Köln\nresearches cloud'


def lines() -> Iterator[tuple[int, bytes]]:
    for number in range(ROWS):
        yield number, csv_line([f"001A{number:011d}", number % 101, "Highly Likely", None if number % 7 else REASONS])


@pytest.mark.slow
@pytest.mark.parametrize("most_bytes, most_rows", [(100_000_000, 100_000), (9_900_000, ROWS)], ids=["salesforce", "marketo"])
def test_files_are_within_their_limits_and_hold_every_row_once(most_bytes: int, most_rows: int) -> None:
    header = csv_line(["Id", "score", "band", "reasons"])
    seen, number_of_files = 0, 0
    for batch, content in by_bytes(lines(), lambda it: it[1], most_bytes=most_bytes, most_items=most_rows, header=header):
        assert len(content) <= most_bytes and len(batch) <= most_rows and b"\r" not in content
        read = pd.read_csv(BytesIO(content))
        assert list(read["Id"]) == [f"001A{number:011d}" for number in range(seen, seen + len(batch))]
        assert (read["score"] == [number % 101 for number in range(seen, seen + len(batch))]).all()
        assert set(read["reasons"].dropna()) == {REASONS}
        seen, number_of_files = seen + len(batch), number_of_files + 1
    assert seen == ROWS and number_of_files == (10 if most_rows < ROWS else 5)
