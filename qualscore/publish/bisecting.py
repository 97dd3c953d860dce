"""A batch that a target refuses as a whole, halved until the rows are alone that it refuses."""

from collections.abc import Callable, Sequence

from qualscore.publish.rows import Result, Row, failed


class BatchRefused(Exception):
    """A target refused all rows of a request, because of some of them.

    Attributes:
        code: of the target.
        message: in the target's words.
    """

    def __init__(self, code: str, message: str) -> None:
        """Takes the target's code and words."""
        super().__init__(message)
        self.code, self.message = code, message


def bisected(rows: Sequence[Row], send: Callable[[Sequence[Row]], list[Result]]) -> list[Result]:
    """The results of rows, of which those that are refused fail and the others are sent: with 2 log2(n) requests for one of n.

    Args:
        rows: of one request.
        send: sends all or nothing of what it is given; raises BatchRefused.
    """
    try:
        return send(rows)
    except BatchRefused as refusal:
        if len(rows) == 1:
            return failed([rows[0].mark], refusal.code, refusal.message)
    half = len(rows) // 2
    return bisected(rows[:half], send) + bisected(rows[half:], send)
