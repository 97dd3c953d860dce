"""The products that each account qualifies for, best first: scores/quick_cards."""

from collections.abc import Iterable

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from qualscore import contracts
from qualscore.definitions.definition import Definition
from qualscore.model.scoring.bands import MODEL, action

QUICK_CARDS = "scores/quick_cards"
QUALIFYING = ("act_now", "qualified")


def quick_cards(fit_intent: DataFrame, definitions: Iterable[Definition]) -> DataFrame:
    """One row for each account that qualifies for a product by its final score: scores/quick_cards.

    Args:
        fit_intent: scores/fit_intent.
        definitions: of its scores.
    """
    contract = contracts.load(QUICK_CARDS)
    asked = fit_intent.withColumn("action", _final_action(definitions)).where(F.col("action").isin(*QUALIFYING))
    cards = best_first(asked, "company_name", "crm_state", "as_of_on")
    best = {f"best_{name}": F.col("scores")[0][name] for name in ("score_name", "score", "score_final", "action")}
    known = {"product_count": F.size("scores"), "products": F.col("scores"), "products_line": _line(F.col("scores"))}
    return contract.conform(cards.withColumns(best | known).select(*contract.columns))


def best_first(rows: DataFrame, *same: str) -> DataFrame:
    """One row per domain: `scores`, the highest final one first and ties by name, and columns that are the same in all rows of a domain.

    Args:
        rows: of scores/fit_intent; unscored ones give no entry. They alone are moved.
        same: names of these columns.
    """
    fields = contracts.load(QUICK_CARDS).fields_of("products")
    entry = F.when(F.col("score").isNotNull(), F.struct((-F.col("score_final")).alias("_order"), *fields))
    grouped = rows.groupBy("domain").agg(*(F.max(name).alias(name) for name in same), F.array_sort(F.collect_list(entry)).alias("_scores"))
    plain = F.transform("_scores", lambda it: F.struct(*(it[name].alias(name) for name in fields)))
    return grouped.withColumn("scores", plain).drop("_scores")


def _final_action(definitions: Iterable[Definition]) -> Column:
    """What the final score asks for: of the model's own as it is stored."""
    of_final = F.when(F.col("final_cause") == MODEL, F.col("action"))
    for it in definitions:
        of_final = of_final.when(F.col("score_name") == it.name, action(F.col("score_final"), it))
    return of_final


def _line(scores: Column) -> Column:
    def text(it: Column) -> Column:
        points = F.floor(it["score_final"]).cast("string")
        return F.concat(it["score_name"], F.lit(" "), points, F.lit(" ("), F.translate(it["action"], "_", " "), F.lit(")"))

    return F.array_join(F.transform(scores, text), ", ")
