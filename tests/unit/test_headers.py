from pathlib import Path

import pytest

from qualscore import contracts
from qualscore.deliveries.recognition import missing, recognise
from qualscore.errors import ConfigurationError

LISTS, FIRMOGRAPHICS = contracts.load("clean/account_lists"), contracts.load("clean/firmographics")


def matched(delivered: list[str], mapping: str = "auto", contract: contracts.Contract = LISTS) -> dict[str, str]:
    return recognise(mapping, contract, delivered, "export.csv").mapping


def mapping_file(folder: Path, text: str) -> str:
    (folder / "mapping.yml").write_text(text, encoding="utf-8")
    return str(folder / "mapping.yml")


@pytest.mark.parametrize(
    "header", ["domain", "DOMAIN", " Domain ", "\ufeffdomain", '"domain"', "do-main", "Website", "Account Domain", "e-mail"]
)
def test_headers_match_without_case_marks_spaces_and_punctuation(header: str) -> None:
    assert matched([header]) == {"domain": header}


PLAIN = {
    "crm_accounts": {"Organization ID": "account_id", "Organization Name": "company_name", "Website": "domain"},
    "crm_opportunities": {
        **{"deal_id": "opportunity_id", "company": "account_name", "company_id": "account_id", "stage": "stage"},
        **{"deal_created_date": "created_on", "Closed at": "close_on", "Associated Company Domain": "domain"},
    },
}


@pytest.mark.parametrize("table", PLAIN)
def test_plain_names_of_a_crm_need_no_mapping(table: str) -> None:
    mapping = matched(list(PLAIN[table]), contract=contracts.load(f"clean/{table}"))
    assert mapping == {column: header for header, column in PLAIN[table].items()}


@pytest.mark.parametrize("table", ["account_lists", "firmographics", "crm_accounts"])
def test_the_name_of_a_person_is_not_the_companys(table: str) -> None:
    mapping = matched(["Name", "Email", "Company", "Id"], contract=contracts.load(f"clean/{table}"))
    assert mapping["company_name"] == "Company"


def test_the_own_name_comes_before_other_headers_and_what_is_left_is_not_taken() -> None:
    assert matched(["email", "domain", "seed", "role"]) == {"domain": "domain"}


def test_what_the_configuration_gives_is_never_delivered() -> None:
    assert matched(["domain", "source", "list_name"]) == {"domain": "domain"}


def test_a_mapping_file_names_headers_for_its_columns_and_leaves_the_others(tmp_path: Path) -> None:
    mapping = mapping_file(
        tmp_path, "table: technographics\ncolumns: {product: tool}\n---\ntable: firmographics\ncolumns: {company_name: [Firma, name]}\n"
    )
    assert matched(["domain", "Company", "NAME", "Employees"], mapping, FIRMOGRAPHICS) == {
        "domain": "domain",
        "company_name": "NAME",
        "employees": "Employees",
    }


def test_a_vendor_is_a_name_in_conf_sources() -> None:
    assert matched(["Account Name", "Account Domain"], "own") == {"company_name": "Account Name", "domain": "Account Domain"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "table: firmographics\ncolumns: {compny_name: [a], founded_year: 3}\n",
            r"2 finding\(s\)(.|\n)*did you mean 'company_name'(.|\n)*columns.founded_year: should be a list",
        ),
        ("table: firmographics\ncolumn: {}\n", "column: unknown; did you mean 'columns'?"),
        ("- columns\n", "a document should hold"),
        ("table: firmographics\ncolumns: {}\nlines: 3\n", "lines: unknown"),
        ("table: crm_accounts\ncolumns: {Id: [Id]}\n", "says nothing about firmographics"),
        ("table: [", "cannot be read as YAML"),
        ("table: firmographics\ncolumns: {source: [a]}\n", "no such column"),
    ],
)
def test_a_mapping_that_cannot_be_used_is_refused(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        matched(["domain"], mapping_file(tmp_path, text), FIRMOGRAPHICS)


def test_a_mapping_that_is_not_there_is_refused() -> None:
    with pytest.raises(ConfigurationError, match=r"mapping owm: no such file; did you mean 'own'\?"):
        matched(["domain"], "owm")
    with pytest.raises(ConfigurationError, match=r"mapping /nowhere/x.yml: no such file$"):
        matched(["domain"], "/nowhere/x.yml")


def test_a_message_names_the_first_of_very_many_headers() -> None:
    names = [f"Company {place}" for place in range(900)]
    (finding,) = missing(recognise("auto", LISTS, names, "export.json"), LISTS, names, ())
    assert "no column for domain" in finding and "Company 59 and 840 more" in finding
