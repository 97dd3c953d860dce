"""Not more requests in a time than a target allows."""

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass
class Pace:
    """At most `requests` in any `seconds`; waits before one more.

    Attributes:
        requests: how many.
        seconds: in how many.
        clock: seconds that only grow.
        wait: pauses for so many seconds.

    >>> now = [0.0]
    >>> pace = Pace(2, 10, clock=lambda: now[0], wait=lambda seconds: now.append(now.pop() + seconds))
    >>> [(pace.take(), now[0])[1] for _ in range(5)]
    [0.0, 0.0, 10.0, 10.0, 20.0]
    """

    requests: int
    seconds: float
    clock: Callable[[], float] = time.monotonic
    wait: Callable[[float], None] = time.sleep
    _taken: deque[float] = field(default_factory=deque)

    def take(self) -> None:
        """Waits until one more request is allowed."""
        if len(self._taken) == self.requests:
            left = self._taken.popleft() + self.seconds - self.clock()
            if left > 0:
                self.wait(left)
        self._taken.append(self.clock())
