"""Where the launcher keeps things, and how it speaks."""

import hashlib
import os
import sys
from pathlib import Path

HOME = Path(os.environ.get("QUALSCORE_HOME") or Path(__file__).parents[2])
JOBS = HOME / "jobs"
CONF = HOME / "conf"
STATE = HOME / ".qualscore"
LOGS = STATE / "logs"
JARS = STATE / "jars"
ENVIRONMENT = HOME / ".venv"
PYTHON = ENVIRONMENT / "bin" / "python"


def site_packages() -> Path:
    """The environment's folder of Python packages."""
    return ENVIRONMENT / "lib" / "python3.11" / "site-packages"


def fingerprint(*sources: Path) -> str:
    """One hash over the content of files."""
    digest = hashlib.sha256()
    for source in sources:
        digest.update(source.read_bytes())
    return digest.hexdigest()


def is_stamped(folder: Path, stamp: str) -> bool:
    """Whether a folder was made completely, from what the stamp stands for."""
    try:
        return (folder / ".stamp").read_text() == stamp
    except OSError:
        return False


def say(line: str) -> None:
    """Tell the person; standard output belongs to the job's result."""
    print(line, file=sys.stderr, flush=True)
