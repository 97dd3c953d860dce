"""A top band that grows from run to run."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby, pairwise

from qualscore.scores.audit.finding import INFLATION, Finding
from qualscore.scores.audit.score_faults import TopBand

HISTORY = "scores/score_history"
# Half as many again from one run to the next is more than deliveries of a month change; a thousandth of all accounts is no growth.
GROWN, LEAST_GROWN_SHARE = 1.5, 0.001
STEPS = 3  # runs that all have more than the run before


@dataclass(frozen=True)
class Moves:
    """What a run changed, by one cause: net numbers of accounts that came into the top band, and into the score."""

    run_id: str
    as_of_on: date
    cause: str
    into: int
    came: int


@dataclass(frozen=True)
class BandOfRun:
    """The accounts that had a score after a run, those in the top band, and what brought most of the new ones there.

    The first of several is what there was before: it has no day.
    """

    as_of_on: date | None
    accounts: int
    inside: int
    cause: str = ""


def band_by_run(now: TopBand, moves: Sequence[Moves]) -> list[BandOfRun]:
    """The top band after each run that changed scores, the oldest first: counted back from the present one.

    Args:
        now: the present one.
        moves: of the score, in the order of runs.
    """
    accounts, inside = now.customers + now.others, now.customers_inside + now.others_inside
    runs: list[BandOfRun] = []
    for _, of_run in groupby(reversed(moves), key=lambda it: it.run_id):
        causes = sorted(of_run, key=lambda it: (-it.into, it.cause))
        runs.append(BandOfRun(causes[0].as_of_on, accounts, inside, causes[0].cause))
        accounts, inside = accounts - sum(it.came for it in causes), inside - sum(it.into for it in causes)
    return [BandOfRun(None, accounts, inside), *reversed(runs)]


def growing(score_name: str, runs: Sequence[BandOfRun]) -> list[Finding]:
    """A top band that has grown much in the last run, or in each of the last ones.

    Args:
        score_name: of the score.
        runs: `band_by_run`.
    """
    last = [it.inside / max(1, it.accounts) for it in runs[-STEPS - 1 :]]
    rises = len(last) == STEPS + 1 and all(before < after for before, after in pairwise(last))
    for back in (1, STEPS) if rises else (1,):
        if len(runs) > back and _has_grown(runs[-1 - back], runs[-1]):
            then, now = runs[-1 - back], runs[-1]
            before = f"before the run of {now.as_of_on}" if back == 1 else f"before the last {back} runs"
            sentence = (
                f"Highly Likely are {now.inside:,} of {now.accounts:,} accounts, and {before} {then.inside:,} of {then.accounts:,} were; "
                f"what is new came there by: {now.cause}"
            )
            return [Finding(INFLATION, HISTORY, now.inside - then.inside, sentence, _after_growth(score_name, now.cause), (), score_name)]
    return []


def _after_growth(score_name: str, cause: str) -> str:
    if cause == "model":
        return f"compare the versions (reports/{score_name}/model.html); `rollback --score {score_name}` takes the one before"
    if cause == "rule":
        return "look at what was changed in `bands` and `exclude` of the definition"
    return "look at what the last deliveries changed (scores/score_history, account DOMAIN), and at what else is said here"


def _has_grown(then: BandOfRun, now: BandOfRun) -> bool:
    before, after = (it.inside / max(1, it.accounts) for it in (then, now))
    return after >= GROWN * before and after - before >= LEAST_GROWN_SHARE
