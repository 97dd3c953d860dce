"""Two things at a time: while the driver plans one of them, the other's tasks have the cores."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TypeVar

from pyspark import SparkContext
from pyspark.util import inheritable_thread_target

AT_A_TIME = 2

Item = TypeVar("Item")
Result = TypeVar("Result")


def side_by_side(work: Callable[[Item], Result], items: Iterable[Item]) -> list[Result]:
    """The results in the order of the items. All are worked on even if one fails; the first failure is raised then.

    >>> side_by_side(abs, [-1, 2, -3])
    [1, 2, 3]
    """
    with ThreadPoolExecutor(AT_A_TIME) as pool:
        return [done.result() for done in [pool.submit(_as_here(partial(work, item))) for item in items]]


def _as_here(work: Callable[[], Result]) -> Callable[[], Result]:
    """The work with its own copy of what Spark knows of this thread: what the jobs are for, in the lines of progress."""
    return inheritable_thread_target(work) if SparkContext._active_spark_context else work
