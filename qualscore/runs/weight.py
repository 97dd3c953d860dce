"""How many bytes a run will meet, told before Spark starts: `python -m qualscore.runs.weight JOB [ARGUMENT]...` prints them.

Java is started in another way for little data. Nothing is printed where the bytes cannot be told: of databases, of other file systems,
of settings with a mistake in them (which the job itself says).
"""

import glob
import sys
from argparse import Namespace
from collections.abc import Iterator, Sequence
from pathlib import Path

from qualscore import config, paths
from qualscore.config import Settings, Source
from qualscore.errors import QualscoreError
from qualscore.runs import arguments

# Of a company of the sample, measured: 5 MB are delivered of 20,000.
BYTES_PER_COMPANY = 260
SAMPLED = 20_000
# Tables whose size is that of the universe. Older versions in their folders make them look larger than they are.
TABLES = ("clean/accounts", "clean/firmographics", "clean/technographics", "clean/intent_signals", "features/account_features")


def weigh(job: str, options: Namespace) -> int | None:
    """Adds up what is delivered and what the warehouse holds; None where a part of it cannot be told."""
    settings = config.load(options.config, changes=options.changes, warehouse=options.warehouse)
    warehouse = paths.local(settings.warehouse)
    if settings.catalog or warehouse is None:
        return None
    is_sample = job == "generate_sample" or getattr(options, "sample", False)
    delivered = [BYTES_PER_COMPANY * getattr(options, "accounts", SAMPLED)] if is_sample else _delivered(settings)
    if delivered is None:
        return None
    return sum(delivered) + sum(_size(Path(warehouse) / name) for name in TABLES)


def _delivered(settings: Settings) -> list[int] | None:
    return None if any(_is_far(source) for source in settings.sources) else [sum(_sizes(source)) for source in settings.sources]


def _is_far(source: Source) -> bool:
    return source.path is None or paths.local(source.path) is None


def _sizes(source: Source) -> Iterator[int]:
    path = paths.local(str(source.path)) or ""
    for file in glob.glob(path) or [path]:
        yield _size(Path(file))


def _size(path: Path) -> int:
    files = [path] if path.is_file() else path.rglob("*")
    return sum(file.stat().st_size for file in files if file.is_file())


def main(given: Sequence[str]) -> None:
    """Prints the bytes of a run, or nothing."""
    job, *rest = given
    try:
        weight = weigh(job, arguments.parse(job, "", rest))
    except (QualscoreError, OSError):
        return
    if weight is not None:
        print(weight)


if __name__ == "__main__":
    main(sys.argv[1:])
