"""What a job loads before it works."""

import subprocess
import sys
from pathlib import Path

SCRIPT = """
import sys, qualscore.runs.main, qualscore.stages.ingest
print([it for it in ("numba", "lightgbm", "mlflow") if it in sys.modules])
"""


def test_an_ingest_loads_no_model() -> None:
    """Compilers and registries take a second of each start, and are for jobs that score."""
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2])
    assert done.stdout.strip() == "[]"
