import json
import re
from datetime import date
from pathlib import Path
from tempfile import mkdtemp
from typing import get_args

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from pyspark.sql import DataFrame, SparkSession

from qualscore import contracts, deliveries, ingest
from qualscore.config import ROOT, Source, SourceTable
from qualscore.errors import ConfigurationError
from qualscore.ingest import Ingested

AS_OF = date(2026, 11, 1)
RULES = ingest.Rules(AS_OF, deliveries.domain_rules(), deliveries.stage_words())
Row = dict[str, object]


def ingested(
    spark: SparkSession,
    folder: Path,
    table: str,
    *texts: str | bytes,
    universe: DataFrame | None = None,
    accounts: DataFrame | None = None,
    **setting: object,
) -> Ingested:
    """One source per text, named s0, s1 ..."""
    sources = []
    folder = Path(mkdtemp(dir=folder))
    for number, text in enumerate(texts):
        file = folder / f"{number}.csv"
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        of_list = {"list": "customers"} if table == "account_lists" else {}
        sources.append(Source.model_validate({"table": table, "path": str(file), "id": f"s{number}"} | of_list | setting))
    read = deliveries.read_all(spark, sources)
    companies = None if universe is None else ingest.free_mail_companies(universe)
    judged = ingest.table(read, contracts.load(f"clean/{table}"), rules=RULES, free_mail_companies=companies, crm_accounts=accounts)
    return judged.checkpointed()  # as the stage keeps it: what a test asks of a plan of many columns is else judged again each time


def values(frame: DataFrame, *names: str) -> list[tuple[object, ...]]:
    return sorted((tuple(row) for row in frame.select(*names).collect()), key=str)


def became(result: Ingested) -> dict[str, dict[str, int]]:
    """The rows of each source by what became of them; what none became is left out."""
    states = ("rows_read", "filtered", "clean", "superseded", "deleted", "rejected")
    return {one.source: {state: getattr(one, state) for state in states if getattr(one, state)} for one in result.summaries()}


def reasons(result: Ingested) -> dict[int, list[tuple[str, str, str]]]:
    return {row["line"]: [tuple(it) for it in row["reasons"]] for row in result.rejected.collect()}


def test_values_are_typed_and_defaults_come_from_source_and_run(spark: SparkSession, tmp_path: Path) -> None:
    text = "Website,Company,Employees,size,Annual Revenue,Market Cap,Public,Founded,city,country\n"
    text += 'https://www.acme.com/,"  Acme\n Inc ","1,200",1001 - 5000,$1.5M,mid-cap,yes,1998.0,N/A,"Gasse 1\r\nBern\nSwitzerland\n"\n'
    row = ingested(spark, tmp_path, "firmographics", text).clean.collect()[0].asDict()
    known = {"domain": "acme.com", "company_name": "Acme Inc", "employees": 1200, "employees_range": "1001 - 5000", "revenue_usd": 1.5e6}
    known |= {"market_cap_band": "Mid Cap", "is_listed": True, "founded_year": 1998, "country": "CH", "observed_on": AS_OF, "source": "s0"}
    assert row == dict.fromkeys(contracts.load("clean/firmographics").columns) | known


def test_the_day_of_a_row_is_delivered_else_the_sources(spark: SparkSession, tmp_path: Path) -> None:
    result = ingested(spark, tmp_path, "firmographics", "domain,observed_on\na.com,2026-01-02\nb.com,\n", observed_on="2026-08-01")
    assert values(result.clean, "domain", "observed_on") == [("a.com", date(2026, 1, 2)), ("b.com", date(2026, 8, 1))]


MIXED = b"domain,name,employees,size,revenue,market cap,listed,founded,observed_on,own\n"
MIXED += b"good.com,G,0,1-10,0,Nano Cap,0,1000,2026-01-01,x\n"
MIXED += b"10.0.0.1,Bad,many,Oct-50,much,huge,maybe,12,soon,x\n"
MIXED += b"acme.com,Acm\xff,-1,,-2,,,2101,,\n"
MIXED += b"b.com,NA,many,,joe@b.com,,Unknown,TBD,,\nc.com,C,11-50,,,,WAHR,,,\n"


