"""Hashes and draws of domains without Spark are Spark's."""

import numpy as np
import pyarrow as pa
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from qualscore.model.encoding.draws import FINE, draw
from qualscore.model.kernel import domain_hashes

LONG = "a purpose of more than thirty-two bytes"
DRAWS = [("fold", 5, 0, 0), ("fold", 3, 0, 2), ("inner", 5, 7, 1), ("date", FINE, -1, 0), (LONG, 9, 2**40, 0)]


def test_hashes_and_draws_are_those_of_spark(spark: SparkSession) -> None:
    """Of every length up to 100 bytes, of all alphabets, and of none."""
    texts = ["".join(chr(97 + (size * place) % 26) for place in range(size)) for size in range(101)]
    texts += ["münchen.de", "例え.テスト", "пример.рф", "😀.example", "xn--mnchen-3ya.de", "a\0b", " "]
    texts += [f"company{number}.com" for number in range(500)]
    frame = spark.createDataFrame([(text,) for text in [*texts, None]], "domain string").coalesce(1)
    drawn = (draw(purpose, n, seed=seed, repeat=repeat).alias(f"draw_{place}") for place, (purpose, n, seed, repeat) in enumerate(DRAWS))
    rows = frame.select("domain", F.xxhash64("domain").alias("hash"), *drawn).collect()
    hashes = domain_hashes.hashes(pa.array([row["domain"] for row in rows], pa.string()))
    np.testing.assert_array_equal(hashes, [row["hash"] for row in rows])
    for place, (purpose, n, seed, repeat) in enumerate(DRAWS):
        draws = domain_hashes.draws(hashes, purpose, n, seed=seed, repeat=repeat)
        np.testing.assert_array_equal(draws, [row[f"draw_{place}"] for row in rows])
