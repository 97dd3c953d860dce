"""Countries in any common spelling to ISO 3166-1 alpha-2."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import lru_cache
from importlib import resources

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
# What a state calls itself before its name, without accents. (A State of Georgia is none, and a Commonwealth of Virginia.)
FORMS = re.compile(
    r"^(?:the )?(?:(?:republic|kingdom|sultanate|principality) of (?:the )?|republica (?:de |del |da |do )|re[iy]no (?:de |del |da |do )"
    r"|republique (?:de la |de l'|du |de |d')|royaume (?:de la |de l'|du |des |de |d')|repubblica (?:di |della )|republik |konigreich )"
)
AND = re.compile(r"\s+(?:&|and|und|et|y|e|i|och|og|en)\s+")
# A misspelt name is looked for from this many letters on: shorter names are too near to each other (Niger, Nigeria).
LEAST_LETTERS = 8
ALIASES = {
    "US": "United States of America, U.S., U.S.A., USA, America, Etats-Unis, Estados Unidos, Estados Unidos de America, VSA, EUA, EE.UU.",
    "GB": "UK, U.K., Great Britain, Britain, England, Scotland, Wales, Northern Ireland, N. Ireland, United Kingdom of Great Britain, GBR",
    "AE": "UAE, U.A.E., Emirates, VAE, EAU, Dubai, Abu Dhabi",
    "SA": "KSA, K.S.A., Kingdom of Saudi Arabia",
    "ZA": "RSA, R.S.A.",
    "DE": "BRD, FRG, Federal Republic of Germany, Bundesrepublik Deutschland",
    "NL": "Holland, The Netherlands, Nederland",
    "KR": "South Korea, S. Korea, Korea, Republic of Korea, Korea Republic of, Korea South, ROK, R.O.K., \ud55c\uad6d",
    "KP": "North Korea, N. Korea, Korea North, DPRK",
    "RU": "Russia, Russian Federation, "
    "\u0420\u043e\u0441\u0441\u0438\u0439\u0441\u043a\u0430\u044f \u0424\u0435\u0434\u0435\u0440\u0430\u0446\u0438\u044f, \u0420\u0424",
    "CZ": "Czech Republic, Czechia",
    "CI": "Ivory Coast",
    "TR": "Turkey, Turkiye",
    "TW": "Taiwan, Taiwan Province of China, Chinese Taipei, Taiwan China, Republic of China",
    "HK": "Hong Kong, Hong Kong SAR, Hongkong, Hong Kong China, Hong Kong SAR China",
    "MO": "Macau, Macao, Macau China, Macao China",
    "CN": "China, PRC, P.R. China, Mainland China, \u4e2d\u534e\u4eba\u6c11\u5171\u548c\u56fd",
    "VN": "Vietnam, Viet Nam",
    "LA": "Laos",
    "MK": "Macedonia, North Macedonia, FYROM",
    "CD": "DR Congo, DRC, Congo Kinshasa, RDC, RD Congo, Republique Democratique du Congo",
    "CG": "Congo, Congo Brazzaville",
    "MM": "Burma, Myanmar",
    "SZ": "Swaziland",
    "VA": "Vatican, Holy See",
    "PS": "Palestine, Palestinian Territory",
    "IE": "Republic of Ireland, Eire",
    "BA": "Bosnia, Bosnia-Herzegovina",
    "XK": "Kosovo",
    "LY": "Libyan Arab Jamahiriya",
    "SJ": "Svalbard and Jan Mayen Islands, Svalbard, Jan Mayen",
    "TC": "Turks and Caicos",
    "BQ": "Bonaire",
    "DO": "Dominican Rep, Rep Dominicana, R. Dominicana",
    "TL": "East Timor, Timor",
    "ST": "Sao Tome",
    "VC": "Saint Vincent, St. Vincent",
    "SX": "St. Maarten, St. Martin (Dutch part)",
    "GF": "Guyane, Guyane francaise",
}

STATES = {
    ("US", "State"),
    ("US", "District"),
    ("CA", "Province"),
    ("CA", "Territory"),
    ("AU", "State"),
    ("AU", "Territory"),
    ("DE", "Land"),
}
STATES |= {("GB", "Country"), ("GB", "Province"), ("AT", "State"), ("IN", "State"), ("BR", "State"), ("ES", "Autonomous community")}
PARTS = {
    "DE": "Bavaria, Saxony, Lower Saxony, Saxony-Anhalt, North Rhine-Westphalia, Hesse, Thuringia, Rhineland-Palatinate, NRW",
    "FR": "Ile-de-France, Brittany, Bretagne, Normandy, Normandie, Occitanie, Nouvelle-Aquitaine, Auvergne-Rhone-Alpes, Grand Est",
    "IT": "Lombardy, Lombardia, Tuscany, Toscana, Sicily, Sicilia, Veneto, Piedmont, Piemonte, Emilia-Romagna, Lazio, Campania",
    "ES": "Catalonia, Andalusia, Basque Country, Galicia, Community of Madrid, Valencian Community",
    "BE": "Flanders, Wallonia, Vlaanderen, Wallonie",
    "AT": "Tyrol, Styria, Carinthia, Lower Austria, Upper Austria",
    "CN": "Guangdong, Zhejiang, Jiangsu, Shandong, Sichuan",
    "US": "Washington DC, Washington D.C.",
}
CITIES = {
    "DE": "Munich, M\u00fcnchen, Cologne, K\u00f6ln, Frankfurt, Frankfurt am Main, Stuttgart, D\u00fcsseldorf, Leipzig",
    "IN": "Mumbai, Delhi, New Delhi, Bangalore, Bengaluru, Hyderabad, Chennai, Pune, Ahmedabad, Gurgaon, Gurugram, Noida",
    "CA": "Montreal, Montr\u00e9al, Ottawa, Calgary, Quebec, Mississauga",
    "CO": "Medell\u00edn, Cali, Barranquilla",
    "IL": "Tel Aviv, Haifa, Herzliya, Ramat Gan, Petah Tikva",
    "AR": "C\u00f3rdoba, Rosario",
    "MA": "Rabat, Marrakesh, Marrakech",
    "ID": "Bandung, Surabaya",
    "AL": "Tirana",
    "GE": "Tbilisi, Batumi",
    "PA": "Panama City",
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

    code: Column = pandas_udf(find, "string")(text)  # type: ignore[call-overload]
    return code


@lru_cache(maxsize=100_000)
def code_of(name: str) -> str | None:
    """The ISO code of a name or code.

    >>> code_of("United Kingdom (UK)"), code_of("\u00d6sterreich"), code_of("Georgia"), code_of("")
    ('GB', 'AT', 'GE', None)
    """
    code = _named(name)
    places = [place for it in re.split("[;|]", name) if (place := it.strip())]
    if not code and len(places) > 1:
        codes = {found for place in places if (found := code_of(place))}
        return codes.pop() if len(codes) == 1 else None  # offices in several countries
    code, plain = code or _of_part(name), normalised(name)
    return code or (_misspelt(plain) if len(plain) >= LEAST_LETTERS else None)


def _named(name: str) -> str | None:
    plain, without = normalised(name), normalised(re.sub(r"\(.*?\)", "", name))
    bare = normalised(FORMS.sub("", _folded(name)))
    return next((code for it in (plain, without, plain.removeprefix("the"), bare) if (code := _codes().get(it) or _parts().get(it))), None)


def _of_part(name: str) -> str | None:
    """The country of a place of several parts: Berlin, Germany; Austin, TX, USA; GB-ENG.

    A code that is a state's too (CA, DE) is taken for a country's only beside one of its large cities.
    """
    if subdivision := re.fullmatch(r"\s*([A-Z]{2})-[A-Z0-9]{1,3}\s*", name):
        return _codes().get(normalised(subdivision[1]))
    parts = [part.strip() for part in re.split(r"[,/()\n]|\s[-\u2013]\s", name) if part.strip()]
    if len(parts) < 2:
        return None
    last, others = parts[-1], parts[:-1]
    if normalised(last) in _doubtful():
        cities = {code for part in others for code in _cities().get(normalised(part), ())}
        code = _codes()[normalised(last)]
        return code if code in cities else next((it for part in others if (it := _parts().get(normalised(part)))), None)
    if last in _codes_of_states():
        return "US"
    last_code, first_code = _named(last), _codes().get(normalised(parts[0]))
    if last_code and first_code and last_code != first_code and "/" in name:
        return None  # two countries
    return last_code or (first_code if len(parts[0]) > 2 else None)


def _misspelt(plain: str) -> str | None:
    near = {code for name, code in _certain() if is_one_edit(plain, normalised(name))}
    return next(iter(near)) if len(near) == 1 else None


@lru_cache(maxsize=1)
def _parts() -> Mapping[str, str]:
    """Names of states, and of other parts that are written for their country, to it; none that names a country or parts of two."""
    codes_of: dict[str, set[str]] = {}
    for subdivision in pycountry.subdivisions:
        if (subdivision.country_code, subdivision.type) in STATES:
            codes_of.setdefault(normalised(subdivision.name), set()).add(subdivision.country_code)
    for code, names in PARTS.items():
        for name in names.split(", "):
            codes_of.setdefault(normalised(name), set()).add(code)
    codes_of |= {normalised(code): {"US"} for code in _codes_of_states() if normalised(code) not in _codes()}
    return {name: next(iter(codes)) for name, codes in codes_of.items() if len(codes) == 1 and name not in _codes()}


@lru_cache(maxsize=1)
def _codes_of_states() -> frozenset[str]:
    """Two letters for the states of the USA that are no country's."""
    states = {it.code.partition("-")[2] for it in pycountry.subdivisions if it.country_code == "US" and it.type in ("State", "District")}
    return frozenset(states - alpha_2())


