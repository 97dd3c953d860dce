"""What is told by a lookup is what the column functions say."""

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import partial
from itertools import product

import pyarrow as pa
import pytest
from pyspark.sql import Column, SparkSession
from pyspark.sql import functions as F
from pyspark.sql import types as T

from qualscore import columns
from qualscore.ingest.bulk import lookup
from qualscore.ingest.bulk.lookup import Form, Formed, Known, Lookup
from tests.spark.test_columns import DOMAINS, PROBLEMS, RULES, applied

NUMBERS = [
    "0",
    "007",
    "5",
    "1200",
    "12.5",
    "1.200",
    "12.50",
    "0.5",
    ".5",
    "1e3",
    "-3",
    "1,200",
    "9" * 15,
    "9" * 16,
    "1.",
    "100.5",
    "0.000001",
]
DAYS = [
    f"{year}-{month:02}-{day:02}"
    for year, month, day in product((1000, 1582, 1583, 1900, 1999, 2023, 2024, 2999, 3000), range(14), (0, 1, 28, 29, 30, 31, 32))
]
FUNCTIONS: dict[Form, list[Callable[[Column], Column]]] = {
    "text": [columns.text],
    "name": [columns.text],
    "whole": [columns.integer, columns.money, columns.strength, columns.percent],
    "decimal": [columns.money, columns.number, columns.strength, columns.percent],
    "date": [columns.calendar_date, lambda text: columns.calendar_date(text, "dmy"), lambda text: columns.calendar_date(text, "mdy")],
}
TYPES = {"text": pa.string(), "name": pa.string(), "whole": pa.int64(), "decimal": pa.float64(), "date": pa.date32()}


def texts_of_all_kinds() -> list[str | None]:
    draw = random.Random(7)
    words = [
        "n/a",
        "NA",
        "none",
        "None of it",
        "Nike",
        "nab",
        "null",
        "NULL",
        "-",
        "--",
        "(blank)",
        "#N/A",
        "a  b",
        " a",
        "a ",
        "\u00e9",
        "\\N",
        "\tx",
        "",
        *("NA", "Unknown", "unknown it", "Undefined", "unk", "Under", "?", "<NA>", "a, b", "a;b", "U", "Not available"),
    ]
    letters = "nNaAuUlL/.#(-\\ x0"
    made = ["".join(draw.choices(letters, k=draw.randint(1, 5))) for _ in range(3_000)]
    numbers = [str(draw.randrange(10 ** draw.randint(1, 16))) for _ in range(200)]
    decimals = [f"{draw.uniform(0, 10 ** draw.randint(0, 11)):.{draw.randint(1, 10)}f}" for _ in range(200)]
    return [*words, *made, *numbers, *decimals, *NUMBERS, *DAYS, "2026-03-04T10:00:00Z", "3/4/2026", None]


@pytest.mark.parametrize("form", list(FUNCTIONS))
def test_a_form_says_what_the_column_functions_say(spark: SparkSession, form: Form) -> None:
    texts = list(dict.fromkeys(texts_of_all_kinds()))
    is_told, values = lookup._formed(pa.array(texts, pa.string()), Formed(form, is_optional=False), TYPES[form])
    value_of = {text: value for text, value, is_so in zip(texts, values.to_pylist(), is_told.to_pylist(), strict=True) if is_so}
    assert len(value_of) >= {"text": 500, "name": 300, "whole": 150, "decimal": 300, "date": 250}[form]
    for function in FUNCTIONS[form]:
        expected = applied(spark, function, list(value_of))
        assert expected == value_of


def test_numbers_have_their_unit_and_their_limits() -> None:
    formed = Formed("whole", scale=1000.0, low=2_000, high=50_000)
    is_told, values = lookup._formed(pa.array(["1", "2", "50", "51", None, "x"]), formed, pa.int64())
    assert is_told.to_pylist() == [False, True, True, False, True, False]
    assert values.to_pylist()[1:3] == [2_000, 50_000]
    required = lookup._formed(pa.array(["2", None]), replace(formed, is_optional=False), pa.int64())
    assert required[0].to_pylist() == [True, False]


def test_known_texts_have_their_values_and_null_may_be_one() -> None:
    known = Known(pa.array(["a", None]), pa.array([date(2026, 1, 5), None]))
    is_told, values = lookup._known(pa.array(["a", "b", None]), known)
    assert (is_told.to_pylist(), values.to_pylist()) == ([True, False, True], [date(2026, 1, 5), None, None])


