"""Two things at a time: while the driver plans one of them, the other's tasks have the cores."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

AT_A_TIME = 2

Item = TypeVar("Item")
Result = TypeVar("Result")


def side_by_side(work: Callable[[Item], Result], items: Iterable[Item]) -> list[Result]:
    """The results in the order of the items. All are worked on even if one fails; the first failure is raised then.

    >>> side_by_side(abs, [-1, 2, -3])
    [1, 2, 3]
    """
    with ThreadPoolExecutor(AT_A_TIME) as pool:
        return list(pool.map(work, items))
