"""From readable account features to the model's columns: what is used, how it is named, and in which order."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
from pyspark.ml import PipelineModel, Transformer
from pyspark.ml.feature import CountVectorizerModel, VectorAssembler
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from qualscore.columns.spelling import letters_of
from qualscore.definitions.definition import PREFIXES, Definition, Features
from qualscore.features.intent import MEASURES
from qualscore.model.encoding import intent
from qualscore.model.encoding.arrays import Array

LIFTED = ("country", "state", "city", "sector", "industry")
# Model column to factor: two columns that tell a person the same thing are one factor.
NUMERIC = {
    "firmo_employees_log": "employees",
    "firmo_size": "employees",
    "firmo_revenue_log": "revenue",
    "firmo_market_cap": "market cap",
    "firmo_age_years": "company age",
    "firmo_is_listed": "listed on a stock exchange",
}
STACK_SIZE = "tech_count"
MIN_PRODUCT_ACCOUNTS = 10
MAX_PRODUCTS = 2_000


@dataclass(frozen=True)
class Inputs:
    """The model's columns in the order of its vectors: numeric, stack size, intent, categories, products, then lifted.

    `keyword_sets` are those that the model learned from, each with the same `measures` (see intent.py).
    """

    numeric: tuple[str, ...]
    keyword_sets: tuple[str, ...]
    measures: tuple[str, ...]
    categories: tuple[str, ...]
    products: tuple[str, ...]
    lifted: tuple[str, ...]

    @property
    def factors(self) -> tuple[str, ...]:
        """Factor names; products come last, so that their number in the list tells the product."""
        named = [*map(_numeric_factor, self.numeric), *self.lifted, *map(intent.factor, self.keyword_sets)]
        named += [f"technologies in {name}" for name in self.categories]
        return (*dict.fromkeys(named), *(f"uses {name}" for name in self.products))

    @property
    def factor_of_column(self) -> Array:
        """For each model column (static, then lifted) the position of its factor."""
        names = [*map(_numeric_factor, self.numeric), *(intent.factor(name) for name in self.keyword_sets for _ in self.measures)]
        names += [*(f"technologies in {name}" for name in self.categories), *(f"uses {name}" for name in self.products), *self.lifted]
        position = {name: index for index, name in enumerate(self.factors)}
        return np.array([position[name] for name in names], dtype=np.int32)

    @property
    def intent_columns(self) -> list[str]:
        """The columns of the keyword sets."""
        return intent.columns(self.keyword_sets, self.measures)


def _numeric_factor(column: str) -> str:
    return NUMERIC.get(column, "technologies known")


def with_stack(frame: DataFrame, features: Features) -> DataFrame:
    """Adds tech_products, tech_categories (one entry a product) and tech_count, without the products and categories left out."""
    left = features.leave_out
    stack = F.col("tech_stack")
    if "technographics" in left.families:
        stack = F.filter(stack, lambda _: F.lit(False))
    if left.products or left.categories:
        stack = F.filter(
            stack, lambda row: ~(_is_one(row["product"], left.spelt("products")) | _is_one(row["category"], left.spelt("categories")))
        )
    categories = F.filter(F.transform(stack, lambda row: row["category"]), lambda name: name.isNotNull())
    return frame.withColumns(
        {
            "tech_products": F.array_distinct(F.transform(stack, lambda row: row["product"])),
            "tech_categories": categories,
            STACK_SIZE: F.size(stack).cast("double"),
        }
    )


def _is_one(name: Column, spelt: frozenset[str]) -> Column:
    """Whether a name is one of those spelt as `letters` does; not without a name."""
    return F.coalesce(letters_of(name).isin(sorted(spelt)), F.lit(False)) if spelt else F.lit(False)


def known_columns() -> list[str]:
    """The columns that a definition may leave out, the short names first."""
    columns = [*LIFTED, *NUMERIC, STACK_SIZE, *(f"intent_{measure}" for measure in MEASURES)]
    short = [name.removeprefix(prefix) for name in columns for prefix in PREFIXES.values() if name.startswith(prefix)]
    return list(dict.fromkeys([*LIFTED, *short, *columns]))


def choose(accounts_of: Mapping[str, Mapping[str, int]], keyword_sets: Collection[str], definition: Definition) -> Inputs:
    """The inputs that a training frame supports: products of at least 10 accounts, at most 2,000, chosen without the labels.

    Args:
        accounts_of: for tech_products and tech_categories each name with its number of accounts in the frame.
        keyword_sets: those with a signal in the frame.
        definition: what is left out.
    """
    features = definition.features
    products = _common(accounts_of["tech_products"], MIN_PRODUCT_ACCOUNTS)
    categories = _common(accounts_of["tech_categories"], 1)
    left, families = features.leave_out, features.leave_out.families
    firmographic = "firmographics" not in families
    numeric = [name for name in NUMERIC if firmographic and not left.has("columns", name)]
    stack = [STACK_SIZE] if "technographics" not in families and not left.has("columns", STACK_SIZE) else []
    lifted = tuple(name for name in LIFTED if firmographic and not left.has("columns", name))
    chosen_sets = intent.keyword_sets(keyword_sets, definition)
    return Inputs((*numeric, *stack), chosen_sets, intent.measures(definition) if chosen_sets else (), categories, products, lifted)


def _common(accounts: Mapping[str, int], least: int) -> tuple[str, ...]:
    """The most common first, ties by name."""
    known = [name for name, count in accounts.items() if count >= least]
    return tuple(sorted(known, key=lambda name: (-accounts[name], name))[:MAX_PRODUCTS])


def vectorizer(inputs: Inputs) -> PipelineModel:
    """The Spark ML pipeline from features with_stack and with intent columns to the vector `static`; missing numbers stay NaN."""
    stages: list[Transformer] = []
    assembled = [*inputs.numeric, *inputs.intent_columns]
    for column, names in (("tech_categories", inputs.categories), ("tech_products", inputs.products)):
        if names:
            stages.append(CountVectorizerModel.from_vocabulary(list(names), inputCol=column, outputCol=f"{column}_counts"))
            assembled.append(f"{column}_counts")
    stages.append(VectorAssembler(inputCols=assembled, outputCol="static", handleInvalid="keep"))
    return PipelineModel(stages)
