"""`spark-submit.sh test`: style, types, layers and tests of this checkout."""

import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from qualscore.launcher.places import HOME, PYTHON, say
from qualscore.launcher.submission import set_up, temporary_files

CHECKS = {
    "style": ("-m", "ruff", "check", "."),
    "format": ("-m", "ruff", "format", "--check", "."),
    "types": ("-m", "mypy"),
    "layers": ("-c", "from importlinter.cli import lint_imports_command as lint; lint()"),
}

# Two processes, each with a session of its own; a file's tests share what they set up. The order of testpaths is kept. A process that
# dies ends the run: pytest-xdist 3.8 starts another one, and then waits for ever (pytest-xdist issue 1378).
ALL_TESTS = ("-n", "2", "--dist", "loadfile", "--no-loadscope-reorder", "--max-worker-restart", "0")


def check(pytest_options: Sequence[str]) -> int:
    """Run every check whatever the others say; with options, pytest alone."""
    variables = set_up()
    selected, options = ({}, pytest_options) if pytest_options else (CHECKS, ALL_TESTS)
    codes = {}
    with tempfile.TemporaryDirectory(prefix="qualscore-", ignore_cleanup_errors=True) as folder:
        variables |= temporary_files(variables, Path(folder))
        for name, command in {**selected, "tests": ("-m", "pytest", *options)}.items():
            say(f"== {name}")
            codes[name] = subprocess.run([str(PYTHON), *command], cwd=HOME, env=variables, check=False).returncode
    failed = [name for name, code in codes.items() if code != 0]
    if failed:
        say(f"Failed: {', '.join(failed)}")
    return codes[failed[0]] if failed else 0
