"""XXH64 against the vectors that its author publishes; tests/spark/test_draws.py compares with Spark."""

import numpy as np
import pyarrow as pa
import pytest

from qualscore.model.kernel import domain_hashes


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", 0xEF46DB3751D8E999),
        ("a", 0xD24EC4F1A98C6E5B),
        ("abc", 0x44BC2CF5AD770999),
        ("Nobody inspects the spammish repetition", 0xFBCEA83C8A378BF1),
    ],
)
def test_the_hash_of_some_texts(text: str, expected: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(domain_hashes, "SEED", 0)
    hashes = domain_hashes.hashes(pa.array(["before", text, None])[1:])
    assert hashes.dtype == np.int64 and hashes.view(np.uint64).tolist() == [expected, 0]


def test_a_chain_of_columns_is_the_one_that_sparks_documentation_shows() -> None:
    """`xxhash64('Spark', array(123), 2)`: elements of an array are hashed as columns are."""
    hashes = domain_hashes.hashes(pa.array(["Spark"])).view(np.uint64)
    for number in (123, 2):
        hashes = domain_hashes._hash_again(np.frombuffer(domain_hashes._number(number), np.uint8), hashes)
    assert hashes.view(np.int64).tolist() == [5602566077635097486]
