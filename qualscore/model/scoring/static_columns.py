"""Account features to the static columns of a model, in arrays: as inputs.with_stack, intent.with_columns and the pipeline make them.

Scoring takes this way because the other one costs more than the score itself: a CountVectorizer makes objects of each row's words. A
test holds the two against each other.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from qualscore.columns.spelling import letters
from qualscore.definitions.definition import Inputs as Names
from qualscore.model.encoding import intent
from qualscore.model.encoding.arrays import Array
from qualscore.model.encoding.inputs import STACK_SIZE, Inputs
from qualscore.model.kernel.tree_kernel import compiled
from qualscore.model.kernel.tree_shap import SparseRows
from qualscore.model.scoring.account_batch import AccountBatch

NO_COLUMN, LEFT_OUT = -1, -2


class StaticColumns(NamedTuple):
    """Where each input's values go; plain data, so that it is broadcast.

    Attributes:
        numeric: numeric columns of account features, the first columns of the model (STACK_SIZE among them).
        keyword_sets: that the model learned from.
        measures: of each keyword set; their columns are next.
        categories: category to column.
        products: product to column.
        left_categories: those whose entries of the stack it does not see, as `letters` spells them.
        left_products: the same of products.
        uses_stack: whether the model may use technographics at all.
        n_columns: number of static columns.
    """

    numeric: tuple[str, ...]
    keyword_sets: tuple[str, ...]
    measures: tuple[str, ...]
    categories: dict[str, int]
    products: dict[str, int]
    left_categories: frozenset[str]
    left_products: frozenset[str]
    uses_stack: bool
    n_columns: int

    def rows(self, batch: AccountBatch) -> SparseRows:
        """The values of all rows; 0 is not stored, NaN (missing) is."""
        numbers = np.empty((batch.rows, len(self.numeric) + len(self.keyword_sets) * len(self.measures)))
        stack_size = NO_COLUMN
        for place, name in enumerate(self.numeric):
            if name == STACK_SIZE:
                stack_size = place
            else:
                numbers[:, place] = batch.numbers(name)
        place = len(self.numeric)
        for keyword_set in self.keyword_sets:
            measures = batch.researched(keyword_set)
            for measure in self.measures:
                numbers[:, place] = _intent_values(measures, batch, measure)
                place += 1
        ends, products, categories = batch.stack
        if not self.uses_stack:
            ends = np.zeros_like(ends)
        by_product = products.lookup(_place_of(self.products, self.left_products), missing=NO_COLUMN)
        by_category = categories.lookup(_place_of(self.categories, self.left_categories), missing=NO_COLUMN)
        return SparseRows(*_assembled(numbers, stack_size, ends, by_product, by_category, self.n_columns))


def static_columns(inputs: Inputs, left_out: Names) -> StaticColumns:
    """The static columns of a model.

    Args:
        inputs: the model's columns.
        left_out: products and categories whose entries of the stack it does not see.
    """
    first = len(inputs.numeric) + len(inputs.intent_columns)
    categories = _placed(inputs.categories, first)
    products = _placed(inputs.products, first + len(inputs.categories))
    return StaticColumns(
        inputs.numeric, inputs.keyword_sets, inputs.measures, categories, products,
        left_out.spelt("categories"), left_out.spelt("products"),
        "technographics" not in left_out.families, first + len(inputs.categories) + len(inputs.products),
    )  # fmt: skip


def _placed(names: Sequence[str], first: int) -> dict[str, int]:
    return {name: first + place for place, name in enumerate(names)}


def _place_of(places: Mapping[str, int], left_out: Collection[str]) -> Callable[[str], int]:
    """The column of a name, or LEFT_OUT."""
    return lambda name: LEFT_OUT if left_out and letters(name) in left_out else places.get(name, NO_COLUMN)


def _intent_values(measures: dict[str, Array], batch: AccountBatch, measure: str) -> Array:
    """What intent.with_columns makes of a measure: 0 for what was not seen in a window that the deliveries cover."""
    if measure == "weeks_since_last":
        seen, weeks = 52 - measures[measure], 52
    else:
        seen, weeks = measures[measure], 13 if measure == "trend" else int(measure.rpartition("_")[2][:-1])
    is_covered = ~np.isnan(batch.researched(intent.ANY_SET)[f"signals_{weeks}w"])
    values: Array = np.where(np.isnan(seen) & is_covered, 0.0, seen)
    return values


@compiled
def _assembled(
    numbers: Array, stack_size: int, ends: Array, products: Array, categories: Array, n_columns: int
) -> tuple[Array, Array, Array]:
    """The sparse rows: numbers, the number of entries of the stack, how many of each category, and which products."""
    n, width = numbers.shape
    room = n * width + 2 * (ends[n] - ends[0])
    indptr, indices, values = np.zeros(n + 1, np.int32), np.empty(room, np.int32), np.empty(room, np.float64)
    place = np.full(n_columns, -1, np.int64)  # of a column in the row that is made
    used = 0
    for row in range(n):
        size = 0
        for entry in range(ends[row], ends[row + 1]):
            if products[entry] != LEFT_OUT and categories[entry] != LEFT_OUT:
                size += 1
                used = _counted(indices, values, place, used, categories[entry], 1.0)
                used = _counted(indices, values, place, used, products[entry], 0.0)  # a product of two categories is one
        for entry in range(indptr[row], used):
            place[indices[entry]] = -1
        for column in range(width):
            value = float(size) if column == stack_size else numbers[row, column]
            if value != 0:
                indices[used], values[used] = column, value
                used += 1
        indptr[row + 1] = used
    return indptr, indices[:used], values[:used]


@compiled
def _counted(indices: Array, values: Array, place: Array, used: int, column: int, more: float) -> int:
    """Adds to the entry of a column, if there is such a column; returns how many entries are used then."""
    if column < 0:
        return used
    if place[column] >= 0:
        values[place[column]] += more
        return used
    place[column] = used
    indices[used], values[used] = column, 1.0
    return used + 1
