"""The truth: what each company uses and researches, how probable a customer it is, and who is one.

Everybody has a day on which a deal would open (`opened_on`); only what a company had by then counts. What a deal
changes afterwards is made in `technographics` and `intent`, and dated after it.
"""

from datetime import date

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from qualscore.sample.draws import Draws, nth
from qualscore.sample.markets import MARKETS, Market, scale
from qualscore.sample.vocabulary import PRODUCTS

KNOWN_SHARE = 0.6
_PLACES = {product: place for place, (product, _) in enumerate(PRODUCTS, start=1)}


def with_stack(frame: DataFrame, draws: Draws) -> DataFrame:
    """Add `stack`, the places of the products in the vocabulary; empty for most companies."""
    speaks = F.lit(0.22) * F.col("digital") + F.lit(0.075) * F.col("size_place")
    slots = F.least(F.lit(1) + F.floor(F.exp(F.lit(2.05) + F.lit(0.75) * draws.normal("stack size"))), F.lit(70)).cast("int")
    drawn = F.transform(F.sequence(F.lit(1), slots), lambda slot: draws.rank("product", len(PRODUCTS), F.col("id"), slot))
    stack = F.when(~F.col("is_bare") & draws.chance("stack", speaks), F.array_distinct(drawn))
    return frame.withColumn("stack", F.coalesce(stack, F.array().cast("array<int>")))


def first_seen_days(draws: Draws, product: Column) -> Column:
    """How many days ago a product was first seen; null: not known."""
    old, recent = (
        draws.whole("first seen", 730, 2900, F.col("id"), product),
        draws.whole("first seen lately", 20, 729, F.col("id"), product),
    )
    age = F.when(draws.chance("adopted lately", 0.12, F.col("id"), product), recent).otherwise(old)
    return F.when(draws.chance("first seen known", 0.85, F.col("id"), product), age)


def last_seen_days(draws: Draws, product: Column) -> Column:
    """How many days ago a product was last seen: most of them this month; null: not known."""
    first = F.coalesce(first_seen_days(draws, product), F.lit(2000))
    dropped = F.floor(first * draws.uniform("dropped after", F.col("id"), product)).cast("int")
    day = F.when(draws.chance("dropped", 0.1, F.col("id"), product), dropped).otherwise(draws.whole("seen", 0, 19, F.col("id"), product))
    return F.when(draws.chance("last seen known", 0.95, F.col("id"), product), day)


def interested_in(draws: Draws, keyword_set: str) -> Column:
    """Whether a company keeps researching a keyword set."""
    return ~F.col("is_bare") & draws.chance("interest " + keyword_set, 0.08)


def with_truth(frame: DataFrame, draws: Draws, *, as_of: date, accounts: int) -> DataFrame:
    """Add probabilities, customers and the dates of their first deal; a row per row."""
    frame = _before_a_deal(frame, draws).withColumn("is_partner", ~F.col("is_bare") & _partner(draws))
    frame = frame.withColumns({f"log_odds_{m.name}": log_odds(m, draws) + F.lit(m.base(accounts)) for m in MARKETS})
    possible = ~F.col("is_bare") & ~F.col("is_partner")
    chance = {m.name: F.lit(1.0) / (F.lit(1.0) + F.exp(-F.col(f"log_odds_{m.name}"))) for m in MARKETS}
    frame = frame.withColumns({f"probability_{name}": F.when(possible, p).otherwise(0.0) for name, p in chance.items()})
    frame = frame.withColumns(
        {f"is_customer_{m.name}": draws.chance("customer " + m.name, F.col(f"probability_{m.name}")) for m in MARKETS}
    )
    frame = frame.withColumns(
        {f"is_known_{m.name}": F.col(f"is_customer_{m.name}") & draws.chance("known", KNOWN_SHARE) for m in MARKETS}
    ).withColumn("is_known", F.col("is_known_platform") | F.col("is_known_analytics"))
    opened, closed = (F.date_sub(F.lit(as_of), F.col(days)) for days in ("opened_days", "closed_days"))
    return frame.withColumns(
        {
            "opened_on": F.when(F.col("is_known"), opened),
            "closed_on": F.when(F.col("is_known"), closed),
            "in_crm": F.col("is_known") | draws.chance("in crm", _reach(accounts)),
        }
    )


def log_odds(market: Market, draws: Draws) -> Column:
    """Log-odds without the intercept, of what is on record of the company: what is not recorded tells nothing."""
    age_place = F.when(F.col("founded_year").isNull(), 4).when(F.col("age") <= 10, 1).when(F.col("age") <= 25, 2).otherwise(3)
    effects = [
        _effect(market.size, F.coalesce(F.col("employees_place"), F.when(F.col("employees").isNotNull(), F.col("size_place")), F.lit(9))),
        _effect(market.age, age_place),
        F.when(F.col("industry").isNotNull(), _effect(market.of_industries(), F.col("industry_place"))).otherwise(0.0),
        F.when(F.col("country").isNotNull(), _effect(market.of_countries(), F.col("country_place"))).otherwise(0.0),
        F.when(interested_in(draws, market.keyword_set), market.interest).otherwise(0.0),
    ]
    effects += [F.when(_has_any(products), effect).otherwise(0.0) for products, effect in market.of_products()]
    return sum(effects[1:], effects[0])


def _effect(values: list[float], place: Column) -> Column:
    return nth(values, place, "double")


def _has_any(products: list[str]) -> Column:
    places = F.split(F.lit(" ".join(str(_PLACES[product]) for product in products)), " ").cast("array<int>")
    return F.arrays_overlap(F.col("stack_before"), places)


def _had(draws: Draws) -> Column:
    """The products in use on the day a deal would open, as the deliveries tell it."""

    def in_use(product: Column) -> Column:
        began = F.coalesce(first_seen_days(draws, product) >= F.col("opened_days"), F.lit(True))
        return began & F.coalesce(last_seen_days(draws, product) <= F.col("opened_days") + 365, F.lit(True))

    return F.filter("stack", in_use)


def _before_a_deal(frame: DataFrame, draws: Draws) -> DataFrame:
    return frame.withColumns(deal_days(draws)).withColumn("stack_before", _had(draws))


def deal_days(draws: Draws) -> dict[str, Column]:
    """How many days ago a company's deal opened and closed, if it had one."""
    opened = draws.whole("deal opened", 170, 720)
    return {
        "opened_days": opened,
        "closed_days": opened - draws.whole("sales cycle", 20, 140),
    }


def _partner(draws: Draws) -> Column:
    return draws.chance("partner", F.when(F.col("true_industry") == "IT Services", 0.03).otherwise(0.002))


def _reach(accounts: int) -> Column:
    """How probable it is that the seller's CRM has the company: of the larger ones it knows more."""
    share = 0.29 * scale(accounts)
    likelier = nth([0.7, 1.0, 1.4, 1.8, 2.0, 2.0, 2.0, 2.0], F.col("size_place"), "double")
    return F.least(F.lit(share) * likelier, F.lit(0.9))
