"""Addresses of all kinds as columns: to the registrable domain that identifies an account, or to the reason why there is none."""

import json
import re
import zlib
from functools import lru_cache, reduce

import pandas as pd
from pyspark.sql import Column
from pyspark.sql import functions as F
from pyspark.sql.pandas.functions import pandas_udf

from qualscore.columns.hosts import COMMON, COMMON_PAIRS, FREE_MAIL, TARGET, DomainRules, registrable, suffixes_of
from qualscore.columns.text import INVISIBLE

PLAIN = r"^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?[.][a-z]+(?:[.][a-z]{2})?$"
# 524,288 bits, two for each of some 20,000 hosts, named by the lower and the upper part of a hash of 32 bits: 1 of 170 plain hosts is
# looked at more closely.
BITS, PLACES, SHIFTS = 32, 1 << 19, (0, 13)
# Around the host, from the outside in: an e-mail in brackets, quotes, scheme, path, user, port, dots, www.
WRAPPING = {
    r"^.*<([^<>]*@[^<>]*)>.*$": "$1",
    "^[\\s\"'<(]+|[\\s\"'>)]+$": "",
    r"^(?:[a-z][a-z0-9+.-]*:)?/{2,}|^(?:https?|ftp|mailto):/*": "",
}
AUTHORITY = {r"[/?#\\,;|\s].*$": "", r"^.*@": "", r":[0-9]*$": "", r"^\.+|\.+$": "", r"^www[0-9]?\.(?=[^.]+\.)": ""}

# What nobody sees, joiners too, and what looks like a point, a slash, a colon.
UNSEEN = INVISIBLE[:-2] + r"\u200c\u200d]+"
LOOK_ALIKES = "\u3002\uff0e\uff61\u2024\u2044\u2215\uff0f\u29f8\uff1a\uff20", "....////:@"
# An address within another one: with its scheme, or where such addresses stand.
TARGETS = (
    r"^[^/?#]*[/?#].*?(https?(?::|%3a|%253a)(?:/|%2f|%252f){1,2}[^\s]+)",
    r"^[^/?#]*(?:/[^?#]*)?(?:[?&](?:q|u|url|to|target|dest|destination|redirect|link|a)=|/web/[0-9*]+[a-z_]*/)([^&\s]+[.][^&\s]+)",
)


def domain(raw: Column, *, rules: DomainRules, accept_free_mail: bool, plain: Column | None = None) -> Column:
    """struct<domain, problem>: the registrable domain of a URL, e-mail address or host, or why there is none.

    A free-mail domain is given together with its problem, so that the caller can still accept it.

    Args:
        raw: text.
        rules: of the installation.
        accept_free_mail: whether a free-mail host is a company's.
        plain: `is_plain` of the text in lower case, where it is a column already; it is used twice.

    >>> texts = ["https://www.Acme.co.uk:443/a?b", "Joe <joe@mail.acme.com>", "acme.myshopify.com", "github.io", "10.0.0.1", None]
    >>> frame = spark.createDataFrame([(text,) for text in texts], "raw string")
    >>> [tuple(row.it) for row in frame.select(domain(F.col("raw"), rules=DomainRules(), accept_free_mail=True).alias("it")).collect()][:3]
    [('acme.co.uk', None), ('acme.com', None), ('acme.myshopify.com', None)]
    """
    host = F.lower(raw)
    plain = F.coalesce(is_plain(host, rules) if plain is None else plain, F.lit(False))

    def find(addresses: pd.Series) -> pd.Series:
        if addresses.isna().all():  # most batches of a clean delivery
            return addresses
        known = {it: _written(*registrable(it, rules=rules, accept_free_mail=accept_free_mail)) for it in addresses.dropna().unique()}
        return addresses.map(known).astype(object).where(addresses.notna(), None)

    # Null for the plain ones: the function is called for all rows, but works on the other addresses only, each once a batch.
    domain_and_problem = pandas_udf(find, "string")(F.when(~plain, address(raw)))  # type: ignore[call-overload]
    problem = F.when(raw.isNull(), "NO_DOMAIN").when(~plain, F.nullif(F.substring_index(domain_and_problem, " ", -1), F.lit("")))
    return F.struct(
        F.when(plain, host).otherwise(F.nullif(F.substring_index(domain_and_problem, " ", 1), F.lit(""))).alias("domain"),
        problem.alias("problem"),
    )


def _written(domain: str | None, problem: str | None) -> str:
    return f"{domain or ''} {problem or ''}"


def is_plain(host: Column, rules: DomainRules) -> Column:
    """Whether a host in lower case is surely a domain of its own: one label below a suffix of one label, or a common one of two.

    Bits of hashes tell what may be a suffix itself (github.io) or a free-mail host (a Bloom filter); the few others that share both
    bits are looked at one by one like those. An array of 16,384 numbers is read in no time; a list of 20,000 literals takes seconds
    to plan.
    """
    suffixes, bits = _plain_suffixes(rules.extra_suffixes), _special_bits(rules)
    words = F.from_json(F.lit(json.dumps(bits)), "array<bigint>")
    places = [F.shiftright(F.crc32(host), shift) % PLACES for shift in SHIFTS]
    is_set = (F.getbit(F.element_at(words, (F.floor(it / BITS) + 1).cast("int")), (it % BITS).cast("int")) == 1 for it in places)
    is_special = reduce(Column.__and__, is_set)
    suffix = F.concat(F.lit(" "), F.substr(host, F.instr(host, ".") + 1), F.lit(" "))
    return host.rlike(PLAIN) & F.contains(F.lit(f" {' '.join(suffixes)} "), suffix) & ~is_special


