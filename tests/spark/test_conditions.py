"""Conditions against Spark's own evaluation of the same texts."""

from datetime import date

import hypothesis.strategies as st
from hypothesis import HealthCheck, given, settings
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from qualscore.definitions.conditions import parse
from qualscore.definitions.conditions.functions import FUNCTIONS

AS_OF = date(2026, 6, 1)
SCHEMA = """country string, size string, employees bigint, revenue double, is_listed boolean, founded_on date,
products array<string>, `a b` string"""
NAN = float("nan")
ROWS = [
    ("DE", "50", 50, 50.5, True, date(2026, 6, 1), ["Kafka", "GTX Pro"], "it's"),
    ("de", "50.7", 0, 0.0, False, date(2026, 5, 2), ["kafka", None], "50%"),
    ("", "abc", -5, -1e3, None, date(2020, 1, 31), [], ""),
    ("US", None, None, NAN, True, None, None, None),
    (None, " 7 ", 7, None, False, date(2027, 1, 1), [None], "DE"),
    ("50", "1e2", 2**40, 7.0, None, date(2026, 5, 1), ["gtx-pro", "C++"], "a\\d"),
]
"""Both sides of every comparison below, and null in each column."""

# (ours, Spark's): the same text but for what Spark has no words of.
Pair = tuple[str, str]


def same(*texts: str) -> st.SearchStrategy[Pair]:
    return st.sampled_from([(text, text) for text in texts])


def letters(*wanted: str) -> str:
    return f"lower(regexp_replace(it, '[ -]', '')) in ({', '.join(map(repr, wanted))})"


numbers = same("employees", "revenue", "50", "7", "-5", "50.5", "1e2", "0", "null", "abs(employees)", "employees + 1", "revenue / 2",
               "employees * 2 - 1", "length(country)", "year(founded_on)", "size", "cast(size as int)", "double(size)")  # fmt: skip
texts = same("country", "size", "`a b`", "'DE'", '"de"', r"'it\'s'", "''", "null", "lower(country)", "trim(size)", "country || size",
             "coalesce(country, size)", "concat(country, 'x')", "upper(`A B`)", "substring(country, 1, 1)")  # fmt: skip
dates = st.sampled_from(
    [(it, it) for it in ("founded_on", "date '2026-05-02'", "'2026-06-01'", "null", "founded_on - 30", "add_months(founded_on, 1)")]
    + [("as_of", "date '2026-06-01'"), ("as_of - 30", "date_sub(date '2026-06-01', 30)")]
)
signs = st.sampled_from(["=", "==", "<>", "!=", "<", "<=", ">", ">=", "<=>", " is distinct from ", " is not distinct from "])
maybe_not = st.sampled_from(["", " not"])


@st.composite
def comparisons(draw: st.DrawFn) -> Pair:
    values = draw(st.sampled_from([numbers, texts, dates]))
    (mine, theirs), (other, their_other), sign = draw(values), draw(values), draw(signs)
    return f"{mine} {sign} {other}", f"{theirs} {sign} {their_other}"


@st.composite
def lists(draw: st.DrawFn) -> Pair:
    values, word = draw(st.sampled_from([numbers, texts, dates])), draw(maybe_not)
    (mine, theirs), options = draw(values), draw(st.lists(values, min_size=1, max_size=3))
    if draw(st.booleans()):
        low, high = options[0], options[-1]
        return f"{mine}{word} between {low[0]} and {high[0]}", f"{theirs}{word} between {low[1]} and {high[1]}"
    return tuple(f"{it}{word} in ({', '.join(o[side] for o in options)})" for side, it in enumerate((mine, theirs)))  # type: ignore[return-value]


@st.composite
def matches(draw: st.DrawFn) -> Pair:
    value, word = draw(st.sampled_from(["country", "size", "`a b`", "lower(country)"])), draw(maybe_not)
    kind = draw(st.sampled_from(["like", "ilike", "rlike", "contains"]))
    pattern = draw(st.sampled_from(["'%e%'", "'D_'", "''", r"'50\\%'", r"'50\%'", "'[0-9]+'", "'a'", "'%'", r"'\\\\d'", '"5"']))
    if kind == "rlike":
        pattern = draw(st.sampled_from(["'^d'", "'[0-9]+'", "''", r"'\\d'", "'E$'"]))
    if kind == "contains":
        return f"{value}{word} contains {pattern}", f"{word} contains({value}, {pattern})"
    return (f"{value}{word} {kind} {pattern}",) * 2


