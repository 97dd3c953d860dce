"""Branches of business in anybody's words or codes to one taxonomy, conf/industry_groups.yml."""

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import pandas as pd
import yaml
from pyspark.sql import Column
from pyspark.sql import functions as F
from pyspark.sql.pandas.functions import pandas_udf

from qualscore.columns.spelling import is_one_edit

CODES = ("naics", "sic", "nace")
# Beginnings of words of every trade, which count only where no other word has a group: financial technology is finance.
WEAK = ("tech", "service", "consult", "business", "professional", "management")
# A misspelt word is looked for among words of at least this many letters: shorter ones are too near to each other.
LEAST_LETTERS = 8


@dataclass(frozen=True)
class Taxonomy:
    """The groups, in the order in which the first that fits wins: values that the driver reads and executors get.

    Attributes:
        codes: (kind of code, prefix, group) of all groups.
        words: (word or its beginning with *, group) of all groups.
    """

    codes: tuple[tuple[str, str, str], ...]
    words: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, groups: Mapping[str, Mapping[str, Sequence[object]]]) -> "Taxonomy":
        """The taxonomy of a file's content: group to its prefixes by kind of code, and its words."""
        codes = tuple((kind, str(code), group) for group, it in groups.items() for kind in CODES for code in it[kind])
        return cls(codes, tuple((str(word), group) for group, it in groups.items() for word in it["words"]))


def industry_group(industry: Column, sector: Column, *, naics: Column, sic: Column, nace: Column) -> Column:
    """The group of a code, else of a name, else of the sector's name; null when none is known.

    >>> rows = [("computer software", None, None), ("Not For Profit", None, None), (None, "technolgy", None), (None, None, "524210")]
    >>> frame = spark.createDataFrame(rows, "industry string, sector string, naics string").withColumn("none", F.lit(None).cast("string"))
    >>> found = industry_group(F.col("industry"), F.col("sector"), naics=F.col("naics"), sic=F.col("none"), nace=F.col("none"))
    >>> [row.it for row in frame.select(found.alias("it")).collect()]
    ['Software & Internet', 'Non-profit', 'IT Services', 'Insurance']
    """
    taxonomy = read_taxonomy()  # here, on the driver: the file is not where executors are

    def find(delivered: pd.DataFrame) -> pd.Series:
        groups = groups_of(taxonomy)
        rows = list(delivered.itertuples(index=False, name=None))
        known = {row: groups.group_of(*row) for row in set(rows)}
        return pd.Series([known[row] for row in rows], dtype=object)

    parts = F.struct(industry.alias("industry"), sector.alias("sector"), naics.alias("naics"), sic.alias("sic"), nace.alias("nace"))
    group: Column = pandas_udf(find, "string")(parts)  # type: ignore[call-overload]
    return group


class Groups:
    """A taxonomy made ready to be looked into; each process makes its own, once."""

    def __init__(self, taxonomy: Taxonomy) -> None:
        """Compiles the words, and keeps what was looked up before."""
        words: dict[str, list[str]] = {}
        for word, group in taxonomy.words:
            words.setdefault(group, []).append(word)
        self._prefixes = {kind: {code: group for of, code, group in taxonomy.codes if of == kind} for kind in CODES}
        self._order = {group: place for place, group in enumerate(words)}
        self._names = {_plain(word.rstrip("*")): group for group, of in reversed(words.items()) for word in of}
        self._phrases = sorted((name for name in self._names if " " in name), key=len, reverse=True)
        self._words = {name: group for name, group in self._names.items() if " " not in name}
        self._stems = sorted(
            {(word.rstrip("*"), group) for word, group in taxonomy.words if word.endswith("*") and " " not in word},
            key=lambda it: -len(it[0]),
        )
        self.of_code = lru_cache(maxsize=100_000)(self._of_code)
        self.of_name = lru_cache(maxsize=100_000)(self._of_name)

    def group_of(
        self, industry: str | None, sector: str | None = None, naics: str | None = None, sic: str | None = None, nace: str | None = None
    ) -> str | None:
        """The group of one company's codes and names.

        >>> group_of = groups_of(read_taxonomy()).group_of
        >>> group_of("Banking"), group_of("COMPUTER_SOFTWARE"), group_of(None, nace="J62.01"), group_of("Untergang")
        ('Banking & Finance', 'Software & Internet', 'IT Services', None)
        """
        for kind, code in zip(CODES, (naics, sic, nace), strict=True):
            if isinstance(code, str) and (group := self.of_code(kind, code)):
                return group
        for name in (industry, sector):
            if isinstance(name, str) and (group := self.of_name(name)):
                return group
        return None

    def _of_code(self, kind: str, code: str) -> str | None:
        """The group of the longest prefix of a code that any group has."""
        digits = re.sub(r"\D", "", code)
        prefixes = self._prefixes[kind]
        return next((prefixes[digits[:length]] for length in range(len(digits), 1, -1) if digits[:length] in prefixes), None)

    def _of_name(self, name: str) -> str | None:
        """The group of a name, or of its first part that has one; a misspelt word is looked for last."""
        parts = [plain for part in [name, *re.split(r"[;,|]", name)] if (plain := _plain(part))]
        group = self._names.get(parts[0]) if parts else None
        return group or next(filter(None, map(self._of_words, parts[1:])), None) or next(filter(None, map(self._of_misspelt, parts)), None)

    def _of_words(self, name: str) -> str | None:
        """The group of the whole name, of the longest phrase in it, or of its words: the first group in the table's order."""
        if name in self._names:
            return self._names[name]
        phrase = next((it for it in self._phrases if re.search(rf"(?<!\w){re.escape(it)}", name)), None)
        if phrase:
            return self._names[phrase]
        group_of_word = {word: group for word in name.split() if (group := self._of_word(word))}
        groups = [group for word, group in group_of_word.items() if not word.startswith(WEAK)] or [*group_of_word.values()]
        return min(groups, key=self._order.__getitem__, default=None)

    def _of_word(self, word: str) -> str | None:
        return self._words.get(word) or next((group for stem, group in self._stems if word.startswith(stem)), None)

    def _of_misspelt(self, name: str) -> str | None:
        known = [word for word in self._words if len(word) >= LEAST_LETTERS]
        near = (word for given in name.split() for word in known if given[:1] == word[:1] and _is_misspelt(given, word))
        return next((self._words[word] for word in near), None)


def _is_misspelt(given: str, word: str) -> bool:
    """Whether a letter is left out, added or swapped, or, of a long word, a vowel is another: shopping is no shipping."""
    if len(given) != len(word) or sorted(given) == sorted(word):
        return is_one_edit(given, word)
    changed = [pair for pair in zip(given, word, strict=True) if pair[0] != pair[1]]
    return len(word) > LEAST_LETTERS and len(changed) == 1 and {*changed[0]} <= {*"aeiouy"}


@lru_cache(maxsize=4)
def groups_of(taxonomy: Taxonomy) -> Groups:
    """The taxonomy made ready, the same one for all batches and tasks of a process."""
    return Groups(taxonomy)


def _plain(name: str) -> str:
    """A name's words, without signs."""
    return " ".join(re.findall(r"[\w&]+", name.lower().replace("_", " "))).replace(" & ", " and ")


@lru_cache(maxsize=1)
def read_taxonomy() -> Taxonomy:
    """The taxonomy of conf/industry_groups.yml; only the driver can read it."""
    root = Path(os.environ.get("QUALSCORE_HOME") or Path(__file__).resolve().parents[2])
    return Taxonomy.of(yaml.safe_load((root / "conf" / "industry_groups.yml").read_text(encoding="utf-8")))
