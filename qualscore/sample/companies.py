"""id -> company: each is a function of its id, so any slice of the universe can be made again by itself.

True values (`size`, `revenue`) are everybody's; what a firmographic database knows of them (`employees`, `employees_range`,
...) is less, and misses more of small companies than of large ones.
"""

from datetime import date

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from qualscore.sample import vocabulary as words
from qualscore.sample.draws import Draws, nth, place_in

_FIRST = [onset + vowel + coda for onset in "bcdfghklmnprstvz" for vowel in "aeio" for coda in "ln"][:120]
_MIDDLE = [onset + vowel for onset in "bcdfghjklmnprstvwxz" for vowel in "aeiou"][:90]
_LAST = [onset + vowel + coda for onset in "bcdfgklmnprstvz" for vowel in "aiou" for coda in "nx"][:120]
_NAMES = len(_FIRST) * len(_MIDDLE) ** 2 * len(_LAST)  # 116,640,000
_STEP = 48_271_003  # prime, so that neighbours get names far apart and none twice
_FORMS = {
    "de": "GmbH",
    "at": "GmbH",
    "ch": "AG",
    "co.uk": "Ltd",
    "com.au": "Pty Ltd",
    "nl": "B.V.",
    "fr": "SAS",
    "se": "AB",
    "it": "S.r.l.",
}


def with_company(frame: DataFrame, draws: Draws, *, as_of: date) -> DataFrame:
    """Add everything that is true of the company with this `id`, and what is known of it. One row in, one row out."""
    steps = (_drawn(draws), _looked_up(draws), _sized(draws, as_of), _grown(draws), _known(draws))
    for step in steps:  # each needs the one before
        frame = frame.withColumns(step)
    return frame.withColumns(_banded())


def bare_domain(frame: DataFrame, draws: Draws) -> DataFrame:
    """Add `label`, `suffix` and `domain` only: as cheap as a row can be."""
    return frame.withColumns(_drawn(draws)).withColumns(_looked_up(draws))


def _drawn(draws: Draws) -> dict[str, Column]:
    number = F.pmod(F.col("id") * _STEP + draws.seed * 7919, F.lit(_NAMES))
    round_of_names = F.floor(F.col("id") / _NAMES)
    middle = len(_MIDDLE)
    label = F.concat(
        nth(_FIRST, 1 + F.pmod(number, F.lit(len(_FIRST)))),
        nth(_MIDDLE, 1 + F.pmod(F.floor(number / len(_FIRST)), F.lit(middle))),
        nth(_MIDDLE, 1 + F.pmod(F.floor(number / (len(_FIRST) * middle)), F.lit(middle))),
        nth(_LAST, 1 + F.floor(number / (len(_FIRST) * middle * middle))),
        F.when(round_of_names > 0, round_of_names.cast("string")).otherwise(""),
    )
    return {
        "label": label,
        "country_place": draws.weighted("country", [weight for weight, _, _ in words.COUNTRIES.values()]),
        "industry_place": draws.weighted("industry", [weight for _, weight, _, _ in words.INDUSTRIES.values()]),
        "is_bare": draws.chance("bare", 0.01),
    }


def _looked_up(draws: Draws) -> dict[str, Column]:
    own = nth([suffix for _, suffix, _ in words.COUNTRIES.values()], F.col("country_place"))
    common = nth(words.GLOBAL_SUFFIXES, draws.rank("suffix", len(words.GLOBAL_SUFFIXES)))
    suffix = F.when(draws.chance("own suffix", 0.55), own).otherwise(common)
    cities = F.split(nth([cities.replace("|", "~") for _, _, cities in words.COUNTRIES.values()], F.col("country_place")), ";")
    city = F.split(F.get(cities, draws.rank("city", F.size(cities)) - 1), "~")
    return {
        "suffix": suffix,
        "domain": F.concat_ws(".", F.col("label"), suffix),
        "true_country": nth(list(words.COUNTRIES), F.col("country_place")),
        "true_city": F.get(city, 0),
        "true_state": F.nullif(F.get(city, 1), F.lit("")),
        "true_industry": nth(list(words.INDUSTRIES), F.col("industry_place")),
        "digital": nth([digital for _, _, digital, _ in words.INDUSTRIES.values()], F.col("industry_place"), "double"),
    }


