"""Asking again and again what became of a job, with longer and longer pauses."""

from collections.abc import Callable
from typing import TypeVar

from qualscore.errors import TargetFailed

Answer = TypeVar("Answer")
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 30.0


def polled(ask: Callable[[], Answer | None], *, minutes: float, wait: Callable[[float], None], what: str) -> Answer:
    """What `ask` answers as soon as it is not None.

    Raises:
        TargetFailed: it has not for so many minutes.

    >>> answers, pauses = iter([None, None, "done"]), []
    >>> polled(lambda: next(answers), minutes=1, wait=pauses.append, what="job 1"), pauses
    ('done', [1.0, 1.5])
    """
    waited, pause = 0.0, FIRST_PAUSE
    while (answer := ask()) is None:
        if waited >= minutes * 60:
            raise TargetFailed(f"{what} is not done after {minutes:g} minutes; the next publish asks for its results")
        wait(pause)
        waited, pause = waited + pause, min(LONGEST_PAUSE, 1.5 * pause)
    return answer