HAS_KAFKA = f"exists(products, it -> {letters('kafka')})"
extensions = st.sampled_from(
    [
        ("founded_on within 30 days", "founded_on between date '2026-05-02' and date '2026-06-01'"),
        ("founded_on not within 1 month", "not (founded_on between date '2026-05-01' and date '2026-06-01')"),
        ("founded_on within 7 years", "founded_on between date '2019-06-01' and date '2026-06-01'"),
        ("founded_on within 5 weeks", "founded_on between date '2026-04-27' and date '2026-06-01'"),
        ("products has 'KAFKA'", HAS_KAFKA),
        ("products has any ('Kafka', 'gtx pro')", f"exists(products, it -> {letters('kafka', 'gtxpro')})"),
        ("products not has all ['Kafka', 'GTX-Pro']", f"not ({HAS_KAFKA} and exists(products, it -> {letters('gtxpro')}))"),
    ]
)
plain = same(
    "is_listed", "IS_LISTED", "true", "false", "null", "is_listed is true", "is_listed is not false", "is_listed is unknown",
    "country is null", "products is not null", "(employees > 5) is not true", "array_contains(products, 'Kafka')",
    "size(products) > 1", "isnull(revenue)", "if(is_listed, employees > 5, country = 'de')", "startswith(country, 'D')",
    "regexp_like(size, '[a-z]')", "to_date(`a b`) is null", "datediff(date '2026-06-01', founded_on) < 31",
    "nullif(country, 'DE') is null",
)  # fmt: skip
atoms = st.one_of(comparisons(), lists(), matches(), extensions, plain)


@st.composite
def conditions(draw: st.DrawFn) -> Pair:
    """Atoms joined with and without parentheses, so that both parsers have to agree on what binds first."""
    mine, theirs = draw(atoms)
    for _ in range(draw(st.integers(0, 4))):
        word, (other, their_other) = draw(st.sampled_from(["and", "or", "AND", "Or"])), draw(atoms)
        no, shape = draw(st.sampled_from(["", "not ", "not not "])), draw(st.integers(0, 2))
        both = [f"{left} {word} {no}{right}" for left, right in ((mine, other), (theirs, their_other))]
        mine, theirs = both if shape else [f"{no}({it})" for it in both]
    return mine, theirs


CALLS = (
    "lower(country) = 'de'", "upper(country) = 'DE'", "trim(size) = '7'", "ltrim(size) = '7 '", "rtrim(size) = ' 7'", "length(size) > 2",
    "char_length(size) > 2", "left(country, 1) = 'D'", "right(country, 1) = 'E'", "substring(country, 2) = 'E'",
    "substr(country, 1, 1) = 'D'",
    "replace(country, 'D') = 'E'", "regexp_replace(size, '[0-9]', 'x') = 'xx'", "concat(country, employees, is_listed) like 'DE50%'",
    "contains(country, 'D')", "startswith(country, 'D')", "endswith(country, 'E')", "regexp_like(size, '^[0-9]+$')", "abs(employees) = 5",
    "floor(revenue) = 50", "ceil(revenue) = 51", "round(revenue) = 51", "round(revenue, 1) = 50.5", "int(size) = 50", "bigint(size) = 50",
    "double(size) = 100", "float(size) > 50.5", "string(employees) = '50'", "boolean(size) is null", "date(founded_on) = '2026-06-01'",
    "to_date(country, 'yyyy-MM-dd') is null", "year(founded_on) = 2026", "quarter(founded_on) = 2", "month(founded_on) = 5",
    "day(founded_on) = 1",
    "datediff(date '2026-06-01', founded_on) = 30", "date_add(founded_on, 1) = date '2026-06-02'", "date_sub(founded_on, 1) < '2026-05-31'",
    "add_months(founded_on, -1) = '2026-05-01'", "coalesce(country, size, '?') = '50'", "greatest(employees, revenue) = 50.5",
    "least(employees, 7) = 0", "ifnull(country, '?') = '?'", "nvl(country, '?') = '?'", "nullif(country, 'DE') is null",
    "if(is_listed, country, size) = 'US'", "isnull(country)", "isnotnull(products)", "size(products) = 2", "cardinality(products) = 0",
    "array_contains(products, 'Kafka')",
)  # fmt: skip
"""Every function once, with both answers among the rows of most."""


def test_conditions_say_what_spark_says(spark: SparkSession) -> None:
    """300 drawn conditions and every function, each by our tree and by Spark's parser, in one query over six rows."""
    pairs: list[Pair] = [(text, text) for text in CALLS]
    assert {text.partition("(")[0] for text in CALLS} == FUNCTIONS.keys()

    @settings(max_examples=300, derandomize=True, database=None, deadline=None, suppress_health_check=list(HealthCheck))
    @given(conditions())
    def collect(pair: Pair) -> None:
        pairs.append(pair)

    collect()
    frame = spark.createDataFrame(ROWS, SCHEMA)
    columns = {name: F.col(f"`{name}`") for name in frame.columns}
    types = {field.name: field.dataType.simpleString() for field in frame.schema.fields}
    for mine, _ in pairs:
        assert parse(mine).mistakes(types, texts_hold_all=True) == [], mine
    both = [(parse(mine).column(columns, as_of=AS_OF), F.expr(theirs)) for mine, theirs in pairs]
    rows = frame.select(F.array(*(F.struct(ours.alias("ours"), spark_s.alias("theirs")) for ours, spark_s in both)).alias("it")).collect()
    for place, pair in enumerate(pairs):
        assert [row["it"][place]["ours"] for row in rows] == [row["it"][place]["theirs"] for row in rows], pair
    values = {row["it"][place]["ours"] for row in rows for place in range(len(pairs))}
    assert len(set(pairs)) > 200 and values == {True, False, None}
