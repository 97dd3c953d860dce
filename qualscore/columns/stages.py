"""What the name of a deal's stage says of its outcome, in the languages that CRMs are sold in (conf/deal_stages.yml)."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import pandas as pd
from pyspark.sql import Column
from pyspark.sql.pandas.functions import pandas_udf

Outcome = Literal["won", "lost", "open"]
# What sets off the parts of a stage's name: its number, pipeline, probability and reason. (A hyphen within a word does not.)
BETWEEN = re.compile(
    r"[:/|()\[\]{}<>,;\u00ab\u00bb\u00b7\u2022\u2192\u2013\u2014_\u3010\u3011\u300c\u300d\n]+|\s-+\s|(?<=\d)\s*[-.]\s*|\.\s|~|="
)
UNACCENTED = str.maketrans({"\u0131": "i", "\u0142": "l", "\u00f8": "o", "\u0111": "d", "\u00e6": "ae", "\u0153": "oe", "\u2019": "'"})


@dataclass(frozen=True)
class StageWords:
    """The words of a table such as conf/deal_stages.yml, each as `plain` writes it.

    Attributes:
        won: what a won deal's stage is called.
        lost: what a lost one's is.
        open: words of stages on the way.
        closing: closed, in any language.
        beside: words that change nothing.
        because: words between lost and its reason.
        negations: not, in any language.
        own: whole names that a mapping decides.
    """

    won: frozenset[str] = frozenset()
    lost: frozenset[str] = frozenset()
    open: frozenset[str] = frozenset()
    closing: frozenset[str] = frozenset()
    beside: frozenset[str] = frozenset()
    because: frozenset[str] = frozenset()
    negations: frozenset[str] = frozenset()
    own: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, table: Mapping[str, Iterable[str]]) -> "StageWords":
        """The words of a table."""
        words_by_kind: dict[str, Any] = {key: frozenset(" ".join(tokens(word)) for word in words) for key, words in table.items()}
        return cls(negations=words_by_kind.pop("not", frozenset()), **words_by_kind)

    def extended(self, own: Mapping[Outcome, Iterable[str]]) -> "StageWords":
        """With names that a mapping decides: outcome to names."""
        decided = {" ".join(tokens(name, numbers=True)): outcome for outcome, names in own.items() for name in names}
        return replace(self, own={**self.own, **decided}) if decided else self

    def outcome(self, stage: str) -> str | None:
        """won, lost or open; None where the name is not understood.

        >>> table = {"won": ["won"], "lost": ["lost"], "open": ["demo"], "closing": ["closed"], "beside": ["deal"]}
        >>> words = StageWords.of(table | {"because": ["to"], "not": ["not"]})
        >>> [words.outcome(it) for it in ("6 - Closed Won", "Sales: Deal won (100%)", "Closed Lost - price", "Not won", "Lost to Acme")]
        ['won', 'won', 'lost', 'lost', 'lost']
        >>> [words.outcome(it) for it in ("Demo (lost leads)", "Wonder", "Almost won", "won't do", "Won / lost")]
        ['open', None, None, None, None]
        """
        parts = [part for text in BETWEEN.split(_folded(stage)) if (part := tokens(text))]
        names = [" ".join(tokens(stage, numbers=True)), *(" ".join(part) for part in [tokens(stage), *parts])]
        own = next((self.own[name] for name in names if name in self.own), None)
        if own:
            return own
        decided = {outcome for part in [*parts, [token for part in parts for token in part]] if (outcome := self._decided(part))}
        if decided:
            return next(iter(decided)) if len(decided) == 1 else None
        return "open" if any(self._is_open(part) for part in parts) else None

    def _decided(self, part: list[str]) -> str | None:
        if part[1:] and part[0] in self.closing:
            following = part[1]
        else:
            following = part[0] if part[1:] and part[1] in self.because and part[0] in self.lost else ""
        outcome = self._named(following) or self._named(" ".join(part))
        rest = [token for token in part if token not in self.closing and token not in self.beside]
        outcome = outcome or self._named(" ".join(rest))
        affirmed = [token for token in rest if token not in self.negations]
        return outcome or ("lost" if len(affirmed) < len(rest) and " ".join(affirmed) in self.won else None)

    def _named(self, name: str) -> str | None:
        return "won" if name in self.won else "lost" if name in self.lost else None

    def _is_open(self, part: list[str]) -> bool:
        is_known = " ".join(part) in self.open or any(token in self.open for token in part)
        return is_known and not any(self._named(token) for token in part)


def stage_outcome(stage: Column, words: StageWords) -> Column:
    """`StageWords.outcome` of a column: each name is looked at once a batch.

    >>> words = StageWords.of({"won": ["won"], "lost": ["lost"]})
    >>> frame = spark.createDataFrame([("1. Won",), ("Wonder",), (None,)], "stage string")
    >>> [row.it for row in frame.select(stage_outcome(F.col("stage"), words).alias("it")).collect()]
    ['won', None, None]
    """

    def find(stages: pd.Series) -> pd.Series:
        known = {stage: words.outcome(stage) for stage in stages.dropna().unique()}
        return stages.map(known).astype(object).where(stages.notna(), None)

    outcome: Column = pandas_udf(find, "string")(stage)  # type: ignore[call-overload]
    return outcome


def tokens(text: str, *, numbers: bool = False) -> list[str]:
    """The words of a name without case, accents and signs; without its numbers, unless they are asked for.

    >>> tokens("5. Uzav\u0159eno vyhr\u00e1no 100%"), tokens("05\u53d7\u6ce8"), tokens("Won't do")
    (['uzavreno', 'vyhrano'], ['\u53d7\u6ce8'], ["won't", 'do'])
    """
    kept = "".join(it if it == "'" or unicodedata.category(it)[0] in "LMN" else " " for it in _folded(text))
    stripped = (token.strip("'") for token in kept.split())
    return [it for token in stripped if (it := token if numbers else re.sub(r"^\d+(?=\D)|(?<=\D)\d+$|^\d+$", "", token))]


def _folded(text: str) -> str:
    letters = unicodedata.normalize("NFD", unicodedata.normalize("NFKC", text).casefold().translate(UNACCENTED))
    return unicodedata.normalize("NFC", "".join(it for it in letters if not "\u0300" <= it <= "\u036f"))