def _sized(draws: Draws, as_of: date) -> dict[str, Column]:
    age = F.least(F.floor(3 + F.exp(F.lit(2.3) + F.lit(0.8) * draws.normal("age"))), F.lit(160.0)).cast("int")
    log_size = F.lit(1.9) + F.lit(1.8) * draws.normal("size") + F.lit(0.012) * age
    legal_form = F.coalesce(nth_of(_FORMS, F.col("suffix")), F.when(draws.chance("inc", 0.3), F.lit("Inc.")))
    second = nth(["Group", "Labs", "Partners", "Systems", "Works", "Holding"], draws.rank("second name", 6))
    name = F.concat_ws(" ", F.initcap("label"), F.when(draws.chance("has second name", 0.3), second), legal_form)
    return {
        "name": F.when(draws.chance("comma in name", 0.05), F.concat(F.initcap("label"), F.lit(", Inc."))).otherwise(name),
        "true_founded_year": F.lit(as_of.year) - age,
        "age": age,
        "size": F.greatest(F.lit(1), F.least(F.floor(F.exp(log_size)), F.lit(400_000))).cast("int"),
    }


def _grown(draws: Draws) -> dict[str, Column]:
    revenue = F.col("size") * F.lit(150_000.0) * F.exp(F.lit(0.7) * draws.normal("productivity"))
    listed = F.when(F.col("size") > 1000, 0.6).when(F.col("size") > 200, 0.35).when(F.col("size") > 50, 0.1).otherwise(0.002)
    return {
        "revenue": (F.round(revenue / 1000) * 1000).cast("long"),
        "listed": draws.chance("listed", listed),
        "size_place": place_in(words.EMPLOYEES_FLOORS, F.col("size")),
        "known_as": draws.uniform("headcount known"),
    }


def _known(draws: Draws) -> dict[str, Column]:
    """What the database has: of a company with ten people two fifths of the sizes, of one with 1,000 nearly all."""
    none_of_it = F.col("is_bare")
    exact = F.lit(0.12) + F.lit(0.06) * F.col("size_place") + F.when(F.col("listed"), 0.2).otherwise(0.0)
    some = exact + F.lit(0.3) + F.lit(0.04) * F.col("size_place")

    def known(purpose: str, share: Column | float, value: Column) -> Column:
        return F.when(~none_of_it & draws.chance(purpose, share), value)

    return {
        "country": known("country known", 0.97, F.col("true_country")),
        "state": known("state known", 0.9, F.col("true_state")),
        "city": known("city known", 0.9, F.col("true_city")),
        "industry": known("industry known", 0.95, F.col("true_industry")),
        "employees": F.when(~none_of_it & (F.col("known_as") < exact), F.col("size")),
        "employees_place": F.when(~none_of_it & (F.col("known_as") < some), F.col("size_place")),
        "revenue_usd": F.when(~none_of_it & (F.col("listed") | draws.chance("revenue known", 0.05)), F.col("revenue")),
        "revenue_place": known("revenue range known", 0.25, place_in(words.REVENUE_FLOORS, F.col("revenue"))),
        "cap_place": F.when(
            ~none_of_it & F.col("listed"), place_in(words.CAP_FLOORS, F.col("revenue") * F.exp(F.lit(0.5) + draws.normal("valuation")))
        ),
        "founded_year": known("founded known", 0.75, F.col("true_founded_year")),
        "is_listed": F.when(~none_of_it, F.col("listed")),
    }


def _banded() -> dict[str, Column]:
    return {
        "sector": F.when(
            F.col("industry").isNotNull(), nth([sector for sector, _, _, _ in words.INDUSTRIES.values()], F.col("industry_place"))
        ),
        "employees_range": nth(words.EMPLOYEES_RANGES, F.col("employees_place")),
        "revenue_range": nth(words.REVENUE_RANGES, F.col("revenue_place")),
        "market_cap_band": nth(words.CAP_BANDS, F.col("cap_place")),
    }


def nth_of(values: dict[str, str], key: Column) -> Column:
    """The value of a key; null for another."""
    chosen = F.lit(None).cast("string")
    for name, value in values.items():
        chosen = F.when(key == name, value).otherwise(chosen)
    return chosen
