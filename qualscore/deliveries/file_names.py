"""Values that a file's name tells, without what copying and downloading add to it."""

import re

_COPY = "copy|copie|copia|cópia|kopie|kopia|kopi|kopio|kópia|kopya|másolat|копия|копія|コピー|副本|複本|사본"
_MONTH = "(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
_TIME = r"(?:[T _-]*[0-2][0-9][-_.:h]?[0-5][0-9](?:[-_.:]?[0-5][0-9])?Z?)?"
ADDED = [
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"[.](?:csv|tsv|tab|txt|xls|xlsx|xlsm|xlsb|ods|json|jsonl|ndjson|parquet|pq|gz|zip|bz2|xz|zst)$",
        r"[ _-]*[(][0-9]{1,3}[)]$",
        rf"(?: ?- ?|[ _(]+)(?:{_COPY})[)]?(?: ?[(]?[0-9]{{1,3}}[)]?)?$",
        rf"[ _.-]*(?<![0-9])(?:19|20)[0-9]{{2}}([-_. ]?)(?:0[1-9]|1[0-2])\1(?:0[1-9]|[12][0-9]|3[01]){_TIME}$",
        rf"[ _.-]*(?<![0-9])(?:0[1-9]|[12][0-9]|3[01])([-_.])(?:0[1-9]|1[0-2])\1(?:19|20)[0-9]{{2}}{_TIME}$",
        rf"[ _.-]*(?<![0-9])(?:0[1-9]|1[0-2])([-_.])(?:0[1-9]|[12][0-9]|3[01])\1(?:19|20)[0-9]{{2}}{_TIME}$",
        rf"[ _.-]+(?:[0-9]{{1,2}}[ _.-]?{_MONTH}|{_MONTH}[ _.-]?[0-9]{{1,2}},?)[ _.-]?(?:19|20)[0-9]{{2}}$",
    )
]


def named_value(name: str, pattern: str) -> tuple[str | None, bool]:
    """What the first group of a pattern finds in a name, and whether more than its ending was taken off it.

    >>> pattern = "(?i)builtwith[ _-]+(.+)"
    >>> [named_value(f"builtwith_{it}", pattern) for it in ("Kafka.csv", "Kafka (1).csv.gz", "Kafka 2026-10-31 - Copy.csv", "R 365.csv")]
    [('Kafka', False), ('Kafka', True), ('Kafka', True), ('R 365', False)]
    >>> {named_value(f"builtwith_Kafka{it}.csv", pattern)[0] for it in ("_31 Oct 2026", " (copy)", "-20261031_0830", " 10-31-2026 (2)")}
    {'Kafka'}
    >>> named_value("ADAT_20261026.csv.gz", "_([0-9]{8})"), named_value("our list.csv", pattern)
    (('20261026', False), (None, False))
    """
    match = re.search(pattern, name)
    value = match[1] if match else None
    if not value:
        return None, False
    ending, plain, is_changed = ADDED[0], value, False
    while True:
        for added in ADDED:
            shorter = added.sub("", plain).rstrip(" _-.")
            if shorter != plain and shorter:
                is_changed = is_changed or added is not ending
                plain = shorter
                break
        else:
            return plain, is_changed


def example_of(pattern: str, column: str) -> str:
    """A name that a pattern fits, for people.

    >>> example_of("(?i)builtwith[ _-]+(.+?)(?:[.]csv)?(?:[.]gz)?$", "product"), example_of("_([0-9]{8})", "week_on")
    ('builtwith_PRODUCT.csv', '..._WEEK_ON')
    """
    plain = re.sub(r"[(][?][a-z]+[)]|[$^]", "", pattern)
    plain = re.sub(r"[(][?]:\[[.]\](\w+)[)][?]", r".\1", plain)
    plain = re.sub(r"[(](?![?])[^)]*[)]", column.upper(), plain)
    plain = re.sub(r"\[([^]]*)\][*+?]?", lambda it: "_" if "_" in it[1] else it[1][:1], plain)
    return ("..." if re.match(r"\W|_", plain) else "") + plain.removesuffix(".gz")