def test_a_cell_that_cannot_be_read_costs_itself_and_a_required_one_the_row(spark: SparkSession, tmp_path: Path) -> None:
    result = ingested(spark, tmp_path, "firmographics", MIXED, encoding="UTF-8")
    assert values(result.clean, "domain", "company_name", "employees", "employees_range", "revenue_usd", "is_listed", "founded_year") == [
        ("acme.com", None, None, None, None, None, None),
        ("b.com", None, None, None, None, None, None),
        ("c.com", "C", None, "11-50", None, True, None),
        ("good.com", "G", 0, "1-10", 0.0, False, 1000),
    ]
    assert reasons(result) == {3: [("domain", "10.0.0.1", "INVALID_DOMAIN"), ("observed_on", "soon", "NOT_A_DATE")]}
    (row,) = result.rejected.collect()
    assert (row["source"], Path(row["file"]).name, row["account_key"], row["domain_problem"]) == ("s0", "0.csv", "Bad", "INVALID_DOMAIN")
    assert json.loads(row["row"])["employees"] == "many"
    (summary,) = result.summaries()
    assert became(result) == {"s0": {"rows_read": 5, "clean": 4, "rejected": 1}}
    assert summary.reasons == {"INVALID_DOMAIN": 1, "NOT_A_DATE": 1}
    notes = {"company_name:BROKEN_ENCODING": 1, "employees:NOT_A_NUMBER": 1, "employees:OUT_OF_RANGE": 1, "founded_year:OUT_OF_RANGE": 1}
    assert summary.notes == notes | {"revenue_usd:NOT_A_NUMBER": 1, "revenue_usd:OUT_OF_RANGE": 1}
    assert {it.sentence() for it in summary.remarks} == {
        "company_name ('name'): BROKEN_ENCODING 1, first in line 4: 'Acm\ufffd' 1",
        "employees ('employees'): NOT_A_NUMBER 1, first in line 5: 'many' 1",
        "employees ('employees'): OUT_OF_RANGE 1, first in line 4: '-1' 1",
        "founded_year ('founded'): OUT_OF_RANGE 1, first in line 4: '2101' 1",
        "revenue_usd ('revenue'): NOT_A_NUMBER 1, first in line 5: '(an e-mail address)' 1",
        "revenue_usd ('revenue'): OUT_OF_RANGE 1, first in line 4: '-2' 1",
    }
    assert len(summary.warnings(0.2)) == 0 and len(summary.warnings(0.1)) == 6


def test_a_required_value_and_too_many_cells(spark: SparkSession, tmp_path: Path) -> None:
    result = ingested(spark, tmp_path, "technographics", "domain,product\na.com,-\na.com,Kafka,,x\nb.com,Kafka\n,Kafka\n")
    assert reasons(result) == {
        2: [("product", "-", "MISSING")],
        3: [(None, "a.com,Kafka,,x", "TOO_MANY_CELLS")],
        5: [("domain", None, "NO_DOMAIN")],
    }
    rejected = {row["line"]: row for row in result.rejected.collect()}
    assert json.loads(rejected[3]["row"]) == {"domain": "a.com", "product": "Kafka", "_record": "a.com,Kafka,,x"}
    assert [rejected[line]["account_key"] for line in (2, 3, 5)] == ["a.com", "a.com", f"{rejected[5]['file']}:5"]
    assert values(result.clean, "domain", "product") == [("b.com", "Kafka")]


def test_the_later_row_of_a_key_wins(spark: SparkSession, tmp_path: Path) -> None:
    first, second = "domain,name\nA.com,one\nb.com,one\nwww.b.com,two\n", "domain,name\na.com,three\n"
    result = ingested(spark, tmp_path, "account_lists", first, second)
    assert values(result.clean, "list_name", "domain", "company_name", "source") == [
        ("customers", "a.com", "three", "s1"),
        ("customers", "b.com", "two", "s0"),
    ]
    assert became(result) == {"s0": {"rows_read": 3, "clean": 1, "superseded": 2}, "s1": {"rows_read": 1, "clean": 1}}


