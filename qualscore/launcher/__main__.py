"""What follows `./spark-submit.sh` on the command line."""

import ast
import difflib
import sys
from collections.abc import Sequence

from qualscore.errors import ConfigurationError, QualscoreError
from qualscore.launcher.checks import check
from qualscore.launcher.options import split_options
from qualscore.launcher.places import JOBS, say
from qualscore.launcher.submission import show_help, submit

USAGE = """\
./spark-submit.sh JOB [ARGUMENTS] [-- SPARK-SUBMIT OPTIONS]
./spark-submit.sh JOB --help
./spark-submit.sh test [PYTEST OPTIONS]
"""
OWN = {"test": "All checks and tests of this checkout; with pytest options (paths from its top), pytest alone."}


def commands() -> dict[str, str]:
    """Every command with the first line of its docstring."""
    jobs = {file.stem: ast.get_docstring(ast.parse(file.read_text())) or "" for file in sorted(JOBS.glob("[a-z]*.py"))}
    return {name: about.partition("\n")[0] for name, about in {**jobs, **OWN}.items()}


def overview() -> str:
    """The text of --help."""
    width = max(map(len, commands()))
    return "\n".join([USAGE, *(f"  {name:{width}}  {about}" for name, about in commands().items())])


def refusal(command: str) -> ConfigurationError:
    """What to say to a command that is none."""
    near = difflib.get_close_matches(command.replace("-", "_"), commands(), n=1)
    hint = f"did you mean {near[0]}?" if near else f"it is one of {', '.join(commands())}."
    return ConfigurationError(f"There is no job {command}: {hint}")


def main(arguments: Sequence[str]) -> int:
    """Run the command and return its exit code."""
    if not arguments or arguments[0] in ("--help", "-h"):
        print(overview(), file=sys.stdout if arguments else sys.stderr)
        return 0 if arguments else 2
    command, *rest = arguments
    if command == "test":
        return check(rest)
    if command not in commands():
        raise refusal(command)
    if {"--help", "-h"} & set(split_options(rest)[0]):
        return show_help(command)
    return submit(command, rest)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except QualscoreError as error:
        say(str(error))
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        sys.exit(130)
