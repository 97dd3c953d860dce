"""Delivered text to text, numbers, truth values and dates: null in, null out, and null for what is none."""

from collections.abc import Iterable, Sequence

from pyspark.sql import Column
from pyspark.sql import functions as F

from qualscore.internals import is_in

# What exports write where there is no value: of any column, and of those that hold numbers, dates, ranges or truth values.
NOTHING = (
    *("", "n/a", "#n/a", "n.a.", "na", "#na", "<na>", "null", "none", "nil", "nan", "-", "--", "\u2013", "\u2014", "\\n", "?"),
    *("(blank)", "(null)", "(none)", "(empty)", "<null>", "unknown", "(unknown)", "undefined", "not available", "not applicable"),
    *("#value!", "#ref!", "#div/0!", "#name?", "#null!", "#num!", "#wert!", "#bezug!", "#nv", "#valeur!", "#valor!", "#n/d", "n/d"),
)
NO_VALUE = (
    *("nat", "tbd", "tba", "t.b.d.", "undisclosed", "not disclosed", "not specified", "confidential", "k.a.", "k. a.", "n.v.", "n.v.t."),
    *("unbekannt", "keine angabe", "inconnu", "non disponible", "nd", "n.d.", "desconocido", "desconhecido", "sconosciuto", "onbekend"),
    *("brak", "nieznane", "ok\u00e4nd", "ukjent", "ukendt", "\u4e0d\u660e", "\u672a\u77e5"),
    "\u043d\u0435\u0442 \u0434\u0430\u043d\u043d\u044b\u0445",
)  # fmt: skip
# NA is no value but where it may be a place: Namibia, Napoli.
NOTHING_OF_PLACES = tuple(it for it in NOTHING if it != "na")
SPACES = r"[\s\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]+"
# Marks that nobody sees: of width zero, of direction, soft hyphens, byte-order marks. (Joiners within words, U+200C and U+200D, stay.)
INVISIBLE = r"[\u00ad\u034f\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff]+"
UNTIDY = "[^ -~]|  "
# Words with single spaces between them that do not start as what stands for nothing does.
TIDY = r"^(?![#(<?\\-]|[nN](?:[/.aA]|[uUoOiI][lLnNtT])|[uU][nN][kKdD])[!-~]++(?: [!-~]++)*+$"
TRUE = (
    *("true", "t", "yes", "y", "1", "1.0", "wahr", "ja", "j", "vrai", "oui", "verdadero", "s\u00ed", "si", "s\u00ec", "verdadeiro", "sim"),
    *("vero", "waar", "prawda", "sant", "sann", "sand", "tosi", "kyll\u00e4", "igaz", "igen", "adev\u0103rat", "da", "pravda", "ano"),
    *("\u00e1no", "tak", "do\u011fru", "evet", "t\u00f5ene", "jah", "\u0438\u0441\u0442\u0438\u043d\u0430"),
    *("\u0434\u0430", "\u0442\u0430\u043a"),
    *("\u0456\u0441\u0442\u0438\u043d\u0430", "\u03b1\u03bb\u03b7\u03b8\u03ae\u03c2", "\u03b1\u03bb\u03b7\u03b8\u03b7\u03c3"),
    *("\u03b1\u03bb\u03b7\u03b8\u03b7\u03c2", "\u03bd\u03b1\u03b9", "\u771f", "\u662f", "\u306f\u3044", "\ucc38", "\uc608"),
    *("\u0646\u0639\u0645", "\u05db\u05df", "\u05d0\u05de\u05ea", "\u2713", "\u2714"),
)  # fmt: skip
FALSE = (
    *("false", "f", "no", "n", "0", "0.0", "falsch", "nein", "faux", "non", "falso", "n\u00e3o", "onwaar", "nee", "fa\u0142sz", "nie"),
    *("nao", "falskt", "nej", "falsk", "usann", "nei", "ep\u00e4tosi", "ei", "hamis", "nem", "fals", "nu", "nepravda", "ne"),
    *("yanl\u0131\u015f", "yanli\u015f", "hay\u0131r", "hayir", "v\u00e4\u00e4r", "\u043b\u043e\u0436\u044c"),
    *("\u043d\u0435\u0442", "\u043d\u0456"),
    *("\u0445\u0438\u0431\u043d\u0456\u0441\u0442\u044c", "\u03c8\u03b5\u03c5\u03b4\u03ae\u03c2", "\u03c8\u03b5\u03c5\u03b4\u03b7\u03c2"),
    *("\u03c8\u03b5\u03c5\u03b4\u03b7\u03c3", "\u03cc\u03c7\u03b9", "\u507d", "\u5047", "\u5426", "\u3044\u3044\u3048"),
    *("\uac70\uc9d3", "\uc544\ub2c8\uc694", "\u0644\u0627", "\u05dc\u05d0", "\u05e9\u05e7\u05e8"),
)  # fmt: skip


