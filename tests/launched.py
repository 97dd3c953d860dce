"""Jobs through spark-submit.sh, as a person starts them, and the tables that they leave."""

import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from deltalake import DeltaTable

HOME = Path(__file__).parents[1]
# Short runs spend half their time in the compiler that pays off in long ones.
BRIEF = ["--", "--driver-java-options", "-XX:TieredStopAtLevel=1", "--driver-memory", "3g"]


@dataclass(frozen=True)
class Ran:
    """What a run ended with, and the tables that it left."""

    done: subprocess.CompletedProcess[str]
    warehouse: Path

    def table(self, name: str) -> pd.DataFrame:
        """The rows of a table, read without Spark."""
        return DeltaTable(str(self.warehouse / name)).to_pandas()


def launched(*arguments: str, options: Sequence[str] = (), **variables: str) -> subprocess.CompletedProcess[str]:
    """A job in processes of its own; `options` are those of spark-submit."""
    command = [str(HOME / "spark-submit.sh"), *arguments, *BRIEF, *options]
    environment = os.environ | {"MLFLOW_TRACKING_URI": ""} | variables
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment, timeout=1_800)


def of_the_sample(folder: Path, warehouse: Path) -> list[str]:
    """The main job on a generated sample, as of its day."""
    return ["pipeline", "--config", str(folder / "qualscore.yml"), "--warehouse", str(warehouse), "--as-of", "2026-11-22"]