@lru_cache(maxsize=1)
def _doubtful() -> frozenset[str]:
    """Codes and names that are a country's and, behind a comma, a state's or province's too."""
    states = {it.code.partition("-")[2] for it in pycountry.subdivisions if it.country_code == "US"}
    return frozenset(normalised(it) for it in {*(states & alpha_2()), "SK", "PE", "YT", "Georgia"})


@lru_cache(maxsize=1)
def _cities() -> Mapping[str, frozenset[str]]:
    """Large cities, those after which time zones are named, and a few more, to their countries."""
    codes_of: dict[str, set[str]] = {}
    for line in (resources.files("tzdata") / "zoneinfo" / "zone.tab").read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            code, _, zone = line.split("\t")[:3]
            codes_of.setdefault(normalised(zone.rpartition("/")[2]), set()).add(code)
    for code, names in CITIES.items():
        for name in names.split(", "):
            codes_of.setdefault(normalised(name), set()).add(code)
    return {name: frozenset(codes) for name, codes in codes_of.items()}


def normalised(name: str) -> str:
    """Without case, accents, blanks, punctuation and the word for and."""
    return "".join(it for it in AND.sub(" ", _folded(name)) if it.isalnum())


def _folded(name: str) -> str:
    letters = unicodedata.normalize("NFKD", name.casefold())
    return "".join(it for it in letters if not unicodedata.combining(it)).replace("\u2019", "'")


def in_english(code: str) -> str:
    """The name of a country; what is no code stays as it is.

    >>> in_english("DE"), in_english("KR"), in_english("Atlantis")
    ('Germany', 'South Korea', 'Atlantis')
    """
    return str(_names().get(code, code))


@lru_cache(maxsize=1)
def _names() -> Mapping[str, str]:
    return Locale.parse("en").territories


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
    for entry in pycountry.countries:
        for kind in ("name", "official_name", "common_name", "alpha_3", "alpha_2"):
            if hasattr(entry, kind):
                yield getattr(entry, kind), entry.alpha_2
    for code, names in ALIASES.items():
        for name in names.split(", "):
            yield name, code
    yield "XK", "XK"
