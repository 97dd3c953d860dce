"""Call lists: made and kept by `activate`, and counted by `preview`."""

from collections.abc import Mapping, Sequence

from qualscore.definitions.call_list import CallList
from qualscore.runs.run import Outcome, Run, Stage
from qualscore.scores import call_candidates, call_lists
from qualscore.scores.call_lists import CALL_LISTS, CALLED, CONTROL, COUNTS, Made
from qualscore.scores.crm_account_scores import CRM_ACCOUNT_SCORES
from qualscore.scores.expected_value import worths
from qualscore.scores.fit_intent import FIT_INTENT
from qualscore.stages.describing import features_date
from qualscore.stages.reading import FEATURES, SCORES, clean
from qualscore.stages.segments import asked_of

CRM_TABLES = tuple(f"clean/{it}" for it in ("crm_accounts", "activities", "crm_opportunities", "account_lists"))
INPUTS = (FIT_INTENT, SCORES, FEATURES, CRM_ACCOUNT_SCORES, *CRM_TABLES)
FALLEN = {
    "conditions": "conditions not met",
    "unscored": "no score",
    "never": "never to be called",
    "customer": "customer",
    "open_deal": "open deal",
    "recently_worked": "worked lately",
    "other_owner": "of nobody who has a list",
    "owner_cap": "too many of an owner",
    "quota": "over the quota",
    "parent_cap": "too many of a parent",
    "industry_cap": "too many of an industry",
    "control": "held out",
}
"""What people read of rules; of those that make no list short nothing."""
WIDTH = 40


def write_call_lists(run: Run, scored: Sequence[str]) -> tuple[dict[str, int], list[str]]:
    """Writes the day's lists into scores/call_lists and scores/call_list_counts; returns numbers of accounts, and which lists fall short.

    Args:
        run: that has written scores/fit_intent and scores/crm_account_scores.
        scored: the scores that they hold.
    """
    lists = _ready(run, scored)
    if not lists:
        return {}, []
    as_of, made = features_date(run), _made(run, lists, scored)
    rows = call_lists.call_lists(made, run.tables.read(FIT_INTENT), run.tables.read(SCORES), as_of=as_of, run_id=run.run_id)
    names = ", ".join(f"'{it.name}'" for it in lists)
    mine = f"made_on = DATE'{as_of}' AND list_name IN ({names})"
    run.tables.replace(CALL_LISTS, rows, where=mine)
    run.tables.replace(COUNTS, call_lists.call_list_counts(run.spark, made, as_of=as_of, run_id=run.run_id), where=mine)
    numbers = {f"list_{it}": sum(of_list[it] for of_list in made.numbers.values()) for it in (CALLED, CONTROL)}
    return {"lists": len(lists), **numbers}, _shortfalls(made)


def show_call_lists(run: Run) -> Outcome:
    """Prints how many accounts each list would have."""
    if not run.call_lists:
        return Outcome("no call lists are defined")
    if not (run.tables.exists(FIT_INTENT) and run.tables.exists(CRM_ACCOUNT_SCORES)):
        return Outcome("call lists are counted once accounts are scored: run `./spark-submit.sh pipeline`, or score and activate")
    scored = [row["score_name"] for row in run.tables.read(FIT_INTENT).select("score_name").distinct().orderBy("score_name").collect()]
    lists = _ready(run, scored)
    if not lists:
        return Outcome("no score of the call lists is there yet")
    return shown(run, _made(run, lists, scored))


def shown(run: Run, made: Made) -> Outcome:
    """Prints how many accounts are on lists, and says which fall short."""
    head = f"{'call lists':<{WIDTH}}{'to call':>14}{'held out':>14}"
    lines = [f"  {name:<{WIDTH - 2}}{of_list[CALLED]:>14,}{of_list[CONTROL]:>14,}" for name, of_list in made.numbers.items()]
    run.console.result("\n".join([head, *lines]), call_lists=[{"list": name, **of_list} for name, of_list in made.numbers.items()])
    return Outcome(f"{len(made.numbers)} call lists", warnings=_shortfalls(made))


def shortfall(name: str, asked: int, numbers: Mapping[str, int]) -> str | None:
    """Why a list is shorter than asked for, in counts; None where it is not.

    >>> numbers = {"conditions": 9_000, "customer": 70, CONTROL: 3, CALLED: 27}
    >>> shortfall("north", 50, numbers)
    'the call list north has 27 of 50 accounts: of 9,100 fell out 9,000 (conditions not met), 70 (customer), 3 (held out)'
    """
    if numbers[CALLED] >= asked:
        return None
    fallen = ", ".join(f"{numbers[rule]:,} ({words})" for rule, words in FALLEN.items() if numbers.get(rule))
    return f"the call list {name} has {numbers[CALLED]:,} of {asked:,} accounts: of {sum(numbers.values()):,} fell out {fallen}"


def _shortfalls(made: Made) -> list[str]:
    return [it for name, numbers in made.numbers.items() if (it := shortfall(name, made.asked[name], numbers))]


def _ready(run: Run, scored: Sequence[str]) -> list[CallList]:
    """The lists one of whose scores there is."""
    return [it for it in run.call_lists if it.scores == "all" or {*it.scores} & {*scored}]


def _made(run: Run, lists: Sequence[CallList], scored: Sequence[str]) -> Made:
    as_of, deals = features_date(run), clean(run, "crm_opportunities")
    definitions = {it.name: it.type == "predictive" for it in (*run.definitions, *run.other_definitions)}
    predictive = {name: definitions.get(name, True) for name in scored}
    known = call_candidates.crm_knowledge(
        lists, clean(run, "crm_accounts"), run.tables.read(CRM_ACCOUNT_SCORES), clean(run, "activities"), deals, as_of=as_of
    )
    of_scores = worths(run.tables.read(FIT_INTENT), deals, predictive=predictive, as_of=as_of)
    rows, numbers = call_candidates.candidates(lists, asked_of(run, scored), known, worths=of_scores, as_of=as_of)
    return call_lists.made(lists, rows, numbers)


PREVIEW_CALL_LISTS = Stage(
    "preview_call_lists", show_call_lists, lambda run: {"lists": [it.model_dump() for it in run.call_lists]}, inputs=INPUTS
)
