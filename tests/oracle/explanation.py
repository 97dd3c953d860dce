"""Factors in words: from factor numbers and contributions to what a person reads."""

from pyspark.sql import Column, DataFrame, Row
from pyspark.sql import functions as F

from qualscore.model.encoding import intent
from qualscore.model.encoding.inputs import Inputs
from qualscore.model.scoring.factor_lines import IN_WORDS
from qualscore.model.scoring.factor_words import phrase


def with_factors(scored: DataFrame, inputs: Inputs) -> DataFrame:
    """Adds factors_for and factors_against: array<struct<factor string, value string, contribution float>>.

    Args:
        scored: account features with ids_for, contributions_for, ids_against, contributions_against.
        inputs: the model's columns.
    """
    # The texts are a column of their own, or Spark would format all of them anew for each factor.
    valued = scored.withColumn("_values", F.array(*(_value(name, inputs) for name in _general(inputs))))
    sides = {f"factors_{side}": _factors(F.col(f"ids_{side}"), F.col(f"contributions_{side}"), inputs) for side in ("for", "against")}
    return valued.withColumns(sides).drop("_values")


def _factors(ids: Column, contributions: Column, inputs: Inputs) -> Column:
    names = F.array(*map(F.lit, inputs.factors))

    def described(index: Column, contribution: Column) -> Column:
        name = F.element_at(names, index + 1)
        used = F.when(F.array_contains("tech_products", F.substring_index(name, "uses ", -1)), "yes").otherwise("no")
        value = F.when(index < len(_general(inputs)), F.get("_values", index)).otherwise(used)
        return F.struct(name.alias("factor"), value.alias("value"), contribution.cast("float").alias("contribution"))

    return F.zip_with(ids, contributions, described)


def in_words(factors_for: Column, factors_against: Column) -> Column:
    """One line: what speaks for the account and what against it, strongest first."""
    return F.udf(_line)(factors_for, factors_against)


def _line(factors_for: list[Row], factors_against: list[Row]) -> str:
    sides = {"For": factors_for[:IN_WORDS], "Against": factors_against[:IN_WORDS]}
    said = {label: "; ".join(phrase(it["factor"], it["value"]) for it in side) for label, side in sides.items()}
    return ". ".join(f"{label}: {words}" for label, words in said.items() if words)


def _general(inputs: Inputs) -> tuple[str, ...]:
    return tuple(name for name in inputs.factors if not name.startswith("uses "))


def _value(factor: str, inputs: Inputs) -> Column:
    if factor.startswith("technologies in "):
        category = factor.removeprefix("technologies in ")
        return F.size(F.filter("tech_categories", lambda name: name == category)).cast("string")
    listed = F.when(F.col("is_listed"), "yes").when(~F.col("is_listed"), "no")
    employees = F.format_number("employees", 0)
    about = F.concat(F.lit("about "), F.format_number(F.expm1("firmo_size"), 0))
    known = {
        "employees": F.coalesce(employees, "employees_range", about),
        "revenue": F.coalesce(F.concat(F.lit("$"), F.format_number("revenue_usd", 0)), "revenue_range"),
        "market cap": F.col("market_cap_band"),
        "company age": F.concat(F.col("firmo_age_years").cast("int"), F.lit(" years")),
        "listed on a stock exchange": listed,
        "technologies known": F.col("tech_count").cast("int").cast("string"),
        **{intent.factor(name): intent.shown(name) for name in inputs.keyword_sets},
    }
    return F.coalesce(known[factor] if factor in known else F.col(factor), F.lit("unknown"))
