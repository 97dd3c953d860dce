"""Factors as a person says them: the name and the value of one, in one phrase."""

from collections.abc import Callable, Mapping
from functools import lru_cache

from qualscore.columns.countries import in_english

UNKNOWN = "unknown"
"""The value of a factor of which nothing is known."""
WINDOWS = {"4 weeks": "the last 4 weeks", "13 weeks": "the last 13 weeks", "52 weeks": "the past year"}
WITHOUT_A_VALUE = {"employees": "number of employees unknown", "listed on a stock exchange": "unknown whether it is listed"}


def phrase(factor: str, value: str) -> str:
    """What is true of an account, for a line of words.

    >>> [phrase("employees", it) for it in ("2,328", "1", "1001-5000", "1-10 employees", "about 150", "unknown")]
    ['2,328 employees', '1 employee', '1001-5000 employees', '1-10 employees', 'about 150 employees', 'number of employees unknown']
    >>> [phrase("revenue", it) for it in ("$521,062,000", "100M-500M", "unknown")]
    ['revenue of $521M', 'revenue of 100M-500M', 'revenue unknown']
    >>> phrase("country", "US"), phrase("state", "CO"), phrase("city", "Ulm"), phrase("industry", "Retail"), phrase("city", "unknown")
    ('based in the United States', 'state CO', 'based in Ulm', 'Retail industry', 'city unknown')
    >>> phrase("company age", "11 years"), phrase("market cap", "Mid Cap"), phrase("listed on a stock exchange", "no")
    ('founded 11 years ago', 'mid-cap company', 'not listed on a stock exchange')
    >>> phrase("technologies in office", "0"), phrase("technologies in office", "1"), phrase("technologies known", "12")
    ('no office technology', '1 office technology', '12 technologies known')
    >>> phrase("uses Kafka", "yes"), phrase("uses Kafka", "no")
    ('uses Kafka', 'does not use Kafka')
    >>> phrase("researches: cloud", "1 signal in 13 weeks"), phrase("researches: cloud", "0 signals in 52 weeks")
    ('researches cloud (1 signal in the last 13 weeks)', 'no research on cloud in the past year')
    >>> phrase("research activity", "40 signals in 52 weeks"), phrase("research activity", "0 signals in 52 weeks")
    ('40 research signals in the past year', 'no research seen in the past year')
    >>> phrase("a criterion of rules", "yes")
    'a criterion of rules (yes)'
    """
    if factor.startswith("uses ") and value in ("yes", "no"):
        return factor if value == "yes" else f"does not use {factor.removeprefix('uses ')}"
    if factor.startswith("technologies ") and value.isdecimal():
        none, one, several = counted(factor)
        return none if value == "0" else one if value == "1" else f"{value}{several}"
    if factor == "research activity" or factor.startswith("researches: "):
        return _research(factor.partition(": ")[2], value)
    if factor in SAID:
        return WITHOUT_A_VALUE.get(factor, f"{factor} {UNKNOWN}") if value == UNKNOWN else SAID[factor](value)
    return f"{factor} ({value})"


def counted(factor: str) -> tuple[str, str, str]:
    """How none and one technology are said, and what stands behind the number of several.

    >>> counted("technologies in office")
    ('no office technology', '1 office technology', ' office technologies')
    """
    if factor == "technologies known":
        return "no technologies known", "1 technology known", " technologies known"
    category = factor.removeprefix("technologies in ")
    return f"no {category} technology", f"1 {category} technology", f" {category} technologies"


def _research(subject: str, value: str) -> str:
    """Of a keyword set, or of any where there is no subject."""
    number, _, weeks = value.partition(" in ")
    window = WINDOWS.get(weeks, weeks)
    if value == UNKNOWN:
        return f"research on {subject} unknown" if subject else "research unknown"
    if number.startswith("0 "):
        return f"no research on {subject} in {window}" if subject else f"no research seen in {window}"
    return f"researches {subject} ({number} in {window})" if subject else f"{number.replace(' ', ' research ', 1)} in {window}"


def _employees(value: str) -> str:
    return value if "employee" in value else f"{value} employee" if value == "1" else f"{value} employees"


def _revenue(value: str) -> str:
    """A number is shortened; a range stays as it was delivered."""
    digits = value.removeprefix("$").replace(",", "")
    return f"revenue of {dollars(int(digits)) if digits.isdecimal() else value}"


def dollars(amount: int) -> str:
    """An amount in two digits or more.

    >>> dollars(1_010_334_000), dollars(35_973_000), dollars(4_217_000), dollars(250_000), dollars(900)
    ('$1.0B', '$36M', '$4.2M', '$250K', '$900')
    """
    for unit, name in ((10**9, "B"), (10**6, "M"), (10**3, "K")):
        if amount >= unit:
            return f"${amount / unit:,.{1 if amount < 10 * unit and unit > 10**3 else 0}f}{name}"
    return f"${amount:,}"


def _founded(value: str) -> str:
    years = value.removesuffix(" years")
    return "founded less than a year ago" if years == "0" else f"founded {years} year{'' if years == '1' else 's'} ago"


@lru_cache(maxsize=512)
def _country(code: str) -> str:
    name = in_english(code)
    is_plural = name.endswith(("Islands", "Republic", "Netherlands", "Philippines", "Maldives", "Bahamas", "Emirates"))
    return f"based in {'the ' if is_plural or name.startswith('United ') else ''}{name}"


SAID: Mapping[str, Callable[[str], str]] = {
    "employees": _employees,
    "revenue": _revenue,
    "market cap": lambda value: f"{value.lower().replace(' ', '-')} company",
    "company age": _founded,
    "listed on a stock exchange": lambda value: f"{'' if value == 'yes' else 'not '}listed on a stock exchange",
    "country": _country,
    "state": lambda value: f"state {value}",
    "city": lambda value: f"based in {value}",
    "sector": lambda value: f"{value} sector",
    "industry": lambda value: f"{value} industry",
}
"""Factors that say what a company is; each with how its value is said."""