def text(raw: Column, nothing: Sequence[str] = NOTHING) -> Column:
    r"""Single spaces, none around, nothing invisible; null for what stands for nothing.

    >>> frame = spark.createDataFrame([("  Acme \u00a0 Inc\u200b ",), ("N/A",), ("NA",), ("",), (None,)], "raw string")
    >>> [row.text for row in frame.select(text(F.col("raw")).alias("text")).collect()]
    ['Acme Inc', None, None, None, None]
    """
    # Most texts are tidy, and one match tells it; a search for what is not takes a tenth of the time that the replacement takes.
    spaced = F.trim(F.regexp_replace(F.regexp_replace(raw, INVISIBLE, ""), SPACES, " "))
    untidy = F.when(raw.rlike(UNTIDY), _unless(spaced, nothing)).otherwise(_unless(F.trim(raw), nothing))
    return F.when(raw.rlike(TIDY), raw).otherwise(untidy)


def unless_no_value(text: Column) -> Column:
    """A text of a number, date, range or truth value; null for what stands for none of those.

    >>> frame = spark.createDataFrame([("TBD",), ("Undisclosed",), ("12",)], "text string")
    >>> [row.it for row in frame.select(unless_no_value(F.col("text")).alias("it")).collect()]
    [None, None, '12']
    """
    return _unless(text, NO_VALUE)


def _unless(spaced: Column, nothing: Sequence[str]) -> Column:
    # One text of all words, not a list of literals: each of those is five calls into the JVM, for every column of every source.
    is_nothing = F.find_in_set(F.lower(spaced), F.lit(",".join(nothing))) > 0
    longest = max(len(it.encode()) for it in nothing)
    return F.when((F.octet_length(spaced) > longest) | ~is_nothing, spaced)


def is_any(text: Column, words: Iterable[str]) -> Column:
    """Whether the text is one of many words without commas: two calls into the JVM, where `isin` makes five for each.

    >>> frame = spark.createDataFrame([("b",), ("c",), (None,)], "text string")
    >>> [row.it for row in frame.select(is_any(F.col("text"), ["a", "b"]).alias("it")).collect()]
    [True, False, None]
    """
    return is_in(text, words)


def is_whole(text: Column) -> Column:
    """Whether the text is a whole number as computers write it, of at most 15 digits: told without a pattern.

    >>> frame = spark.createDataFrame([("1200",), ("-3",), ("007",), ("1.5",), ("x",)], "text string")
    >>> [row.it for row in frame.select(is_whole(F.col("text")).alias("it")).collect()]
    [True, True, False, False, False]
    """
    value = text.cast("bigint")
    return F.coalesce((F.octet_length(text) <= 15) & (value.cast("string") == text), F.lit(False))


def boolean(text: Column) -> Column:
    """True or false in the words of exports and of spreadsheets in some thirty languages.

    >>> frame = spark.createDataFrame([("True",), ("WAHR",), ("0",), ("FAUX",), ("maybe",)], "text string")
    >>> [row.boolean for row in frame.select(boolean(F.col("text")).alias("boolean")).collect()]
    [True, True, False, False, None]
    """
    word = F.lower(text)
    is_true, is_false = (F.find_in_set(word, F.lit(",".join(words))) > 0 for words in (TRUE, FALSE))
    return F.when(is_true, F.lit(True)).when(is_false, F.lit(False))


def market_cap_band(text: Column) -> Column:
    """`Mid Cap` for mid-cap, MID CAP or mid.

    >>> frame = spark.createDataFrame([("mid-cap",), ("MEGA CAP",), ("nano",)], "text string")
    >>> [row.band for row in frame.select(market_cap_band(F.col("text")).alias("band")).collect()]
    ['Mid Cap', 'Mega Cap', 'Nano Cap']
    """
    letters = F.regexp_replace(F.lower(text), "[^a-z]", "")
    return F.concat(F.initcap(F.regexp_replace(letters, "cap$", "")), F.lit(" Cap"))


def confidence(text: Column) -> Column:
    """`high`, `medium` or `low`; another word stays as it is, in lower case."""
    return F.when(F.find_in_set(text, F.lit("high,medium,low")) > 0, text).otherwise(F.regexp_replace(F.lower(text), "^med$", "medium"))
