"""What the business report says of scores, counted by Spark: few rows, of all scores together."""

from collections.abc import Sequence
from datetime import date

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from qualscore.joins import to_be_joined
from qualscore.model.scoring.bands import BAND_WORDS, HIGHLY_LIKELY, LIKELY
from qualscore.scores.crm_states import CUSTOMER, NOT_IN_CRM, UNTOUCHED
from qualscore.scores.trends import DECLINING, IMPROVING, WINDOW

NEVER = "override_never"
FITTING, WHITE_SPACE = (HIGHLY_LIKELY, LIKELY), (NOT_IN_CRM, UNTOUCHED)
PLACES = ("industry", "country", "size")
COUNTS = ("accounts", "high_intent_accounts", "some_intent_accounts", "call_now_accounts")
IN_WHITE_SPACE = ("white_highly_likely", "white_likely", "white_call_now")
# How full the inputs of models are: by name what has to be there.
INPUTS = {
    "country": "country is not null",
    "state or region": "state is not null",
    "city": "city is not null",
    "sector": "sector is not null",
    "industry": "industry is not null",
    "employees": "employees is not null or employees_range is not null",
    "revenue": "revenue_usd is not null or revenue_range is not null",
    "listed on a stock exchange": "is_listed is not null",
    "market cap": "market_cap_band is not null",
    "year of foundation": "founded_year is not null",
    "technologies": "size(tech_stack) > 0",
    "research in the past year": "intent_signals_52w > 0",
}


def matrix(cells: DataFrame) -> DataFrame:
    """score_name, band, crm_state and COUNTS: the market without what accounts are.

    Args:
        cells: scores/market.
    """
    return cells.groupBy("score_name", "band", "crm_state").agg(*(F.sum(it).alias(it) for it in COUNTS))


def parts(cells: DataFrame) -> DataFrame:
    """score_name, by (one of PLACES), value and what is there: accounts, customers, fitting, and those of the white space.

    An account is in a row of each of PLACES.
    """
    each = F.explode(F.array(*(F.struct(F.lit(it).alias("by"), F.col(it).alias("value")) for it in PLACES)))
    counted = cells.withColumns(_in_white_space()).select("score_name", each.alias("part"), *_counted(), *IN_WHITE_SPACE)
    names = ("accounts", "customers", "fitting", *IN_WHITE_SPACE)
    return counted.groupBy("score_name", "part.by", "part.value").agg(*(F.sum(it).alias(it) for it in names))


def spots(cells: DataFrame, *, most: int) -> DataFrame:
    """Where the white space is thickest: score_name, PLACES, IN_WHITE_SPACE, and of how many such spots; the largest of each score."""
    counted = cells.withColumns(_in_white_space()).groupBy("score_name", *PLACES).agg(*(F.sum(it).alias(it) for it in IN_WHITE_SPACE))
    size = F.col("white_highly_likely") + F.col("white_likely")
    of_score = Window.partitionBy("score_name")
    numbered = counted.where(size > 0).withColumns(
        {"spots": F.count(F.lit(1)).over(of_score), "place": F.row_number().over(of_score.orderBy(F.desc(size), *PLACES))}
    )
    return numbered.where(F.col("place") <= most)


def best_accounts(scored: DataFrame, fit_intent: DataFrame, nearest: DataFrame, *, most: int) -> DataFrame:
    """The best accounts of each score that nobody works on, and of which nobody has said never; with the customers that they are most like.

    Two passes over what is scored: the first one reads the order alone.

    Args:
        scored: scores/top_accounts, or rows of scores/account_scores.
        fit_intent: scores/fit_intent; one row for each of them.
        nearest: scores/nearest_customers.
        most: no more of each score.
    """
    keys = ("score_name", "domain")
    # A band is a partition: those that hold none of them are not read.
    order = to_be_joined(scored.select(*keys, "band", "margin"))
    beside = (*PLACES, "crm_state", "intent_level", "advice", "score_trend")
    is_wanted = ~F.col("final_cause").eqNullSafe(NEVER)
    free = fit_intent.where(F.col("crm_state").isin(*WHITE_SPACE) & is_wanted).select(*keys, "band", *beside)
    place = F.row_number().over(Window.partitionBy("score_name").orderBy(F.desc("margin"), "domain"))
    best = to_be_joined(free.join(order, [*keys, "band"], "inner").withColumn("place", place).where(F.col("place") <= most))
    # No row is added: a customer's name by account and rank.
    like = nearest.join(best.select(*keys), [*keys], "left_semi").groupBy(*keys).agg(_customers().alias("nearest"))
    named = scored.select(*keys, "company_name", "score", "top_factors").join(best.drop("margin"), [*keys], "inner")
    return named.join(to_be_joined(like), [*keys], "left")


