"""Branches of business in anybody's words or codes to one taxonomy, conf/industry_groups.yml."""

import os
import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

import pandas as pd
import yaml
from pyspark.sql import Column
from pyspark.sql import functions as F
from pyspark.sql.pandas.functions import pandas_udf

from qualscore.columns.spelling import is_one_edit

CODES = ("naics", "sic", "nace")
# A misspelt word is looked for among words of at least this many letters: shorter ones are too near to each other.
LEAST_LETTERS = 6


def industry_group(industry: Column, sector: Column, *, naics: Column, sic: Column, nace: Column) -> Column:
    """The group of a code, else of a name, else of the sector's name; null when none is known.

    >>> rows = [("computer software", None, None), ("Not For Profit", None, None), (None, "technolgy", None), (None, None, "524210")]
    >>> frame = spark.createDataFrame(rows, "industry string, sector string, naics string").withColumn("none", F.lit(None).cast("string"))
    >>> found = industry_group(F.col("industry"), F.col("sector"), naics=F.col("naics"), sic=F.col("none"), nace=F.col("none"))
    >>> [row.it for row in frame.select(found.alias("it")).collect()]
    ['Software & Internet', 'Non-profit', 'IT Services', 'Insurance']
    """

    def find(delivered: pd.DataFrame) -> pd.Series:
        rows = list(delivered.itertuples(index=False, name=None))
        known = {row: group_of(*row) for row in set(rows)}
        return pd.Series([known[row] for row in rows], dtype=object)

    parts = F.struct(industry.alias("industry"), sector.alias("sector"), naics.alias("naics"), sic.alias("sic"), nace.alias("nace"))
    found: Column = pandas_udf(find, "string")(parts)  # type: ignore[call-overload]
    return found


def group_of(
    industry: str | None, sector: str | None = None, naics: str | None = None, sic: str | None = None, nace: str | None = None
) -> str | None:
    """The group of one company's codes and names.

    >>> group_of("Banking"), group_of("COMPUTER_SOFTWARE"), group_of(None, nace="J62.01"), group_of("Untergang")
    ('Banking & Finance', 'Software & Internet', 'IT Services', None)
    """
    for kind, code in zip(CODES, (naics, sic, nace), strict=True):
        if isinstance(code, str) and (found := of_code(kind, code)):
            return found
    for name in (industry, sector):
        if isinstance(name, str) and (found := of_name(name)):
            return found
    return None


@lru_cache(maxsize=100_000)
def of_code(kind: str, code: str) -> str | None:
    """The group of the longest prefix of a code that any group has."""
    digits = re.sub(r"\D", "", code)
    prefixes = _taxonomy()[0][kind]
    return next((prefixes[digits[:length]] for length in range(len(digits), 1, -1) if digits[:length] in prefixes), None)


@lru_cache(maxsize=100_000)
def of_name(name: str) -> str | None:
    """The group of a name's first part that has one; of several names between semicolons or commas the first."""
    parts = [" ".join(re.findall(r"[\w&]+", part.lower().replace("_", " "))) for part in re.split(r"[;,|]", name)]
    return next(filter(None, map(_of_words, parts)), None) or next(filter(None, map(_of_misspelt, parts)), None)


def _of_words(name: str) -> str | None:
    return next((group for group, pattern in _taxonomy()[1].items() if pattern.search(name)), None)


def _of_misspelt(name: str) -> str | None:
    known = [word for word in _words() if len(word) >= LEAST_LETTERS]
    for given in name.split():
        if len(given) >= LEAST_LETTERS:
            near = next((word for word in known if is_one_edit(given, word)), None)
            if near:
                return _words()[near]
    return None


@lru_cache(maxsize=1)
def _taxonomy() -> tuple[Mapping[str, Mapping[str, str]], Mapping[str, re.Pattern[str]]]:
    """By kind of code prefix to group, and by group the pattern of its words."""
    groups = _read()
    prefixes = {kind: {str(code): group for group, it in groups.items() for code in it[kind]} for kind in CODES}
    patterns = {group: re.compile("|".join(rf"(?<!\w){_pattern(word)}(?!\w)" for word in it["words"])) for group, it in groups.items()}
    return prefixes, patterns


def _pattern(word: str) -> str:
    return re.escape(word.rstrip("*").replace("-", " ").replace("/", " ")) + (r"\w*" if word.endswith("*") else "")


@lru_cache(maxsize=1)
def _words() -> Mapping[str, str]:
    return {word.rstrip("*"): group for group, it in _read().items() for word in it["words"] if " " not in word}


@lru_cache(maxsize=1)
def _read() -> Mapping[str, Mapping[str, list[str]]]:
    root = Path(os.environ.get("QUALSCORE_HOME") or Path(__file__).resolve().parents[2])
    content: Mapping[str, Mapping[str, list[str]]] = yaml.safe_load((root / "conf" / "industry_groups.yml").read_text(encoding="utf-8"))
    return content
