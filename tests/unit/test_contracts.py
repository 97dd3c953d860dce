import re
from pathlib import Path
from typing import get_args

import pytest
from pydantic import ValidationError

from qualscore import contracts
from qualscore.config import ROOT, SourceTable
from qualscore.contracts import Contract
from qualscore.contracts.datatypes import datatype
from qualscore.contracts.made import made
from qualscore.errors import ConfigurationError
from qualscore.model.scoring.bands import BAND_WORDS

ACCOUNT_SCORES = """score_name string, domain string, company_name string, score double,
score_final double, final_cause string, band string, action string, lift double,
margin double, base double, percentile double, factors_for array<struct<factor:string,value:string,contribution:float>>, factors_against
array<struct<factor:string,value:string,contribution:float>>, other_contribution double, top_factors string, is_example boolean,
model_version int, run_id string, as_of_on date, scored_at timestamp"""


def small(**changes: object) -> Contract:
    columns = {"domain": {"type": "string", "meaning": "its domain"}, "score": {"type": "double", "meaning": "its score"}}
    return Contract.model_validate(
        {"table": "scores/small", "grain": "domain", "about": "Test.", "key": ["domain"], "columns": columns} | changes
    )


def test_every_file_is_the_contract_of_its_name() -> None:
    names = {contract.name for contract in contracts.all_contracts()}
    assert names == {
        "clean/accounts",
        "clean/crm_deletions",
        *(f"{layer}/{table}" for layer in ("clean", "rejected") for table in get_args(SourceTable)),
        *(f"bi/dim_{it}" for it in ("account", "date", "score")),
        *(f"bi/fact_{it}" for it in ("factor", "history", "market", "performance", "score")),
        "features/account_features",
        *(f"publish/{table}" for table in ("failed_rows", "reverse_etl", "sent_rows")),
        *(f"scores/{table}" for table in ("account_scores", "score_history", "score_runs", "top_accounts", "unscored_accounts")),
        *(
            f"scores/{table}"
            for table in (
                "account_segments",
                "crm_account_scores",
                "fit_intent",
                "market",
                "nearest_customers",
                "override_rates",
                "quick_cards",
                "score_performance",
            )
        ),
        *(f"scores/{table}" for table in ("call_lists", "call_list_counts", "list_outcomes", "score_performance", "score_surprises")),
    }
    assert all((ROOT / contract.file).is_file() for contract in contracts.all_contracts())


def test_published_columns_are_those_that_others_rely_on() -> None:
    published = ", ".join(f"{name} {column.type}" for name, column in contracts.load("scores/account_scores").columns.items())
    assert published == " ".join(ACCOUNT_SCORES.split())
    assert contracts.load("scores/account_scores").partition_by == ("score_name", "band")
    assert list(contracts.load("scores/unscored_accounts").columns) == ["score_name", "account_key", "source", "domain", "reason"]


def test_bands_are_partitions_that_every_reader_can_read_and_have_words_for_people() -> None:
    tables = {"scores/account_scores": "band", "scores/top_accounts": "band", "scores/score_history": "band_before"}
    for table, column in tables.items():
        assert contracts.load(table).columns[column].one_of == tuple(BAND_WORDS), table
    partitions = [contract.columns[name] for contract in contracts.all_contracts() for name in contract.partition_by]
    assert [value for column in partitions for value in column.one_of if not re.fullmatch("[a-z_]+", value)] == []
    assert list(BAND_WORDS.values()) == ["Highly Likely", "Likely", "Unlikely"]


@pytest.mark.parametrize("file", made(), ids=lambda file: file.name)
def test_what_is_made_of_contracts_is_up_to_date(file: Path) -> None:
    assert file.read_text(encoding="utf-8") == made()[file], f"{file} is stale: run python -m qualscore.contracts"


def test_a_comment_is_the_meaning_and_all_is_nullable() -> None:
    field = contracts.load("clean/firmographics").schema["employees"]
    assert (field.dataType.simpleString(), field.nullable, field.metadata) == ("bigint", True, {"comment": "number of employees"})


def test_a_column_knows_its_line() -> None:
    contract = contracts.load("clean/firmographics")
    line = (ROOT / contract.file).read_text(encoding="utf-8").splitlines()[contract.columns["city"].line - 1]
    assert line.startswith("  city: {type: string")


def test_fingerprint_follows_names_types_and_order_but_not_meanings() -> None:
    domain, score = {"type": "string", "meaning": "its domain"}, {"type": "double", "meaning": "its score"}
    same = small(columns={"domain": domain, "score": score | {"meaning": "another"}})
    assert same.fingerprint == small().fingerprint
    others = [{"score": score, "domain": domain}, {"domain": domain, "score": score | {"type": "float"}}, {"domain": domain}]
    assert len({small().fingerprint, *(small(columns=columns).fingerprint for columns in others)}) == 4


def test_an_unknown_table_is_refused_with_the_nearest() -> None:
    with pytest.raises(ConfigurationError, match=r"clean/firmographic: no such table; did you mean 'clean/firmographics'\?"):
        contracts.load("clean/firmographic")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"key": ["domian"]}, "name no column: domian"),
        ({"columns": {"domain": {"type": "strng", "meaning": "its domain"}}}, "unknown type 'strng'"),
        ({"columns": {"domain": {"type": "string"}}}, "meaning"),
        ({"owner": "me"}, "owner"),
    ],
)
def test_a_file_that_is_no_contract_is_refused(changes: dict[str, object], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        small(**changes)


@pytest.mark.parametrize("name", ["array<string>", "map<string,bigint>", "array<struct<a:string,b:map<string,array<int>>>>"])
def test_nested_types_are_read_as_spark_writes_them(name: str) -> None:
    assert datatype(name).simpleString() == name


def test_the_fields_of_a_struct_are_named_by_its_contract_alone() -> None:
    values = ("country", "employees", "employees_range", "revenue_usd", "revenue_range", "founded_year")
    assert contracts.load("clean/accounts").fields_of("own_values") == values
    assert {*values} <= {*contracts.load("clean/firmographics").columns}
