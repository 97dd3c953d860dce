"""What chance reaches: ROC-AUC of models of customer lists that are nobody's customers.

A list is drawn at random from the universe, and a model of it judged on accounts that it did not see, as any model is. How far such
models reach depends on the number of customers above all: so the lists are about as long as the one to be judged, and never longer.
Nothing of a score is in it but its training's size: scores of one universe share it, whoever comes first.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pyarrow as pa

from qualscore.definitions.definition import Definition, Training
from qualscore.model.encoding.arrays import Array
from qualscore.model.encoding.draws import FINE
from qualscore.model.judging import driver_fits, driver_rows
from qualscore.model.judging.driver_rows import DriverRows
from qualscore.model.kernel import domain_hashes
from qualscore.model.learning.evaluation import ranking
from qualscore.parallel import side_by_side

LISTS = 60
DRAWN_LISTS = 199  # where nothing is learned of them
ACCOUNTS = 4_000  # drawn, and described as of today
PER_CUSTOMER, LEAST_ACCOUNTS = 10, 1_500  # 1,500 or 4,000 accounts around 50: standard deviation .056 and .055, 24 and 40 s of CPU time
MOST_CUSTOMERS = 400  # of more chance reaches less: their model is held against a null that is wider than its own
FEWEST_CUSTOMERS = 12
STEPS = 2  # lengths of lists for each doubling
LARGEST_P = 0.05


@dataclass(frozen=True)
class Null:
    """What chance reaches.

    Attributes:
        customers: of each random list.
        aucs: ROC-AUC of the model of each list, ascending.
    """

    customers: int
    aucs: tuple[float, ...]


NO_NULL = Null(0, ())


def customers_about(n_examples: int, n_accounts: int) -> int:
    """The length of the lists for a number of customers: the next smaller of 12, 17, 25, 35, 50, 71, 100, 141, 200, 283, 400.

    At most a sixth of the accounts, as a training needs five others for each customer.

    >>> customers_about(99, 4_000), customers_about(100, 4_000), customers_about(5_000, 4_000), customers_about(60, 240)
    (71, 100, 400, 35)
    """
    most = min(n_examples, n_accounts // 6, MOST_CUSTOMERS)
    lengths = [round(MOST_CUSTOMERS / 2 ** (step / STEPS)) for step in range(11)]
    return next((length for length in lengths if length <= most), FEWEST_CUSTOMERS)


def null(accounts: pa.Table, n_customers: int, training: Training) -> Null:
    """What models of random lists reach.

    Args:
        accounts: `driver_rows.collected`, drawn from all that have data.
        n_customers: of each list.
        training: of the models; seed and repeats do not matter.
    """
    plain = Definition.model_validate({"name": "shuffled", "examples": {"account_list": "nobody"}, "training": training.model_dump()})
    drawn = _fewer(accounts, max(LEAST_ACCOUNTS, PER_CUSTOMER * n_customers))
    rows = driver_rows.described(drawn, driver_rows.chosen_inputs(drawn, plain), plain)
    seeded = [training.model_copy(update={"seed": number}) for number in range(LISTS)]
    return Null(n_customers, tuple(sorted(side_by_side(partial(_of_list, rows, n_customers), seeded))))


def _fewer(accounts: pa.Table, most: int) -> pa.Table:
    """At most so many of the accounts, by hash of the domain."""
    places = domain_hashes.draws(domain_hashes.hashes(driver_rows.one_batch(accounts).column("domain")), "null", FINE, seed=0)
    return accounts.take(np.sort(np.argsort(places, kind="stable")[:most]))


def _of_list(rows: DriverRows, n_customers: int, training: Training) -> float:
    order = np.argsort(rows.draws("shuffled", FINE, seed=training.seed), kind="stable")
    is_example = np.zeros(len(rows), bool)
    is_example[order[:n_customers]] = True
    margins = driver_fits.out_of_fold(rows, is_example, training)
    return ranking(margins[is_example], margins[~is_example], weight=1)["roc_auc"]


def null_of_points(points: Array, n_customers: int) -> Null:
    """What a score reaches that is not learned: as many accounts, drawn from those that judge it, in the customers' place.

    Args:
        points: float (accounts,), of all that judge it, in an order that does not depend on partitions.
        n_customers: of each list.
    """
    draws, aucs = np.random.default_rng(0), []
    for _ in range(DRAWN_LISTS):
        is_drawn = np.zeros(len(points), bool)
        is_drawn[draws.permutation(len(points))[:n_customers]] = True
        aucs.append(ranking(points[is_drawn], points[~is_drawn], weight=1)["roc_auc"])
    return Null(n_customers, tuple(sorted(aucs)))


def p_value(auc: float, null: Sequence[float]) -> float:
    """The share of lists, the judged one among them, that reach a ROC-AUC (Phipson and Smyth 2010: never 0).

    >>> p_value(0.9, [0.5] * 59), p_value(0.5, [0.45, 0.5, 0.55])
    (0.016666666666666666, 0.75)
    """
    return (1 + sum(it >= auc for it in null)) / (1 + len(null))


def measured(auc: float, null: Null) -> dict[str, Any]:
    """permutation_p (None without a null), permutation_null and permutation_customers."""
    p = p_value(auc, null.aucs) if null.aucs else None
    return {"permutation_p": p, "permutation_null": [*null.aucs], "permutation_customers": null.customers}
