from collections.abc import Callable

import pytest
from pyspark.sql import Column, SparkSession
from pyspark.sql import functions as F

from qualscore import columns
from qualscore.columns import DomainRules, domains

RULES = DomainRules(extra_suffixes=("maven-crm.example",), shared_hosts=("linkedin.com", "google.com/maps", "sites.google.com"))
DOMAINS = {
    "acme.com": "acme.com",
    "ACME.com.": "acme.com",
    "www.acme.com": "acme.com",
    "https://www.acme.co.uk:8080/about?x=1#top": "acme.co.uk",
    "http:acme.com": "acme.com",
    "//shop.acme.com/x": "acme.com",
    "acme.com/team": "acme.com",
    "acme.com:443": "acme.com",
    "joe@mail.acme.com": "acme.com",
    "mailto:joe@acme.com": "acme.com",
    "Joe Doe <joe@acme.com>": "acme.com",
    "https://joe:secret@acme.com/x": "acme.com",
    '"acme.com"': "acme.com",
    "acme.com, acme.de": "acme.com",
    "www.info": "www.info",
    "M\u00fcnchen.de": "xn--mnchen-3ya.de",
    "xn--mnchen-3ya.de": "xn--mnchen-3ya.de",
    "https://m\u00fcnchen.de/b\u00fcro": "xn--mnchen-3ya.de",
    "acme.myshopify.com": "acme.myshopify.com",
    "docs.acme.github.io": "acme.github.io",
    "foo.bar.maven-crm.example": "bar.maven-crm.example",
    "linkedin.com": "linkedin.com",
    "linkedin.com/": "linkedin.com",
    "google.com/about": "google.com",
    "my_host.acme.com": "acme.com",
    "city.kobe.jp": "city.kobe.jp",
}
PROBLEMS = {
    "NO_DOMAIN": [None, "", "n/a"],
    "INVALID_DOMAIN": [
        "acme",
        "10.0.0.1",
        "http://[::1]/",
        "acme.nosuchsuffix",
        "foo.example",
        "-acme.com",
        "ac me",
        "a..com",
        "com",
        "\ufffd.com",
    ],
    "FREE_MAIL_DOMAIN": ["joe@gmail.com", "yandex.com"],
    "SHARED_HOST": [
        "github.io",
        "uk.com",
        "wixsite.com",
        "https://de.linkedin.com/company/acme",
        "google.com/maps/acme",
        "sites.google.com/acme",
        "www.github.io",
    ],
}
EMPLOYEES = {
    5.0: ["1-10", "1 - 10", "1\u201310 employees", "1 to 10"],
    30.0: ["11-50"],
    120.0: ["51-200", "51-200 employees"],
    350.0: ["201-500"],
    750.0: ["501-1000", "501-1,000"],
    3000.0: ["1001-5000", "1,001 - 5,000", "1.001-5.000", "1'001-5'000"],
    7500.0: ["5001-10000", "5,001-10,000"],
    20000.0: ["10001+", "10,001+", "10.001+ employees", "10001 or more", "10001 and over"],
    2999.5: ["1,000-4,999", "1000-4999 employees"],
    10000.0: ["5000+", "5K+", "over 5,000", "> 5000", "more than 5000 people"],
    25.0: ["under 50", "< 50", "up to 50", "0-50"],
    1500.0: ["1K-2K", "1-2k"],
    0.0: ["0", "0-0"],
    None: ["Oct-50", "10-1", "many", "-", "", None, "1-2-3", "5-"],
}
REVENUE_MILLIONS = {
    5500.0: ["1B-10B", "$1B - $10B", "$1 bil. - $10 bil.", "1-10 billion", "US$1bn\u2013US$10bn"],
    20000.0: ["10B+", "$10B+", "over $10 billion", "$10,000,000,000+"],
    30.0: ["10M-50M", "$10M - $50M", "10-50M", "$10,000,000 - $50,000,000", "$10 mil. to $50 mil.", "USD 10M - 50M"],
    0.5: ["0-1M", "Under $1M", "< $1 million", "500K", "$500,000"],
    0.75: ["$500K-$1M", "500k - 1m"],
    None: ["500-1M", "unknown", "\u20ac1M-\u20ac5M", "M-B", None],
}