def moved_most(fit_intent: DataFrame, *, most: int) -> DataFrame:
    """Of each score and either direction the accounts that new data moved most."""
    columns = ("score_name", "domain", "company_name", "score", "band", "crm_state", "score_trend", "points_moved")
    moved = fit_intent.where(F.col("score_trend").isin(IMPROVING, DECLINING)).select(*columns)
    order = Window.partitionBy("score_name", "score_trend").orderBy(F.desc(F.abs("points_moved")), "domain")
    return moved.withColumn("place", F.row_number().over(order)).where(F.col("place") <= most)


def changes(history: DataFrame, *, as_of: date) -> DataFrame:
    """score_name, cause, direction and changes: how often scores changed within trends.WINDOW, and why.

    Args:
        history: scores/score_history.
        as_of: the day that the window ends with.
    """
    recent = history.where((F.col("as_of_on") > F.lit(as_of - WINDOW)) & (F.col("as_of_on") <= F.lit(as_of)))
    return recent.select("score_name", "cause", direction().alias("direction")).groupBy("score_name", "cause", "direction").count()


def direction() -> Column:
    """Where a change of scores/score_history goes.

    >>> steps = [("likely", "highly_likely", 94.0, 95.0), ("likely", "likely", 60.0, 58.0), ("likely", "unlikely", 50.0, 49.5)]
    >>> rows = [("new", None, "likely", None, 60.0), *(("changed", *it) for it in steps)]
    >>> frame = spark.createDataFrame(rows, "change string, band_before string, band string, score_before double, score double")
    >>> [row.to for row in frame.select(direction().alias("to")).collect()]
    ['new', 'band_up', 'points_down', 'band_down']
    """
    bands = ", ".join(f"'{it}'" for it in BAND_WORDS)
    before, now = (F.expr(f"array_position(array({bands}), {it})") for it in ("band_before", "band"))
    is_up = F.when(before == now, F.col("score") > F.col("score_before")).otherwise(now < before)
    kind = F.concat(F.when(before == now, "points").otherwise("band"), F.lit("_"), F.when(is_up, "up").otherwise("down"))
    return F.when(F.col("change") == "changed", kind).otherwise(F.col("change"))


def latest(surprises: DataFrame, *, most: int) -> DataFrame:
    """The latest deals of each score that went otherwise than it let expect (scores/score_surprises)."""
    order = Window.partitionBy("score_name").orderBy(F.desc("created_on"), "opportunity_id")
    return surprises.withColumn("place", F.row_number().over(order)).where(F.col("place") <= most)


def reasons(unscored: DataFrame) -> DataFrame:
    """score_name, reason and count of scores/unscored_accounts."""
    return unscored.groupBy("score_name", "reason").count()


def filled(features: DataFrame) -> DataFrame:
    """One row: accounts, and by INPUTS how many of them have a value; one pass over features/account_features."""
    return features.agg(F.count(F.lit(1)).alias("accounts"), *(F.count_if(F.expr(is_there)).alias(it) for it, is_there in INPUTS.items()))


def cards(quick_cards: DataFrame, *, most: int) -> DataFrame:
    """The accounts that nobody works on and that qualify for most products, with the number of all such accounts."""
    free = quick_cards.where(F.col("crm_state").isin(*WHITE_SPACE))
    score = F.coalesce("best_score_final", "best_score").alias("best_score")  # what people have set goes first here as in the line
    best = (
        free.select("domain", "company_name", "crm_state", "product_count", score, "products_line")
        .orderBy(F.desc("product_count"), F.desc("best_score"), "domain")
        .limit(most)
    )
    return best.crossJoin(free.agg(F.count(F.lit(1)).alias("cards")))


def of_list(rows: DataFrame, domains: DataFrame | None) -> DataFrame:
    """The rows of a list's accounts; all where there is no list."""
    return rows if domains is None else rows.join(domains, "domain", "left_semi")


def _counted() -> Sequence[Column]:
    nothing = F.lit(0)
    customers = F.when(F.col("crm_state") == CUSTOMER, F.col("accounts")).otherwise(nothing)
    fitting = F.when(F.col("band").isin(*FITTING), F.col("accounts")).otherwise(nothing)
    return F.col("accounts"), customers.alias("customers"), fitting.alias("fitting")


def _in_white_space() -> dict[str, Column]:
    is_free = F.col("crm_state").isin(*WHITE_SPACE)
    conditions = (F.col("band") == HIGHLY_LIKELY, F.col("band") == LIKELY, F.col("band").isin(*FITTING))
    numbers = (F.col("accounts"), F.col("accounts"), F.col("call_now_accounts"))
    return {
        name: F.when(is_free & condition, number).otherwise(F.lit(0))
        for name, condition, number in zip(IN_WHITE_SPACE, conditions, numbers, strict=True)
    }


def _customers() -> Column:
    return F.array_sort(F.collect_list(F.struct("rank", "customer_name", "customer_domain")))
