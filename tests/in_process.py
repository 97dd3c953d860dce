"""Jobs in the process of the tests: the file of jobs/ as it is, in the one session, with its streams and its exit code."""

import runpy
import sys
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from pyspark.sql import SparkSession

JOBS = Path(__file__).parents[1] / "jobs"
# What a job sets in its session, which here is that of all tests.
SET_BY_JOBS = ("spark.sql.shuffle.partitions",)


def run_job(spark: SparkSession, job: str, *arguments: str) -> CompletedProcess[str]:
    """What `./spark-submit.sh JOB ARGUMENTS` would give; `spark` is named because the job takes the session that is there."""
    output, errors, code = StringIO(), StringIO(), 0
    kept = {name: str(spark.conf.get(name)) for name in SET_BY_JOBS}
    with pytest.MonkeyPatch.context() as patched, redirect_stdout(output), redirect_stderr(errors):
        patched.setattr(sys, "argv", [job, *arguments])
        patched.setenv("MLFLOW_TRACKING_URI", "")
        try:
            runpy.run_path(str(JOBS / f"{job}.py"), run_name="__main__")
        except SystemExit as ended:
            code = int(ended.code or 0)
        finally:
            for name, value in kept.items():
                spark.conf.set(name, value)
    return CompletedProcess([job, *arguments], code, output.getvalue(), errors.getvalue())
