"""What a trained model is judged by: the rows it learned from, and one frame of margins beside what is known of each account."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql import types as T

from qualscore.definitions.definition import PREFIXES, Features
from qualscore.model.encoding.arrays import Array
from qualscore.model.encoding.inputs import LIFTED
from qualscore.model.learning.coverage import indicator_auc
from qualscore.model.learning.giveaways import ValueCount, sides

SLICING = ("country", "firmo_size", "firmo_is_listed")
MOST_TECHNOLOGIES = 20  # the ones that tell most; each is a column of the driver's frame


@dataclass(frozen=True)
class Evidence:
    """What judging needs beside the model.

    Attributes:
        rows: features with_stack of examples, samples and evaluation accounts as of their own dates, and as_of_on, is_dated.
        values: counts of each value in the training frame.
        shares: by column each value's share of the reference accounts.
        judged: examples and evaluation accounts: domain_hash, is_example, calibration_ways, calibration_fold, as_of_on, is_dated,
            in_crm, margin, and the columns of `facts`.
        weight: how many unlabelled accounts each drawn one of `judged` stands for.
        technologies: names of the columns technology_0, technology_1, ...
        today: evaluation accounts as of the training date; None when every row is of that date.
        coverage: shares by source; empty where accounts do not say which sources know them.
        undated: what is known of the dated examples without a day of its own.
        as_of: the training date.
        expected: features of the training date, and expected_in, of the accounts that the definition expects scores of; None without.
    """

    rows: DataFrame
    values: list[ValueCount]
    shares: Mapping[str, dict[str | None, float]]
    judged: pd.DataFrame
    weight: float
    technologies: tuple[str, ...]
    today: DataFrame | None
    coverage: Mapping[str, float]
    undated: Mapping[str, int]
    as_of: date
    expected: DataFrame | None = None

    @property
    def margins(self) -> tuple[Array, Array]:
        """The margins of the examples, and those of the drawn unlabelled accounts."""
        margins, is_example = self.judged["margin"].to_numpy(), self.judged["is_example"].to_numpy(bool)
        return margins[is_example], margins[~is_example]


def facts(frame: DataFrame, technologies: Sequence[tuple[str, str]]) -> Column:
    """A struct of all that slices and rules look at: the slicing and categorical columns, every numeric input, technologies as yes or no.

    Args:
        frame: features with_stack.
        technologies: (column, name) of tech_products or tech_categories.
    """
    names = dict.fromkeys((*SLICING, *LIFTED, *numeric(frame.schema)))
    uses = [F.array_contains(column, name).alias(f"technology_{i}") for i, (column, name) in enumerate(technologies)]
    return F.struct(*(F.col(name) for name in names), *uses)


def numeric(schema: T.StructType) -> list[str]:
    """The numeric inputs: of one of the families, and a number."""
    families = tuple(PREFIXES.values())
    return [it.name for it in schema.fields if it.name.startswith(families) and isinstance(it.dataType, T.NumericType)]


def is_left_out(column: str, features: Features) -> bool:
    """Whether the definition keeps a column from the model."""
    left = features.leave_out
    family = next((name for name, prefix in PREFIXES.items() if column.startswith(prefix)), "firmographics")
    return family in left.families or left.has("columns", column)


def telling_technologies(values: list[ValueCount]) -> list[tuple[str, str]]:
    """The products and categories (column, name) whose presence alone orders accounts best, or worst, in the training frame."""
    known = [it for it in values if it.column in ("tech_products", "tech_categories") and it.value is not None]
    examples, unlabelled = (max(1, side) for side in sides(values))
    tells = {(it.column, str(it.value)): abs(indicator_auc(it.examples / examples, it.unlabelled / unlabelled) - 0.5) for it in known}
    return sorted(tells, key=lambda it: (-tells[it], it))[:MOST_TECHNOLOGIES]


def spoken_technology(column: str, name: str) -> str:
    """As a factor is named."""
    return f"uses {name}" if column == "tech_products" else f"technologies in {name}"