def test_the_later_observation_of_a_product_wins_before_the_later_source(spark: SparkSession, tmp_path: Path) -> None:
    first = "domain,product,observed_on,last seen,category\n"
    first += "a.com,K,2026-08-01,2026-07-01,old\na.com,K,2026-08-01,2026-07-02,new\na.com,K,2026-08-01,,none\n"
    second = "domain,product,observed_on,category\na.com,K,2026-07-31,older\n"
    result = ingested(spark, tmp_path, "technographics", first, second)
    assert values(result.clean, "category", "last_seen_on") == [("new", date(2026, 7, 2))]


def test_where_filters_by_the_delivered_columns(spark: SparkSession, tmp_path: Path) -> None:
    text = "domain,Role,the seed\na.com,known,0\nb.com,known,1\nno domain,hidden,0\nc.com,,0\n"
    result = ingested(spark, tmp_path, "account_lists", text, where="role = 'known' and `the seed` = '0'")
    assert values(result.clean, "domain") == [("a.com",)]
    assert result.rejected.count() == 0
    assert became(result) == {"s0": {"rows_read": 1, "filtered": 3, "clean": 1}}


def test_a_source_without_rows_is_counted_too(spark: SparkSession, tmp_path: Path) -> None:
    result = ingested(spark, tmp_path, "account_lists", "domain\na.com\n", where="domain = 'b.com'")
    assert became(result) == {"s0": {"filtered": 1}}


