"""A year goes by on the sample, and nothing new is delivered: `retrain --check` says when the model is due, and why. Some minutes.

It is not among the tests that run by default: ./spark-submit.sh test tests/slow/test_a_year_of_drift.py -s.
"""

from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from tests.in_process import run_job

pytestmark = pytest.mark.slow

# Day, exit code, and what is said.
YEAR = {
    "2026-11-01": (0, "retraining is not due"),
    "2026-12-15": (7, "its inputs have drifted since: researches: "),
    "2027-05-01": (7, "version 1 was trained 6 months ago; "),
    "2027-11-01": (7, "version 1 was trained 12 months ago; "),
}


def test_a_year_without_deliveries(spark: SparkSession, tmp_path: Path) -> None:
    sample, warehouse = tmp_path / "sample", str(tmp_path / "warehouse")
    made = run_job(spark, "generate_sample", "--accounts", "5000", "--seed", "7", "--output", str(sample), "--warehouse", warehouse)
    assert made.returncode == 0, made.stderr
    settings = ["--config", str(sample / "qualscore.yml"), "--warehouse", warehouse, "--score", "platform"]
    for job in ("ingest", "build_features", "train"):
        done = run_job(spark, job, *settings, "--as-of", "2026-11-01")
        assert done.returncode == 0, done.stderr
    for day, (code, words) in YEAR.items():
        described = run_job(spark, "build_features", *settings, "--as-of", day)
        assert described.returncode == 0, described.stderr
        checked = run_job(spark, "retrain", "--check", *settings, "--as-of", day)
        print(day, checked.returncode, checked.stdout + checked.stderr)  # seen with -s
        assert checked.returncode == code and words in checked.stdout + checked.stderr
