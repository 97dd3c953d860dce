"""The command line of a job. Standard library only: the launcher reads it before it starts anything."""

import argparse
import difflib
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import NoReturn

from qualscore.errors import ConfigurationError


def _sample(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--accounts", type=int, default=20_000, help="companies of the sample (default 20000)")
    parser.add_argument("--seed", type=int, default=0, help="another seed, another sample (default 0)")
    parser.add_argument("--output", type=Path, metavar="DIR", help="its folder (default: beside the warehouse)")


def _pipeline(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--sample", action="store_true", help="run on a generated sample of 20,000 companies")
    parser.add_argument("--retrain", action="store_true", help="train every score again")
    parser.add_argument(
        "--verbose", action="store_true", help="also what became of each delivery, by column, and how each model was judged"
    )
    _restart(parser)
    _train(parser)
    _score(parser)


def _restart(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--restart", action="store_true", help="do all of it again, whatever is up to date")


def _train(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--learning-curve", action="store_true", help="also say whether more customers would help each score that is trained"
    )


def _score(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--accept-changes", action="store_true", help="publish scores however many accounts change band (most_movers)")


def _promote(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--force", action="store_true", help="also a challenger that misses the gate, or whose definition is another one")


def _compare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--all", action="store_true", help="also all accounts of the universe, not only those of the CRM and of the sample")


def _account(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("account", metavar="DOMAIN_OR_NAME", help="acme.com, any address of it, or a part of its name")


def _audit(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--strict", action="store_true", help="end with 3 where there is anything to doubt")


def _verify(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("run", metavar="RUN", help="the run_id of a run that has scored (scores/score_runs)")


def _retrain(parser: argparse.ArgumentParser) -> None:
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--if-due", action="store_true", help="only scores whose model has aged, or whose accounts have drifted")
    which.add_argument("--check", action="store_true", help="train nothing; ends with 7 where retraining is due, and says why")
    _train(parser)


def _simulate(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--definition", type=Path, metavar="FILE", help="a score definition in place of the configured ones")
    parser.add_argument("--account", metavar="DOMAIN", help="one account: its score, and what would have to change for the next band")
    parser.add_argument(
        "--value",
        action="append",
        metavar="COLUMN=VALUE",
        help="another value of the account: employees=500, product=Kafka; may be repeated",
    )


def _refine(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--apply", action="store_true", help="write the fitted points into the definition's file; the rest of it stays")


def _publish(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--target", action="append", default=[], metavar="NAME", help="only this target; may be repeated")
    parser.add_argument("--all", action="store_true", help="send all rows, also those that the target has confirmed as they are")


def _report(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--list", metavar="NAME", help="only the accounts of a segment, an account list or a call list; their pages have files of their own"
    )


def _bi(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--host",
        default="127.0.0.1",
        metavar="ADDRESS",
        help="where to listen (default 127.0.0.1: for this machine alone); others need LDAP",
    )
    parser.add_argument("--port", type=_port, default=10_000, help="where clients connect (default 10000); 0 is any free one")


def _port(text: str) -> int:
    if text.isdecimal() and int(text) < 1 << 16:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text} is no port (0 to 65535)")


# Jobs that leave what is up to date: the same deliveries twice change nothing.
ONLY_WHAT_IS_DUE = ("pipeline", "ingest", "retrain")
OWN: dict[str, Callable[[argparse.ArgumentParser], None]] = {
    "account": _account,
    "audit": _audit,
    "bi": _bi,
    "generate_sample": _sample,
    "pipeline": _pipeline,
    "ingest": _restart,
    "train": _train,
    "promote": _promote,
    "compare": _compare,
    "retrain": _retrain,
    "simulate": _simulate,
    "refine": _refine,
    "score": _score,
    "publish": _publish,
    "report": _report,
    "verify": _verify,
}


class Parser(argparse.ArgumentParser):
    """Raises what argparse would print, in words of this command line."""

    def error(self, message: str) -> NoReturn:
        """Raises ConfigurationError: an option that lacks its value, or has a wrong one."""
        option, _, problem = message.removeprefix("argument ").partition(": ")
        if problem == "expected one argument":
            problem = f"its value is missing; write {option} {self.value_of(option)}"
        elif problem.startswith("ignored explicit argument"):
            problem = "takes no value"
        elif problem.startswith("invalid int value: "):
            problem = f"{problem.removeprefix('invalid int value: ')} is no whole number"
        raise ConfigurationError(f"{option}: {problem}" if problem else message)

    def value_of(self, option: str) -> str:
        """What stands for an option's value in the help."""
        action = self._option_string_actions.get(option)
        return str(action.metavar or action.dest.upper()) if action else "VALUE"

    def refuse(self, unknown: Sequence[str]) -> None:
        """Raises ConfigurationError for arguments that no option takes, each with the nearest option."""
        findings = list(self._findings(unknown))
        if findings:
            raise ConfigurationError("\n".join(f"{finding} ({self.prog} --help lists all options)" for finding in findings))

    def _findings(self, unknown: Sequence[str]) -> Iterator[str]:
        for before, argument in zip(["", *unknown], unknown, strict=False):
            option = argument.partition("=")[0]
            if argument.startswith("-"):
                near = difflib.get_close_matches(option.replace("_", "-"), self._option_string_actions, n=1)
                yield f"unknown option {option}" + (f"; did you mean {near[0]}?" if near else "")
            elif not before.startswith("-") or "=" in before:  # else it is the value of an unknown option
                yield f"superfluous argument {argument}"


def parse(job: str, about: str, arguments: Sequence[str]) -> argparse.Namespace:
    """The arguments of a job; ends the process with 0 after --help.

    Raises:
        ConfigurationError: with what is wrong.
    """
    parser = Parser(
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
    options, unknown = parser.parse_known_args(arguments)
    parser.refuse(unknown)
    return options


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text} is no date such as 2026-05-31") from None
