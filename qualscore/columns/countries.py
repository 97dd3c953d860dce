"""Countries in any common spelling to ISO 3166-1 alpha-2."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import lru_cache

import pandas as pd
import pycountry
from babel import Locale
from pyspark.sql import Column
from pyspark.sql.pandas.functions import pandas_udf

from qualscore.columns.spelling import is_one_edit

# Languages in which CRMs are kept. English decides where a name means two countries.
LANGUAGES = (
    *("en", "de", "fr", "es", "it", "pt", "nl", "sv", "da", "nb", "fi", "pl", "cs", "sk", "hu", "ro", "bg", "el", "tr", "ru", "uk", "et"),
    *("lv", "lt", "sl", "hr", "sr", "he", "ar", "fa", "hi", "th", "vi", "id", "ms", "ja", "ko", "zh", "zh_Hant", "ca"),
)
# A misspelt name is looked for from this many letters on: shorter names are too near to each other (Niger, Nigeria).
LEAST_LETTERS = 8
ALIASES = {
    "US": "United States of America, U.S., U.S.A., USA, America, Etats-Unis, Estados Unidos, VSA",
    "GB": "UK, U.K., Great Britain, Britain, England, Scotland, Wales, Northern Ireland, United Kingdom of Great Britain",
    "AE": "UAE, U.A.E., Emirates",
    "NL": "Holland, The Netherlands, Nederland",
    "KR": "South Korea, Korea, Republic of Korea, Korea Republic of, Korea South",
    "KP": "North Korea, Korea North",
    "RU": "Russia, Russian Federation",
    "CZ": "Czech Republic, Czechia",
    "CI": "Ivory Coast",
    "TR": "Turkey, Turkiye",
    "TW": "Taiwan, Taiwan Province of China, Chinese Taipei",
    "HK": "Hong Kong, Hong Kong SAR, Hongkong",
    "MO": "Macau, Macao",
    "CN": "China, PRC, P.R. China, Mainland China",
    "VN": "Vietnam, Viet Nam",
    "LA": "Laos",
    "MK": "Macedonia, North Macedonia, FYROM",
    "CD": "DR Congo, DRC, Congo Kinshasa",
    "CG": "Congo, Congo Brazzaville",
    "MM": "Burma, Myanmar",
    "SZ": "Swaziland",
    "VA": "Vatican, Holy See",
    "PS": "Palestine",
    "IE": "Republic of Ireland, Eire",
    "BA": "Bosnia, Bosnia-Herzegovina",
    "XK": "Kosovo",
}


def country(text: Column) -> Column:
    """The ISO code of a country's name or code; null for what is none.

    >>> names = ["USA", "Deutschland", "de", "The Netherlands", "GBR", "C\u00f4te d'Ivoire", "NA", "Atlantis", None]
    >>> frame = spark.createDataFrame([(name,) for name in names], "text string")
    >>> [row.it for row in frame.select(country(F.col("text")).alias("it")).collect()]
    ['US', 'DE', 'DE', 'NL', 'GB', 'CI', 'NA', None, None]
    """

    def find(names: pd.Series) -> pd.Series:
        codes = {name: code_of(name) for name in names.unique() if isinstance(name, str)}
        return names.map(codes).astype(object).where(names.notna(), None)

    found: Column = pandas_udf(find, "string")(text)  # type: ignore[call-overload]
    return found


@lru_cache(maxsize=100_000)
def code_of(name: str) -> str | None:
    """The ISO code of a name or code.

    >>> code_of("United Kingdom (UK)"), code_of("\u00d6sterreich"), code_of("Georgia"), code_of("")
    ('GB', 'AT', 'GE', None)
    """
    plain = normalised(name)
    without = normalised(re.sub(r"\(.*?\)", "", name))
    found = _codes().get(plain) or _codes().get(without) or _codes().get(plain.removeprefix("the"))
    return found or (_misspelt(plain) if len(plain) >= LEAST_LETTERS else None)


def _misspelt(plain: str) -> str | None:
    near = {code for name, code in _certain() if is_one_edit(plain, normalised(name))}
    return next(iter(near)) if len(near) == 1 else None


def normalised(name: str) -> str:
    """Without case, accents, blanks and punctuation."""
    letters = unicodedata.normalize("NFKD", name.casefold())
    return "".join(it for it in letters if it.isalnum())


@lru_cache(maxsize=1)
def alpha_2() -> frozenset[str]:
    """All codes."""
    return frozenset(it.alpha_2 for it in pycountry.countries) | {"XK"}


@lru_cache(maxsize=1)
def _codes() -> Mapping[str, str]:
    """Normalised name or code to ISO code: codes first, then English, then the other languages where they agree."""
    sure = {normalised(name): code for name, code in _certain()}
    others: dict[str, set[str]] = {}
    for language in LANGUAGES[1:]:
        for code, name in Locale.parse(language).territories.items():
            if code in alpha_2():
                others.setdefault(normalised(name), set()).add(code)
    return {name: next(iter(codes)) for name, codes in others.items() if len(codes) == 1} | sure


def _certain() -> Iterator[tuple[str, str]]:
    for code, name in Locale.parse("en").territories.items():
        if code in alpha_2():
            yield name, code
    for it in pycountry.countries:
        for kind in ("name", "official_name", "common_name", "alpha_3", "alpha_2"):
            if hasattr(it, kind):
                yield getattr(it, kind), it.alpha_2
    for code, names in ALIASES.items():
        for name in names.split(", "):
            yield name, code
    yield "XK", "XK"
