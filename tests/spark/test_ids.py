"""Ids as spreadsheets and data frames leave them, several in a cell, and technologies of which one cell holds several."""

from pathlib import Path

from pyspark.sql import SparkSession

from qualscore import contracts, deliveries, ingest
from qualscore.config import Source
from tests.spark.test_ingest import RULES, ingested, reasons, values

ACCOUNTS = "id,name,website\n88104500101,A,a.com\n88104500104,D,d.com\nR2.0,R,r.com\n7E2,E,e.com\n12.10,P,p.com\n7.13042E+11,X,x.com\n"
DEALS = """Record ID,Deal Name,Deal Stage,Associated Company IDs,Associated Company IDs (Primary)
1,one,Won,88104500101;88104500104,88104500104
2,two,Won,88104500101; 88104500104,
3,three,Won,88104500101.0,
4,four,Won,R2.0,
5,five,Won,,7E2
6,six,Won,"7,13042E+11",
7,seven,Won,12.10,
"7,13E+11",eight,Won,,
"""


def test_ids_join_in_any_form_and_rounded_ones_are_refused(spark: SparkSession, tmp_path: Path) -> None:
    accounts = ingested(spark, tmp_path, "crm_accounts", ACCOUNTS)
    assert reasons(accounts) == {7: [("account_id", "7.13042E+11", "ROUNDED_ID")]}
    result = ingested(spark, tmp_path, "crm_opportunities", DEALS, accounts=accounts.clean)
    domains = ("d.com", "a.com", "a.com", "r.com", "e.com", None, "p.com")
    assert values(result.clean, "opportunity_id", "domain") == [(str(number), domain) for number, domain in enumerate(domains, start=1)]
    assert reasons(result) == {9: [("opportunity_id", "7,13E+11", "ROUNDED_ID")]}
    (summary,) = result.summaries()
    assert summary.notes == {"account_id:ROUNDED_ID": 1, "domain:NO_DOMAIN": 1}
    assert "'7,13042E+11' 1; a spreadsheet has rounded the ids" in summary.warnings(1)[0]


STACK = 'domain,Technologies\na.com,"Kafka, Spark"\nb.com,Kafka\n'
NAMED = "table: technographics\ncolumns: {product: [Technologies]}\n"


def test_technologies_in_a_cell_are_split_where_the_mapping_says_so_else_noted(spark: SparkSession, tmp_path: Path) -> None:
    contract = contracts.load("clean/technographics")
    (tmp_path / "stack.csv").write_text(STACK)
    for more, products, notes in (
        ("", [("a.com", "Kafka, Spark"), ("b.com", "Kafka")], {"product:SEVERAL_IN_A_CELL": 1}),
        ('separators: {product: [",", ";"]}\n', [("a.com", "Kafka"), ("a.com", "Spark"), ("b.com", "Kafka")], {}),
    ):
        (tmp_path / "own.yml").write_text(NAMED + more)
        source = Source(table="technographics", path=str(tmp_path / "stack.csv"), mapping=str(tmp_path / "own.yml"), id="s0")
        result = ingest.table([(source, deliveries.read(spark, source, contract))], contract, rules=RULES).checkpointed()
        assert values(result.clean, "domain", "product") == products
        assert result.summaries()[0].notes == notes
