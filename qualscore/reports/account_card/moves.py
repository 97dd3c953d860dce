"""Why a score changed: the cause in words, and of changed data the factors that moved."""

from collections.abc import Mapping, Sequence
from typing import Any

from qualscore.model.scoring.bands import BAND_WORDS
from qualscore.model.scoring.factor_words import phrase

MOST, LEAST = 3, 0.05
SIDES = ("factors_for", "factors_against")
Row = Mapping[str, Any]


def cause(change: Row) -> str:
    """The cause of a row of scores/score_history.

    >>> cause({"change": "changed", "cause": "model", "model_version_before": 1, "model_version": 2})
    'version 2 of the model scored in place of version 1'
    >>> cause({"change": "gone", "cause": "data"}), cause({"change": "new", "cause": "rule"})
    ('nothing but its name is known any more, or no source delivers it', 'what the score excludes was changed')
    """
    if change["cause"] == "model":
        return f"version {change['model_version']} of the model scored in place of version {change['model_version_before']}"
    if change["cause"] == "rule":
        return "the bands were changed" if change["change"] == "changed" else "what the score excludes was changed"
    if change["change"] == "changed":
        return "its data changed, or time passed"
    return "it was not known before" if change["change"] == "new" else "nothing but its name is known any more, or no source delivers it"


def step(change: Row) -> str:
    """From which score to which.

    >>> step({"score_before": 49.0, "band_before": "unlikely", "score": 61.5, "band": "likely"})
    '49.00 Unlikely -> 61.50 Likely'
    """
    sides = ((change["score_before"], change["band_before"]), (change["score"], change["band"]))
    return " -> ".join("no score" if score is None else f"{score:.2f} {BAND_WORDS[band]}" for score, band in sides)


def moved(before: Row, now: Row) -> list[dict[str, Any]]:
    """The factors that moved an account most, of those that either row lists; one that a row does not list counts nothing there.

    Args:
        before: its row of scores/account_scores as it was.
        now: the same as it is.

    Returns:
        factor, before and now (values, null where not listed) and difference of the contributions, the largest first.
    """
    listed = [{it["factor"]: it for side in SIDES for it in row[side]} for row in (before, now)]
    moves = [_move(name, *(of.get(name) for of in listed)) for name in dict.fromkeys([*listed[0], *listed[1]])]
    told = [it for it in moves if abs(it["difference"]) >= LEAST]
    return sorted(told, key=lambda it: (-abs(it["difference"]), it["factor"]))[:MOST]


def _move(name: str, before: Row | None, now: Row | None) -> dict[str, Any]:
    was, is_now = (it["contribution"] if it else 0.0 for it in (before, now))
    values = {"before": before and before["value"], "now": now and now["value"]}
    return {"factor": name, **values, "difference": round(is_now - was, 4)}


def in_words(moves: Sequence[Row]) -> str:
    """The same in a sentence.

    >>> in_words([{"factor": "employees", "before": "50", "now": "900", "difference": 1.25}])
    '50 employees, now 900 employees (+1.25)'
    >>> in_words([{"factor": "uses Kafka", "before": "no", "now": "no", "difference": -0.2}])
    'does not use Kafka (-0.20)'
    """
    return "; ".join(f"{_values(it)} ({it['difference']:+.2f})" for it in moves)


def _values(move: Row) -> str:
    said = [phrase(move["factor"], value) for value in (move["before"], move["now"]) if value is not None]
    return ", now ".join(dict.fromkeys(said))