def test_an_address_in_a_usual_form_is_the_domain_that_the_search_finds(spark: SparkSession) -> None:
    hosts = [
        "acme.com",
        "acme.co.uk",
        "www1.co.uk",
        "www2.acme.de",
        "github.io",
        "gmail.com",
        "linkedin.com",
        "a.ck",
        "m\u00fcller.de",
        "uk.com",
    ]
    forms = [
        "{}",
        "http://{}",
        "https://www.{}/Company/x?y#z",
        "{}/b.c",
        "www.{}/a@b",
        "joe.d+x@{}",
        "{}/<a@b.com>",
        "{}:80",
        "shop.{}",
        "WWW.{}",
    ]
    texts = [form.format(host) for host in hosts for form in forms] + [text for texts in (DOMAINS, *PROBLEMS.values()) for text in texts]
    texts = list(dict.fromkeys(texts))
    host, address, exceptions = columns.plain_addresses(RULES)
    is_told, values = lookup._domain(pa.array(texts, pa.string()), host, address, pa.array(exceptions))
    domain_of = {text: value for text, value, is_so in zip(texts, values.to_pylist(), is_told.to_pylist(), strict=True) if is_so}
    searched = applied(spark, lambda raw: columns.domain(raw, rules=RULES, accept_free_mail=False), texts)
    assert {text: (value, None) for text, value in domain_of.items()} == {text: tuple(searched[text]) for text in domain_of}
    assert {"https://www.acme.com/Company/x?y#z", "joe.d+x@acme.co.uk", "WWW.acme.com"} <= domain_of.keys()
    assert not any("gmail" in text or "github" in text or "linkedin" in text for text in domain_of)


def test_frequent_texts_are_those_of_every_part_and_of_columns_that_repeat_them(
    spark: SparkSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qualscore.ingest.bulk.lookup.LOOKED_AT", 1_000)
    monkeypatch.setattr("qualscore.ingest.bulk.lookup.MOST_DIFFERENT", 500)
    rows = spark.range(0, 6_000, 1, 3).select(
        F.lit(True).alias("_kept"),
        F.concat(F.lit("part"), (F.col("id") / 2_000).cast("int")).alias("_cell_0"),
        F.col("id").cast("string").alias("_cell_1"),
    )
    first = lookup.first_texts(rows, {"part": "_cell_0", "number": "_cell_1"}, {"part": "whole", "number": "whole"})
    assert {name: sorted(texts) for name, texts in first.frequent.items()} == {"part": ["part0", "part1", "part2"]}
    assert first.unusual == {"part"}


def test_a_text_that_is_not_known_is_told_by_its_form() -> None:
    cells = {"_cell_0": ["acme.com", "b.com", "c.com", "d.com"], "_cell_1": ["12", "n/a", "40", "4o"], "_cell_2": ["x", "y", "x", "x"]}
    batch = pa.RecordBatch.from_pydict({"_kept": [True] * 4, "_is_doubtful": [False] * 4, **cells})
    host, address, exceptions = columns.plain_addresses(RULES)
    known = {"employees": Known(pa.array(["12", "n/a"]), pa.array([12, None], pa.int64())), "kind": Known(pa.array(["x"]), pa.array(["X"]))}
    names = {"domain": "_cell_0", "employees": "_cell_1", "kind": "_cell_2"}
    types = {"domain": T.StringType(), "employees": T.LongType(), "kind": T.StringType()}
    looked_up = lookup._looked_up(
        batch, Lookup(names, known, {"employees": Formed("whole")}, "domain", (host, address, pa.array(exceptions)), types)
    )
    assert looked_up.column("_fits").to_pylist() == [True, False, True, False]
    assert looked_up.column("employees").to_pylist()[:3] == [12, None, 40]


def test_what_the_name_of_a_file_gives_is_needed_of_rows_only_that_are_not_told(
    spark: SparkSession, request: pytest.FixtureRequest
) -> None:
    """It is the same in all rows, a column without nulls, until rows that are told need it no more. Only compiled expressions failed."""
    compiled = {"spark.sql.codegen.wholeStage": "true", "spark.sql.codegen.factoryMode": "CODEGEN_ONLY"}
    kept = {name: str(spark.conf.get(name)) for name in compiled}
    for name, value in compiled.items():
        spark.conf.set(name, value)
        request.addfinalizer(partial(spark.conf.set, name, kept[name]))
    cells = {"_kept": F.lit(True), "_is_doubtful": F.lit(False), "_named_product": F.lit("Shopfront")}
    rows = spark.createDataFrame([("acme.com",), ("nowhere",)], "_cell_0 string").withColumns(cells)
    host, address, exceptions = columns.plain_addresses(RULES)
    types = {"domain": T.StringType()}
    hosts, own = (host, address, pa.array(exceptions)), ("_cell_0", "_named_product")
    told = lookup.with_values(rows, Lookup({"domain": "_cell_0"}, {}, {}, "domain", hosts, types, own)).persist()
    assert [tuple(row) for row in told.select("domain", "_cell_0", "_named_product").sort("domain").collect()] == [
        (None, "nowhere", "Shopfront"),
        ("acme.com", None, None),
    ]