@pytest.mark.parametrize(
    ("where", "message"),
    [
        ("rol = 'known'", r"source s0: where: rol = 'known'\n  character 1: no column 'rol', did you mean 'role'\?"),
        ("_line > 3", "no column '_line'"),
        ("role = ", "character 8: a value is expected here"),
        ("upper(role)", "is no condition: it gives text"),
        ("max(role) = 'known'", "conditions know no function 'max'"),
    ],
)
def test_a_where_that_cannot_be_used_is_refused(spark: SparkSession, tmp_path: Path, where: str, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        ingested(spark, tmp_path, "account_lists", "domain,role\na.com,known\n", where=where)


def test_a_free_mail_domain_is_an_account_where_firmographics_deliver_it(spark: SparkSession, tmp_path: Path) -> None:
    companies = ingested(spark, tmp_path, "firmographics", "domain\nyandex.com\nacme.com\n").clean
    text = "email,name\njoe@yandex.com,Y\njoe@gmail.com,G\njoe@acme.com,A\nhttps://linkedin.com/company/x,X\n"
    result = ingested(spark, tmp_path, "account_lists", text, universe=companies)
    assert values(result.clean, "domain") == [("acme.com",), ("yandex.com",)]
    problems = [("G", "FREE_MAIL_DOMAIN"), ("X", "SHARED_HOST")]
    assert values(result.rejected, "account_key", "domain_problem") == problems
    alone = ingested(spark, tmp_path, "account_lists", text)
    assert values(alone.rejected, "account_key", "domain_problem") == [*problems, ("Y", "FREE_MAIL_DOMAIN")]


def test_the_order_of_partitions_changes_nothing(spark: SparkSession, tmp_path: Path) -> None:
    text = "domain,name\n" + "".join(f"d{number % 40}.com,name {number}\n" for number in range(200))
    expected = {(f"d{number % 40}.com", f"name {number}") for number in range(160, 200)}
    read = deliveries.read_all(spark, [Source.model_validate({"table": "firmographics", "path": _file(tmp_path, text), "id": "s"})])
    source, delivery = read[0]
    scattered = ingest.Delivery(delivery.frame.repartition(7, "name").sortWithinPartitions("name"), delivery.columns, delivery.mapping)
    result = ingest.table([(source, scattered)], contracts.load("clean/firmographics"), rules=RULES)
    assert set(values(result.clean, "domain", "company_name")) == expected


def test_an_override_is_a_score_or_always_or_never_and_what_cannot_be_read_of_it_is_refused(spark: SparkSession, tmp_path: Path) -> None:
    """The README's, and others. One whose end cannot be read would never end; of the same account, score and end the later row is taken."""
    (text,) = re.findall(r"```csv\n(account,score_name.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    text += 'b.com,,80,,Eva,,2026-12-31\nwww.B.com,,Never,,Tom,,2026-12-31\nb.com,,"97,5",,,,2026-11-30\n'
    text += "c.com,,perhaps,,,,\nd.com,,101,,,,\ne.com,,90,,,,someday\ngmail.com,,90,,,,\nf.com,,,,,,\n"
    result = ingested(spark, tmp_path, "overrides", text)
    assert values(result.clean, "domain", "score_name", "score_final", "decision", "reason", "author", "expires_on") == [
        ("acme.com", "platform", 100.0, "always", "signed a letter of intent", "Eva", date(2026, 12, 31)),
        ("b.com", None, 0.0, "never", None, "Tom", date(2026, 12, 31)),
        ("b.com", None, 97.5, None, None, None, date(2026, 11, 30)),
        ("globex.com", "platform", 80.0, None, "a sister company buys", "Eva", date(2026, 8, 31)),
        ("initech.com", None, 0.0, "never", "in liquidation", "Tom", None),
    ]
    assert reasons(result) == {
        8: [("score_final", "perhaps", "NOT_A_SCORE")],
        9: [("score_final", "101", "OUT_OF_RANGE")],
        10: [("expires_on", "someday", "NOT_A_DATE")],
        11: [("domain", "gmail.com", "FREE_MAIL_DOMAIN")],
        12: [("score_final", None, "MISSING")],
    }
    assert became(result) == {"s0": {"rows_read": 11, "clean": 5, "superseded": 1, "rejected": 5}}


CELLS = st.sampled_from(["a.com", "b.com", "www.A.com", "gmail.com", "10.0.0.1", "", "N/A", "\ufffd", "x", "1", "true", "2026-03-04"])
HEADERS = {
    table: [name for name, column in contracts.load(f"clean/{table}").columns.items() if column.clean not in ("given", "domain_problem")]
    for table in get_args(SourceTable)
}


@pytest.mark.parametrize("table", sorted(HEADERS))
# Without shrinking, which takes five minutes of judging rows: an example that fails is small enough to read.
@settings(
    max_examples=2,
    derandomize=True,
    deadline=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.data())
def test_rows_read_are_clean_rejected_or_superseded(spark: SparkSession, tmp_path: Path, table: str, data: st.DataObject) -> None:
    rows_of = st.lists(st.lists(CELLS, min_size=1, max_size=len(HEADERS[table]) + 2), min_size=1, max_size=8)
    files = data.draw(st.lists(rows_of, min_size=1, max_size=2))
    head = ",".join([*HEADERS[table], "own"]) + "\n"
    texts = [head + "".join(",".join(f'"{cell}"' for cell in row) + "\n" for row in rows) for rows in files]
    result = ingested(spark, tmp_path, table, *texts, where="own is null or own <> 'x'")
    summaries = result.summaries()
    for summary, rows in zip(summaries, files, strict=True):
        assert summary.rows_read == summary.clean + summary.rejected + summary.superseded
        assert summary.rows_read + summary.filtered == sum(any(row) for row in rows), "records that are wholly blank are no rows"
        assert summary.filtered == sum(len(row) > len(HEADERS[table]) and row[len(HEADERS[table])] == "x" for row in rows)
    assert sum(summary.clean for summary in summaries) == len(result.clean.collect())
    assert sum(summary.rejected for summary in summaries) == len(result.rejected.collect())


def _file(folder: Path, text: str) -> str:
    (folder / "many.csv").write_text(text)
    return str(folder / "many.csv")
