"""The command line of a job."""

import argparse
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path


def _sample(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--accounts", type=int, default=20_000, help="companies of the sample (default 20000)")
    parser.add_argument("--seed", type=int, default=0, help="another seed, another sample (default 0)")
    parser.add_argument("--output", type=Path, metavar="DIR", help="its folder (default: beside the warehouse)")


def _pipeline(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--sample", action="store_true", help="run on a generated sample of 20,000 companies")
    parser.add_argument("--retrain", action="store_true", help="train every score again")
    _restart(parser)
    _train(parser)


def _restart(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--restart", action="store_true", help="do all of it again, whatever is up to date")


def _train(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--learning-curve", action="store_true", help="also say whether more customers would help each score that is trained"
    )


# Jobs that leave what is up to date: the same deliveries twice change nothing.
ONLY_WHAT_IS_DUE = ("pipeline", "ingest")
OWN: dict[str, Callable[[argparse.ArgumentParser], None]] = {
    "generate_sample": _sample,
    "pipeline": _pipeline,
    "ingest": _restart,
    "train": _train,
}


def parse(job: str, about: str, arguments: Sequence[str]) -> argparse.Namespace:
    """The arguments of a job; ends the process with 2 when they are wrong, with 0 after --help."""
    parser = argparse.ArgumentParser(
        prog=f"./spark-submit.sh {job}",
        description=about,
        epilog="What follows -- goes to spark-submit, e.g. -- --master spark://host:7077.",
        allow_abbrev=False,
    )
    parser.add_argument("--config", type=Path, metavar="FILE", help="settings over those of conf/qualscore.yml")
    parser.add_argument("--warehouse", metavar="DIR", help="the folder that holds all tables")
    parser.add_argument("--score", action="append", default=[], metavar="NAME", help="only this score definition; may be repeated")
    parser.add_argument("--as-of", type=_day, metavar="YYYY-MM-DD", help="the day that the run describes (default: today)")
    parser.add_argument(
        "--set", action="append", default=[], dest="changes", metavar="a.b=c", help="one setting for this run; may be repeated"
    )
    parser.add_argument("--json", action="store_true", dest="as_json", help="results as JSON lines")
    parser.add_argument("--dry-run", action="store_true", help="say what would run, on which inputs, and the disk it needs")
    if job in OWN:
        OWN[job](parser)
    return parser.parse_args(arguments)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text} is no date such as 2026-05-31") from None