def plain_addresses(rules: DomainRules) -> tuple[str, str, list[str]]:
    """How plain domains are told outside Spark: what is told so is what `domain` gives.

    Returns:
        A pattern of hosts, one of addresses (its group `host`), both of lower case, and the hosts that match and are no domains.

    >>> host, address, exceptions = plain_addresses(DomainRules())
    >>> [bool(re.search(host, it)) for it in ("acme.com", "acme.co.uk", "www.acme.com", "acme.ck")], "gmail.com" in exceptions
    ([True, True, False, False], True)
    >>> [re.search(address, it)["host"] for it in ("https://www.acme.com/team?x", "joe@acme.co.uk", "www.com")]
    ['acme.com', 'acme.co.uk', 'www.com']
    """
    suffixes = [it for it in _plain_suffixes(rules.extra_suffixes) if re.fullmatch(r"[a-z]+([.][a-z]{2})?", it)]
    host = rf"[a-z0-9](?:[a-z0-9-]{{0,61}}[a-z0-9])?[.](?:{'|'.join(map(re.escape, suffixes))})"
    address = rf"^(?:https?://)?(?:[a-z0-9._+-]+@)?(?:www[0-9]?[.])?(?P<host>{host})(?:/[!#-;=?-~]*)?$"
    return f"^{host}$", address, sorted(it for it in _special_hosts(rules) if re.fullmatch(host, it))


def address(raw: Column) -> Column:
    """host, or host/first-step-of-path, in lower case without scheme, user, port and www; null for null.

    Behind a line break, an address within it.

    >>> frame = spark.createDataFrame([("HTTPS://joe@www.Acme.com.:80/Team/x?y",), ("acme.com",), ("joe@acme.com",)], "raw string")
    >>> [row.it for row in frame.select(address(F.col("raw")).alias("it")).collect()]
    ['acme.com/team', 'acme.com', 'acme.com']
    """
    whole = F.translate(F.regexp_replace(F.lower(raw), UNSEEN, ""), *LOOK_ALIKES)
    for pattern, plain in WRAPPING.items():
        whole = F.regexp_replace(whole, pattern, plain)
    host = whole
    for pattern, plain in AUTHORITY.items():
        host = F.regexp_replace(host, pattern, plain)
    step = F.regexp_extract(whole, r"^[^/?#\\,;|\s]*/+([^/?#\\,;|\s]+)", 1)
    targets = [F.nullif(F.regexp_extract(whole, pattern, 1), F.lit("")) for pattern in TARGETS]
    target = F.coalesce(F.concat(F.lit(TARGET), F.coalesce(*targets)), F.lit(""))
    return F.when(step == "", F.concat(host, target)).otherwise(F.concat(host, F.lit("/"), step, target))


def address_of(text: str) -> str:
    """`address` of one text.

    >>> address_of("HTTPS://joe@www.Acme.com.:80/Team/x?y"), address_of("www.Acme.com")
    ('acme.com/team', 'acme.com')
    """
    whole = re.sub(UNSEEN, "", text.lower()).translate(str.maketrans(*LOOK_ALIKES))
    for pattern, plain in WRAPPING.items():
        whole = re.sub(pattern, plain.replace("$1", r"\1"), whole)
    host = whole
    for pattern, plain in AUTHORITY.items():
        host = re.sub(pattern, plain, host)
    step = re.match(r"[^/?#\\,;|\s]*/+([^/?#\\,;|\s]+)", whole)
    return f"{host}/{step[1]}" if step else host


@lru_cache
def _plain_suffixes(extra_suffixes: tuple[str, ...]) -> list[str]:
    """The public suffixes of one label and the common ones of two; the common ones first, because they are looked for from the left."""
    plain, suffixes = suffixes_of(extra_suffixes)
    pairs = [pair for pair in COMMON_PAIRS if pair in suffixes and f"*.{pair}" not in suffixes]
    return [*(it for it in COMMON if it in plain), *pairs, *sorted(plain.difference(COMMON))]


@lru_cache
def _special_bits(rules: DomainRules) -> list[int]:
    """Numbers of 32 bits each: set for the hash of every host of two labels, or below a common pair, that is more than a plain domain."""
    words = [0] * (PLACES // BITS)
    for host in _special_hosts(rules):
        if host.count(".") == 1 or host.partition(".")[2] in COMMON_PAIRS:
            for shift in SHIFTS:
                word, bit = divmod((zlib.crc32(host.encode()) >> shift) % PLACES, BITS)
                words[word] |= 1 << bit
    return words


def _special_hosts(rules: DomainRules) -> frozenset[str]:
    """Hosts that are more, or less, than somebody's domain: suffixes, free-mail hosts, and platforms with profiles."""
    return suffixes_of(rules.extra_suffixes)[1] | FREE_MAIL | rules.profiles.keys()
