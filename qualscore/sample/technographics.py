"""Which company uses what: the long form, and one technology as a BuiltWith-like list export."""

from datetime import date

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from qualscore.sample.customers import first_seen_days, last_seen_days
from qualscore.sample.dirt import as_written
from qualscore.sample.draws import Draws, nth
from qualscore.sample.markets import PRODUCTS_OF_A_DEAL
from qualscore.sample.vocabulary import PRODUCTS

LISTED_PRODUCT = "Shopfront"
"""Only in the BuiltWith-like file."""
_HEADER = (
    "Domain,Location on Site,Tech Spend USD,Sales Revenue USD,Social,Employees,Company,Vertical,Tranco,Page Rank,Majestic,Umbrella,"
    "Telephones,Emails,Twitter,Facebook,LinkedIn,Google,Pinterest,GitHub,Instagram,Vk,Vimeo,Youtube,TikTok,People,City,State,Zip,Country,"
    "First Detected,Last Found,First Indexed,Last Indexed,Exclusion,Compliance"
)
BUILTWITH_COLUMNS = _HEADER.split(",")
_NAMES = [product for product, _ in PRODUCTS]


def technographics(companies: DataFrame, known: DataFrame, draws: Draws, *, as_of: date) -> DataFrame:
    """A row per company and product, then what the known customers adopted because of their deal, after it."""
    used = companies.select("id", "domain", F.explode("stack").alias("place")).where(F.col("place") != 1 + _NAMES.index(LISTED_PRODUCT))
    product = F.col("place")
    days = {"first": first_seen_days(draws, product), "last": last_seen_days(draws, product)}
    return _rows(used.withColumns(days), draws, as_of=as_of).unionAll(_rows(_adopted(known, draws, as_of=as_of), draws, as_of=as_of))


def _adopted(known: DataFrame, draws: Draws, *, as_of: date) -> DataFrame:
    places = F.split(F.lit(",".join(str(1 + _NAMES.index(name)) for name in PRODUCTS_OF_A_DEAL)), ",").cast("array<int>")
    adopted = known.select("id", "domain", "closed_on", F.explode(places).alias("place"))
    adopted = adopted.where(draws.chance("adopted", 0.3, F.col("id"), F.col("place")))
    since = F.datediff(F.lit(as_of), F.date_add("closed_on", draws.whole("adopted after", 5, 45, F.col("id"), F.col("place"))))
    return adopted.select("id", "domain", "place", F.greatest(since, F.lit(0)).alias("first"), F.lit(0).alias("last"))


def _rows(used: DataFrame, draws: Draws, *, as_of: date) -> DataFrame:
    sure = draws.uniform("confidence", F.col("id"), F.col("place"))
    return used.select(
        as_written(F.col("domain"), draws, "technographics").alias("domain"),
        nth(_NAMES, F.col("place")).alias("product"),
        nth([category for _, category in PRODUCTS], F.col("place")).alias("category"),
        F.when(sure < 0.6, "high").when(sure < 0.9, "medium").otherwise("low").alias("confidence"),
        _day(F.col("first"), as_of).alias("first_seen"),
        _day(F.col("last"), as_of).alias("last_seen"),
    )


def builtwith(companies: DataFrame, draws: Draws, *, as_of: date) -> DataFrame:
    """The users of one technology, in the 36 columns of such an export."""
    place = F.lit(1 + _NAMES.index(LISTED_PRODUCT))
    users = companies.where(F.array_contains("stack", place))
    first, last = (F.coalesce(days, F.lit(400)) for days in (first_seen_days(draws, place), last_seen_days(draws, place)))
    filled: dict[str, Column] = {
        "Domain": F.col("domain"),
        "Location on Site": F.when(draws.chance("shop", 0.3), F.concat(F.lit("shop."), F.col("domain"))).otherwise(F.col("domain")),
        "Tech Spend USD": F.concat(F.lit("$"), draws.whole("spend", 1, 400) * 10),
        "Sales Revenue USD": F.when(F.col("revenue_usd").isNotNull(), F.concat(F.lit("$"), F.format_number("revenue_usd", 0))),
        "Employees": F.col("size").cast("string"),
        "Company": F.col("name"),
        "Vertical": F.col("true_industry"),
        "Telephones": F.concat(F.lit("+1-555-"), draws.whole("telephone", 1000000, 9999999)),
        "Emails": F.concat(F.lit("info@"), F.col("domain")),
        "LinkedIn": F.concat(F.lit("linkedin.com/company/"), F.col("label")),
        "City": F.col("true_city"),
        "State": F.col("true_state"),
        "Country": nth(["US", "GB", "DE"], F.col("country_place")),
        "First Detected": _day(first, as_of),
        "Last Found": _day(last, as_of),
        "First Indexed": _day(first, as_of),
        "Last Indexed": _day(last, as_of),
    }
    empty = F.lit(None).cast("string")
    return users.select(*(filled.get(name, empty).alias(name) for name in BUILTWITH_COLUMNS))


def _day(days_ago: Column, as_of: date) -> Column:
    return F.date_sub(F.lit(as_of), days_ago).cast("string")