def applied(spark: SparkSession, function: Callable[[Column], Column], texts: list[str | None]) -> dict[str | None, object]:
    frame = spark.createDataFrame([(text,) for text in texts], "text string")
    return {row.text: row.value for row in frame.select("text", function(F.col("text")).alias("value")).collect()}


def expected(cases: dict[float | None, list[str | None]]) -> dict[str | None, object]:
    return {text: value for value, texts in cases.items() for text in texts}


def test_domains_of_all_kinds_of_address(spark: SparkSession) -> None:
    values = applied(spark, lambda raw: columns.domain(columns.text(raw), rules=RULES, accept_free_mail=False), list(DOMAINS))
    assert {text: tuple(value) for text, value in values.items()} == {text: (domain, None) for text, domain in DOMAINS.items()}


def test_addresses_without_a_domain_say_why(spark: SparkSession) -> None:
    cases = {text: problem for problem, texts in PROBLEMS.items() for text in texts}
    values = applied(spark, lambda raw: columns.domain(columns.text(raw), rules=RULES, accept_free_mail=False), list(cases))
    assert {text: value["problem"] for text, value in values.items()} == cases


def test_a_company_may_have_a_free_mail_domain(spark: SparkSession) -> None:
    values = applied(spark, lambda raw: columns.domain(raw, rules=RULES, accept_free_mail=True), ["yandex.com", "github.io"])
    assert {text: tuple(value) for text, value in values.items()} == {
        "yandex.com": ("yandex.com", None),
        "github.io": (None, "SHARED_HOST"),
    }


def test_employees_ranges(spark: SparkSession) -> None:
    cases = expected(EMPLOYEES)
    assert applied(spark, columns.range_midpoint_employees, list(cases)) == cases


def test_revenue_ranges(spark: SparkSession) -> None:
    cases = expected(REVENUE_MILLIONS)
    assert applied(spark, lambda text: columns.range_midpoint_revenue(text) / 1e6, list(cases)) == cases


@pytest.mark.parametrize(
    ("is_range", "middle", "cases"),
    [
        (columns.employees_range, columns.range_midpoint_employees, EMPLOYEES),
        (columns.revenue_range, columns.range_midpoint_revenue, REVENUE_MILLIONS),
    ],
)
def test_a_range_is_accepted_exactly_if_it_has_a_middle(
    spark: SparkSession,
    is_range: Callable[[Column], Column],
    middle: Callable[[Column], Column],
    cases: dict[float | None, list[str | None]],
) -> None:
    texts = list(expected(cases))
    middles = applied(spark, middle, texts)
    assert applied(spark, is_range, texts) == {text: text if middles[text] is not None else None for text in texts}


COUNTRIES = {"DE": "DE", "de": "DE", "Germany": "DE", "Deutschland": "DE", "Allemagne": "DE", "DEU": "DE", "USA": "US", "U.S.A.": "US"}
COUNTRIES |= {"United States": "US", "united states of america": "US", "UK": "GB", "England": "GB", "The Netherlands": "NL"}
COUNTRIES |= {"UAE": "AE", "Korea, Republic of": "KR", "Viet Nam": "VN", "C\u00f4te d'Ivoire": "CI", "Cote d'Ivoire": "CI"}
COUNTRIES |= {"T\u00fcrkiye": "TR", "\u65e5\u672c": "JP", "NA": "NA", "Georgia": "GE", "Philipines": "PH", "Hong Kong SAR China": "HK"}
COUNTRIES |= {"United Kingdom (UK)": "GB", "Niger": "NE", "Remote": None, "London": None, "Atlantis": None, "XX": None}


def test_countries_in_any_spelling_are_iso_codes(spark: SparkSession) -> None:
    assert applied(spark, columns.country, list(COUNTRIES)) == COUNTRIES


INDUSTRIES = {
    "computer software": "Software & Internet",
    "information technology and services": "IT Services",
    "COMPUTER_SOFTWARE": "Software & Internet",
    "hospital & health care": "Healthcare",
    "Not For Profit": "Non-profit",
    "Food & Beverage": "Consumer Goods",
    "airlines/aviation": "Travel & Hospitality",
    "Banks\u2014Regional": "Banking & Finance",
    "Software;Analytics": "Software & Internet",
    "technolgy": "IT Services",
    "Hospitality": "Travel & Hospitality",
    "Other": None,
    "B2B": None,
}


