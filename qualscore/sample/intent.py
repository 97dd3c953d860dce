"""Who researches what, week by week: the generic form, and the newest week as a Bombora-like file."""

from datetime import date, timedelta

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from qualscore.sample.customers import interested_in
from qualscore.sample.draws import Draws, nth
from qualscore.sample.markets import KEYWORD_SET_OF_A_DEAL, MARKETS
from qualscore.sample.vocabulary import KEYWORDS, keywords_of

WEEKS = 156
"""Three years: a year of history before the earliest deal."""
_STEP = 55  # no divisor in common with WEEKS: a company's rows are in different weeks


def newest_week(as_of: date) -> date:
    """The Monday of the last complete week.

    >>> newest_week(date(2026, 11, 1))
    datetime.date(2026, 10, 26)
    """
    return as_of - timedelta(days=as_of.weekday() + (0 if as_of.weekday() == 6 else 7))


def signals(companies: DataFrame, draws: Draws) -> DataFrame:
    """A row per company and week in which it was seen to research something; most are never seen."""
    interests = {f"interest_{market.name}": interested_in(draws, market.keyword_set) for market in MARKETS}
    frame = companies.withColumns(interests)
    of_interest = sum((F.col(name).cast("int") for name in interests), F.lit(0)) * draws.whole("weeks of interest", 14, 34)
    speaks = ~F.col("is_bare") & draws.chance(
        "researches", F.lit(0.06) + F.lit(0.05) * F.col("digital") + F.lit(0.02) * F.col("size_place")
    )
    other = F.when(speaks, F.least(F.floor(F.exp(F.lit(1.3) + draws.normal("weeks"))), F.lit(60.0))).otherwise(0.0).cast("int")
    counted = frame.withColumns({"of_interest": of_interest, "weeks": F.least(of_interest + other, F.lit(WEEKS))}).where("weeks > 0")
    slots = counted.withColumn("slot", F.explode(F.sequence(F.lit(1), F.col("weeks"))))
    weeks_ago = F.pmod(draws.whole("first week", 0, WEEKS - 1) + F.col("slot") * _STEP, F.lit(WEEKS)).cast("int")
    return slots.withColumns({"weeks_ago": weeks_ago, "keyword": _keyword(draws)})


def _keyword(draws: Draws) -> Column:
    of_any_set = nth(KEYWORDS, draws.rank("keyword", len(KEYWORDS), F.col("id"), F.col("slot")))
    of_market = [nth(keywords_of(m.keyword_set), draws.rank("topic keyword", 8, F.col("id"), F.col("slot"))) for m in MARKETS]
    odd = F.col("interest_platform") & (~F.col("interest_analytics") | (F.pmod(F.col("slot"), F.lit(2)) == 0))
    return F.when(F.col("slot") > F.col("of_interest"), of_any_set).when(odd, of_market[0]).otherwise(of_market[1])


def intent(companies: DataFrame, known: DataFrame, draws: Draws, *, as_of: date) -> DataFrame:
    """All weeks but the newest, then what the known customers researched because of their deal, from its first day on."""
    monday = newest_week(as_of)
    usual = signals(companies, draws).where("weeks_ago > 0")
    week = F.date_sub(F.lit(monday), F.col("weeks_ago") * 7)
    return _rows(usual, week, draws, key=F.col("slot")).unionAll(_because_of_deals(known, monday, draws))


def _because_of_deals(known: DataFrame, monday: date, draws: Draws) -> DataFrame:
    weeks = F.floor(F.datediff(F.date_add("closed_on", 120), "opened_on") / 7).cast("int")
    frame = known.select("id", "domain", "opened_on", F.explode(F.sequence(F.lit(1), weeks)).alias("slot"))
    frame = frame.where(draws.chance("deal week", 0.5, F.col("id"), F.col("slot")))
    week = F.next_day(F.date_add("opened_on", F.col("slot") * 7), "Mon")
    keyword = nth(keywords_of(KEYWORD_SET_OF_A_DEAL), draws.rank("deal keyword", 8, F.col("id"), F.col("slot")))
    return _rows(frame.withColumn("keyword", keyword).where(week < F.lit(monday)), week, draws, key=F.col("slot") + 1000)


def _rows(frame: DataFrame, week: Column, draws: Draws, *, key: Column) -> DataFrame:
    return frame.select(
        "domain",
        "keyword",
        week.cast("string").alias("week_start"),
        strength(draws, key).cast("string").alias("score"),
        nth(["web", "publisher co-op", "review site"], draws.rank("intent source", 3, F.col("id"), key)).alias("source"),
    )


def strength(draws: Draws, key: Column) -> Column:
    """50 is average, 60 and more is surging."""
    return F.least(F.lit(100), F.greatest(F.lit(1), F.floor(F.lit(62) + F.lit(12) * draws.normal("strength", F.col("id"), key)))).cast(
        "int"
    )


def bombora(companies: DataFrame, draws: Draws) -> DataFrame:
    """The newest week, two metro areas for some: twelve columns that the file does not name."""
    newest = signals(companies, draws).where("weeks_ago = 0")
    metros = F.when(draws.chance("second metro", 0.3), 2).otherwise(1)
    frame = newest.withColumn("metro", F.explode(F.sequence(F.lit(1), metros)))
    score, local = strength(draws, F.col("slot")), strength(draws, F.col("slot") * 10 + F.col("metro"))
    return frame.select(
        F.col("name").alias("Company Name"),
        F.col("domain").alias("Domain"),
        nth(["Micro", "Small", "Medium-Small", "Medium", "Medium-Large", "Large", "XLarge", "XXLarge"], F.col("size_place")).alias("Size"),
        F.col("true_industry").alias("Industry"),
        F.lit("Technology").alias("Category"),
        F.initcap("keyword").alias("Topic"),
        score.alias("Composite Score"),
        _bucket(score).alias("Bucket Code"),
        F.when(F.col("metro") == 1, F.col("true_city")).otherwise(F.lit("Remote")).alias("Metro Area"),
        local.alias("Metro Composite Score"),
        _bucket(local).alias("Metro Bucket Code"),
        F.col("true_country").alias("Domain Origin Country"),
    )


def _bucket(score: Column) -> Column:
    return F.when(score >= 75, "H").when(score >= 60, "M").otherwise("L")