def test_names_of_industries_are_groups_of_one_taxonomy(spark: SparkSession) -> None:
    none = F.lit(None).cast("string")
    groups = applied(spark, lambda text: columns.industry_group(text, none, naics=none, sic=none, nace=none), list(INDUSTRIES))
    assert groups == INDUSTRIES


@pytest.mark.parametrize(
    ("kind", "codes"),
    [
        ("naics", {"511210": "Software & Internet", "5415": "IT Services", "52": None, "524": "Insurance", "325412": "Pharma & Biotech"}),
        ("sic", {"7372": "Software & Internet", "7379": "IT Services", "0111": "Agriculture", "6311": "Insurance", "99": None}),
        ("nace", {"J62.01": "IT Services", "62.01": "IT Services", "21": "Pharma & Biotech", "K65": "Insurance", "J": None}),
    ],
)
def test_codes_of_industries_roll_up(spark: SparkSession, kind: str, codes: dict[str, str | None]) -> None:
    none = F.lit(None).cast("string")
    given = dict.fromkeys(("naics", "sic", "nace"), none)
    assert applied(spark, lambda text: columns.industry_group(none, none, **(given | {kind: text})), list(codes)) == codes


def test_the_usual_suffixes_need_no_search() -> None:
    assert {"com", "de", "io", "co.uk", "com.au"} <= set(domains._plain_suffixes(())) and "ck" not in domains._plain_suffixes(())


def test_no_special_host_is_taken_for_a_plain_one_and_few_plain_ones_for_special(spark: SparkSession) -> None:
    special = {host for host in domains.FREE_MAIL if host.count(".") == 1}
    plain = {f"company{number}.{suffix}" for number in range(2_000) for suffix in ("com", "co.uk")}
    is_plain = applied(spark, lambda raw: columns.is_plain(raw, RULES), [*special, *plain])
    assert len(special) > 1_000 and not any(is_plain[host] for host in special)
    assert sum(bool(is_plain[host]) for host in plain) > 0.98 * len(plain)


def test_a_plain_domain_and_one_that_needs_the_list_of_suffixes_are_found_alike(spark: SparkSession) -> None:
    hosts = {"acme.com": "acme.com", "ACME.de": "acme.de", "a-b.io": "a-b.io", "co.uk": None, "github.io": None, "acme.zz": None}
    hosts |= {"acme.co.uk": "acme.co.uk", "-acme.com": None, "shop.acme.com": "acme.com", "gmail.com": "gmail.com"}
    hosts |= {"yahoo.co.uk": "yahoo.co.uk", "a.com.au": "a.com.au", "shop.acme.co.uk": "acme.co.uk", "x.ck": None, "a.x.ck": "a.x.ck"}
    domains_of_hosts = applied(spark, lambda raw: columns.domain(raw, rules=RULES, accept_free_mail=False)["domain"], list(hosts))
    assert domains_of_hosts == hosts
    problems = applied(spark, lambda raw: columns.domain(raw, rules=RULES, accept_free_mail=False)["problem"], list(hosts))
    assert {host: it for host, it in problems.items() if it} == {
        "co.uk": "SHARED_HOST",
        "github.io": "SHARED_HOST",
        "acme.zz": "INVALID_DOMAIN",
        "-acme.com": "INVALID_DOMAIN",
        "gmail.com": "FREE_MAIL_DOMAIN",
        "yahoo.co.uk": "FREE_MAIL_DOMAIN",
        "x.ck": "SHARED_HOST",
    }


def test_the_usual_ranges_are_ranges(spark: SparkSession) -> None:
    for usual, middle in (
        (columns.ranges.REVENUES, columns.range_midpoint_revenue),
        (columns.ranges.EMPLOYEES, columns.range_midpoint_employees),
    ):
        middles = applied(spark, middle, [*usual, *(f"{text} " for text in usual)])  # a space too many is looked at by the patterns
        assert all(middles[text] == middles[f"{text} "] is not None for text in usual)
    assert applied(spark, columns.revenue_range, ["$1M-$10M", "10B+", "10M-1M"]) == {"$1M-$10M": "$1M-$10M", "10B+": "10B+", "10M-1M": None}
